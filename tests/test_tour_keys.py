# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Keys as their administrator handles them, in a browser."""

import datetime

from odoo import fields
from odoo.tests import tagged

from .common import SilverfinMixin
from .tour import TourCase

DAY = datetime.timedelta(days=1)


@tagged("post_install", "-at_install")
class TestTourKeys(SilverfinMixin, TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(tracking_disable=True, no_reset_password=True).env
        cls.company = cls.silverfin_company("Brasserie")
        cls.client = cls.silverfin_client(cls.company, "100-001")
        cls.person = cls.new_person(
            "sf.admin",
            "account_silverfin.group_manager",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )

    def key(self, name, **vals):
        return self.silverfin_key(self.client, name=name, **vals)[0]

    def keys(self):
        keys = self.env["silverfin.api.key"].with_context(active_test=False)
        return keys.search([("client_id", "=", self.client.id)], order="id")

    def use(self, key):
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO silverfin_api_key_usage VALUES (%s, %s, '192.0.2.7', 'curl', 1, 1)",
            [key.id, fields.Datetime.now() - DAY],
        )

    def events(self, key):
        events = self.env["silverfin.api.key.event"].search([("key_id", "=", key.id)], order="id")
        return events.mapped("event")

    def test_one(self):
        key, test = self.key("Production"), self.key("Test", scope="read")
        self.use(test)
        off = self.key("Off")
        off.active = False
        self.walk("silverfin_keys", "sf.admin")
        self.assertEqual(self.keys(), key + test + off)
        self.assertFalse(key.rotated_to_id)
        self.assertAlmostEqual(
            key.expires_at, fields.Datetime.now() + 7 * DAY, delta=datetime.timedelta(minutes=10)
        )
        self.assertEqual(self.events(key), ["created", "expiry", "rotated"])
        deleted = self.env["silverfin.api.key.event"].search([("event", "=", "deleted")], limit=1)
        self.assertEqual((deleted.key_name, deleted.user_id), ("Production", self.person))

    def test_delete_many(self):
        beta = self.key("Beta")
        alphas = [self.key(f"Alpha {number}") for number in range(85)]
        self.use(alphas[84])
        alphas[83].rotated_to_id = beta
        self.walk("silverfin_keys_delete_many", "sf.admin")
        self.assertEqual(self.keys(), beta)

    def test_rotate_many(self):
        keys = self.key("=Formula") + self.key("Plain")
        off = self.key("Off")
        off.active = False
        self.walk("silverfin_keys_rotate_many", "sf.admin")
        self.assertEqual(len(keys.rotated_to_id), 2)
        self.assertFalse(off.rotated_to_id)

    def test_switch(self):
        key, off, other = self.key("Key A"), self.key("Key B"), self.key("Other")
        off.active = False
        self.use(key)
        self.walk("silverfin_keys_switch", "sf.admin")
        self.assertEqual(set((key + off + other).mapped("status")), {"active"})
        self.assertEqual(self.events(key), ["created", *["deactivated", "activated"] * 2])
        self.assertEqual(self.events(other), ["created"])

    def test_none_selected(self):
        key = self.key("Key A")
        self.walk("silverfin_keys_none_selected", "sf.admin")
        self.assertEqual(self.keys(), key)

    def test_phone(self):
        key = self.key("Production")
        self.walk("silverfin_keys_phone", "sf.admin", phone=True)
        self.assertEqual(self.keys(), key)

    def test_history(self):
        key = self.key("Production")
        key._log("refused", detail="account.move.unlink", address="192.0.2.7")
        key.unlink()
        self.walk("silverfin_keys_history", "sf.admin")
