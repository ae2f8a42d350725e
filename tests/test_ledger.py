# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
import json
from decimal import Decimal

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..tools import problem
from .common import Books, SilverfinCase

TODAY = "2026-03-15"


def day(text):
    return datetime.date.fromisoformat(text)


class LedgerCase(SilverfinCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"fiscalyear_last_month": "6", "fiscalyear_last_day": 30})
        cls.books = Books(cls.company)
        # The neighbour's books must never be counted.
        other = Books(cls.other_company)
        other.post("2019-01-01", bank=9999, income=-9999)
        other.post("2025-08-01", bank=9999, income=-9999)

    def years(self, client=None):
        self.env.flush_all()
        with freeze_time(TODAY):
            return [(str(start), str(end)) for start, end in (client or self.client)._years()]

    def trial_balance(self, start, end, client=None):
        """Return what the contract says, with balances by name of account."""
        self.env.flush_all()
        text = (client or self.client)._trial_balance(day(start), day(end))
        document = json.loads(text, parse_float=Decimal)
        names = {str(account.id): name for name, account in self.books.accounts.items()}
        document["accounts"] = {
            names[line.pop("account")]: {name: Decimal(value) for name, value in line.items()}
            for line in document["accounts"]
        }
        return document

    def closings(self, *period, **options):
        document = self.trial_balance(*period, **options)
        return {name: line["closing"] for name, line in document["accounts"].items()}


@tagged("post_install", "-at_install")
class TestYears(LedgerCase):
    def test_nothing_booked(self):
        self.assertEqual(self.years(), [("2025-07-01", "2026-06-30")])

    def test_from_the_first_item(self):
        self.books.post("2023-12-01", bank=1, income=-1)
        self.assertEqual(
            self.years(),
            [
                ("2023-07-01", "2024-06-30"),
                ("2024-07-01", "2025-06-30"),
                ("2025-07-01", "2026-06-30"),
            ],
        )

    def test_first_and_last_day_of_a_year(self):
        self.books.post("2025-07-01", bank=1, income=-1)
        self.assertEqual(len(self.years()), 1)
        self.books.post("2025-06-30", bank=1, income=-1)
        self.assertEqual(len(self.years()), 2)

    def test_opening_entry_makes_no_year(self):
        move = self.books.post("2024-06-30", bank=100, capital=-100)
        self.books.post("2024-08-01", bank=1, income=-1)
        self.assertEqual(self.years()[0], ("2023-07-01", "2024-06-30"))
        self.company.account_opening_move_id = move
        self.assertEqual(self.years(), [("2024-07-01", "2025-06-30"), ("2025-07-01", "2026-06-30")])

    def test_drafts_do_not_count(self):
        self.books.draft("2020-01-01", bank=1, income=-1)
        self.assertEqual(len(self.years()), 1)

    def test_only_booked_in_the_future(self):
        self.books.post("2026-09-01", bank=1, income=-1)
        self.assertEqual(self.years(), [("2025-07-01", "2026-06-30")])

    def test_start_date(self):
        self.books.post("2020-01-01", bank=1, income=-1)
        self.books.post("2025-08-01", bank=1, income=-1)
        self.client.start_date = "2025-01-01"
        self.assertEqual(self.years(), [("2025-07-01", "2026-06-30")])

    def test_calendar_year(self):
        self.company.write({"fiscalyear_last_month": "12", "fiscalyear_last_day": 31})
        self.books.post("2025-07-01", bank=1, income=-1)
        self.assertEqual(self.years(), [("2025-01-01", "2025-12-31"), ("2026-01-01", "2026-12-31")])

    def test_of_a_branch_they_are_the_roots(self):
        branch = self.silverfin_company("Terrace", parent_id=self.company.id)
        client = self.silverfin_client(branch, "100-003")
        self.assertEqual(self.years(client), [("2025-07-01", "2026-06-30")])

    def test_modules_may_override_the_year(self):
        """A first, longer year: whatever ``compute_fiscalyear_dates`` says is followed."""
        long_year = {"date_from": day("2024-10-01"), "date_to": day("2026-06-30")}
        self.books.post("2025-01-01", bank=1, income=-1)
        self.patch(
            type(self.company), "compute_fiscalyear_dates", lambda _self, _date: dict(long_year)
        )
        self.assertEqual(self.years(), [("2024-10-01", "2026-06-30")])

    def test_an_override_that_goes_nowhere_ends(self):
        nowhere = {"date_from": day("2020-01-01"), "date_to": day("2020-01-01")}
        self.books.post("2026-03-01", bank=1, income=-1)
        self.patch(
            type(self.company), "compute_fiscalyear_dates", lambda _self, _date: dict(nowhere)
        )
        self.assertEqual(len(self.years()), 15)


