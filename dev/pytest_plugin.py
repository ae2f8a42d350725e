"""pytest plugin of both pytest runs: counts results, checks the log, keeps soak tests apart."""

import json
import logging
import os
from pathlib import Path

import pytest

from dev import logcheck

RESULT = "SILVERFIN_RESULT"  # file for the result
SOAK = "SILVERFIN_SOAK"  # set: run soak tests too
WORST = {"passed": 0, "skipped": 1, "failed": 2}


class Watch(logging.Handler):
    """Collect this process's warnings and errors, to be judged test by test.

    Loggers that a test mutes or asserts on do not get this far.
    """

    def __init__(self):
        super().__init__(logging.WARNING)
        self.entries = []
        self.expected = []

    def emit(self, record):
        """Keep one record."""
        text = self.format(record)
        self.entries.append(logcheck.Entry(record.levelname, record.name, text))

    def judge(self):
        """Take out what was collected.

        :return: texts of unexpected entries.
        """
        entries, self.entries = self.entries, []
        expected, self.expected = self.expected, []
        return logcheck.unexpected(entries, expected)


WATCH = Watch()


class Tally:
    """What became of each test; the worst of its phases counts."""

    def __init__(self):
        self.outcomes = {}
        self.reasons = {}

    def pytest_runtest_logreport(self, report):
        """Take note of one phase of a test, or of one of its subtests."""
        if report.when == "call" or report.outcome != "passed":
            old = self.outcomes.get(report.nodeid, "passed")
            self.outcomes[report.nodeid] = max(old, report.outcome, key=WORST.get)
        if report.outcome == "skipped":
            self.reasons[report.nodeid] = skip_reason(report)

    def pytest_sessionfinish(self, exitstatus):
        """Write the result where the caller asked for it."""
        outcomes = list(self.outcomes.values())
        result = {name: outcomes.count(name) for name in ("passed", "failed")}
        skipped = (key for key, value in self.outcomes.items() if value == "skipped")
        result["skipped"] = [[key, self.reasons[key]] for key in skipped]
        result["exit"] = int(exitstatus)
        if path := os.environ.get(RESULT):
            Path(path).write_text(json.dumps(result))


def skip_reason(report):
    """Say why a test was skipped."""
    if hasattr(report, "wasxfail"):
        return f"expected to fail: {report.wasxfail}"
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)


def pytest_configure(config):
    """Start counting and watching; of several processes, the first one counts."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Tally(), "silverfin-tally")
    logging.getLogger().addHandler(WATCH)


def pytest_collection_modifyitems(config, items):
    """Leave soak tests out unless they are asked for.

    An Odoo test class says so with the tag ``soak``, any other test with the marker.
    """
    if os.environ.get(SOAK):
        return
    soak = [item for item in items if is_soak(item)]
    items[:] = [item for item in items if item not in soak]
    config.hook.pytest_deselected(items=soak)


def is_soak(item):
    """Whether a test is marked or tagged soak."""
    tags = getattr(getattr(item, "cls", None), "test_tags", ())
    method_tags = getattr(getattr(item, "obj", None), "test_tags", ())
    return "soak" in tags or "soak" in method_tags or bool(item.get_closest_marker("soak"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Fail a test during which something unexpected was logged in this process."""
    try:
        return (yield)
    finally:
        if texts := WATCH.judge():
            pytest.fail(logcheck.complain(texts, "this process"), pytrace=False)
