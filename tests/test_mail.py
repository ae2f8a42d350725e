# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the mails have in common, and those about keys that somebody else ended."""

import datetime

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.silverfin_mail import KINDS, MAX_LINES
from .common import SilverfinCase


class MailCase(SilverfinCase):
    """Two clients, one of which is the user's; mails are looked at as they are queued."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client.responsible_id = cls.user
        cls.env["mail.mail"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.key, self.secret = self.silverfin_key(self.client, name="Closing <2026>")

    def mails(self, user=None):
        """Return what is queued, of all or to one reader; what was refused by no template."""
        mails = self.env["mail.mail"].search([], order="id")
        self.assertFalse(mails.filtered(lambda mail: mail.model or mail.res_id))
        return mails.filtered(lambda mail: not user or mail.recipient_ids == user.partner_id)

    def readers(self):
        return self.mails().recipient_ids.user_ids

    def forget(self):
        """Take the queued mails away, as if they were sent."""
        self.mails().unlink()

    def run_cron(self, kind):
        """Run the cron as the scheduler does."""
        self.env.ref(f"account_silverfin.cron_mail_{kind}").method_direct_trigger()
        self.env.invalidate_all()

    def switch(self, kind, *, on):
        self.env["silverfin.mail"]._switch(kind, on=on)

    def execute(self, query, *values):
        self.env.flush_all()
        self.env.cr.execute(query, values)
        self.env.invalidate_all()

    def past(self, days):
        """Let days pass for all that is dated; the database's clock stands still."""
        for table, column in (
            ("silverfin_api_key", "create_date"),
            ("silverfin_api_key", "expires_at"),
            ("silverfin_api_key_event", "create_date"),
            ("silverfin_mail", "until"),
        ):
            self.execute(f"UPDATE {table} SET {column} = {column} - %s * interval '1 day'", days)

    def assert_told(self, user, *texts):
        """Expect one mail to one reader, which says so; return it."""
        mail = self.mails(user)
        self.assertEqual(len(mail), 1)
        for text in texts:
            self.assertIn(text, mail.body_html)
        self.assertNotIn(self.secret, mail.body_html + mail.subject)
        self.assertNotIn(self.secret[12:], mail.body_html)
        return mail

    def break_template(self, kind):
        """Let an administrator edit a template badly; Odoo logs the traceback as information."""
        muted = mute_logger("odoo.addons.mail.models.mail_render_mixin")
        muted.__enter__()
        self.addCleanup(muted.__exit__, None, None, None)
        template = self.env.ref(f"account_silverfin.mail_{kind}")
        self.execute(
            "UPDATE mail_template SET body_html = jsonb_build_object('en_US', %s) WHERE id = %s",
            '<p t-out="object.no_such_field"/>',
            template.id,
        )


@tagged("post_install", "-at_install")
class TestMailEnded(MailCase):
    def test_deactivated_by_somebody_else(self):
        self.key.with_user(self.manager).action_deactivate()
        mail = self.assert_told(
            self.user,
            "deactivated these API keys",
            self.manager.name,
            "Closing &lt;2026&gt;",
            self.key.prefix,
            self.client.name,
            f"/odoo/action-account_silverfin.action_keys/{self.key.id}",
        )
        self.assertEqual(self.readers(), self.user)
        self.assertEqual(mail.state, "outgoing")
        self.assertTrue(mail.auto_delete)

    def test_deleted_by_somebody_else(self):
        key_id = self.key.id
        keys = self.key.with_user(self.manager)
        type(keys).action_delete.__wrapped__(keys)
        mail = self.assert_told(self.user, "deleted these API keys", "Closing &lt;2026&gt;")
        self.assertNotIn(f"action_keys/{key_id}", mail.body_html)

    def test_deleted_with_its_client(self):
        self.client.with_user(self.manager).sudo().unlink()  # as the dialog that asks does
        self.assert_told(self.user, "deleted these API keys")

    def test_what_one_does_oneself_is_no_news(self):
        self.key.with_user(self.user).action_deactivate()
        self.key.with_user(self.manager).action_activate()
        self.key.with_user(self.manager).name = "Renamed"
        self.assertFalse(self.mails())

    def test_nobody_owns_a_client_without_a_responsible_user(self):
        key, _secret = self.silverfin_key(self.other_client)
        key.action_deactivate()
        self.assertFalse(self.mails())

    def test_personal_key(self):
        key, _secret = self.silverfin_key(user=self.accountant)
        key.with_user(self.manager).action_deactivate()
        self.assert_told(self.accountant, "/my/security")
        self.assertNotIn("/odoo/", self.mails().body_html)

    def test_portal_user(self):
        self.env["ir.config_parameter"].set_param("portal.allow_api_keys", "True")
        portal = new_test_user(self.env, "sf.portal", "base.group_portal")
        self.forget()
        tomorrow = fields.Datetime.now() + datetime.timedelta(hours=20)
        key, _secret = self.silverfin_key(user=portal, expires_at=tomorrow)
        key.with_user(self.env.user).action_deactivate()
        self.assert_told(portal, "/my/security")

    def test_many_keys_are_one_mail(self):
        keys = self.key
        for number in range(MAX_LINES + 4):
            keys |= self.silverfin_key(self.client, name=f"Key {number}.")[0]
        keys |= self.silverfin_key(user=self.accountant)[0]
        keys.with_user(self.manager).action_deactivate()
        self.assert_told(self.user, "Key 0.", "and 5 more.")
        self.assertEqual(self.mails(self.user).body_html.count("<code"), MAX_LINES)
        self.assert_told(self.accountant)
        self.assertEqual(len(self.mails()), 2)

    def test_who_gets_nothing(self):
        """Who left, has no address, has lost the role or the company; a service user."""
        service = self.client.user_id
        for vals in (
            {"active": False},
            {"email": False},
            {"group_ids": [Command.set(self.env.ref("base.group_user").ids)]},
            {"company_id": self.other_company.id, "company_ids": self.other_company.ids},
        ):
            with self.subTest(vals), self.env.cr.savepoint() as savepoint:
                self.user.write(vals)
                self.key.action_deactivate()
                self.assertFalse(self.mails())
                savepoint.rollback()
                self.env.invalidate_all()
        self.execute("UPDATE res_partner SET email = 'a@b.c' WHERE id = %s", service.partner_id.id)
        self.assertFalse(self.env["silverfin.mail"]._reachable(service))

    def test_a_broken_template_hinders_nothing(self):
        self.break_template("ended")
        with self.assertLogs("odoo.addons.account_silverfin.models.silverfin_mail", "ERROR") as log:
            self.key.with_user(self.manager).action_deactivate()
        self.assertIn("'ended'", log.output[0])
        self.assertFalse(self.key.active)
        self.assertFalse(self.mails())
        keys = (self.key | self.silverfin_key(self.client)[0]).with_user(self.manager)
        uuids = keys.mapped("uuid")
        with self.assertLogs("odoo.addons.account_silverfin.models.silverfin_mail", "ERROR"):
            type(keys).action_delete.__wrapped__(keys)
        self.assertFalse(keys.exists())
        events = self.env["silverfin.api.key.event"].search([("key_uuid", "in", uuids)])
        self.assertEqual(events.mapped("event")[:3], ["deleted", "deleted", "created"])

    def test_a_callers_context_decides_nothing(self):
        """Otherwise he could keep the mail back, or have it sent to himself."""
        context = {"default_scheduled_date": "2099-01-01", "default_email_to": "x@example.com"}
        context.update(default_state="cancel", silverfin={"lines": []})
        self.key.with_user(self.manager).with_context(**context).write({"active": False})
        mail = self.assert_told(self.user, self.key.prefix)
        self.assertRecordValues(mail, [{"state": "outgoing", "scheduled_date": False}])
        self.assertFalse(mail.email_to)

    def test_colleagues_cannot_read_it(self):
        self.key.with_user(self.manager).action_deactivate()
        message = self.mails(self.user).mail_message_id
        with self.assertRaises(AccessError):
            message.with_user(self.internal).read(["body"])

    def test_the_queue_is_sent_soon(self):
        self.env["ir.cron.trigger"].search([]).unlink()
        self.key.with_user(self.manager).action_deactivate()
        triggers = self.env["ir.cron.trigger"].search([])
        self.assertIn(self.env.ref("mail.ir_cron_mail_scheduler_action"), triggers.cron_id)


