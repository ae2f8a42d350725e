# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Nobody is written to at a service user."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_service_user import ServiceUserCase


@tagged("post_install", "-at_install")
class TestNeverMailed(ServiceUserCase):
    MAILS = ("mail.mail", "mail.notification", "mail.followers")

    def mails(self):
        return {model: self.env[model].sudo().search([]) for model in self.MAILS}

    def test_nothing_comes_of_what_the_client_does(self):
        before = self.mails()
        client = self.env["silverfin.client"].with_user(self.manager)
        client = client.create({"name": "Taproom", "reference": "100-003"})
        client.name = "Renamed"
        client.login = "x@people.example"
        client.action_archive()
        client.action_unarchive()
        client.unlink()
        self.env.flush_all()
        self.assertEqual(self.mails(), before)

    def test_has_no_email(self):
        contact = self.service.partner_id
        self.assertFalse(self.service.email)
        self.assert_refused(contact.with_user(self.settings).write, {"email": "x@people.example"})
        self.assert_refused(contact.write, {"email": "x@people.example"})
        self.assert_refused(self.service.write, {"email": "x@people.example"})
        self.assertFalse(contact.email)

    def test_message_to_it(self):
        before = self.mails()
        thread = self.internal.partner_id
        contact = self.service.partner_id
        thread.message_post(body="Hello", partner_ids=contact.ids, subtype_xmlid="mail.mt_comment")
        thread.message_notify(body="Hello", partner_ids=contact.ids)
        thread.message_subscribe(contact.ids)
        thread.message_post(body="Hello", subtype_xmlid="mail.mt_comment")
        self.env.flush_all()
        after = self.mails()
        self.assertEqual(after["mail.mail"], before["mail.mail"])
        new = after["mail.notification"] - before["mail.notification"]
        self.assertNotIn(contact, new.res_partner_id)

    def test_reset_of_the_password(self):
        before = self.mails()
        for user in (self.service, self.service.with_user(self.settings)):
            self.assert_refused(user.action_reset_password)
            self.assert_refused(user.with_context(create_user=1).action_reset_password)
        self.assertFalse(self.service.partner_id.signup_type)
        self.assertEqual(self.mails(), before)

    def test_reset_by_login(self):
        """The answer is the one for a login that nobody has."""
        with self.assertRaises(UserError) as caught:
            self.users.reset_password(self.service.login)
        with self.assertRaises(Exception) as unknown:
            self.users.reset_password("nobody@people.example")
        self.assertEqual(str(caught.exception), str(unknown.exception))

    def test_security_updates(self):
        self.internal.email = "x@people.example"
        before = self.env["mail.mail"].search([])
        both = self.service | self.internal
        mails = both._notify_security_setting_update("Subject", "Content")
        self.assertEqual(
            (mails.exists() - before).mapped("email_to"), [self.internal.email_formatted]
        )

    def test_portal_invitation(self):
        contact = self.service.partner_id
        for active in (True, False):
            self.client.active = active
            wizard = self.env["portal.wizard"].create({"partner_ids": [Command.set(contact.ids)]})
            self.assertFalse(wizard.user_ids)
            line = wizard.user_ids.create(
                {"wizard_id": wizard.id, "partner_id": contact.id, "email": "x@people.example"}
            )
            before = self.mails()
            with self.subTest(active=active):
                self.assert_refused(line.action_grant_access)
                self.assertEqual(self.mails(), before)
                self.assertFalse(contact.email)
