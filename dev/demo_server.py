"""``make demo``: a filled database and a server to click through, until Ctrl-C."""

import os
import subprocess
import sys
import time

from dev import database, odoo_command, postgres, settings, workspace
from dev.console import SetupError, say, step
from dev.database import Databases
from dev.server import OdooServer, is_taken

FILLER = "dev.demo"


def main(port, *, reset=False):
    """Set up, fill the demo database when it is new, serve it.

    :param port: HTTP port; None for the usual one.
    :param reset: whether to begin with a new database.
    :return: exit code.
    """
    port = port or settings.DEMO_PORT
    check_port(port)  # before the long steps, not after them
    place = workspace.prepare()
    try:
        name = ensure_database(place, reset=reset)
        with OdooServer(place, name, workers=0, cron=1, port=port) as server:
            show(server)
            wait(server)
    except KeyboardInterrupt:
        say("\nStopped. The database stays: `make demo` goes on with it.")
    finally:
        postgres.release()
    return 0


def check_port(port):
    """:raise SetupError: somebody listens on the port."""
    if is_taken(port):
        raise SetupError(
            f"Port {port} is taken, perhaps by another Odoo. Stop that program, or choose another "
            f"port: make demo PORT={port + 1}"
        )


def ensure_database(place, *, reset):
    """Give the demo database, made and filled when missing, upgraded when the addon changed.

    :return: its name.
    """
    databases = Databases(place)
    name = settings.database_name("demo")
    state = database.fingerprint(settings.CHECKOUT)
    mark = None if reset else databases.mark(name)
    if mark is None or not settings.DEMO_ACCESS.exists():  # keys cannot be shown a second time
        create(place, databases, name)
    elif mark != state:
        upgrade(place, name)
    databases.set_mark(name, state)
    return name


def create(place, databases, name):
    """Clone the template and let ``dev/demo`` fill it."""
    template = databases.template()
    with step("demo database"):
        databases.clone(template, name)
        fill(place, name)


def fill(place, name):
    """Run the filler in a process of its own; it finds Odoo's configuration in ``ODOO_RC``.

    :raise SetupError: it failed.
    """
    command = [sys.executable, "-m", FILLER, "--database", name, "--output", settings.DEMO_ACCESS]
    # The filler says itself what it does; Odoo turns the warnings of its libraries on again.
    command += ["--", "--log-level=warn", "--log-handler=py.warnings:ERROR"]
    if subprocess.call(command, env=place.variables(), cwd=settings.STATE):
        raise SetupError("The demo data could not be made (see above).")


def upgrade(place, name):
    """Bring the addon in the demo database up to date with its sources."""
    with step("the addon has changed: upgrading it in the demo database"):
        options = ["-c", settings.RC_FILE, "-d", name, "-u", settings.ADDON]
        odoo_command.run(place, "demo-upgrade", *options, *database.INSTALL_OPTIONS)


def show(server):
    """Do the main job on the running server: a first full pull over HTTP."""
    from dev import demo_run

    # Odoo's and the database server's variables, as in every child process.
    os.environ.update(server.workspace.variables())
    demo_run.main(server)


def wait(server):
    """Stay until Ctrl-C.

    :raise SetupError: the server ended by itself.
    """
    while server.process.poll() is None:
        time.sleep(0.5)
    raise SetupError(f"The server ended:\n{odoo_command.tail(server.log_path)}")
