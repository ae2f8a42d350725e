# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A key takes the place of another."""

import datetime

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools import problem
from .common import SilverfinCase

DAY = datetime.timedelta(days=1)
HERE = "192.0.2.7"


def now():
    return fields.Datetime.now()


@tagged("post_install", "-at_install")
class TestRotate(SilverfinCase):
    def setUp(self):
        super().setUp()
        self.key, self.secret = self.silverfin_key(
            self.client,
            scope="read",
            name="Production",
            networks="192.0.2.0/24",
            expires_at=now() + 30 * DAY,
        )

    def events(self, key):
        return self.env["silverfin.api.key.event"].search([("key_uuid", "=", key.uuid)], order="id")

    def authenticate(self, secret):
        self.env.flush_all()
        return self.env["silverfin.api.key"]._authenticate(secret, HERE)

    def test_settings_are_copied(self):
        new, secret = self.key._rotate()
        names = ("name", "client_id", "user_id", "company_id", "scope", "networks")
        for name in names:
            with self.subTest(name=name):
                self.assertEqual(new[name], self.key[name])
        self.assertNotEqual(new.uuid, self.key.uuid)
        self.assertNotEqual(secret, self.secret)
        self.assertEqual(self.key.rotated_to_id, new)

    def grow_old(self, key, days):
        """Let a key have been made earlier, and expire earlier."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE silverfin_api_key SET create_date = create_date - %(age)s,"
            " expires_at = expires_at - %(age)s WHERE id = %(key)s",
            {"age": days * DAY, "key": key.id},
        )
        self.env.invalidate_all()

    def assert_expires_in(self, key, period):
        self.assertAlmostEqual(key.expires_at, now() + period, delta=datetime.timedelta(seconds=10))

    def test_the_lifetime_begins_anew(self):
        self.grow_old(self.key, 27)
        self.assert_expires_in(self.key, 3 * DAY)
        new, _secret = self.key.with_user(self.user)._rotate(7 * DAY)
        self.assert_expires_in(new, 30 * DAY)
        self.assert_expires_in(self.key, 3 * DAY)

    def test_another_expiry(self):
        new, _secret = self.key.with_user(self.user)._rotate(expires_at=now() + 5 * DAY)
        self.assert_expires_in(new, 5 * DAY)
        new, _secret = new.with_user(self.user)._rotate(expires_at=False)
        self.assertFalse(new.expires_at)

    def test_personal_key_stays_its_owners(self):
        key, _secret = self.silverfin_key(user=self.accountant)
        new, _secret = key._rotate()
        self.assertEqual(new.user_id, self.accountant)
        self.assertFalse(new.client_id)

    def test_without_grace_the_old_key_ends_at_once(self):
        new, secret = self.key._rotate()
        self.assertEqual(self.key.status, "expired")
        self.let_pass("1 hour")
        with self.assertProblem(problem.KeyExpired):
            self.authenticate(self.secret)
        self.assertEqual(self.authenticate(secret), new)

    def test_with_grace_both_work(self):
        for grace in (2 * DAY, 7 * DAY):
            key, old_secret = self.silverfin_key(self.client)
            with self.subTest(grace=grace):
                new, new_secret = key._rotate(grace)
                self.assertEqual(self.authenticate(old_secret), key)
                self.assertEqual(self.authenticate(new_secret), new)
                self.assertAlmostEqual(
                    key.expires_at, now() + grace, delta=datetime.timedelta(seconds=10)
                )
                self.assertFalse(new.expires_at)

    def test_grace_is_bounded(self):
        for grace in (8 * DAY, 7 * DAY + datetime.timedelta(seconds=1), -DAY):
            with self.subTest(grace=grace), self.assertRaises(UserError):
                self.key._rotate(grace)

    def test_grace_never_prolongs(self):
        expiry = now() + DAY
        self.key.expires_at = expiry
        self.key._rotate(2 * DAY)
        self.assertEqual(self.key.expires_at, expiry)

    def test_expired_or_inactive(self):
        expired, _secret = self.silverfin_key(self.client, expires_at=now() - DAY)
        inactive, _secret = self.silverfin_key(self.client)
        inactive.active = False
        for key in (expired, inactive):
            with self.subTest(status=key.status), self.assertRaises(UserError):
                key._rotate()

    def test_who_may(self):
        for user in (self.user, self.manager):
            key, _secret = self.silverfin_key(self.client)
            with self.subTest(user=user.login):
                key.with_user(user)._rotate()
        for user in (self.internal, self.accountant):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.key.with_user(user)._rotate()

    def test_nobody_gets_a_secret_that_acts_as_somebody_else(self):
        """An administrator of keys may switch a personal key off, never obtain one."""
        key, _secret = self.silverfin_key(user=self.accountant)
        key.with_user(self.manager).active = False
        key.active = True
        with self.assertRaises(UserError):
            key.with_user(self.manager)._rotate()

    def test_events(self):
        new, _secret = self.key._rotate(DAY)
        self.assertEqual(self.events(self.key).mapped("event"), ["created", "expiry", "rotated"])
        self.assertEqual(self.events(new).mapped("event"), ["created"])


@tagged("post_install", "-at_install")
class TestDeadSecrets(SilverfinCase):
    """What expired or was replaced is not brought back by a changed date."""

    def assert_stays_dead(self, key):
        with self.assertRaises(UserError):
            key.with_user(self.manager).write({"expires_at": False})

    def test_expired(self):
        key, _secret = self.silverfin_key(self.client)
        key.expires_at = "2020-01-01 00:00:00"
        self.assert_stays_dead(key)

    def test_replaced(self):
        key, _secret = self.silverfin_key(self.client)
        key._rotate(DAY)
        self.assert_stays_dead(key)

    def test_living_one(self):
        key, _secret = self.silverfin_key(self.client)
        key.with_user(self.manager).write({"expires_at": "2099-01-01 00:00:00"})
        self.assertEqual(key.status, "active")
