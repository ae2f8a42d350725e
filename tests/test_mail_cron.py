# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mails that are gathered: keys about to expire, replaced keys still used, the digest."""

import datetime
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .test_mail import MailCase

DAY = datetime.timedelta(days=1)
LOGGER = "odoo.addons.account_silverfin.models.silverfin_mail"


class ExpiryCase(MailCase):
    def expire_in(self, days, age=100, key=None):
        self.execute(
            "UPDATE silverfin_api_key SET expires_at = now() AT TIME ZONE 'UTC' + %s,"
            " create_date = now() AT TIME ZONE 'UTC' - %s WHERE id = %s",
            days * DAY,
            age * DAY,
            (key or self.key).id,
        )

    def told(self):
        """Run the cron and return how many mails there are more."""
        self.forget()
        self.run_cron("expiry")
        return len(self.mails())


@tagged("post_install", "-at_install")
class TestMailExpiry(ExpiryCase):
    def test_twice_in_the_life_of_a_key(self):
        self.expire_in(15)
        days = [self.told()]
        for _day in range(16):
            self.past(1)
            days += [self.told(), self.told()]
        self.assertEqual(sum(days), 2)
        self.assertEqual([n for n, told in enumerate(days) if told], [1, 23])

    def test_what_it_says(self):
        self.expire_in(10)
        self.run_cron("expiry")
        self.assert_told(
            self.user,
            "stop working soon",
            self.key.prefix,
            f"action_keys/{self.key.id}",
            self.env["silverfin.mail"]._when(self.user, self.key.expires_at),
        )
        self.assertEqual(self.readers(), self.user)

    def test_a_missed_day_is_caught_up(self):
        self.expire_in(12)
        self.assertEqual(self.told(), 1)
        self.past(10.5)
        self.assertEqual(self.told(), 1)
        self.assertEqual(self.told(), 0)

    def test_late_there_is_one_mail_only(self):
        self.expire_in(2)
        self.assertEqual([self.told(), self.told()], [1, 0])

    def test_a_prolonged_key_begins_anew(self):
        self.expire_in(2)
        self.assertEqual(self.told(), 1)
        self.key.expires_at = fields.Datetime.now() + 30 * DAY
        self.assertEqual(self.told(), 0)
        self.past(17)
        self.assertEqual([self.told(), self.told()], [1, 0])

    def test_a_shortened_key_is_news_again(self):
        self.expire_in(13)
        self.assertEqual(self.told(), 1)
        self.key.expires_at = fields.Datetime.now() + 2 * DAY
        self.assertEqual([self.told(), self.told()], [1, 0])

    def test_a_key_that_is_gone_keeps_nobody_from_being_told(self):
        mails, gone = self.env["silverfin.mail"], self.silverfin_key(self.client)[0].id
        self.env["silverfin.api.key"].browse(gone).sudo().unlink()
        now = fields.Datetime.now()
        claimed = mails._claim("expiry", self.user, {self.key.id: now, gone: now}, 0 * DAY)
        self.assertEqual(claimed, {self.key.id})

    def test_a_short_life_is_no_news_on_its_first_day(self):
        for life, notices in ((1, []), (3, []), (7, [4]), (14, [11]), (30, [16, 27])):
            with self.subTest(life):
                self.execute("DELETE FROM silverfin_mail")
                self.expire_in(life, age=0)
                days = []
                for _day in range(life + 1):
                    days.append(self.told())
                    self.past(1)
                self.assertEqual([n for n, told in enumerate(days) if told], notices)

    def test_keys_that_end_anyway(self):
        self.expire_in(5)
        for vals in (
            {"active": False},
            {"rotated_to_id": self.silverfin_key(self.client)[0].id},
            {"expires_at": fields.Datetime.now() - DAY},
            {"expires_at": False},
        ):
            with self.subTest(vals), self.env.cr.savepoint() as savepoint:
                self.key.write(vals)
                self.forget()
                self.assertEqual(self.told(), 0)
                savepoint.rollback()
                self.env.invalidate_all()
        self.client.active = False
        self.assertEqual(self.told(), 0)

    def test_without_a_responsible_user_the_administrators(self):
        key, _secret = self.silverfin_key(self.other_client)
        self.expire_in(5, key=key)
        administrator = self.silverfin_user(
            "sf.admin", "account_silverfin.group_manager", self.other_company
        )
        self.run_cron("expiry")
        self.assertIn(administrator, self.readers())
        self.assertNotIn(self.manager, self.readers(), "of another company")
        self.assertNotIn(self.user, self.readers())

    def test_a_responsible_user_who_left(self):
        self.expire_in(5)
        self.user.active = False
        self.run_cron("expiry")
        self.assertIn(self.manager, self.readers())
        self.assertNotIn(self.user, self.readers())

    def test_one_mail_a_reader(self):
        other, _secret = self.silverfin_key(self.client, name="Ends first")
        personal, _secret = self.silverfin_key(user=self.accountant)
        self.expire_in(5)
        self.expire_in(4, key=other)
        self.expire_in(4, key=personal)
        self.run_cron("expiry")
        body = self.assert_told(self.user).body_html
        self.assertLess(body.index("Ends first"), body.index(self.key.prefix))
        self.assert_told(self.accountant, "/my/security")
        self.assertEqual(len(self.mails()), 2)

    def test_switched_off_and_on(self):
        self.expire_in(5)
        self.switch("expiry", on=False)
        self.assertEqual(self.told(), 0)
        self.switch("expiry", on=True)
        self.assertEqual(self.told(), 1)

    def test_what_fails_is_tried_again(self):
        self.expire_in(5)
        template = self.env.ref("account_silverfin.mail_expiry")
        body = template.body_html
        self.break_template("expiry")
        with self.assertLogs(LOGGER, "ERROR"):
            self.assertEqual(self.told(), 0)
        template.body_html = body
        self.assertEqual(self.told(), 1)

    def test_one_readers_trouble_is_not_anothers(self):
        personal, _secret = self.silverfin_key(user=self.accountant)
        self.expire_in(5)
        self.expire_in(5, key=personal)
        mails = self.registry["silverfin.mail"]
        queue = mails._queue

        def fail_for_one(model, kind, user, *args, **facts):
            if user == self.user:
                raise ValueError
            return queue(model, kind, user, *args, **facts)

        with patch.object(mails, "_queue", fail_for_one), self.assertLogs(LOGGER, "ERROR"):
            self.assertEqual(self.told(), 1)
        self.assertEqual(self.told(), 1)
        self.assertEqual(self.readers(), self.user)


