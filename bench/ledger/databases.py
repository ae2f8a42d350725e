"""The databases to measure on, made once and kept."""

from pathlib import Path

from dev import odoo_command, settings
from dev.database import fingerprint

HERE = Path(__file__).parent


def without_addon(databases, name):
    """Give a database with the companies of that name; all checkouts share it.

    :param databases: :class:`dev.database.Databases`.
    :param name: one of :data:`bench.ledger.companies.DATABASES`.
    :return: its name on the server.
    :raise SetupError: it could not be made.
    """
    key = databases.key(fingerprint(HERE))

    def make(fresh):
        databases.clone(databases.base(), fresh)
        arguments = ("bench.ledger.generate", name, fresh)
        odoo_command.run_module(databases.workspace, f"bench-books-{name}", *arguments)

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
