# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What people do with keys in the web client, as its own requests."""

import time

from odoo.exceptions import AccessError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..tools import key as key_tool
from .common import SilverfinHttpCase, everything_logged

IDENTITY_CHECKED = "identity-check-last"


class WebClientCase(SilverfinHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(tracking_disable=True, no_reset_password=True).env
        cls.company = cls.silverfin_company("Brasserie")
        cls.client = cls.silverfin_client(cls.company, "100-001")
        cls.user = cls.silverfin_user("sf.user", "account_silverfin.group_user", cls.company)
        cls.manager = cls.silverfin_user(
            "sf.manager", "account_silverfin.group_manager", cls.company
        )
        cls.internal = cls.silverfin_user("sf.internal", "base.group_user", cls.company)

    def log_in(self, user, *, identity_checked=True):
        extra = {IDENTITY_CHECKED: time.time()} if identity_checked else {}
        self.authenticate(user.login, user.login, session_extra=extra)

    def rpc(self, records, method, *args, **kwargs):
        """Call a method as the web client does for the logged-in user."""
        params = {
            "model": records._name,
            "method": method,
            "args": [records.ids, *args] if records else list(args),
            "kwargs": kwargs,
        }
        return self.make_jsonrpc_request("/web/dataset/call_kw", params)

    def assert_refused(self, exception, *call, **kwargs):
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, exception):
            self.rpc(*call, **kwargs)


@tagged("post_install", "-at_install")
class TestNewKey(WebClientCase):
    def wizard(self, user, **vals):
        wizards = self.env["silverfin.api.key.new"].with_user(user)
        return wizards.create({"name": "Production", "client_id": self.client.id, **vals})

    def keys(self):
        return self.env["silverfin.api.key"].search([("client_id", "=", self.client.id)])

    def secret_of(self, action):
        """Read the secret where the web client reads it."""
        return action["params"]["secret"]

    def test_asks_who_it_is(self):
        wizard = self.wizard(self.user)
        self.log_in(self.user, identity_checked=False)
        action = self.rpc(wizard, "action_create")
        self.assertEqual(action["res_model"], "res.users.identitycheck")
        self.assertFalse(self.keys())

    def test_shows_the_secret_once(self):
        wizard = self.wizard(self.user, networks="127.0.0.0/8")
        self.log_in(self.user)
        action = self.rpc(wizard, "action_create")
        self.assertEqual(action["tag"], "silverfin_show_key")
        secret = self.secret_of(action)
        self.assertTrue(key_tool.is_well_formed(secret))
        self.assertRecordValues(
            self.keys(),
            [{"name": "Production", "prefix": secret[:12], "networks": "127.0.0.0/8"}],
        )
        self.assertEqual(self.keys().user_id, self.client.user_id)
        self.assertEqual(self.call("/me", secret).json()["clients"][0]["uuid"], self.client.uuid)

    def test_personal(self):
        wizard = self.wizard(self.internal, client_id=False)
        self.log_in(self.internal)
        secret = self.secret_of(self.rpc(wizard, "action_create"))
        self.assertEqual(self.call("/me", secret).json()["user"]["login"], "sf.internal")

    def test_event_has_the_address(self):
        wizard = self.wizard(self.user)
        self.log_in(self.user)
        self.rpc(wizard, "action_create")
        event = self.env["silverfin.api.key.event"].search([("key_id", "=", self.keys().id)])
        self.assertRecordValues(
            event, [{"event": "created", "user_id": self.user.id, "address": "127.0.0.1"}]
        )

    def test_wrong_network(self):
        wizard = self.wizard(self.user, networks="everywhere")
        self.log_in(self.user)
        self.assert_refused("ValidationError", wizard, "action_create")
        self.assertFalse(self.keys())

    def test_not_with_somebody_elses_form(self):
        wizard = self.wizard(self.user)
        self.log_in(self.manager)
        self.assert_refused("AccessError", wizard, "action_create")

    def test_not_for_a_client_out_of_reach(self):
        """Nor for one that went out of reach while the dialog was open."""
        with self.assertRaises(AccessError):
            self.wizard(self.internal)
        wizard = self.wizard(self.user)
        self.client.responsible_id = self.manager
        self.log_in(self.user)
        self.assert_refused("AccessError", wizard, "action_create")
        self.assertFalse(self.keys())

    def test_neither_log_nor_database_holds_it(self):
        wizard = self.wizard(self.user)
        self.log_in(self.user)
        with everything_logged() as log:
            secret = self.secret_of(self.rpc(wizard, "action_create"))
        self.assertTrue(log)
        self.assertNotIn(secret[12:], "\n".join(log))
        for table in ("silverfin_api_key", "silverfin_api_key_new", "res_users_identitycheck"):
            self.env.cr.execute(f"SELECT t::text FROM {table} t")
            self.assertNotIn(secret[12:], repr(self.env.cr.fetchall()))


