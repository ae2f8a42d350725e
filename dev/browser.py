"""The browser that Odoo's tours run in."""

import os
import re
import shutil
import subprocess

from dev import settings
from dev.console import SetupError, step

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NEED = re.compile(r"\.(start_tour|browser_js)\(")


def ensure_if_needed(*, surely=False):
    """See to a browser when a test starts one; as root, install Debian's.

    :param surely: tests of others do, whatever the addon's own need.
    :raise SetupError: there is none and it cannot be installed.
    """
    if not (surely or is_needed()) or any(map(shutil.which, PROGRAMS)):
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise SetupError(
            "Some tests drive a browser. Install one, as root:\n"
            "    apt-get update && apt-get install -y chromium\nthen start again."
        )
    with step("installing Debian's chromium"):
        for action in (["update", "-q"], ["install", "-qy", "--no-install-recommends", "chromium"]):
            call(["apt-get", *action])


def call(command):
    """Run apt quietly.

    :raise SetupError: it fails; the message holds what it said.
    """
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    answer = subprocess.run(command, env=variables, capture_output=True, text=True)
    if answer.returncode:
        raise SetupError(f"{' '.join(command)} failed:\n{answer.stderr.strip()}")


def is_needed():
    """Whether a test of the addon starts a browser."""
    tests = (settings.CHECKOUT / "tests").rglob("*.py")
    return any(NEED.search(path.read_text()) for path in tests)
