# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Keys of one's own in a browser: the Security tab, and /my/security."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SilverfinMixin
from .tour import TourCase

ACCOUNTANT = "silverfin.accountant"


@tagged("post_install", "-at_install")
class TestSecurityTour(SilverfinMixin, TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.new_person(ACCOUNTANT, "account.group_account_user")

    def setUp(self):
        super().setUp()
        self.http_request_allow_all = True  # the card's own call carries no cookie

    def keys(self, user=None):
        return (user or self.accountant).silverfin_key_ids.sorted("id")

    def events(self, user=None):
        events = self.env["silverfin.api.key.event"]
        own = events.search([("owner_id", "=", (user or self.accountant).id)], order="id")
        self.assertLessEqual(own.user_id, user or self.accountant)
        return own.mapped("event")

    def assert_no_trace(self):
        """Neither a key nor what was typed for one is left."""
        self.assertFalse(self.keys())
        wizards = self.env["silverfin.api.key.new"].search([("name", "!=", False)])
        self.assertFalse(wizards)

    def assert_no_password(self):
        self.env.cr.execute("SELECT t::text FROM res_users_identitycheck t")
        self.assertNotIn("tour-password", repr(self.env.cr.fetchall()))

    def test_make_copy_switch_delete(self):
        self.walk("silverfin_security_key", ACCOUNTANT)
        self.assert_no_trace()
        self.assert_no_password()
        self.assertEqual(self.events(), ["created", "deactivated", "activated", "deleted"])

    def test_cancel(self):
        self.walk("silverfin_security_cancel", ACCOUNTANT)
        self.assert_no_trace()
        self.assertFalse(self.events())

    def test_escape_keeps_the_dialog(self):
        """The key exists by then, and is shown this once."""
        self.walk("silverfin_security_escape", ACCOUNTANT)
        self.assertRecordValues(
            self.keys(), [{"name": "Not stored", "scope": "sync", "status": "active"}]
        )

    def test_rotate(self):
        key, _secret = self.silverfin_key(user=self.accountant, name="To rotate")
        self.walk("silverfin_security_rotate", ACCOUNTANT)
        self.assertEqual(self.keys(), key | key.rotated_to_id)
        self.assertEqual(key.rotated_to_id.name, "To rotate")

    def test_connect(self):
        self.walk("silverfin_connect", ACCOUNTANT)
        good = self.keys().filtered(lambda key: key.name == "Good")
        self.assertEqual(good.request_count, 2)

    def test_connect_elsewhere(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "https://elsewhere.example")
        self.walk("silverfin_connect_elsewhere", ACCOUNTANT)

    def test_no_ledger(self):
        self.new_person("silverfin.internal", "base.group_user")
        self.walk("silverfin_security_no_ledger", "silverfin.internal")

    def test_phone(self):
        self.walk("silverfin_security_phone", ACCOUNTANT, phone=True)
        self.assertEqual(self.keys().mapped("name"), ["From my phone"])

    def test_two_factor_authentication(self):
        """Making a key asks for the password; the key then needs no second factor."""
        if "totp_secret" not in self.accountant._fields:
            self.skipTest("auth_totp is not installed")
        self.accountant.totp_secret = "JBSWY3DPEHPK3PXP"
        self.assertEqual(self.accountant._mfa_type(), "totp")
        self.walk("silverfin_security_escape", ACCOUNTANT)
        _key, secret = self.silverfin_key(user=self.accountant, scope="read")
        with mute_logger("odoo.addons.rpc.controllers.xmlrpc"):  # deprecated, and Silverfin's way
            uid = self.xmlrpc_common.authenticate(self.env.cr.dbname, ACCOUNTANT, secret, {})
        self.assertEqual(uid, self.accountant.id)

    def test_save_and_new(self):
        manager = self.new_person("silverfin.manager", "account_silverfin.group_manager")
        path = "/odoo/action-account_silverfin.action_keys"
        self.walk("silverfin_save_and_new", "silverfin.manager", path)
        self.assertEqual(self.keys(manager).mapped("name"), ["First of two", "Second of two"])

    def test_portal(self):
        self.env["ir.config_parameter"].set_param("portal.allow_api_keys", "True")
        portal = self.new_person("silverfin.portal", "base.group_portal")
        self.walk("silverfin_portal", "silverfin.portal", "/my/security")
        self.assertEqual(
            self.events(portal), ["created", "created", "rotated", "deactivated", "deleted"]
        )
        self.assertRecordValues(
            self.keys(portal), [{"name": "My portal key", "scope": "read", "expires_soon": True}]
        )

    def test_portal_page_of_an_internal_user(self):
        self.walk("silverfin_portal_internal", ACCOUNTANT, "/my/security")
        self.assertEqual(self.keys().mapped("name"), ["My portal key", "From the card"])
        self.assertEqual(set(self.keys().mapped("scope")), {"read"})

    def test_portal_page_where_keys_are_not_allowed(self):
        """Nothing to make one with; one from earlier times can still be deleted."""
        portal = self.new_person("silverfin.portal", "base.group_portal")
        self.authenticate("silverfin.portal", "tour-password")
        self.assertNotIn("o_silverfin", self.url_open("/my/security").text)
        self.env["ir.config_parameter"].set_param("portal.allow_api_keys", "True")
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.silverfin_key(user=portal, name="Of old", expires_at=tomorrow)
        self.env["ir.config_parameter"].set_param("portal.allow_api_keys", None)
        page = self.url_open("/my/security").text
        self.assertIn("Of old", page)
        self.assertIn("o_silverfin_delete", page)
        self.assertNotIn('o_silverfin_new"', page)
        self.assertNotIn('o_silverfin_rotate"', page)
