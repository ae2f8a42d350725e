"""The small commands."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from dev import external_api_doc, postgres, settings, testing, translations, workspace
from dev.console import SetupError, say, step
from dev.database import Databases
from dev.pictures import studio

LOCK_HEADER = "# Made by `make lock` from requirements.in: change that file, not this one.\n"


def setup(options):
    """Fetch and start everything once, so that later commands are quick."""
    place = workspace.prepare()
    say(f"    Odoo {place.tree.identity}, configuration {settings.RC_FILE}")
    postgres.release()
    return 0


def shell(options):
    """Open Odoo's shell on the demo database."""
    return _on_demo(lambda place, name: place.odoo("shell", "-c", settings.RC_FILE, "-d", name))


def psql(options):
    """Open psql on the demo database."""
    return _on_demo(lambda place, name: ["psql", name])


def _on_demo(command):
    place = workspace.prepare()
    try:
        name = settings.database_name("demo")
        if Databases(place).mark(name) is None:
            raise SetupError("There is no demo database yet: run `make demo` first.")
        return subprocess.call(command(place, name), env=place.variables())
    finally:
        postgres.release()


def lock(options):
    """Install the newest of everything in a new virtual environment and write down what came."""
    source = settings.REQUIREMENTS.with_suffix(".in")
    with step("newest versions"), tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [Path(folder) / "bin" / "python", "-m", "pip", "-q"]
        subprocess.run([*pip, "install", "-r", source], check=True)
        pins = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True).stdout
    # A package found in a folder of this machine would be listed with that place.
    pins = re.sub(r"(?m)^(\S+) @ .*-(\d[^-]*)-[^-]+-[^-]+-[^-]+\.whl.*$", r"\1==\2", pins)
    settings.REQUIREMENTS.write_text(LOCK_HEADER + pins)
    return 0


def docs(options):
    """Let the test that compares docs/external-api.md with a running server write it instead."""
    os.environ[external_api_doc.WRITE] = "1"
    return testing.main("e2e", ["-k", "TestDocument and test_document"])


def i18n(options):
    """Export the terms anew and bring the translations in line with them."""
    return translations.update(options.languages)


def screenshots(options):
    """Take the pictures of the guide anew."""
    return studio.main()


def clean(options):
    """Drop this checkout's databases and ``.dev``; with ``--cache`` all downloads too."""
    place = workspace.prepare()
    databases = Databases(place)
    databases.drop(*databases.names())
    postgres.release()
    if options.cache:
        _remove_cache(place)
    os.chdir(settings.CHECKOUT)
    shutil.rmtree(settings.STATE)
    return 0


def _remove_cache(place):
    if place.server.programs:
        shutil.rmtree(postgres.Private().home)
    shutil.rmtree(settings.cache())
