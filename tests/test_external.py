# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Keys of scope *read* in Odoo's own dispatcher of RPC calls, within one transaction.

What needs several processes, commits or real refusals by PostgreSQL is in ``dev/e2e``.
"""

import base64
import inspect
from unittest.mock import patch

from passlib.context import CryptContext

from odoo.exceptions import AccessDenied, AccessError
from odoo.http import Application
from odoo.service import model as rpc
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import external_call
from ..tools import key as key_tool
from .common import Books, SilverfinCase


class ExternalCase(SilverfinCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key, cls.secret = cls.silverfin_key(cls.client, scope="read")

    def setUp(self):
        super().setUp()
        # Odoo's test cursors let nobody write beside a read-only one; dev/e2e looks at the history.
        self.patch(type(self.env["silverfin.api.key"]), "_note_refusal", lambda *_args: None)

    def execute(self, model, method, *args, secret=None, user=None, **kwargs):
        """Call a method as XML-RPC and JSON-RPC do."""
        self.env.flush_all()
        user = user or self.client.user_id
        params = (self.env.cr.dbname, user.id, secret or self.secret, model, method, args, kwargs)
        try:
            return rpc.dispatch("execute_kw", params)
        finally:
            self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestCredentials(ExternalCase):
    def test_reads(self):
        self.assertEqual(
            self.execute("res.company", "search_read", [], ["name"])[0]["name"], "Brasserie"
        )

    def test_no_password_is_tried(self):
        """Neither for good keys nor for bad ones: it takes a third of a second."""
        verify = CryptContext.verify_and_update
        options = {"autospec": True, "side_effect": verify}
        with patch.object(CryptContext, "verify_and_update", **options) as tried:
            self.execute("res.company", "search_count", [])
            for bad in (key_tool.generate("read"), "sfr_" + "0" * 49):
                self.assert_denied(bad)
            tried.assert_not_called()
            self.assert_denied("not the password", self.manager)
            tried.assert_called_once()

    def assert_denied(self, secret, user=None):
        with self.assertRaises(AccessDenied):
            self.execute("res.company", "search_count", [], secret=secret, user=user)

    def test_people_as_before(self):
        """A password and a key of Odoo's go their own way."""
        self.assertTrue(
            self.execute("res.users", "context_get", secret="sf.manager", user=self.manager)
        )
        odoos = self.env["res.users.apikeys"].with_user(self.manager).sudo()
        secret = odoos._generate(None, "Odoo's", None)
        self.assertTrue(self.execute("res.users", "context_get", secret=secret, user=self.manager))

    def test_interactive(self):
        """A person cannot log in with a key; a program can."""
        credential = {"login": "x", "password": self.secret, "type": "password"}
        user = self.client.user_id.with_user(self.client.user_id)
        self.env.flush_all()
        for env in ({"interactive": True}, {}, None):
            with self.assertRaises(AccessDenied):
                user._check_credentials(credential, env)
        answer = user._check_credentials(credential, {"interactive": False})
        self.assertEqual(answer["uid"], user.id)

    def test_unannounced(self):
        """A way in that does not tell what it calls opens nothing."""
        self.env.flush_all()
        users = self.env["res.users"]
        with self.assertRaises(AccessError):
            users._check_uid_passwd(self.client.user_id.id, self.secret)
        self.assertIsNone(external_call.of_cursor(self.env.cr))

    def test_names_on_the_stack(self):
        """A newer Odoo that calls them otherwise would refuse every key: here it shows."""
        variables = inspect.unwrap(rpc.dispatch).__code__.co_varnames
        self.assertLessEqual({"model", "method_", "args", "kw"}, set(variables))
        self.assertIn("request", inspect.unwrap(Application.__call__).__code__.co_varnames)

    def test_odoos_own_key_of_a_service_user(self):
        """Nothing would keep it to reading."""
        odoos = self.env["res.users.apikeys"].with_user(self.client.user_id).sudo()
        with self.assertRaises(AccessDenied):
            self.execute("res.company", "search_count", [], secret=odoos._generate(None, "x", None))

    def test_somebody_else(self):
        with self.assertRaises(AccessDenied):
            self.execute("res.company", "search_count", [], user=self.manager)


