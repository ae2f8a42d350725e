"""The time the demo books cover, fixed so that they are the same whenever they are made."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

OPENING_DAY = date(2024, 1, 1)
# Odoo dates an exchange difference by its month's end, or by today if that month still runs:
# the last day is therefore in a month that is over.
LAST_DAY = date(2026, 9, 30)
CLOSED_YEARS = (2024, 2025)


def month_end(day: date) -> date:
    """Return the last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def months(first: date = OPENING_DAY) -> Iterator[date]:
    """Yield the first day of every month from `first` to the last day."""
    day = first.replace(day=1)
    while day <= LAST_DAY:
        yield day
        day = next_month(day)


def next_month(day: date) -> date:
    """Return the first day of the month after that of `day`."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def quarter_ends() -> Iterator[date]:
    """Yield the last day of every full quarter."""
    return (month_end(day) for day in months() if day.month % 3 == 0)
