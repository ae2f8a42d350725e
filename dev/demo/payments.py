"""What reaches and leaves the bank, matched with what it pays."""

from datetime import date, timedelta
from typing import NamedTuple

from .books import Books, Demo
from .dates import LAST_DAY, OPENING_DAY, month_end, months

# The bank's rate for a customer is a little worse than the published one.
BANK_MARGIN = 0.995
# How customers pay: the share of an invoice in each payment.
HABITS = ((1.0,), (1.0,), (1.0,), (1.0,), (0.6, 0.4), (0.5,), ())
# Of the bills that have fallen due, those that are paid.
PAID_SHARE = 0.85
# What the bank books each month: account, text, amount.
BELGIAN_BANK = (
    ("657200", "Bank fees", -48.5),
    ("650000", "Loan, interest", -540.0),
    ("173000", "Loan, principal", -1500.0),
    ("455000", "Salaries", -9590.0),
    ("454000", "NSSO", -5800.0),
    ("453000", "Withholding tax", -3300.0),
)
BRITISH_BANK = (
    ("620000", "Bank charges", -22.0),
    ("230000", "Wages", -3950.0),
    ("230100", "PAYE", -1250.0),
    ("230200", "National Insurance", -570.0),
)
BRITISH_START = (("301000", "Share capital", 80000.0), ("151000", "Shop fittings", -32000.0))


class Receipt(NamedTuple):
    """An amount that pays an invoice, in the invoice's currency."""

    invoice: object
    day: date
    amount: float


def collect(demo: Demo) -> str:
    """Let customers pay into the bank: at once, in two parts, in part, or not yet."""
    count = _collect(demo.brewery, "BNK1") + _collect(demo.trading, "BNK1")
    count += _collect(demo.taproom, "TAPC")
    return f"{count} receipts matched"


def _collect(books: Books, journal: str) -> int:
    receipts = sorted(_receipts(books), key=lambda receipt: receipt.day)
    values = [_receipt_values(books, journal, receipt) for receipt in receipts]
    lines = books.env["account.bank.statement.line"].create(values)
    pairs = zip(receipts, lines, strict=True)
    _match(books, [_term(receipt.invoice) + _counterpart(line) for receipt, line in pairs])
    return len(receipts)


def _receipts(books: Books) -> list[Receipt]:
    """Decide who pays what when; invoices in foreign currency are paid whole."""
    chance = books.chance("receipts")
    found = []
    domain = [("move_type", "=", "out_invoice"), ("amount_residual", ">", 0)]
    for invoice in books.posted(*domain):
        foreign = invoice.currency_id != books.company.currency_id
        day = invoice.invoice_date_due + timedelta(days=chance.randint(-12, 15))
        shares = (1.0,) if foreign else chance.choice(HABITS)
        found += _split(invoice, shares, day)
    return [receipt for receipt in found if receipt.day <= LAST_DAY]


def _split(invoice, shares: tuple, day: date) -> list[Receipt]:
    """Cut what is open into parts that add up exactly when the shares do."""
    rest, receipts = invoice.amount_residual, []
    for rank, share in enumerate(shares):
        whole = rank and rank == len(shares) - 1
        amount = rest if whole else invoice.currency_id.round(invoice.amount_residual * share)
        receipts.append(Receipt(invoice, day + timedelta(days=20 * rank), amount))
        rest = invoice.currency_id.round(rest - amount)
    return receipts


def _receipt_values(books: Books, journal: str, receipt: Receipt) -> dict:
    invoice = receipt.invoice
    return {
        "journal_id": books.journal(journal).id,
        "date": receipt.day,
        "payment_ref": invoice.payment_reference or invoice.name,
        "partner_id": invoice.partner_id.id,
        "counterpart_account_id": _term(invoice).account_id.id,
        **_amounts(books, invoice.currency_id, receipt.amount, receipt.day),
    }


def _amounts(books: Books, currency, amount: float, day: date) -> dict:
    """Return a bank line's amounts: its own currency, and the foreign one if there is one."""
    own = books.company.currency_id
    if currency == own:
        return {"amount": amount}
    worth = currency._convert(amount, own, books.company, day) * BANK_MARGIN
    foreign = {"foreign_currency_id": currency.id, "amount_currency": amount}
    return {"amount": own.round(worth), **foreign}


def _term(invoice):
    """Return the item of an invoice that a payment settles."""
    return invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")


def _counterpart(bank_line):
    """Return the item of a bank line that is not the bank."""
    bank = bank_line.journal_id.default_account_id
    return bank_line.line_ids.filtered(lambda line: line.account_id != bank)


def _match(books: Books, plan: list) -> None:
    """Reconcile many groups of items in one go."""
    books.env["account.move.line"]._reconcile_plan(plan)


def pay_suppliers(demo: Demo) -> str:
    """Pay bills with Odoo's payments, which the bank statement confirms at the month's end."""
    count = _pay(demo.brewery, "BNK1") + _pay(demo.trading, "BNK1") + _pay(demo.taproom, "TAPC")
    return f"{count} payments matched"


