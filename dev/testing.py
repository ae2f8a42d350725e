"""The test runs, and the verdict over all of them."""

import json
import re
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, field

from dev import (
    browser,
    core_tests,
    coverage_report,
    locking,
    logcheck,
    odoo_command,
    postgres,
    settings,
    workspace,
)
from dev import pytest_plugin as plugin
from dev.console import SetupError, say, step, warn
from dev.database import Databases
from dev.server import free_port

TESTS = settings.CHECKOUT / "tests"
E2E = settings.CHECKOUT / "dev" / "e2e"
ALLOWED_SKIPS = settings.CHECKOUT / "dev" / "allowed_skips.toml"
NO_TESTS = 5  # pytest's exit code
ODOO_TOTAL = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading database")
ODOO_SKIP = re.compile(r": skipped (\S+) : (.*)$")


@dataclass
class Result:
    """What one run came to."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: list = field(default_factory=list)  # (test, reason)
    problems: list = field(default_factory=list)

    def line(self):
        """One line for the summary."""
        return f"{self.passed} passed, {self.failed} failed, {len(self.skipped)} skipped"


def main(runs, arguments, *, soak=False):
    """Run the tests.

    :param runs: names of runs with commas between, empty for those that belong to it.
    :param arguments: more arguments for pytest.
    :return: exit code.
    """
    chosen = choose(runs, soak=soak)
    place = workspace.prepare()
    try:
        with only_one():
            return _main(Session(place, arguments, soak=soak), chosen)
    finally:
        postgres.release()


def choose(runs, *, soak):
    """Turn ``"pytest,e2e"`` into the functions to call.

    :raise SetupError: there is no such run.
    """
    usual = [name for name in RUNS if soak or name not in SOAK_RUNS]
    names = runs.split(",") if runs else usual
    if unknown := set(names) - set(RUNS):
        raise SetupError(f"No such run: {', '.join(unknown)}. There are {', '.join(RUNS)}.")
    return {name: RUNS[name] for name in names}


def only_one():
    """Lock out a second test run in this checkout: it would drop our databases."""
    return locking.exclusive(settings.STATE / "test.lock")


def _main(session, chosen):
    begin = time.monotonic()
    browser.ensure_if_needed(surely="core" in chosen)
    session.clean()
    session.databases.template()
    coverage_report.start()
    results = []
    for name, run in chosen.items():
        with step(f"run {name}"):
            results.append(run(session))
    session.clean()
    covered = coverage_report.report() if session.complete(chosen) else True
    return verdict(results, covered=covered, seconds=time.monotonic() - begin)


class Session:
    """What the runs have in common."""

    def __init__(self, place, arguments, *, soak):
        self.place = place
        self.databases = Databases(place)
        self.arguments = arguments
        self.soak = soak

    def complete(self, chosen):
        """Whether coverage means anything: all runs of the addon's tests, with all of them."""
        return chosen.keys() >= COVERING and not self.arguments

    def clean(self):
        """Drop databases that this or an interrupted run left."""
        names = self.databases.names()
        self.databases.drop(*(n for n in names if re.search(r"_(e2e|run)_|_unfinished$", n)))

    def clone(self, origin, run):
        """A database for one run."""
        return self.databases.clone(origin, settings.database_name(f"run_{run}"))

    def variables(self, **more):
        """Environment of the runs."""
        soak = {plugin.SOAK: "1"} if self.soak else {}
        return {**self.place.variables(), **coverage_report.variables(), **soak, **more}


def run_pytest(session):
    """Odoo's tests of the addon under pytest, with HTTP on."""
    name = session.clone(session.databases.template(), "pytest")
    # Through the link: pytest-odoo takes the addon's name from its folder.
    folder = settings.ADDON_LINK / "tests"
    return pytest(
        session,
        "pytest",
        f"--rootdir={settings.ADDON_LINK}",
        # Else pytest climbs up from the link and meets the checkout, the addon by another name.
        f"--confcutdir={settings.ADDONS}",
        "--odoo-http",
        f"--odoo-config={settings.RC_FILE}",
        f"--odoo-database={name}",
        "--odoo-log-level=warn",
        f"--odoo-extra=db-filter=^{name}$",
        folder,
    )


def run_e2e(session):
    """Tests against real servers under plain pytest, which wait a lot: two at a time."""
    # No package may be looked for above dev/e2e: the checkout itself is one, the addon.
    return pytest(
        session,
        "e2e",
        "--numprocesses=2",
        "--dist=loadscope",  # a class shares a server and a database
        f"--rootdir={E2E}",
        f"--confcutdir={E2E}",
        "--import-mode=importlib",
        "-pno:odoo",
        E2E,
    )