@tagged("post_install", "-at_install")
class TestDeleteKeys(WebClientCase):
    def setUp(self):
        super().setUp()
        self.key, self.secret = self.silverfin_key(self.client)

    def test_asks_who_it_is(self):
        self.log_in(self.user, identity_checked=False)
        action = self.rpc(self.key, "action_delete")
        self.assertEqual(action["res_model"], "res.users.identitycheck")
        self.assertTrue(self.key.exists())

    def test_deletes(self):
        other, _secret = self.silverfin_key(self.client)
        self.log_in(self.user)
        self.assertEqual(self.call("/me", self.secret).status_code, 200)
        self.rpc(self.key + other, "action_delete")
        self.assertFalse((self.key + other).exists())
        self.assertEqual(self.call("/me", self.secret).json()["code"], "key_unknown")
        events = self.env["silverfin.api.key.event"].search([("event", "=", "deleted")], limit=2)
        self.assertEqual(events.user_id, self.user)

    def test_no_other_way(self):
        self.log_in(self.manager)
        self.assert_refused("AccessError", self.key, "unlink")
        commands = [[2, self.key.id, 0]]
        self.assert_refused("AccessError", self.client, "write", {"key_ids": commands})
        self.assertTrue(self.key.exists())

    def test_not_somebody_elses(self):
        key, _secret = self.silverfin_key(user=self.manager)
        self.log_in(self.user)
        self.assert_refused("AccessError", key, "action_delete")
        self.log_in(self.internal)
        self.assert_refused("AccessError", self.key, "action_delete")
        self.assertTrue((self.key + key).exists())


@tagged("post_install", "-at_install")
class TestRpc(WebClientCase):
    """An administrator's own requests, beside the screens."""

    def test_private_methods(self):
        key, _secret = self.silverfin_key(self.client)
        self.log_in(self.manager)
        for method in ("_generate", "_insert", "_rotate", "_authenticate", "_lookup", "_log"):
            with self.subTest(method=method):
                self.assert_refused("AccessError", key, method, {})

    def test_take_over(self):
        """A key cannot be hung beneath another client, nor a client given another company."""
        key, _secret = self.silverfin_key(user=self.manager)
        other = self.silverfin_company("Garage")
        self.log_in(self.manager)
        self.assert_refused("UserError", self.client, "write", {"key_ids": [[4, key.id, 0]]})
        self.assert_refused("AccessError", self.client, "write", {"company_id": other.id})
        self.assertEqual(self.client.company_id, self.company)

    def test_create(self):
        self.log_in(self.manager)
        self.assert_refused(
            "(Access|User)Error",
            self.env["silverfin.api.key"],
            "create",
            [{"name": "x", "client_id": self.client.id, "user_id": self.manager.id, "uuid": "x"}],
            context={"silverfin_generate": True},
        )

    def test_digest(self):
        key, _secret = self.silverfin_key(self.client)
        self.log_in(self.manager)
        for method, args in (
            ("read", [["digest"]]),
            ("export_data", [["digest"]]),
            ("web_read", [{"digest": {}}]),
        ):
            with self.subTest(method=method):
                try:
                    with mute_logger("odoo.http"):
                        answer = self.rpc(key, method, *args)
                except JsonRpcException:
                    continue
                self.assertNotIn("\\x", repr(answer))
                self.assertNotIn("digest", repr(answer))
