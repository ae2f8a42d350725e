"""The balances with which the Belgian company starts."""

from .books import Books
from .dates import OPENING_DAY

BALANCES = {
    "221000": 320000.00,
    "221009": -96000.00,
    "230000": 185000.00,
    "230009": -74000.00,
    "241000": 42000.00,
    "241009": -21000.00,
    "300000": 28500.00,
    "400000": 46200.00,
    "440000": -38900.00,
    "454000": -6400.00,
    "453000": -3150.00,
    "456000": -11800.00,
    "173000": -185000.00,
    "110900": -120000.00,
    "130000": -12000.00,
}
BANK = 61850.00
BROUGHT_FORWARD = "140000"


def book_opening(books: Books) -> str:
    """Type the opening balances into the chart of accounts and post Odoo's opening entry."""
    books.company.account_opening_date = OPENING_DAY
    for code, balance in BALANCES.items():
        books.account(code).opening_balance = balance
    books.journal("BNK1").default_account_id.opening_balance = BANK
    rest = -sum(BALANCES.values()) - BANK
    books.account(BROUGHT_FORWARD).opening_balance = round(rest, 2)
    # Odoo gathers the balances into its opening entry just before a commit.
    books.env.cr.flush()
    books.company.account_opening_move_id.action_post()
    return f"1 entry, {len(books.company.account_opening_move_id.line_ids)} items"
