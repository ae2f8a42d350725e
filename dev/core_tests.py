"""Odoo's own tests of what the addon extends, with the addon installed."""

import re
import sys
import tomllib

from dev import odoo_command, settings
from dev.server import free_port

CHOICE = settings.CHECKOUT / "dev" / "core_tests.toml"
STARTED = re.compile(r" odoo\.addons\.(?P<file>[\w.]+): Starting \w+\.\w+")


class Choice:
    """Which tests of Odoo run; from ``dev/core_tests.toml``."""

    def __init__(self):
        with CHOICE.open("rb") as handle:
            facts = tomllib.load(handle)
        self.modules = facts["modules"]
        self.tests = [name for names in facts["tests"].values() for name in names]
        self.excluded = [entry["test"] for entry in facts.get("excluded", [])]

    def tags(self):
        """Return what ``--test-tags`` wants."""
        return ",".join([*self.tests, *(f"-{name}" for name in self.excluded)])

    def missing(self, lines):
        """Return the chosen modules and files of which no test was started."""
        names = {found["file"] for line in lines if (found := STARTED.search(line))}
        files = [f"/{name.replace('.', '/')}.py/" for name in names]
        return [test for test in self.tests if not any(f.startswith(f"{test}/") for f in files)]


def execute(session, choice, origin, run):
    """Run the chosen tests on a copy of a template, of which nothing is installed or updated.

    :return: path of the log, exit code.
    """
    name = session.clone(origin, run)
    log = settings.LOGS / f"run-{run}.log"
    options = ["-c", settings.RC_FILE, "-d", name, f"--db-filter=^{name}$"]
    options += ["--test-enable", f"--test-tags={choice.tags()}", "--stop-after-init"]
    options += [f"--http-port={free_port()}", "--workers=0", "--max-cron-threads=0"]
    command = [sys.executable, "-m", "dev.core_start", *map(str, options)]
    return log, odoo_command.execute(log, command, session.variables())
