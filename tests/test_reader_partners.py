# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models import silverfin_in_books as in_books
from ..tools import external_fields
from .common import Books, SilverfinCase


@tagged("post_install", "-at_install")
class TestReaderPartners(SilverfinCase):
    """A service user sees the partners that its client's books use, and no others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.books = Books(cls.company)
        cls.other_books = Books(cls.other_company)
        cls.reader = cls.client.user_id
        cls.partner = cls.new_partner("Customer", is_company=True)

    @classmethod
    def new_partner(cls, name, **vals):
        return cls.env["res.partner"].create({"name": name, **vals})

    def use(self, partner, books=None, **vals):
        """Book an item with a partner."""
        move = (books or self.books).draft("2026-01-31", income=-10, bank=10)
        move.line_ids[0].write({"partner_id": partner.id, **vals})
        return move

    def sees(self, record, user=None, **context):
        """Tell whether a user sees a record, in a search as by its id."""
        self.env.flush_all()
        self.env.invalidate_all()
        own = record.with_user(user or self.reader).with_context(**context)
        found = bool(own.with_context(active_test=False).search([("id", "=", record.id)]))
        self.assertEqual(own.has_access("read"), found)
        if not found:
            with self.assertRaises(AccessError):
                own.read(["display_name"])
        return found

    def test_unused(self):
        self.assertFalse(self.sees(self.partner))

    def test_item(self):
        move = self.use(self.partner)
        self.assertTrue(self.sees(self.partner))
        self.assertFalse(self.sees(self.partner, self.other_client.user_id))
        move.line_ids.partner_id = False
        self.assertFalse(self.sees(self.partner))

    def test_item_of_another_company(self):
        self.use(self.partner, self.other_books)
        self.assertFalse(self.sees(self.partner))
        self.assertTrue(self.sees(self.partner, self.other_client.user_id))

    def test_entry(self):
        move = self.books.draft("2026-01-31", income=-10, bank=10)
        move.partner_id = self.partner
        move.line_ids.partner_id = False
        self.assertTrue(self.sees(self.partner))

    def test_payment(self):
        journal = self.bank()
        journal.inbound_payment_method_line_ids.payment_account_id = self.books["receivable"]
        self.env["account.payment"].create(
            {
                "partner_id": self.partner.id,
                "amount": 5.0,
                "company_id": self.company.id,
                "journal_id": journal.id,
            }
        )
        self.assertTrue(self.sees(self.partner))

    def test_statement_line(self):
        journal = self.bank()
        journal.suspense_account_id = self.books["undistributed"]
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": journal.id, "amount": 5.0, "partner_id": self.partner.id}
        )
        self.env.flush_all()
        for table in ("account_move", "account_move_line"):  # as if only the line named him
            self.env.cr.execute(f"UPDATE {table} SET partner_id = NULL")
        self.env.cr.execute("UPDATE account_move SET commercial_partner_id = NULL")
        self.assertEqual(line.partner_id, self.partner)
        self.assertTrue(self.sees(self.partner))

    def bank(self):
        return self.env["account.journal"].create(
            {
                "name": "Bank",
                "code": "BNKX",
                "type": "bank",
                "company_id": self.company.id,
                "default_account_id": self.books["bank"].id,
            }
        )

    def test_parents(self):
        contact = self.new_partner("Contact", parent_id=self.partner.id)
        below = self.new_partner("Desk", parent_id=contact.id)
        beside = self.new_partner("Beside", parent_id=self.partner.id)
        self.use(below)
        for partner in (below, contact, self.partner):
            self.assertTrue(self.sees(partner), partner.name)
        self.assertFalse(self.sees(beside))

    def test_archived(self):
        self.use(self.partner)
        self.partner.active = False
        self.assertTrue(self.sees(self.partner))

    def test_of_the_company(self):
        self.assertTrue(self.sees(self.company.partner_id))
        self.assertFalse(self.sees(self.other_company.partner_id))
        self.partner.company_id = self.company
        self.assertTrue(self.sees(self.partner))
        self.assertFalse(self.sees(self.partner, self.other_client.user_id))

    def test_branch(self):
        branch = self.silverfin_company("Terrace", parent_id=self.company.id)
        self.client.branch_ids = branch
        self.use(self.partner, Books(branch, self.books))
        self.assertTrue(self.sees(self.partner))
        self.assertTrue(self.sees(self.partner, allowed_company_ids=branch.ids))
        self.assertFalse(self.sees(self.partner, allowed_company_ids=self.company.ids))

    def test_company_that_is_not_the_users(self):
        """Superusers' code trusts the context; this field does not."""
        self.use(self.partner, self.other_books)
        self.env.flush_all()
        partner = self.partner.with_user(self.reader).sudo()
        partner = partner.with_context(allowed_company_ids=self.other_company.ids)
        self.assertFalse(partner.silverfin_in_books)
        self.assertFalse(partner.search([("silverfin_in_books", "=", True)]))

    def test_bank_account(self):
        bank = self.env["res.bank"].create({"name": "Bank"})
        account = self.env["res.partner.bank"].create(
            {"acc_number": "123", "partner_id": self.partner.id, "bank_id": bank.id}
        )
        self.assertFalse(self.sees(account))
        self.assertFalse(self.sees(bank))
        self.use(self.partner)
        self.assertTrue(self.sees(account))
        self.assertTrue(self.sees(bank))

    def test_partner_tags(self):
        above = self.env["res.partner.category"].create({"name": "Above"})
        tag = above.create({"name": "Tag", "parent_id": above.id})
        beside = above.create({"name": "Beside", "parent_id": above.id})
        self.partner.category_id = tag
        self.assertFalse(self.sees(tag))
        self.use(self.partner)
        self.assertTrue(self.sees(tag))
        self.assertTrue(self.sees(above))
        self.assertFalse(self.sees(beside))

    def test_analytic_account(self):
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        vals = {"name": "Project", "plan_id": plan.id, "partner_id": self.partner.id}
        accounts = self.env["account.analytic.account"].create(
            [{**vals, "company_id": self.company.id}, {**vals, "company_id": False}]
        )
        self.assertTrue(self.sees(accounts[0]))
        self.assertFalse(self.sees(accounts[1]))
        accounts[1].partner_id = False
        self.assertTrue(self.sees(accounts[1]))

    def test_attachment(self):
        self.client.allow_attachments = True
        own, other = (
            self.env["ir.attachment"].create(
                {"name": "File", "res_model": move._name, "res_id": move.id, "public": True}
            )
            for move in (self.use(self.partner), self.use(self.partner, self.other_books))
        )
        self.assertTrue(self.sees(own))
        self.assertFalse(self.sees(other))

    def test_rules_of_internal_users(self):
        """What a module hides from internal users, service users do not see either."""
        account = self.env["res.partner.bank"].create(
            {"acc_number": "BE71096123456769", "partner_id": self.partner.id}
        )
        self.use(self.partner)
        self.assertTrue(self.sees(account))
        self.env["ir.rule"].create(
            {
                "name": "Private accounts",
                "model_id": self.env.ref("base.model_res_partner_bank").id,
                "groups": [Command.set(self.env.ref("base.group_user").ids)],
                "domain_force": "[('acc_number', 'not like', 'BE71')]",
            }
        )
        self.assertFalse(self.sees(account))

    def test_others(self):
        """Everybody else sees what Odoo shows, and not the field."""
        self.assertTrue(self.sees(self.partner, self.accountant))
        for user in (self.accountant, self.reader):
            partners = self.env["res.partner"].with_user(user)
            self.assertNotIn("silverfin_in_books", partners.fields_get())
            with self.assertRaises(AccessError):
                partners.search([], limit=1).read(["silverfin_in_books"])

    def test_indexes(self):
        """One look into an index for each place where the books name a partner."""
        self.env.cr.execute(
            "SELECT tablename, indexdef FROM pg_indexes WHERE indexname LIKE '%silverfin%'"
        )
        found = self.env.cr.fetchall()
        for table, column in in_books.USES:
            wanted = f"(company_id, {column})"
            self.assertTrue([one for one in found if one[0] == table and wanted in one[1]], table)


