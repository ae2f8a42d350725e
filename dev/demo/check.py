"""Proof that what was booked balances, with its measures."""

from collections import Counter

from dev.console import say

from .books import Books, Demo


def check_books(demo: Demo) -> str:
    """Say each company's measures.

    :raise AssertionError: the posted items of a company do not balance.
    """
    for books in demo.every:
        say(f"    {books.company.name}: {_measure(books)}")
    return "debit equals credit in every company"


def _measure(books: Books) -> str:
    own = [("company_id", "=", books.company.id)]
    moves = books.env["account.move"].search(own)
    states = Counter(moves.mapped("state"))
    posted = [*own, ("parent_state", "=", "posted"), ("account_id", "!=", False)]
    items = books.env["account.move.line"]
    ((debit, credit, count, accounts),) = items._read_group(
        posted, [], ["debit:sum", "credit:sum", "__count", "account_id:count_distinct"]
    )
    if books.company.currency_id.compare_amounts(debit, credit):
        raise AssertionError(f"{books.company.name}: debit {debit} is not credit {credit}")
    entries = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
    return f"{entries} entries; {count} posted items on {accounts} accounts; debit {debit:.2f}"
