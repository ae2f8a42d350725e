"""Make the virtual environment, then hand over to ``python -m dev`` inside it.

Runs under the system's Python: standard library only.
"""

import os
import platform
import shutil
import subprocess
import sys

from dev import locking, settings
from dev.console import SetupError, say, step, warn

MINIMUM = (3, 11)
STAMP = ".complete"
NO_VENV = (
    "Python cannot make virtual environments here. Install its module, as root:\n"
    "    apt-get update && apt-get install -y python3-venv\nthen start again."
)


def main(arguments):
    """Become ``python -m dev ARGUMENTS`` in the right virtual environment.

    ``bench`` as the first argument is a program of its own, ``python -m bench``.
    """
    if sys.version_info < MINIMUM:
        raise SetupError(
            f"The pinned packages need Python 3.11 or newer, this is {platform.python_version()}. "
            "Choose another with: make PYTHON=/path/to/python3 …"
        )
    settings.make_state()
    settings._link(settings.PYTHON_PATH / "bench", settings.CHECKOUT / "bench")
    python = ensure_environment()
    os.chdir(settings.STATE)
    program = ["bench", *arguments[1:]] if arguments[:1] == ["bench"] else ["dev", *arguments]
    os.execve(python, [str(python), "-m", *program], environment())


def environment():
    """Variables for everything that runs in the virtual environment."""
    chosen = dict(os.environ, SILVERFIN_CACHE=str(settings.cache()))
    chosen["PYTHONPATH"] = str(settings.PYTHON_PATH)
    if source := settings.odoo_source():
        chosen["ODOO_SOURCE"] = str(source)  # made absolute: the working folder changes
    return chosen


def ensure_environment():
    """Build the virtual environment unless a finished one is there.

    :return: path of its Python.
    :raise SetupError: the packages cannot be installed.
    """
    key = settings.short_hash(settings.REQUIREMENTS.read_text(), sys.version, sys.prefix)
    folder = settings.cache() / "venv" / key
    # A virtual environment cannot be moved, so it is built in place and stamped when finished.
    if not (folder / STAMP).exists():
        with locking.exclusive(settings.cache() / "setup.lock"):
            if not (folder / STAMP).exists():
                build(folder)
    return folder / "bin" / "python"


def build(folder):
    """Make the virtual environment ``folder`` and fill it with the pinned packages."""
    if folder.exists():
        say("    an unfinished virtual environment is there; beginning anew")
        shutil.rmtree(folder)
    with step("Python packages (virtual environment)"):
        create(folder)
        install(folder)
    (folder / STAMP).touch()


def create(folder):
    """Make an empty virtual environment, as root with the Debian package it may lack."""
    command = [sys.executable, "-m", "venv", str(folder)]
    if subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0:
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise SetupError(NO_VENV)
    warn("installing Debian's python3-venv")
    for action in (["update", "-q"], ["install", "-qy", "python3-venv"]):
        subprocess.run(["apt-get", *action], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(folder, ignore_errors=True)
    if subprocess.run(command).returncode:
        raise SetupError(NO_VENV)


def install(folder):
    """Install the pinned packages, nothing beside them."""
    # --no-deps: the lock file lists everything, so pip must not add versions of its own choice.
    command = [folder / "bin" / "python", "-m", "pip", "install", "--no-deps"]
    command += ["--disable-pip-version-check", "--progress-bar=off", "-r", settings.REQUIREMENTS]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.startswith(("Collecting", "Installing", "Building", "ERROR")):
            say("    " + line.strip()[:100])
    if process.wait():
        raise SetupError(
            "pip could not install the pinned packages (see above). Check the network and that "
            f"Python {platform.python_version()} is one the pins have wheels for (3.11 is what CI "
            "uses), then run the same command again."
        )


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
