# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import SilverfinCase


@tagged("post_install", "-at_install")
class TestLedgerAccess(SilverfinCase):
    """SQL reads the ledger: it must not show more than the ORM would."""

    def assert_access(self, user, client=None):
        self.assertTrue((client or self.client)._is_ledger_readable(user.id))

    def assert_no_access(self, user, client=None):
        self.assertFalse((client or self.client)._is_ledger_readable(user.id))

    def rule(self, domain, group=None):
        return self.env["ir.rule"].create(
            {
                "name": "Custom",
                "model_id": self.env.ref("account.model_account_move_line").id,
                "domain_force": repr(domain),
                "groups": [Command.set(group.ids if group else [])],
            }
        )

    def salesman(self):
        """Someone like Odoo's salesman: access to items, but to those of his invoices only."""
        group = self.env["res.groups"].create({"name": "Salesman"})
        self.env["ir.model.access"].create(
            {
                "name": "Salesman",
                "model_id": self.env.ref("account.model_account_move_line").id,
                "group_id": group.id,
                "perm_read": True,
            }
        )
        salesman = self.silverfin_user("sf.salesman", "base.group_user", self.company)
        salesman.group_ids += group
        own = [("move_id.invoice_user_id", "=", salesman.id)]
        self.rule(["|", *own, ("move_id.invoice_user_id", "=", False)], group)
        return salesman

    def billing(self):
        return self.silverfin_user("sf.billing", "account.group_account_invoice", self.company)

    def test_accountant(self):
        self.assert_access(self.accountant)

    def test_read_only_accountant(self):
        user = self.silverfin_user("sf.auditor", "account.group_account_readonly", self.company)
        self.assert_access(user)

    def test_service_user(self):
        self.assert_access(self.client.user_id)

    def test_service_user_of_another_client(self):
        self.assert_no_access(self.other_client.user_id)

    def test_billing_user(self):
        self.assert_access(self.billing())

    def test_who_has_no_access_to_items_at_all(self):
        self.assert_no_access(self.internal)
        self.assert_no_access(self.user)
        self.assert_no_access(self.env.ref("base.public_user"))

    def test_portal_user(self):
        self.assert_no_access(self.silverfin_user("sf.portal", "base.group_portal", self.company))

    def test_salesman(self):
        salesman = self.salesman()
        self.assertTrue(self.env["account.move.line"].with_user(salesman).has_access("read"))
        self.assert_no_access(salesman)

    def test_salesman_who_keeps_the_books_too(self):
        salesman = self.salesman()
        salesman.group_ids += self.env.ref("account.group_account_user")
        self.assert_access(salesman)

    def test_without_the_company(self):
        self.assert_no_access(self.accountant, self.other_client)

    def test_without_one_of_the_companies(self):
        branch = self.silverfin_company("Terrace", parent_id=self.company.id)
        self.assert_no_access(self.accountant)
        self.accountant.company_ids += branch
        self.assert_access(self.accountant)

    def test_custom_rule(self):
        for domain in (
            [("journal_id.type", "=", "sale")],
            [("partner_id", "!=", False)],
            ["|", ("company_id", "in", self.company.ids), ("partner_id", "=", False)],
            ["!", ("account_id.code", "=like", "6%")],
            [("id", "=", 0)],
            [(0, "=", 1)],
        ):
            rule = self.rule(domain)
            with self.subTest(domain=domain):
                self.assert_no_access(self.accountant)
                self.assert_no_access(self.client.user_id)
            rule.unlink()
        self.assert_access(self.accountant)

    def test_custom_rule_on_the_company(self):
        ids = self.company.ids
        for domain, allowed in (
            ([(1, "=", 1)], True),
            ([("company_id", "in", ids)], True),
            ([("company_id", "=", ids[0])], True),
            ([("company_id", "!=", self.other_company.id)], True),
            ([("company_id", "child_of", ids)], True),
            ([("company_id", "parent_of", ids)], True),
            ([("company_id.name", "=", self.company.name)], True),
            ([("company_id.name", "!=", self.company.name)], False),
            ([("company_id", "in", self.other_company.ids)], False),
            ([("company_id", "=", False)], False),
            ([("company_id", "!=", ids[0])], False),
            (["!", ("company_id", "in", ids)], False),
            ([("company_id", "in", [])], False),
        ):
            rule = self.rule(domain)
            with self.subTest(domain=domain):
                (self.assert_access if allowed else self.assert_no_access)(self.accountant)
            rule.unlink()

    def test_custom_rule_that_leaves_a_branch_out(self):
        branch = self.silverfin_company("Terrace", parent_id=self.company.id)
        self.accountant.company_ids += branch
        self.rule([("company_id", "in", self.company.ids)])
        self.assert_no_access(self.accountant)

    def test_rule_of_a_group(self):
        """A group's rule restricts, unless another group of the user grants everything."""
        billing = self.billing()
        narrow = self.env["res.groups"].create({"name": "Sales journal only"})
        self.rule([("journal_id.type", "=", "sale")], narrow)
        billing.group_ids += narrow
        self.assert_access(billing)
        everything = self.env["ir.rule"].search(
            [
                ("model_id.model", "=", "account.move.line"),
                ("groups", "in", self.env.ref("account.group_account_invoice").ids),
            ]
        )
        self.assertTrue(everything)
        everything.active = False
        self.assert_no_access(billing)

    def test_rule_that_does_not_concern_reading(self):
        rule = self.rule([("journal_id.type", "=", "sale")])
        rule.perm_read = False
        self.assert_access(self.accountant)
