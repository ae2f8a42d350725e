"""The companies, and the administrator who keeps their books."""

from .books import Books, Demo
from .charts import load_belgian, load_british

LANGUAGES = ("fr_BE", "nl_BE")
GROUPS = (
    "account.group_account_manager",
    "account.group_account_basic",
    "analytic.group_analytic_accounting",
    "base.group_multi_company",
    "base.group_multi_currency",
)


def create_companies(env) -> Demo:
    """Create the companies with their charts of accounts and let the administrator in."""
    activate_languages(env)
    brewery = Books(env, _brewery(env))
    load_belgian(brewery)
    taproom = Books(env, _taproom(env, brewery.company))
    trading = Books(env, _trading(env))
    load_british(trading)
    # A branch gets its parent's chart, and accounts their opening balance, before the commit.
    env.cr.flush()
    _admit_administrator(env, brewery.company + taproom.company + trading.company)
    return Demo(env, brewery, taproom, trading)


def activate_languages(env) -> None:
    """Activate the languages whose account names the Belgian chart brings along."""
    for code in LANGUAGES:
        env["res.lang"]._activate_lang(code)


def _brewery(env):
    company = env.ref("base.main_company")
    company.write(
        {
            "name": "Brasserie du Sablon SRL",
            "street": "Rue des Minimes 41",
            "zip": "1000",
            "city": "Bruxelles",
            "country_id": env.ref("base.be").id,
            "state_id": False,
            "vat": "BE0456789034",
            "email": "compta@sablon.example",
            "phone": False,
            "website": False,
        }
    )
    return company


def _taproom(env, parent):
    values = {
        "name": "Brasserie du Sablon - Taproom Ixelles",
        "parent_id": parent.id,
        "street": "Place Flagey 7",
        "zip": "1050",
        "city": "Ixelles",
        "country_id": env.ref("base.be").id,
    }
    return _create(env, values)


def _trading(env):
    values = {
        "name": "Harbour Street Trading Ltd",
        "street": "18 Harbour Street",
        "zip": "CT5 1AG",
        "city": "Whitstable",
        "country_id": env.ref("base.uk").id,
        "currency_id": env.ref("base.GBP").id,
        "vat": "GB712045817",
        "fiscalyear_last_month": "6",
        "fiscalyear_last_day": 30,
    }
    return _create(env, values)


def _create(env, values: dict):
    """Create a company without the modules that Odoo would install, and commit, for its country.

    The values hold no e-mail address: Odoo would ask its enrichment service about the domain.
    """
    return env["res.company"].with_context(install_mode=True).create(values)


def _admit_administrator(env, companies) -> None:
    env.ref("base.user_admin").write(
        {
            "login": "admin",
            "password": "admin",
            "company_ids": [(4, company.id) for company in companies],
            "company_id": companies[0].id,
            "group_ids": [(4, env.ref(name).id) for name in GROUPS],
        }
    )
