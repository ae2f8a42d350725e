"""Quarter-end and year-end entries: VAT, depreciation, taxes, the result's appropriation."""

from datetime import date, timedelta

from .books import Books, Demo
from .currencies import revalue
from .dates import CLOSED_YEARS, LAST_DAY, quarter_ends

DEPRECIATION = (("221009", 4000.0), ("230009", 4625.0), ("241009", 1750.0))
TAX_RATE = 0.25
LEGAL_RESERVE = 0.05
PROFIT_FORWARD, LOSS_FORWARD, RESERVE = "140000", "141000", "130000"
# The appropriation account of the Belgian chart: brought forward, carried forward, reserve.
FROM_LAST_YEAR, PROFIT_CARRIED, LOSS_CARRIED, TO_RESERVE = "790000", "693000", "793000", "692000"


def close_quarters(demo: Demo) -> str:
    """Book depreciation and the VAT return of every quarter."""
    brewery, ends = demo.brewery, list(quarter_ends())
    moves = brewery.book([_depreciation(brewery, day) for day in ends])
    for day in ends:
        moves += brewery.book([_vat_return(brewery, day)])
    british = [_british_depreciation(demo.trading, day) for day in ends if day.month == 6]
    return f"{len(moves + demo.trading.book(british))} entries"


def _depreciation(books: Books, day: date) -> dict:
    lines = [(code, -amount) for code, amount in DEPRECIATION]
    total = sum(amount for _, amount in DEPRECIATION)
    return books.misc(day, f"Depreciation, quarter to {day}", [("630200", total), *lines])


def _british_depreciation(books: Books, day: date) -> dict:
    lines = [("615000", 3200.0), ("151900", -3200.0)]
    return books.misc(day, f"Depreciation, year to {day}", lines)


def _vat_return(books: Books, day: date) -> dict:
    """Move the VAT of a quarter to the current account with the tax office."""
    balances = _balances(books, [("account_id.code", "=like", "411%")], day)
    balances += _balances(books, [("account_id.code", "=like", "4510%")], day)
    lines = [(account.code, -balance) for account, balance in balances]
    due = round(sum(balance for _, balance in balances), 2)
    return books.misc(day, f"VAT return to {day}", [*lines, ("451200", due)])


def _balances(books: Books, domain: list, until: date) -> list[tuple]:
    """Return the balance per account over the company's own posted items until a day."""
    own = [("company_id", "=", books.company.id), ("parent_state", "=", "posted")]
    return books.env["account.move.line"]._read_group(
        [*own, *domain, ("date", "<=", until)], ["account_id"], ["balance:sum"]
    )


def revalue_all(demo: Demo) -> str:
    """Revalue what is open in dollars at every quarter's end whose reversal is in the books."""
    days = (day for day in quarter_ends() if day < LAST_DAY)
    return f"{sum(revalue(demo.brewery, day) for day in days)} entries"


def accrue(demo: Demo) -> str:
    """Accrue the audit fee at the British year's end and reverse it the day after."""
    books = demo.trading
    days = [day for day in quarter_ends() if day.month == 6]
    lines = [("600000", 2400.0), ("201000", -2400.0)]
    moves = books.book([books.misc(day, f"Accrued audit fee {day:%Y}", lines) for day in days])
    back = [{"date": day + timedelta(days=1), "ref": "Reversal of accrual"} for day in days]
    moves._reverse_moves(back).action_post()
    return f"{2 * len(moves)} entries"


def close_years(demo: Demo) -> str:
    """Estimate the income tax of every closed year and carry its result forward."""
    books = demo.brewery
    for year in CLOSED_YEARS:
        profit = _result(books, year)
        if profit > 0:
            books.book([_income_tax(books, year, round(profit * TAX_RATE, 2))])
        books.book([_appropriation(books, year)])
    return f"{2 * len(CLOSED_YEARS)} entries"


def _result(books: Books, year: int) -> float:
    """Return the profit of a year, the branches' included: they are no companies of their own."""
    domain = [
        ("company_id", "child_of", books.company.id),
        ("parent_state", "=", "posted"),
        ("account_id.internal_group", "in", ("income", "expense")),
        ("date", ">=", date(year, 1, 1)),
        ("date", "<=", date(year, 12, 31)),
    ]
    # The books see their own company alone; the branch's share needs a wider view.
    items = books.env["account.move.line"].sudo()
    ((balance,),) = items._read_group(domain, [], ["balance:sum"])
    return -round(balance, 2)


def _income_tax(books: Books, year: int, amount: float) -> dict:
    lines = [("670200", amount), ("450000", -amount)]
    return books.misc(date(year, 12, 31), f"Estimated income tax {year}", lines)


def _appropriation(books: Books, year: int) -> dict:
    """Appropriate the result: last year's is brought forward, the sum is carried forward."""
    day, result = date(year, 12, 31), _result(books, year)
    brought = -sum(total for _, total in _balances(books, _forward(books), day))
    reserve = round(max(result, 0) * LEGAL_RESERVE, 2)
    rest = round(brought + result - reserve, 2)
    lines = [(PROFIT_FORWARD, brought), (FROM_LAST_YEAR, -brought)]
    lines += [(TO_RESERVE, reserve), (RESERVE, -reserve)]
    carried = (PROFIT_CARRIED, PROFIT_FORWARD) if rest > 0 else (LOSS_CARRIED, LOSS_FORWARD)
    lines += [(carried[0], rest), (carried[1], -rest)]
    return books.misc(day, f"Appropriation of the result {year}", lines)


def _forward(books: Books) -> list:
    return [("account_id", "=", books.account(PROFIT_FORWARD).id)]


def book_guarantees(demo: Demo) -> str:
    """Book a guarantee given to the landlord, off the balance sheet."""
    lines = [("001000", 15000.0), ("000000", -15000.0)]
    guarantee = demo.brewery.misc(date(2024, 3, 1), "Bank guarantee, warehouse", lines)
    return f"{len(demo.brewery.book([guarantee]))} entry"
