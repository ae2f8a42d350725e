# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from ..models.silverfin_mail import KINDS
from .tour import TourCase


@tagged("post_install", "-at_install")
class TestTourMails(TourCase):
    def test_settings(self):
        self.new_person("mails", "account_silverfin.group_manager", "base.group_system")
        self.walk("silverfin_mail_settings", "mails", "/odoo/action-account_silverfin.action_keys")
        mails = self.env["silverfin.mail"]
        self.assertEqual([kind for kind in KINDS if not mails._is_on(kind)], ["digest"])
