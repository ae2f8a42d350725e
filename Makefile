# Every target hands over to dev/: see CONTRIBUTING.md, or `make help`.
PYTHON ?= python3
DEV = $(PYTHON) -m dev.bootstrap

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset test soak bench lint format shell psql docs i18n screenshots lock clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## fetch Odoo, the Python packages and PostgreSQL, nothing else
	@$(DEV) setup

demo: ## demo database and server on PORT (8069), until Ctrl-C
	@$(DEV) demo $(if $(PORT),--port $(PORT))

demo-reset: ## the same, on a new demo database
	@$(DEV) demo --reset $(if $(PORT),--port $(PORT))

test: ## all fast tests; RUNS=pytest,odoo,e2e and ARGS="-k name" narrow them
	@$(DEV) test $(if $(RUNS),--runs $(RUNS)) -- $(ARGS)

soak: ## the fast tests, those marked soak, and Odoo's own of what we extend (RUNS=core)
	@$(DEV) test --soak $(if $(RUNS),--runs $(RUNS)) -- $(ARGS)

bench: ## measure on a real server and check the targets; ARGS="--only name --quick"
	@$(DEV) bench $(ARGS)

lint: ## ruff, pylint-odoo, XML, manifest and translation checks
	@$(DEV) lint

format: ## let ruff rewrite the Python files
	@$(DEV) lint --fix

shell: ## Odoo shell on the demo database
	@$(DEV) shell

psql: ## psql on the demo database
	@$(DEV) psql

docs: ## docs/external-api.md anew, from a running server
	@$(DEV) docs

i18n: ## the terms and their translations anew; LANGUAGES="fr nl" makes new files
	@$(DEV) i18n $(LANGUAGES)

screenshots: ## the pictures of docs/ and static/description/ anew, from a running demo
	@$(DEV) screenshots

lock: ## solve dev/requirements.in anew into dev/requirements.txt
	@$(DEV) lock

clean: ## drop this checkout's databases and its .dev folder
	@$(DEV) clean

distclean: ## clean, and forget the shared downloads too
	@$(DEV) clean --cache
