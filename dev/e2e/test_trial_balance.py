"""The trial balance is the sum of the feed, and closes to zero."""

from datetime import date
from decimal import Decimal

import pytest

from dev.e2e.books import BANK, OTHER, RENT, SALES, group

UNDISTRIBUTED = "equity_unaffected"
YEARS = (2023, 2024, 2025, 2026)


class TestSumOfTheFeed:
    """Four years: a result appropriated, one left undistributed, a year without bookings."""

    @pytest.fixture(scope="class")
    def copy(self, odoo_env, server):
        brewery = group(odoo_env, server)["brewery"]
        with brewery.books() as books:
            appropriation = books.new_account("693000", "expense").id
            off_balance = books.new_account("099000", "off_balance").id
            reserves = books.new_account("140000", "equity").id
            for year in (2023, 2024):
                books.entry((SALES, -year), (BANK, year), day=date(year, 3, 31))
                books.entry((RENT, 700), (OTHER, -700), day=date(year, 12, 31))
            books.entry((appropriation, 1323), (reserves, -1323), day=date(2023, 12, 31))
            # Odoo itself allocates nothing: the accountant does, in the next year.
            books.entry((UNDISTRIBUTED, 1324), (reserves, -1324), day=date(2026, 1, 1))
            books.entry((off_balance, 50), (off_balance, -50), day=date(2024, 6, 1))
        with brewery.books(branch_of(brewery, odoo_env)) as books:
            books.entry((SALES, -40), (BANK, 40), day=date(2026, 2, 1))
        brewery.pull()
        return brewery.copy

    @pytest.mark.parametrize("year", YEARS)
    @pytest.mark.parametrize("months", [(1, 12), (4, 9)])
    def test_equal(self, copy, year, months):
        start, end = date(year, months[0], 1), date(year, months[1], 30)
        document = copy.session.get(
            "/trial-balance", **{"from": start.isoformat(), "to": end.isoformat()}
        )
        assert {row["account"]: numbers(row) for row in document["accounts"]} == summed(
            copy, start, end
        )
        closings = sum((row["closing"] for row in document["accounts"]), Decimal())
        assert closings + document["unallocated_result"] == 0

    def test_unallocated(self, copy):
        """2024's result stays until it is allocated, and the year without bookings shows it."""
        results = {}
        for year in YEARS:
            period = {"from": f"{year}-01-01", "to": f"{year}-12-31"}
            results[year] = copy.session.get("/trial-balance", **period)["unallocated_result"]
        assert results == {2023: 0, 2024: 0, 2025: Decimal(-1324), 2026: Decimal(-1324)}


def branch_of(scene, odoo_env):
    """Return the id of the branch whose entries belong to the scene's dossier."""
    with odoo_env(commit=False) as env:
        return env["silverfin.client"].browse(scene.dossier.client_id).branch_ids.ids[0]


def numbers(row):
    """Return what is compared of a row."""
    return tuple(row[name] for name in ("opening", "debit", "credit", "closing"))


def summed(copy, start, end):
    """Return what the copy's items add up to, by account."""
    rows = {}
    for item in copy.items.values():
        account = copy.records["account"][item["account"]]
        day = date.fromisoformat(item["date"])
        begins = date.min if account["carries_forward"] else date(start.year, 1, 1)
        if account["type"] and begins <= day <= end:
            row = rows.setdefault(account["id"], [Decimal()] * 3)
            place = 0 if day < start else 1 if item["value"] > 0 else 2
            row[place] += abs(item["value"]) if place else item["value"]
    return {
        account: (opening, debit, credit, opening + debit - credit)
        for account, (opening, debit, credit) in rows.items()
    }
