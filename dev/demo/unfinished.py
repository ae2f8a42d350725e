"""What no reader of the ledger may see: drafts and cancelled entries."""

from .books import Books, Demo


def leave_unfinished(demo: Demo) -> str:
    """Copy posted documents; leave some as drafts, cancel the others after posting them."""
    drafts = sum(len(_copies(books, slice(-3, None))) for books in demo.every)
    cancelled = sum(_cancel(_copies(books, slice(4, 6))) for books in demo.every)
    return f"{drafts} drafts, {cancelled} cancelled"


def _copies(books: Books, which: slice):
    """Copy some invoices at their own dates, whatever day it is."""
    copies = books.env["account.move"]
    for invoice in books.posted(("move_type", "=", "out_invoice"))[which]:
        copies += invoice.copy({"date": invoice.date, "invoice_date": invoice.invoice_date})
    return copies


def _cancel(moves) -> int:
    moves.action_post()
    moves.button_draft()
    moves.button_cancel()
    return len(moves)
