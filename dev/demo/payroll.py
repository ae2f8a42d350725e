"""Salaries, booked each month as a miscellaneous entry."""

from .books import Books, Demo
from .dates import month_end, months

BELGIAN_GROSS = 14800.0
BRITISH_GROSS = 5200.0
RISE_PER_YEAR = 0.03


def book_payroll(demo: Demo) -> str:
    """Book the salaries of the two top companies."""
    belgian = demo.brewery.book([_belgian(demo.brewery, day) for day in months()])
    british = demo.trading.book([_british(demo.trading, day) for day in months()])
    return f"{len(belgian + british)} entries"


def _gross(gross: float, day) -> float:
    return round(gross * (1 + RISE_PER_YEAR) ** (day.year - 2024), 2)


def _belgian(books: Books, day) -> dict:
    gross = _gross(BELGIAN_GROSS, day)
    employer, own, tax = (round(gross * share, 2) for share in (0.25, 0.1307, 0.2210))
    lines = [("620200", gross), ("621000", employer), ("453000", -tax)]
    lines += [("454000", -round(employer + own, 2)), ("455000", -round(gross - own - tax, 2))]
    return books.misc(month_end(day), f"Salaries {day:%m/%Y}", lines)


def _british(books: Books, day) -> dict:
    gross = _gross(BRITISH_GROSS, day)
    employer, own = round(gross * 0.11, 2), round(gross * 0.24, 2)
    net = round(gross - own, 2)
    lines = [("630000", round(gross + employer, 2)), ("230000", -net)]
    lines += [("230100", -own), ("230200", -employer)]
    return books.misc(month_end(day), f"Payroll {day:%B %Y}", lines)
