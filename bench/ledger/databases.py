"""The databases to measure on, made once and kept."""

import sys
from pathlib import Path

from dev import odoo_command, settings
from dev.console import SetupError
from dev.database import fingerprint
from dev.odoo_command import tail

HERE = Path(__file__).parent


def without_addon(databases, name):
    """Give a database with the companies of that name; all checkouts share it.

    :param databases: :class:`dev.database.Databases`.
    :param name: one of :data:`bench.ledger.companies.DATABASES`.
    :return: its name on the server.
    """
    key = databases.key(fingerprint(HERE))

    def make(fresh):
        databases.clone(databases.base(), fresh)
        generate(databases.workspace, name, fresh)

    return databases.made(f"silverfin_books_{name}", key, f"books for {name}", make)


def with_addon(databases, name):
    """Give the same with the addon of this checkout installed."""
    key = databases.key(fingerprint(HERE), fingerprint(settings.CHECKOUT))
    return databases.made(
        settings.database_name(f"books_{name}"),
        key,
        f"books for {name}, with {settings.ADDON}",
        lambda fresh: databases.with_addon(without_addon(databases, name), fresh),
    )


def generate(place, name, database):
    """Fill a database.

    :raise SetupError: that failed.
    """
    log = settings.LOGS / f"bench-books-{name}.log"
    command = [sys.executable, "-m", "bench.ledger.generate", name, database]
    if odoo_command.execute(log, command, place.variables()):
        raise SetupError(f"The books for {name} could not be made:\n{tail(log)}")