@tagged("post_install", "-at_install")
class TestReaderFields(SilverfinCase):
    """Which fields of the books are out of a key's reach."""

    def hidden(self, *, with_attachments):
        keys = self.env["silverfin.api.key"]
        models = keys._external_models(with_attachments=with_attachments)
        return external_fields.hidden(self.env, models)

    def test_fields(self):
        hidden = self.hidden(with_attachments=False)
        for model, field in (
            ("account.move", "message_ids"),
            ("account.move", "message_partner_ids"),
            ("account.move", "message_main_attachment_id"),
            ("account.journal", "kanban_dashboard"),
            ("account.journal", "alias_email"),
            ("account.bank.statement", "attachment_ids"),
            ("res.company", "logo"),
            ("res.partner", "credit"),
            ("res.partner", "user_ids"),
        ):
            self.assertIn((model, field), hidden)

    def test_fields_within_reach(self):
        """What accounting software asks for."""
        hidden = self.hidden(with_attachments=False)
        for model, names in {
            "account.account": "code display_name company_ids tax_ids tag_ids",
            "account.move": "name line_ids invoice_line_ids partner_id create_uid payment_state",
            "account.move.line": "balance tax_ids matched_debit_ids analytic_distribution",
            "account.bank.statement.line": "date amount payment_ref line_ids",
            "res.partner": "vat name bank_ids category_id parent_id customer_rank",
            "res.currency": "rate rate_ids",
        }.items():
            for name in names.split():
                self.assertNotIn((model, name), hidden)

    def test_files(self):
        files = {("account.move", "invoice_pdf_report_file"), ("ir.attachment", "datas")}
        self.assertFalse(files & self.hidden(with_attachments=True))
        logos = {("res.company", "logo"), ("res.partner", "image_1920")}
        self.assertLessEqual(logos, self.hidden(with_attachments=True))
