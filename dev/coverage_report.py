"""Branch coverage of the addon, from all runs and all their processes together."""

import os
import shutil
import subprocess
import sys

from dev import settings
from dev.console import say

FOLDER = settings.STATE / "coverage"
DATA = FOLDER / "data"


def variables():
    """Environment that makes child processes add to the same measurement."""
    return {"COVERAGE_FILE": str(DATA), "SILVERFIN_CHECKOUT": str(settings.CHECKOUT)}


def start():
    """Forget earlier measurements."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)


def command(*arguments):
    """Command line that runs Python with ``arguments`` under measurement."""
    return _coverage("run", *arguments)


def report():
    """Print the coverage, write it as a web page to ``.dev/coverage/html``.

    :return: whether it is high enough (``fail_under`` in pyproject.toml).
    """
    _quiet("combine", "--keep")
    _quiet("html", "--directory", FOLDER / "html", "--fail-under=0")
    say("\nBranch coverage (files that are complete are left out):")
    answer = subprocess.run(_coverage("report"), env={**os.environ, **variables()})
    return answer.returncode == 0


def _coverage(action, *arguments):
    rc = f"--rcfile={settings.PYPROJECT}"
    return [sys.executable, "-m", "coverage", action, rc, *map(str, arguments)]


def _quiet(action, *arguments):
    subprocess.run(
        _coverage(action, "--quiet", *arguments), env={**os.environ, **variables()}, check=False
    )
