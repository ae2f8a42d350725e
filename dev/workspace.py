"""Odoo and a database server, ready to use: what the commands begin with."""

import os
import sys
from dataclasses import dataclass

from dev import odoo_tree, postgres, settings
from dev.odoo_tree import OdooTree
from dev.postgres import Server


@dataclass(frozen=True)
class Workspace:
    """One Odoo tree, one database server and the configuration that joins them."""

    tree: OdooTree
    server: Server

    def variables(self):
        """Environment for child processes: they find Odoo, the addon and the database server."""
        path = os.pathsep.join([str(settings.PYTHON_PATH), str(self.tree.python_path)])
        return {
            **os.environ,
            **self.server.variables(),
            "PYTHONPATH": path,
            "ODOO_RC": str(settings.RC_FILE),
            "SILVERFIN_ODOO_SCRIPT": str(self.tree.script),
        }

    def odoo(self, *arguments):
        """Command line of an Odoo command in this workspace.

        >>> Workspace.odoo  # doctest: +ELLIPSIS
        <function Workspace.odoo at ...>
        """
        return [sys.executable, str(self.tree.script), *map(str, arguments)]


def prepare():
    """Set everything up, as far as it is not.

    :rtype: Workspace
    :raise SetupError: something is missing; the message says what to do.
    """
    settings.make_state()
    tree = odoo_tree.ensure()
    server = postgres.ensure()
    write_configuration(tree, server)
    return Workspace(tree, server)


def write_configuration(tree, server):
    """Write Odoo's configuration file; only its owner may read it."""
    addons = [*tree.addons_path, settings.ADDONS]
    if any(settings.TEST_ADDONS.glob("*/__manifest__.py")):
        addons.append(settings.TEST_ADDONS)  # Odoo warns about a folder without addons
    options = {
        "addons_path": ",".join(map(str, addons)),
        "data_dir": settings.cache() / "data",
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        "db_maxconn": 64,
        # Nothing here is meant to be reached from other machines.
        "http_interface": "127.0.0.1",
        "list_db": False,
        "screenshots": settings.STATE / "screenshots",
        # A stream of the whole ledger may take longer than a worker's usual two minutes, and the
        # limits on memory are about long-lived servers.
        "limit_time_cpu": 7200,
        "limit_time_real": 7200,
        "limit_memory_hard": 0,
        "limit_memory_soft": 0,
    }
    lines = [f"{name} = {value}" for name, value in options.items() if value is not None]
    # Of this process alone: workers of one test run begin at the same moment.
    fresh = settings.RC_FILE.with_suffix(f".new-{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text("\n".join(["[options]", *lines, ""]))
    fresh.replace(settings.RC_FILE)