def pytest(session, name, *options):
    """Run pytest in a process of its own and read the result it leaves."""
    file = settings.STATE / f"result-{name}.json"
    file.unlink(missing_ok=True)
    common = ["-m", "pytest", "-c", settings.PYPROJECT, "-p", "dev.pytest_plugin"]
    common += [f"--basetemp={settings.STATE}/tmp-{name}", "-o", "cache_dir=" + _pytest_cache(name)]
    command = coverage_report.command(*common, *options, *session.arguments)
    code = subprocess.call(
        command, env=session.variables(**{plugin.RESULT: str(file)}), cwd=settings.STATE
    )
    return read_result(name, file, code)


def _pytest_cache(name):
    return str(settings.STATE / f"cache-{name}")


def read_result(name, file, code):
    """Turn what the plugin wrote into a :class:`Result`."""
    if not file.exists():
        return Result(name, problems=[f"pytest ended with exit code {code} before it was done"])
    facts = json.loads(file.read_text())
    result = Result(name, facts["passed"], facts["failed"], facts["skipped"])
    if code not in (0, 1, NO_TESTS) or (code == 1 and not result.failed):
        result.problems.append(f"pytest ended with exit code {code}")
    return result


def run_odoo(session):
    """The same tests under Odoo's own runner, which installs the addon on the way."""
    name = session.clone(session.databases.base(), "odoo")
    tags = f"/{settings.ADDON}" + (f",soak/{settings.ADDON}" if session.soak else "")
    log = settings.LOGS / "run-odoo.log"
    options = ["-c", settings.RC_FILE, "-d", name, f"--db-filter=^{name}$", "-i", settings.ADDON]
    options += ["--test-enable", f"--test-tags={tags}", "--stop-after-init"]
    options += [f"--http-port={free_port()}", "--workers=0", "--max-cron-threads=0"]
    command = coverage_report.command(session.place.tree.script, *options)
    code = odoo_command.execute(log, command, session.variables())
    return read_odoo_log("odoo", log, code)


def run_core(session):
    """Odoo's own tests of what the addon extends, on a database where it is installed."""
    choice = core_tests.Choice()
    origin = session.databases.template(choice.modules)
    log, code = core_tests.execute(session, choice, origin, "core")
    result = read_odoo_log("core", log, code)
    missing = choice.missing(log.read_text(errors="replace").splitlines())
    result.problems += [f"no test of {name} was run" for name in missing]
    return result


def read_odoo_log(name, log, code):
    """Count the tests in Odoo's log, and look for what should not be there."""
    text = log.read_text(errors="replace")
    totals = ODOO_TOTAL.findall(text)
    if not totals:
        return Result(name, problems=[f"Odoo's runner gave no result:\n{odoo_command.tail(log)}"])
    failures, errors, count = map(int, totals[-1])
    lines = text.splitlines()
    skipped = [found.groups() for line in lines if (found := ODOO_SKIP.search(line))]
    failed = failures + errors
    result = Result(name, count - failed - len(skipped), failed, skipped)
    entries = [entry for entry in logcheck.parse(lines) if not ODOO_TOTAL.search(entry.message)]
    if texts := logcheck.unexpected(entries):
        result.problems.append(logcheck.complain(texts, log))
    elif code and not failed:
        result.problems.append(f"Odoo ended with exit code {code}: see {log}")
    return result


RUNS = {"pytest": run_pytest, "odoo": run_odoo, "e2e": run_e2e, "core": run_core}
SOAK_RUNS = {"core"}  # left out of `make test`
COVERING = RUNS.keys() - SOAK_RUNS


def check_skips(skipped):
    """Pick the skipped tests that are not listed with a reason.

    :return: list of messages.
    """
    with ALLOWED_SKIPS.open("rb") as handle:
        allowed = tomllib.load(handle).get("allowed", [])
    place = ALLOWED_SKIPS.relative_to(settings.CHECKOUT)
    return [
        f"skipped without a reason listed in {place}: {test} ({reason})"
        for test, reason in skipped
        if not any(
            re.search(entry["test"], test) and re.search(entry["reason"], reason)
            for entry in allowed
        )
    ]


def verdict(results, *, covered, seconds):
    """Print what happened, the plain closing line last.

    :return: exit code.
    """
    problems = []
    say(f"\nSummary ({seconds / 60:.1f} min):")
    for result in results:
        say(f"    {result.name:7}{result.line()}")
        problems += [f"{result.name}: {p}" for p in result.problems + check_skips(result.skipped)]
    if not covered:
        problems.append("coverage is below fail_under in pyproject.toml (table above)")
    for problem in problems:
        warn(problem)
    passed, failed = (sum(getattr(r, name) for r in results) for name in ("passed", "failed"))
    failed += len(problems)  # a problem is no test, but whoever reads the last line must see it
    skipped = sum(len(result.skipped) for result in results)
    sys.stderr.flush()
    say(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0
