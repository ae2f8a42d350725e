"""Exchange rates, and the month-end revaluation of what is open in a foreign currency."""

from datetime import date, timedelta

from odoo.fields import Command

from .books import Books, Demo
from .dates import months

# Units of the foreign currency for one of the company's, at the start of 2024.
DOLLARS_PER_EURO = 1.0956
DOLLARS_PER_POUND = 1.2731
EUROS_PER_POUND = 1.1535
GAIN, LOSS = "755000", "655000"


def create_rates(demo: Demo) -> str:
    """Give each top company rates for the currencies that it deals in."""
    wanted = [(demo.brewery, "USD", DOLLARS_PER_EURO)]
    wanted += [(demo.trading, "USD", DOLLARS_PER_POUND), (demo.trading, "EUR", EUROS_PER_POUND)]
    rates = [rate for books, code, start in wanted for rate in _rates(books, code, start)]
    return f"{len(demo.env['res.currency.rate'].create(rates))} exchange rates"


def _rates(books: Books, code: str, rate: float) -> list[dict]:
    """Return three rates a month, each up to a percent away from the one before."""
    currency = books.env.ref(f"base.{code}")
    currency.active = True
    chance = books.chance(f"rate of {code}")
    rates = []
    for day in (first.replace(day=number) for first in months() for number in (1, 11, 21)):
        rates.append(
            {
                "name": day,
                "rate": round(rate, 4),
                "currency_id": currency.id,
                "company_id": books.company.id,
            }
        )
        rate *= 1 + chance.uniform(-0.01, 0.01)
    return rates


def revalue(books: Books, day: date) -> int:
    """Book the unrealised differences at `day` and take them back the day after."""
    lines = [line for item in _open_foreign(books, day) for line in _adjust(books, item, day)]
    if not lines:
        return 0
    values = {"journal_id": books.journal("MISC").id, "line_ids": lines, "date": day}
    move = books.book([{**values, "ref": f"Revaluation of foreign currency {day}"}])
    back = {"date": day + timedelta(days=1), "ref": f"Reversal of revaluation {day}"}
    move._reverse_moves([back]).action_post()
    return 2


def _open_foreign(books: Books, day: date):
    """Return the receivables and payables in foreign currency that were open at `day`."""
    items = books.env["account.move.line"].search(
        [
            ("company_id", "=", books.company.id),
            ("parent_state", "=", "posted"),
            ("date", "<=", day),
            ("account_type", "in", ("asset_receivable", "liability_payable")),
            ("currency_id", "!=", books.company.currency_id.id),
            ("move_id.move_type", "!=", "entry"),
        ]
    )
    return items.filtered(lambda item: not item.reconciled or _settled(item) > day)


def _settled(item) -> date:
    """Return the day on which the last part of an item was settled."""
    return max((item.matched_debit_ids + item.matched_credit_ids).mapped("max_date"))


def _adjust(books: Books, item, day: date) -> list:
    """Return the two lines that bring a foreign item to the rate of `day`."""
    worth = item.currency_id._convert(
        item.amount_currency, books.company.currency_id, books.company, day
    )
    difference = books.company.currency_id.round(worth - item.balance)
    if not difference:
        return []
    label = f"{item.move_name}: rate at {day}"
    foreign = {"currency_id": item.currency_id.id, "amount_currency": 0.0, "name": label}
    foreign |= {"account_id": item.account_id.id, "partner_id": item.partner_id.id}
    result = books.account(GAIN if difference > 0 else LOSS)
    return [
        Command.create({**foreign, "balance": difference}),
        Command.create({"account_id": result.id, "balance": -difference, "name": label}),
    ]
