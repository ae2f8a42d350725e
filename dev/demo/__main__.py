"""Command line: python -m dev.demo --database NAME [--output PATH] [-- ODOO OPTIONS]."""

import argparse
import sys
import time
from pathlib import Path

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config

from dev.console import say

from . import (
    analytics,
    charts,
    check,
    closing,
    currencies,
    opening,
    partners,
    payments,
    payroll,
    purchases,
    sales,
    unfinished,
)
from .clients import create_clients, write_access
from .companies import create_companies

STEPS = (
    ("Branch", lambda demo: charts.add_branch_journals(demo.taproom)),
    ("Rates", currencies.create_rates),
    ("Partners", partners.create_partners),
    ("Products", sales.create_products),
    ("Analytics", lambda demo: analytics.create_analytics(demo.brewery)),
    ("Opening", lambda demo: opening.book_opening(demo.brewery)),
    ("Sales", sales.book_sales),
    ("Purchases", purchases.book_purchases),
    ("Payroll", payroll.book_payroll),
    ("Credit notes", sales.book_credit_notes),
    ("Receipts", payments.collect),
    ("Payments", payments.pay_suppliers),
    ("Bank", payments.book_bank_costs),
    ("Guarantees", closing.book_guarantees),
    ("Quarters", closing.close_quarters),
    ("VAT paid", payments.pay_vat),
    ("Revaluation", closing.revalue_all),
    ("Accruals", closing.accrue),
    ("Years", closing.close_years),
    ("Unfinished", unfinished.leave_unfinished),
    ("Check", check.check_books),
)


def main(arguments: list[str]) -> None:
    """Fill the database that the command line names, unless it holds entries already."""
    ours, odoo = _parse(arguments)
    config.parse_config(odoo, setup_logging=True)
    registry = Registry(ours.database)
    with registry.cursor() as cr:
        root = Environment(cr, SUPERUSER_ID, {})
        if root["account.move"].search_count([], limit=1):
            say(f"{ours.database} holds entries already: nothing done.")
            return
        # Booked by the administrator, as a user would; notes in the chatter are left out.
        env = root(
            user=root.ref("base.user_admin"), context={"lang": "en_US", "tracking_disable": True}
        )
        clients = _fill(env)
        # Before the commit: keys that nobody could write down shall not exist.
        if ours.output:
            write_access(ours.output, ours.database, clients)
    # The analytic plans gave the models new columns: tell the servers that already run.
    registry.signal_changes()


def _parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Split our own options from Odoo's, which follow two dashes."""
    parser = argparse.ArgumentParser(prog="python -m dev.demo", description=__doc__)
    parser.add_argument("--database", required=True, help="database with account and l10n_be")
    parser.add_argument("--output", type=Path, help="file for the keys of the demo's clients")
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    return parser.parse_args(arguments[:cut]), arguments[cut + 1 :]


def _fill(env) -> list[dict]:
    demo = _timed("Companies", create_companies, env, lambda demo: f"{len(demo.every)} companies")
    for title, action in STEPS:
        _timed(title, action, demo)
    return _timed("Clients", create_clients, env, lambda made: f"{len(made)} with two keys each")


def _timed(title: str, action, subject, describe=str):
    """Run one step and say what it made, with the time it took."""
    begin = time.monotonic()
    result = action(subject)
    say(f"{title:<13}{describe(result)} ({time.monotonic() - begin:.1f} s)")
    return result


if __name__ == "__main__":
    main(sys.argv[1:])
