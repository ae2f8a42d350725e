"""Odoo's log as a test: a WARNING or ERROR that nobody expected is a failure."""

import re
import tomllib
from dataclasses import dataclass

from dev import settings

ALLOWED = settings.CHECKOUT / "dev" / "allowed_log.toml"
BAD = ("WARNING", "ERROR", "CRITICAL")
HEAD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) (?P<database>\S+) "
    r"(?P<logger>[\w.?-]+): (?P<message>.*)$"
)
# A process that dies outside of Odoo's logging says so in its own words.
CRASH = re.compile(r"^(Traceback \(most recent call last\)|Fatal Python error|Segmentation fault)")


@dataclass
class Entry:
    """One entry of a log; ``message`` holds the lines that follow its first one too."""

    level: str
    logger: str
    message: str

    @property
    def text(self):
        """What patterns are searched in."""
        return f"{self.level} {self.logger}: {self.message}"


def parse(lines):
    r"""Yield the entries of a log.

    >>> log = ["2026-01-31 12:00:00,123 7 ERROR db odoo.x: bad", "Traceback", "by hand"]
    >>> [entry.text for entry in parse(log)]
    ['ERROR odoo.x: bad\nTraceback\nby hand']
    """
    entry = None
    for line in lines:
        line = line.rstrip("\n")
        if head := HEAD.match(line):
            if entry:
                yield entry
            entry = Entry(head["level"], head["logger"], head["message"])
        elif CRASH.match(line) and (entry is None or entry.level not in BAD):
            if entry:
                yield entry
            entry = Entry("ERROR", "output", line)
        elif entry:
            entry.message += "\n" + line
    if entry:
        yield entry


def allowed_patterns():
    """Patterns of Odoo's own known noise, from ``dev/allowed_log.toml``."""
    with ALLOWED.open("rb") as handle:
        return [entry["pattern"] for entry in tomllib.load(handle).get("allowed", [])]


def unexpected(entries, expected=()):
    """Pick the entries that should not be there.

    :param expected: regular expressions of this test, besides the general ones.
    :return: list of texts.
    """
    patterns = [re.compile(text) for text in (*allowed_patterns(), *expected)]
    return [
        entry.text
        for entry in entries
        if entry.level in BAD and not any(pattern.search(entry.text) for pattern in patterns)
    ]


def complain(texts, where):
    """Word the finding for the reader of a failed test."""
    shown = "\n".join("  " + text.replace("\n", "\n  ")[:2000] for text in texts[:10])
    return (
        f"{len(texts)} unexpected WARNING or ERROR in {where}:\n{shown}\n"
        "Mend the cause; expect it in the test that provokes it (expect_log, assertLogs); or, if "
        f"it is Odoo's own, list it with a reason in {ALLOWED.relative_to(settings.CHECKOUT)}."
    )
