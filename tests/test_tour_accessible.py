# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The screens for whoever does not see them, or has no mouse."""

from odoo.tests import tagged

from .test_tour_clients import CLIENTS, ClientTourCase


@tagged("post_install", "-at_install")
class TestAccessibleTours(ClientTourCase):
    def setUp(self):
        super().setUp()
        self.make_clients()

    def test_names(self):
        """What can be pressed says what it is."""
        self.deliver()
        self.walk("silverfin_accessible", "clients", CLIENTS)

    def test_keyboard(self):
        self.walk("silverfin_keyboard", "clients", f"{CLIENTS}/{self.baker.id}")
        self.assertEqual(len(self.baker.key_ids), 3)

    def test_keyboard_in_the_portal(self):
        self.walk("silverfin_keyboard_portal", "clients", "/my/security")
        self.assertRecordValues(
            self.person.silverfin_key_ids, [{"name": "By keyboard", "status": "active"}]
        )