@tagged("post_install", "-at_install")
class TestMailCommon(MailCase):
    def test_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("fr_BE")
        self.user.write({"lang": "fr_BE", "tz": "Europe/Brussels"})
        template = self.env.ref("account_silverfin.mail_ended")
        template.with_context(lang="fr_BE").subject = "Clés supprimées"
        self.key.with_user(self.manager).action_deactivate()
        mail = self.assert_told(self.user, 'lang="fr_BE"')
        self.assertEqual(mail.subject, "Clés supprimées")
        for kind in KINDS:
            template = self.env.ref(f"account_silverfin.mail_{kind}")
            self.assertEqual(template._render_lang(self.user.ids), {self.user.id: "fr_BE"})

    def test_times_in_the_readers_zone(self):
        self.user.tz = "Asia/Tokyo"
        text = self.env["silverfin.mail"]._when(self.user, self.key.create_date)
        self.assertIn("+0900", text)

    def test_a_preview_shows_the_frame(self):
        for kind in KINDS:
            template = self.env.ref(f"account_silverfin.mail_{kind}")
            body = template._render_field("body_html", self.user.ids)[self.user.id]
            self.assertIn(self.user.name, body)

    def test_a_template_that_is_gone_is_a_mail_less(self):
        template = self.env.ref("account_silverfin.mail_ended")
        template.active = False
        self.key.with_user(self.manager).action_deactivate()
        template.unlink()
        self.key.with_user(self.manager).action_activate()
        self.key.with_user(self.manager).action_deactivate()
        self.env.ref("account_silverfin.mail_expiry").unlink()
        self.run_cron("expiry")
        self.assertFalse(self.mails())

    def test_settings(self):
        mails = self.env["silverfin.mail"]
        self.assertTrue(all(mails._is_on(kind) for kind in KINDS))
        with Form(self.env["res.config.settings"]) as form:
            self.assertTrue(form.silverfin_mail_ended)
            form.silverfin_mail_ended = False
        form.record.execute()
        self.assertEqual([kind for kind in KINDS if not mails._is_on(kind)], ["ended"])
        self.assertFalse(self.env["res.config.settings"].new({}).silverfin_mail_ended)
        self.key.with_user(self.manager).action_deactivate()
        self.assertFalse(self.mails())
        self.env["res.config.settings"].create({"silverfin_mail_ended": True}).execute()
        self.assertTrue(mails._is_on("ended"))

    def test_nobody_sees_who_was_told(self):
        for user in (self.manager, self.user, self.internal):
            with self.assertRaises(AccessError):
                self.env["silverfin.mail"].with_user(user).search([])

    def test_only_administrators_of_the_database_have_the_settings(self):
        menu = self.env.ref("account_silverfin.menu_settings")
        self.assertEqual(menu.group_ids, self.env.ref("base.group_system"))