@tagged("post_install", "-at_install")
class TestReading(ExternalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.books = Books(cls.company)
        cls.entry = cls.books.post("2025-03-31", bank=100, income=-100)

    def test_accounts_carry_their_number(self):
        rows = self.execute("account.move.line", "search_read", [], ["account_id"])
        names = {row["account_id"][1] for row in rows}
        self.assertEqual(names, {"550000 Account bank", "700000 Account income"})

    def test_other_users_see_what_they_saw(self):
        """Odoo shows the number to accountants only; this addon changes that for nobody else."""
        account = self.books["bank"].with_company(self.company)
        self.assertEqual(account.with_user(self.accountant).display_name, "550000 Account bank")
        self.env.invalidate_all()
        self.assertEqual(account.with_user(self.internal).sudo().display_name, "Account bank")

    def attach(self):
        return self.env["ir.attachment"].create(
            {
                "name": "bill.pdf",
                "raw": b"%PDF bill",
                "res_model": "account.move",
                "res_id": self.entry.id,
            }
        )

    def read_attachments(self):
        return self.execute("ir.attachment", "search_read", [], ["name", "datas"])

    def test_attachments_if_the_client_allows(self):
        self.attach()
        with self.assertRaises(AccessError):
            self.read_attachments()
        self.client.allow_attachments = True
        (row,) = self.read_attachments()
        self.assertEqual(row["name"], "bill.pdf")
        self.assertEqual(base64.b64decode(row["datas"]), b"%PDF bill")
        self.client.allow_attachments = False
        with self.assertRaises(AccessError):
            self.read_attachments()

    def test_files_are_attachments(self):
        """No binary field of a readable record shows what the attachments do not."""
        fields = self.execute("account.move", "fields_get", [], ["type"])
        self.assertTrue(fields)
        self.assertNotIn("binary", {field["type"] for field in fields.values()})
        with self.assertRaises(AccessError):
            self.execute("account.move", "search_read", [], ["invoice_pdf_report_file"])

    def test_lists_out_of_reach(self):
        fields = self.execute("account.move", "fields_get")
        self.assertIn("line_ids", fields)
        self.assertNotIn("message_ids", fields)
        with self.assertRaises(AccessError):
            self.execute("account.move", "search_read", [], ["message_ids"])

    def test_named_fields_come_or_are_refused(self):
        """Only a caller who named no fields is content with fewer."""
        name = "activity_exception_icon"  # computed from activities
        with self.assertRaises(AccessError):
            self.execute("account.move", "search_read", [], ["name", name])
        with self.assertRaises(AccessError):
            self.execute("account.move", "read", self.entry.ids, fields=["name", name])
        for row in (
            self.execute("account.move", "search_read", [])[0],
            self.execute("account.move", "read", self.entry.ids)[0],
        ):
            self.assertEqual(row["name"], self.entry.name)
            self.assertNotIn(name, row)

    def test_personal_key(self):
        """Reaches the same models as a client's, and what its owner may read of them."""
        _key, secret = self.silverfin_key(user=self.accountant, scope="read")
        owner = {"secret": secret, "user": self.accountant}
        self.assertEqual(self.execute("account.move", "search_count", [], **owner), 1)
        for model in ("res.users", "ir.attachment", "mail.message", "silverfin.client"):
            with self.assertRaises(AccessError):
                self.execute(model, "search_count", [], **owner)

    def test_personal_key_of_whoever_reads_no_ledger(self):
        _key, secret = self.silverfin_key(user=self.internal, scope="read")
        with self.assertRaises(AccessError):
            self.execute("account.move.line", "search_count", [], secret=secret, user=self.internal)


@tagged("post_install", "-at_install")
class TestWriting(ExternalCase):
    def test_read_only_transaction(self):
        """Odoo's test cursors too are read-only for the call, and only for it."""
        with (
            patch.object(external_call.Call, "is_allowed", lambda call: True),
            patch.object(external_call.Call, "may_access", lambda call, model, operation: True),
            patch.object(type(self.env["base"]), "_silverfin_check_writable", lambda *args: None),
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(Exception, "read-only transaction"),
        ):
            self.execute(
                "res.company", "write", self.company.ids, {"name": "Written"}, **self.manager_key()
            )
        self.company.name = "Brewery"
        self.env.flush_all()

    def manager_key(self):
        self.manager.group_ids |= self.env.ref("base.group_system")
        _key, secret = self.silverfin_key(user=self.manager, scope="read")
        return {"secret": secret, "user": self.manager}