@tagged("post_install", "-at_install")
class TestTrialBalance(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        books = cls.books
        books.post("2024-08-01", bank=1210.10, receivable=-1210.10)
        books.post("2024-09-01", receivable=1210.10, income=-1210.10)
        books.post("2025-02-01", expense=300.05, payable=-300.05)
        books.post("2025-07-01", receivable=500, income=-500)
        books.post("2025-12-31", receivable=100, income=-100)
        books.post("2026-01-01", bank=-80, expense=80)
        books.post("2026-03-31", bank=250, receivable=-250)
        books.post("2026-07-01", bank=7, income=-7)
        books.post("2025-08-15", off_balance=50, off_balance_2=-50)
        books.draft("2025-08-15", bank=4000, income=-4000)

    RESULT = Decimal("910.05")  # of the year 2024/2025

    def assert_balanced(self, document):
        total = sum(line["closing"] for line in document["accounts"].values())
        self.assertEqual(total + Decimal(document["unallocated_result"]), 0)
        for name, line in document["accounts"].items():
            with self.subTest(account=name):
                self.assertEqual(line["opening"] + line["debit"] - line["credit"], line["closing"])

    def test_first_year(self):
        document = self.trial_balance("2024-07-01", "2025-06-30")
        self.assert_balanced(document)
        self.assertEqual(Decimal(document["unallocated_result"]), 0)
        self.assertEqual((document["from"], document["to"]), ("2024-07-01", "2025-06-30"))
        self.assertEqual(
            document["accounts"]["receivable"],
            {
                "opening": 0,
                "debit": Decimal("1210.10"),
                "credit": Decimal("1210.10"),
                "closing": 0,
            },
        )

    def test_second_year_opens_with_the_balance_sheet_only(self):
        document = self.trial_balance("2025-07-01", "2026-06-30")
        self.assert_balanced(document)
        accounts = document["accounts"]
        self.assertEqual(accounts["bank"]["opening"], Decimal("1210.10"))
        self.assertEqual(accounts["payable"]["opening"], Decimal("-300.05"))
        self.assertEqual(accounts["income"]["opening"], 0)
        self.assertEqual(accounts["income"]["closing"], -600)
        self.assertEqual(accounts["expense"]["closing"], 80)
        self.assertEqual(Decimal(document["unallocated_result"]), -self.RESULT)

    def test_within_a_year_results_open_at_its_start(self):
        document = self.trial_balance("2026-01-01", "2026-03-31")
        self.assert_balanced(document)
        income = document["accounts"]["income"]
        self.assertEqual(income, {"opening": -600, "debit": 0, "credit": 0, "closing": -600})

    def test_bounds_are_inclusive(self):
        accounts = self.trial_balance("2025-12-31", "2026-01-01")["accounts"]
        self.assertEqual(accounts["receivable"]["debit"], 100)
        self.assertEqual(accounts["expense"]["debit"], 80)
        accounts = self.trial_balance("2026-01-01", "2026-01-01")["accounts"]
        self.assertEqual(accounts["receivable"]["debit"], 0)

    def test_off_balance_is_left_out(self):
        accounts = self.trial_balance("2025-07-01", "2026-06-30")["accounts"]
        self.assertNotIn("off_balance", accounts)
        self.assertNotIn("off_balance_2", accounts)

    def test_results_of_earlier_years_are_not_listed(self):
        """An expense account that has nothing this year is no line of zeros."""
        self.books.post("2024-09-01", appropriation=5, bank=-5)
        accounts = self.trial_balance("2025-07-01", "2025-12-31")["accounts"]
        self.assertNotIn("appropriation", accounts)

    def test_result_appropriated_on_the_last_day(self):
        """Belgian practice: 693 takes the result to 140; nothing is left unallocated."""
        self.books.post("2025-06-30", appropriation=910.05, carried=-910.05)
        document = self.trial_balance("2025-07-01", "2026-06-30")
        self.assert_balanced(document)
        self.assertEqual(Decimal(document["unallocated_result"]), 0)
        self.assertEqual(document["accounts"]["carried"]["opening"], -self.RESULT)

    def test_result_distributed_in_the_next_year(self):
        """The undistributed result's account does not carry forward, as in Odoo's reports."""
        self.books.post("2025-07-02", undistributed=910.05, carried=-910.05)
        document = self.trial_balance("2025-07-01", "2026-06-30")
        self.assert_balanced(document)
        self.assertEqual(document["accounts"]["undistributed"]["closing"], self.RESULT)
        self.assertEqual(Decimal(document["unallocated_result"]), -self.RESULT)
        document = self.trial_balance("2026-07-01", "2026-07-31")
        self.assert_balanced(document)
        self.assertNotIn("undistributed", document["accounts"])
        self.assertEqual(document["accounts"]["carried"]["opening"], -self.RESULT)
        self.assertEqual(Decimal(document["unallocated_result"]), -520)

    def test_nothing_booked(self):
        document = self.trial_balance("2020-07-01", "2020-07-31")
        self.assertEqual(document["accounts"], {})
        self.assertEqual(Decimal(document["unallocated_result"]), 0)

    def test_two_years(self):
        for period in (("2025-06-30", "2025-07-01"), ("2024-07-01", "2026-06-30")):
            with self.subTest(period=period):
                with self.assertProblem(problem.ParameterInvalid) as caught:
                    self.trial_balance(*period)
                self.assertIn("2024-07-01", caught.exception.detail)
                self.assertIn("2025-06-30", caught.exception.detail)

    def test_before_the_start_date(self):
        self.client.start_date = "2026-01-01"
        with self.assertProblem(problem.ParameterInvalid) as caught:
            self.trial_balance("2025-12-31", "2026-01-31")
        self.assertIn("2026-01-01", caught.exception.detail)

    def test_start_date_hides_no_balance(self):
        expected = self.closings("2026-01-01", "2026-06-30")
        self.client.start_date = "2026-01-01"
        self.assertEqual(self.closings("2026-01-01", "2026-06-30"), expected)

    def test_branches_are_included(self):
        branch = self.silverfin_company("Terrace", parent_id=self.company.id)
        Books(branch, self.books).post("2025-09-01", bank=33, income=-33)
        before = self.trial_balance("2025-07-01", "2026-06-30")["accounts"]
        self.assert_balanced(self.trial_balance("2025-07-01", "2026-06-30"))
        self.assertEqual(before["income"]["closing"], -633)
        self.client.branch_ids = False
        self.assertEqual(self.closings("2025-07-01", "2026-06-30")["income"], -600)
        alone = self.silverfin_client(branch, "100-003")
        self.assertEqual(
            self.closings("2025-07-01", "2026-06-30", client=alone), {"bank": 33, "income": -33}
        )

    def test_agrees_with_odoo(self):
        """The same figures by the ORM, for all kinds of periods."""
        self.books.post("2025-07-02", undistributed=910.05, carried=-910.05)
        for start, end, year in (
            ("2024-07-01", "2025-06-30", "2024-07-01"),
            ("2025-07-01", "2026-06-30", "2025-07-01"),
            ("2025-09-01", "2025-12-31", "2025-07-01"),
            ("2026-07-01", "2026-07-01", "2026-07-01"),
        ):
            with self.subTest(start=start, end=end):
                document = self.trial_balance(start, end)
                self.assert_balanced(document)
                shown = {
                    name: line for name, line in document["accounts"].items() if any(line.values())
                }
                self.assertEqual(shown, self.by_the_orm(start, end, year))

    def by_the_orm(self, start, end, year):
        result = {}
        for name, account in self.books.accounts.items():
            if account.account_type == "off_balance":
                continue
            before = [("date", "<", start)]
            if not account.include_initial_balance:
                before.append(("date", ">=", year))
            opening, _debit, _credit = self.sums(account, before)
            balance, debit, credit = self.sums(
                account, [("date", ">=", start), ("date", "<=", end)]
            )
            line = {
                "opening": opening,
                "debit": debit,
                "credit": credit,
                "closing": opening + balance,
            }
            if any(line.values()):
                result[name] = line
        return result

    def sums(self, account, domain):
        items = self.env["account.move.line"].with_context(allowed_company_ids=self.company.ids)
        [row] = items._read_group(
            [
                ("parent_state", "=", "posted"),
                ("account_id", "=", account.id),
                ("company_id", "=", self.company.id),
                *domain,
            ],
            [],
            ["balance:sum", "debit:sum", "credit:sum"],
        )
        return [Decimal(str(round(value, 2))) for value in row]


@tagged("post_install", "-at_install")
class TestAccounts(LedgerCase):
    def accounts(self, client=None):
        self.env.flush_all()
        text, tag = (client or self.client)._accounts()
        return {account["id"]: account for account in json.loads(text)}, tag

    def account(self, name, client=None):
        return self.accounts(client)[0][str(self.books[name].id)]

    def test_the_companys_accounts_and_no_others(self):
        accounts, _tag = self.accounts()
        with_company = self.env["account.account"].with_company(self.company)
        expected = with_company.search([("company_ids", "in", self.company.ids)])
        self.assertEqual(accounts.keys(), {str(account.id) for account in expected})
        self.assertTrue(expected)

    def test_members(self):
        self.books["bank"].with_context(lang="en_US").name = "Bank"
        self.assertEqual(
            self.account("bank"),
            {
                "id": str(self.books["bank"].id),
                "number": "550000",
                "name": "Bank",
                "names": {"en_US": "Bank"},
                "type": "asset",
                "odoo_type": "asset_cash",
                "carries_forward": True,
                "reconcile": self.books["bank"].reconcile,
                "currency": None,
                "active": True,
            },
        )

    def test_types(self):
        for name, (kind, forward) in {
            "receivable": ("asset", True),
            "payable": ("liability", True),
            "capital": ("equity", True),
            "undistributed": ("equity", False),
            "income": ("income", False),
            "expense": ("expense", False),
            "off_balance": (None, True),
        }.items():
            account = self.account(name)
            with self.subTest(account=name):
                self.assertEqual((account["type"], account["carries_forward"]), (kind, forward))

    def test_carries_forward_as_odoo_says(self):
        """Off-balance accounts apart, of which Odoo says that they do not."""
        for account in self.books.accounts.values():
            if account.account_type != "off_balance":
                shown = self.accounts()[0][str(account.id)]
                self.assertEqual(shown["carries_forward"], account.include_initial_balance)

    def test_archived_account(self):
        account = self.books["carried"]
        account.active = False
        self.assertFalse(self.account("carried")["active"])

    def test_numbers_of_a_branch_are_its_roots(self):
        branch = self.silverfin_company("Terrace", parent_id=self.company.id)
        client = self.silverfin_client(branch, "100-003")
        self.assertEqual(self.account("bank", client)["number"], "550000")
        self.assertEqual(self.accounts(client)[0].keys(), self.accounts()[0].keys())

    def test_account_shared_by_two_companies_has_two_numbers(self):
        both = self.company + self.other_company
        account = self.books["capital"].with_context(allowed_company_ids=both.ids)
        account.with_company(self.other_company).code = "101010"
        account.company_ids = [Command.link(self.other_company.id)]
        self.assertEqual(self.account("capital")["number"], "100000")
        self.assertEqual(self.account("capital", self.other_client)["number"], "101010")

    def test_tag(self):
        _accounts, tag = self.accounts()
        self.assertEqual(self.accounts()[1], tag)
        self.books["bank"].name = "Renamed"
        renamed = self.accounts()[1]
        self.assertNotEqual(renamed, tag)
        self.books["bank"].code = "550001"
        self.assertNotEqual(self.accounts()[1], renamed)

    def test_tag_of_another_client_differs(self):
        self.assertNotEqual(self.accounts()[1], self.accounts(self.other_client)[1])
