"""Fiscal years are the company's, also where another module overrides them."""

import datetime
from decimal import Decimal

import pytest

from dev.e2e import http, scene

DAY = datetime.timedelta(days=1)


def years_until_today(first, month=1):
    """Return the years of twelve months from one year on, as the contract writes them."""
    today = datetime.datetime.utcnow().date()
    years = []
    while datetime.date(first, month, 1) <= today:
        start = datetime.date(first, month, 1)
        end = datetime.date(first + 1, month, 1) - DAY
        years.append({"from": start.isoformat(), "to": end.isoformat()})
        first += 1
    return years


def years(server, books):
    """Return the years that the server tells."""
    return books.session(server).get("/years")["years"]


def balances(server, books, start, end):
    """Return the trial balance: ({account: (opening, debit, credit, closing)}, earlier result)."""
    document = books.session(server).get("/trial-balance", **{"from": start, "to": end})
    assert (document["from"], document["to"]) == (start, end)
    names = ("opening", "debit", "credit", "closing")
    rows = {row["account"]: tuple(row[name] for name in names) for row in document["accounts"]}
    assert sum(row[3] for row in rows.values()) + document["unallocated_result"] == 0
    return rows, document["unallocated_result"]


def figures(*amounts):
    """Return amounts as the contract has them."""
    return tuple(Decimal(amount) for amount in amounts)


class TestFiscalYears:
    """Each test has a company of its own."""

    modules = ("silverfin_test_fiscalyear",)

    @pytest.fixture
    def opened(self, odoo_env, request):
        """Make a company with a client and entries: (income, date) pairs."""

        def make(*entries, prefix="", opening=None, **values):
            with odoo_env() as env:
                company = scene.new_company(env, f"{prefix} {request.node.name}")
                company.write(values)
                posted = [scene.book(env, amount, date, company) for amount, date in entries]
                accounts = (
                    [str(line.account_id.id) for line in posted[0].line_ids] if posted else []
                )
                if opening:
                    accounts_used = ("equity", "asset_current")
                    entry = scene.book(env, *opening, company, accounts=accounts_used)
                    company.account_opening_move_id = entry
                return scene.open_books(env, request.node.name, company), accounts

        return make

    def test_long_first_year(self, server, opened):
        """18 months, then calendar years."""
        books, accounts = opened(
            (100.0, "2024-08-15"),
            (20.0, "2025-11-30"),
            (3.0, "2026-01-10"),
            prefix="Long First Year",
        )
        first = {"from": "2024-07-01", "to": "2025-12-31"}
        assert years(server, books) == [first, *years_until_today(2026)]
        income, asset = accounts
        rows, earlier = balances(server, books, "2024-07-01", "2025-12-31")
        assert rows[income] == figures("0.00", "0.00", "120.00", "-120.00")
        assert rows[asset] == figures("0.00", "120.00", "0.00", "120.00")
        assert earlier == 0
        rows, earlier = balances(server, books, "2025-01-01", "2025-12-31")
        assert rows[income] == figures("-100.00", "0.00", "20.00", "-120.00"), "one year still"
        assert earlier == 0
        rows, earlier = balances(server, books, "2026-01-01", "2026-12-31")
        assert rows[income] == figures("0.00", "0.00", "3.00", "-3.00")
        assert rows[asset] == figures("120.00", "3.00", "0.00", "123.00")
        assert earlier == figures("-120.00")[0]

    @pytest.mark.parametrize(
        "period", ["from=2025-12-01&to=2026-01-31", "from=2024-06-30&to=2024-07-01"]
    )
    def test_period_leaves_the_year(self, server, opened, period):
        """A period in two fiscal years is refused, with the year in the answer."""
        books, _accounts = opened((1.0, "2024-08-15"), prefix="Long First Year")
        answer = http.call(server, f"/trial-balance?{period}", headers=[http.bearer(books.secret)])
        document = http.check_problem(answer, 400, "parameter_invalid", books.secret)
        assert "2024-06-30" in document["detail"] or "2025-12-31" in document["detail"]

    def test_june(self, server, opened):
        """A year that ends with June."""
        books, accounts = opened(
            (100.0, "2024-06-30"),
            (20.0, "2024-07-01"),
            fiscalyear_last_day=30,
            fiscalyear_last_month="6",
        )
        assert years(server, books) == years_until_today(2023, month=7)
        rows, earlier = balances(server, books, "2024-07-01", "2025-06-30")
        assert rows[accounts[0]] == figures("0.00", "0.00", "20.00", "-20.00")
        assert earlier == figures("-100.00")[0]

    def test_february(self, server, opened):
        """A year that ends with February, in leap years too."""
        books, _accounts = opened(
            (1.0, "2024-02-29"), fiscalyear_last_day=29, fiscalyear_last_month="2"
        )
        told = years(server, books)
        assert told[0] == {"from": "2023-03-01", "to": "2024-02-29"}
        assert told[1] == {"from": "2024-03-01", "to": "2025-02-28"}

    def test_nothing_booked(self, server, opened):
        """The present year alone, and an empty trial balance."""
        books, _accounts = opened()
        year = datetime.datetime.utcnow().year
        assert years(server, books) == years_until_today(year)
        rows, earlier = balances(server, books, f"{year}-01-01", f"{year}-12-31")
        assert (rows, earlier) == ({}, 0)

    def test_opening_entry(self, server, opened):
        """Odoo's opening entry makes no year of its own, but counts in the balances."""
        books, accounts = opened((7.0, "2025-02-01"), opening=(500.0, "2023-12-31"))
        assert years(server, books) == years_until_today(2025)
        rows, _earlier = balances(server, books, "2025-01-01", "2025-12-31")
        assert rows[accounts[1]] == figures("500.00", "7.00", "0.00", "507.00")

    def test_only_opening_entry(self, server, opened):
        """An opening entry alone makes no year either."""
        books, _accounts = opened(opening=(500.0, "2023-12-31"))
        assert years(server, books) == years_until_today(datetime.datetime.utcnow().year)

    def test_booked_ahead(self, server, opened):
        """What is booked in advance makes no year yet."""
        year = datetime.datetime.utcnow().year
        books, _accounts = opened((1.0, f"{year + 1}-03-01"))
        assert years(server, books) == years_until_today(year)
