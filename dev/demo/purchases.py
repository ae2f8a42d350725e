"""Vendor bills."""

from datetime import date
from typing import NamedTuple

from odoo.fields import Command

from .analytics import distributions
from .books import Books, Demo
from .dates import months
from .partners import AMERICAN_SUPPLIER, BRITISH, SUPPLIERS, partner


class Habit(NamedTuple):
    """What a company buys again and again. Tax: chart name, "" for none, None for the usual."""

    supplier: str
    label: str
    account: str
    every: int
    lowest: float
    highest: float
    tax: str | None = None
    currency: str | None = None


MALT, ENERGY, LANDLORD, INSURER, FIDUCIARY, GLASS, LEASE, HOPS = (row[0] for row in SUPPLIERS)
STORAGE = BRITISH[3][0]
BREWERY = (
    Habit(MALT, "Pilsner and Munich malt", "600000", 1, 4200, 7900),
    Habit(ENERGY, "Gas and electricity", "612500", 1, 1500, 2900),
    Habit(HOPS, "Hallertau hops, harvest contract", "600000", 3, 2100, 3800),
    Habit(GLASS, "Bottles 33 cl, pallets", "601000", 2, 1900, 3600),
    Habit(LANDLORD, "Rent of the warehouse", "610000", 3, 5400, 5400, ""),
    Habit(INSURER, "Fire and liability insurance", "614000", 12, 3650, 3980, ""),
    Habit(FIDUCIARY, "Bookkeeping and annual accounts", "613200", 3, 1450, 1750),
    Habit(
        LEASE, "Operational lease, delivery car", "610220", 3, 1290, 1290, "attn_VAT-IN-V82-CAR-EXC"
    ),
    Habit(AMERICAN_SUPPLIER[0], "Cascade hop pellets", "600000", 6, 5200, 8800, None, "USD"),
)
TAPROOM = (
    Habit(MALT, "Snacks and soft drinks", "604000", 2, 450, 980),
    Habit(LANDLORD, "Rent, place Flagey", "610000", 3, 4200, 4200, ""),
)
TRADING = (
    Habit("Brasserie Le Grand Sablon", "Belgian ale, consignment", "500000", 2, 2900, 5200),
    Habit(STORAGE, "Bonded storage", "612000", 3, 1350, 1350),
    Habit(AMERICAN_SUPPLIER[0], "Craft cider, container", "500000", 6, 6400, 9100, None, "USD"),
)


def book_purchases(demo: Demo) -> str:
    """Book the bills of all companies."""
    moves = demo.brewery.book(_bills(demo.brewery, "BILL", BREWERY))
    moves += demo.taproom.book(_bills(demo.taproom, "TAPB", TAPROOM))
    moves += demo.trading.book(_bills(demo.trading, "BILL", TRADING))
    return f"{len(moves)} vendor bills"


def _bills(books: Books, journal: str, habits: tuple) -> list[dict]:
    chance = books.chance("purchases")
    return [
        _bill(books, chance, journal, habit, first.replace(day=chance.randint(3, 26)))
        for rank, habit in enumerate(habits)
        for number, first in enumerate(months())
        if (number + rank) % habit.every == 0
    ]


def _bill(books: Books, chance, journal: str, habit: Habit, day: date) -> dict:
    currency = habit.currency and books.env.ref(f"base.{habit.currency}")
    return {
        "move_type": "in_invoice",
        "journal_id": books.journal(journal).id,
        "partner_id": partner(books.env, habit.supplier).id,
        "invoice_date": day,
        # Without a date of its own a bill gets its month's last day, or today.
        "date": day,
        "ref": f"{day:%y%m}-{chance.randint(10000, 99999)}",
        "currency_id": (currency or books.company.currency_id).id,
        "invoice_payment_term_id": books.env.ref("account.account_payment_term_30days").id,
        "invoice_line_ids": [Command.create(_line(books, chance, habit))],
    }


def _line(books: Books, chance, habit: Habit) -> dict:
    """Return a bill's line. Left out, its taxes are the company's usual ones for the supplier."""
    line = {
        "name": habit.label,
        "account_id": books.account(habit.account).id,
        "price_unit": round(chance.uniform(habit.lowest, habit.highest), 2),
        "analytic_distribution": chance.choice(distributions(books)),
    }
    if habit.tax is not None:
        line["tax_ids"] = [Command.set(books.chart(habit.tax).ids if habit.tax else [])]
    return line