def _pay(books: Books, journal: str) -> int:
    due = [("invoice_date_due", "<=", LAST_DAY - timedelta(days=10))]
    domain = [("move_type", "=", "in_invoice"), ("amount_residual", ">", 0), *due]
    chance = books.chance("payments")
    bills = books.posted(*domain)
    bills = bills.browse([bill.id for bill in bills if chance.random() < PAID_SHARE])
    values = [_payment_values(books, journal, bill, chance) for bill in bills]
    payments = books.env["account.payment"].create(values)
    payments.action_post()
    pairs = zip(bills, payments, strict=True)
    _match(books, [_term(bill) + _settling(bill, payment) for bill, payment in pairs])
    _confirm(books, payments)
    return len(payments)


def _payment_values(books: Books, journal: str, bill, chance) -> dict:
    """Pay a bill, one in twelve of them only in part."""
    foreign = bill.currency_id != books.company.currency_id
    share = 0.7 if not foreign and chance.random() < 1 / 12 else 1.0
    return {
        "payment_type": "outbound",
        "partner_type": "supplier",
        "partner_id": bill.partner_id.id,
        "journal_id": books.journal(journal).id,
        "currency_id": bill.currency_id.id,
        "amount": bill.currency_id.round(bill.amount_residual * share),
        "date": min(bill.invoice_date_due + timedelta(days=chance.randint(-5, 5)), LAST_DAY),
        "memo": bill.ref,
    }


def _settling(bill, payment):
    """Return the item of a payment that is booked on the bill's payable account."""
    account = _term(bill).account_id
    return payment.move_id.line_ids.filtered(lambda line: line.account_id == account)


def _confirm(books: Books, payments) -> None:
    """Book a bank line per month and currency for the payments that have left the bank."""
    left = payments.filtered(lambda payment: month_end(payment.date) < LAST_DAY)
    grouped = left.grouped(lambda payment: (month_end(payment.date), payment.currency_id))
    groups = sorted(grouped.items(), key=lambda group: (group[0][0], group[0][1].id))
    values = [_batch_values(books, *key, batch) for key, batch in groups]
    lines = books.env["account.bank.statement.line"].create(values)
    pairs = zip(groups, lines, strict=True)
    _match(books, [_outstanding(batch) + _counterpart(line) for (_, batch), line in pairs])


def _batch_values(books: Books, day: date, currency, batch) -> dict:
    return {
        "journal_id": batch.journal_id.id,
        "date": day,
        "payment_ref": f"Batch of {len(batch)} transfers {day:%m/%Y}",
        "counterpart_account_id": batch.outstanding_account_id.id,
        **_amounts(books, currency, -sum(batch.mapped("amount")), day),
    }


def _outstanding(batch):
    account = batch.outstanding_account_id
    return batch.move_id.line_ids.filtered(lambda line: line.account_id == account)


def book_bank_costs(demo: Demo) -> str:
    """Book what the bank takes directly, and two receipts nobody has explained yet."""
    both = ((demo.brewery, BELGIAN_BANK), (demo.trading, BRITISH_BANK))
    values = [_direct(books, *row, day) for books, rows in both for day in months() for row in rows]
    values += [_direct(demo.trading, *row, OPENING_DAY) for row in BRITISH_START]
    values += [_direct(demo.brewery, None, "Transfer, no reference", 312.4, LAST_DAY)]
    values += [_direct(demo.trading, None, "Counter credit", 85.0, LAST_DAY)]
    lines = demo.env["account.bank.statement.line"].create(values)
    return f"{len(lines)} bank lines"


def _direct(books: Books, code: str | None, text: str, amount: float, day: date) -> dict:
    """Return a bank line booked straight on an account, or left in suspense without one."""
    line = {"journal_id": books.journal("BNK1").id, "payment_ref": text, "amount": amount}
    line |= {"date": month_end(day)}
    return line | ({"counterpart_account_id": books.account(code).id} if code else {})


def pay_vat(demo: Demo) -> str:
    """Settle every VAT return with the tax office three weeks after its quarter."""
    books = demo.brewery
    account = books.account("451200")
    domain = [("account_id", "=", account.id), ("parent_state", "=", "posted")]
    items = books.env["account.move.line"].search(domain, order="date, id")
    due = items.filtered(lambda item: item.date < LAST_DAY)
    values = [_vat_values(books, item) for item in due]
    lines = books.env["account.bank.statement.line"].create(values)
    _match(books, [item + _counterpart(line) for item, line in zip(due, lines, strict=True)])
    return f"{len(lines)} bank lines"


def _vat_values(books: Books, item) -> dict:
    return {
        "journal_id": books.journal("BNK1").id,
        "date": item.date + timedelta(days=20),
        "payment_ref": item.name,
        "amount": item.balance,
        "counterpart_account_id": item.account_id.id,
    }
