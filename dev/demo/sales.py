"""Customer invoices and their credit notes."""

from datetime import date, timedelta

from odoo.fields import Command

from .analytics import distributions
from .books import Books, Demo
from .dates import LAST_DAY, months
from .partners import AMERICAN_CUSTOMER, BRITISH, CUSTOMERS, GUESTS, partner

BEERS = (
    ("Sablon Blonde, crate of 24 x 33 cl", 31.20),
    ("Sablon Brune, crate of 24 x 33 cl", 33.60),
    ("Zavel Tripel, crate of 24 x 33 cl", 38.40),
    ("Minimes Gueuze, box of 6 x 75 cl", 46.50),
    ("Sablon Blonde, keg of 30 l", 92.00),
    ("Zavel Tripel, keg of 20 l", 84.50),
)
IMPORTS = (
    ("Belgian ale, mixed case of 12", 29.75),
    ("Bar glassware, set of 6", 18.90),
    ("Tap installation and cleaning", 145.00),
)
CUTOFF = LAST_DAY - timedelta(days=45)


def create_products(demo: Demo) -> str:
    """Create what the companies sell."""
    offers = ((demo.brewery, BEERS), (demo.trading, IMPORTS))
    created = [_products(books, rows) for books, rows in offers]
    return f"{sum(map(len, created))} products"


def _products(books: Books, rows: tuple):
    return books.env["product.product"].create(
        [
            {"name": name, "list_price": price, "company_id": books.company.id}
            for name, price in rows
        ]
    )


def book_sales(demo: Demo) -> str:
    """Book the invoices of all companies."""
    belgian = [name for name, *_ in CUSTOMERS]
    british = [name for name, *_ in BRITISH[:3]]
    values = _invoices(demo.brewery, "INV", belgian, per_month=3, crates=(30, 150))
    moves = demo.brewery.book(values + _exports(demo.brewery, month=3))
    values = _invoices(demo.trading, "INV", british, per_month=2, crates=(10, 40))
    moves += demo.trading.book(values + _exports(demo.trading, month=2))
    moves += demo.taproom.book(_invoices(demo.taproom, "TAP", [GUESTS[0]], 1, (15, 35)))
    return f"{len(moves)} customer invoices"


def _invoices(books: Books, journal: str, customers: list, per_month: int, crates: tuple) -> list:
    """Return the values of `per_month` invoices a month, to customers in turn by chance."""
    chance = books.chance("sales")
    return [
        _invoice(books, chance, journal, chance.choice(customers), day, crates)
        for first in months()
        for day in sorted(first.replace(day=chance.randint(2, 27)) for _ in range(per_month))
    ]


def _exports(books: Books, month: int) -> list[dict]:
    """Return the values of an invoice in dollars in the same month of every quarter."""
    chance = books.chance("exports")
    dollars = {"currency_id": books.env.ref("base.USD").id}
    days = [day.replace(day=18) for day in months() if day.month % 3 == month % 3]
    return [
        _invoice(books, chance, "INV", AMERICAN_CUSTOMER[0], day, (120, 320)) | dollars
        for day in days
    ]


def _invoice(books: Books, chance, journal: str, customer: str, day: date, crates: tuple) -> dict:
    return {
        "move_type": "out_invoice",
        "journal_id": books.journal(journal).id,
        "partner_id": partner(books.env, customer).id,
        "invoice_date": day,
        "invoice_payment_term_id": books.env.ref("account.account_payment_term_30days").id,
        "ref": f"PO {chance.randint(1000, 9999)}" if chance.random() < 0.5 else False,
        "invoice_line_ids": _lines(books, chance, crates),
    }


def _lines(books: Books, chance, crates: tuple) -> list:
    """Return one to three lines of products; now and then with a section and a note."""
    products = books.env["product.product"].search([("company_id", "parent_of", books.company.id)])
    spread = distributions(books)
    lines = [
        {
            "product_id": product.id,
            "quantity": chance.randint(*crates),
            "analytic_distribution": chance.choice(spread),
        }
        for product in chance.sample(list(products), chance.randint(1, 3))
    ]
    if chance.random() < 0.15:
        lines.insert(0, {"display_type": "line_section", "name": "Delivered in two lots"})
        lines.append({"display_type": "line_note", "name": "Empties are taken back on delivery."})
    return [Command.create({"sequence": rank, **line}) for rank, line in enumerate(lines)]


def book_credit_notes(demo: Demo) -> str:
    """Take back every twentieth invoice with Odoo's wizard, a few days after it."""
    count = sum(_credit(books) for books in demo.every)
    return f"{count} credit notes"


def _credit(books: Books) -> int:
    notes = [_credit_note(books, invoice) for invoice in _returned(books)]
    notes = books.env["account.move"].union(*notes)
    notes.action_post()
    return len(notes)


def _returned(books: Books):
    domain = [("move_type", "in", ("out_invoice", "in_invoice")), ("date", "<", CUTOFF)]
    return books.posted(*domain)[9::20]


def _credit_note(books: Books, invoice):
    """Draft the refund of one invoice, in part if it has several lines."""
    target = {"active_model": "account.move", "active_ids": invoice.ids}
    day = invoice.date + timedelta(days=9)
    wizard = books.env["account.move.reversal"].with_context(**target)
    settings = {"date": day, "journal_id": invoice.journal_id.id, "reason": "Goods returned"}
    wizard = wizard.create(settings)
    wizard.refund_moves()
    notes = wizard.new_move_ids
    products = notes.invoice_line_ids.filtered(lambda line: line.display_type == "product")
    products[1:].unlink()
    notes.write({"date": day, "invoice_date": day})
    return notes