@tagged("post_install", "-at_install")
class TestMailReuse(MailCase):
    def setUp(self):
        super().setUp()
        self.key._rotate(DAY)

    def use(self, address="192.0.2.7"):
        """Use the old key as over HTTP, where the address is known."""
        self.key._log("used_after_rotation", address=address)

    def told(self):
        self.forget()
        self.run_cron("reuse")
        return len(self.mails())

    def test_used_in_its_grace(self):
        self.key._record_use("192.0.2.7", "curl")
        self.assertFalse(self.mails(), "nothing is sent on the way")
        self.assertEqual([self.told(), self.told()], [1, 0])
        self.forget()

    def test_what_it_says(self):
        self.use()
        self.run_cron("reuse")
        self.assert_told(self.user, "192.0.2.7", self.key.prefix, "works until", "Last used on")
        self.assertEqual(self.readers(), self.user)

    def test_refused_after_its_grace(self):
        self.past(2)
        self.key._note_refusal("key_expired", "198.51.100.4")
        self.run_cron("reuse")
        self.assert_told(self.user, "198.51.100.4", "does not work any more")

    def test_once_a_day(self):
        self.use()
        self.assertEqual(self.told(), 1)
        self.past(0.5)
        self.use("198.51.100.4")
        self.assertEqual(self.told(), 0, "the same day")
        self.past(0.6)
        self.use()
        self.assertEqual(self.told(), 1)
        self.assert_told(self.user, "192.0.2.7", "198.51.100.4")

    def test_a_missed_day_is_caught_up(self):
        self.use()
        self.past(1.5)
        self.assertEqual(self.told(), 1)

    def test_old_stories_are_not_told(self):
        self.use()
        self.past(3)
        self.assertEqual(self.told(), 0)

    def test_what_was_refused_before_it_was_replaced(self):
        key, _secret = self.silverfin_key(self.client)
        key._note_refusal("network_refused", "192.0.2.7")
        self.assertEqual(self.told(), 0)
        key._rotate(DAY)
        self.assertEqual(self.told(), 0)

    def test_switched_off(self):
        self.use()
        self.switch("reuse", on=False)
        self.assertEqual(self.told(), 0)


@tagged("post_install", "-at_install")
class TestMailDigest(MailCase):
    def told(self):
        self.forget()
        self.run_cron("digest")
        return len(self.mails(self.user))

    def fail(self):
        self.client._report_status(None, "failed", "E1", "No such account")

    def test_nothing_to_say(self):
        self.client._report_status(None, "ok", None, None)
        self.assertEqual(self.told(), 0)

    def test_daily_while_it_fails(self):
        self.fail()
        self.assertEqual([self.told(), self.told()], [1, 0])
        self.past(1)
        self.assertEqual(self.told(), 1)
        self.client._report_status(None, "ok", None, None)
        self.past(1)
        self.assertEqual(self.told(), 0)

    def test_what_it_says(self):
        self.fail()
        self.run_cron("digest")
        self.assert_told(
            self.user,
            self.client.name,
            self.client.reference,
            "E1: No such account",
            "look there for the cause",
            "/odoo/action-account_silverfin.action_attention",
            f"/odoo/action-account_silverfin.action_clients/{self.client.id}",
        )
        self.assertEqual(self.readers(), self.user)

    def test_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("fr_BE")
        self.user.lang = "fr_BE"
        self.fail()
        attention = self.registry["silverfin.attention"]
        with patch.object(attention, "_words", lambda row: (f"In {row.env.lang}.", "")):
            self.run_cron("digest")
        self.assert_told(self.user, "In fr_BE.")

    def test_without_a_responsible_user_the_administrators(self):
        self.client.responsible_id = False
        self.fail()
        self.run_cron("digest")
        self.assertIn(self.manager, self.readers())
        self.assertNotIn(self.user, self.readers())

    def test_mended_while_the_mails_are_made(self):
        self.fail()
        ids = self.env["silverfin.attention"].search([("client_id", "=", self.client.id)]).ids
        self.client._report_status(None, "ok", None, None)
        self.env["silverfin.mail"]._queue_digest(self.user, ids)
        self.assertFalse(self.mails())

    def test_switched_off(self):
        self.fail()
        self.switch("digest", on=False)
        self.assertEqual(self.told(), 0)
