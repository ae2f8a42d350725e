"""Run an Odoo command to its end, with its log in a file and signs of life on the screen."""

import re
import subprocess
import sys

from dev import settings
from dev.console import Progress, SetupError

MODULE = re.compile(r"Loading module (\w+) \((\d+/\d+)\)")
TEST = re.compile(r": Starting (\S+)\.")


def run(workspace, name, *arguments):
    """Run Odoo and wait for it.

    :param name: name of the log file in ``.dev/logs``, without suffix.
    :return: path of the log file.
    :raise SetupError: Odoo failed; the message holds the end of the log.
    """
    return _run(workspace, name, workspace.odoo(*arguments))


def run_module(workspace, name, *arguments):
    """Run one of our modules that works with Odoo, as ``python -m``; as :func:`run`."""
    return _run(workspace, name, [sys.executable, "-m", *arguments])


def _run(workspace, name, command):
    log = settings.LOGS / f"{name}.log"
    if code := execute(log, command, workspace.variables()):
        raise SetupError(f"Odoo failed (exit code {code}):\n{tail(log)}\nFull log: {log}")
    return log


def execute(log, command, variables):
    """Run one command with its output copied to ``log``.

    :return: its exit code.
    """
    progress = Progress()
    tests = 0
    with log.open("w") as copy:
        process = subprocess.Popen(
            command,
            env=variables,
            cwd=settings.STATE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        try:
            for line in process.stdout:
                copy.write(line)
                tests += bool(TEST.search(line))
                report(progress, line, tests)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    return process.wait()


def report(progress, line, tests):
    """Turn a line of the log into a sign of life, now and then."""
    if found := MODULE.search(line):
        progress.update(f"module {found.group(2)}: {found.group(1)}")
    elif tests:
        progress.update(f"{tests} tests started")


def tail(log, lines=25):
    """The last lines of a log, indented."""
    return "\n".join("    " + line for line in log.read_text().splitlines()[-lines:])
