# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When a key opens something, and when it is refused."""

import datetime
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from ..tools import key as key_tool
from ..tools import network, problem
from .common import SilverfinCase

DAY = datetime.timedelta(days=1)
HERE = "192.0.2.7"


def now():
    return fields.Datetime.now()


@tagged("post_install", "-at_install")
class TestStatus(SilverfinCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        times = {"never": False, "later": now() + DAY, "past": now() - DAY}
        cls.keys = {
            (active, time): cls.silverfin_key(cls.client, name=f"{active} {time}", expires_at=at)[0]
            for active in (True, False)
            for time, at in times.items()
        }
        for (active, _time), key in cls.keys.items():
            key.active = active

    EXPECTED = {
        (True, "never"): "active",
        (True, "later"): "active",
        (True, "past"): "expired",
        (False, "never"): "inactive",
        (False, "later"): "inactive",
        (False, "past"): "inactive",
    }

    def test_computed(self):
        self.assertEqual({which: key.status for which, key in self.keys.items()}, self.EXPECTED)

    def found(self, operator, value):
        keys = self.env["silverfin.api.key"].with_context(active_test=False)
        found = keys.search(
            [("client_id", "=", self.client.id), ("status", operator, value)], order="id"
        )
        return {which for which, key in self.keys.items() if key in found}

    def test_search_agrees_with_the_computation(self):
        statuses = ("active", "inactive", "expired")
        for status in statuses:
            equal = {which for which, value in self.EXPECTED.items() if value == status}
            others = self.EXPECTED.keys() - equal
            with self.subTest(status=status):
                self.assertEqual(self.found("=", status), equal)
                self.assertEqual(self.found("in", [status]), equal)
                self.assertEqual(self.found("!=", status), others)
                self.assertEqual(self.found("not in", [status]), others)
                self.assertEqual(
                    self.found("in", [one for one in statuses if one != status]), others
                )

    def test_search_for_all_or_none(self):
        self.assertEqual(self.found("in", ["active", "inactive", "expired"]), {*self.EXPECTED})
        self.assertEqual(self.found("in", []), set())
        self.assertEqual(self.found("not in", []), {*self.EXPECTED})
        self.assertEqual(self.found("in", [False]), set())
        self.assertEqual(self.found("not in", [False]), {*self.EXPECTED})

    def test_filtered(self):
        keys = self.env["silverfin.api.key"].union(*self.keys.values())
        self.assertEqual(
            keys.filtered_domain([("status", "=", "expired")]), self.keys[True, "past"]
        )

    def test_the_very_moment(self):
        """At the second of its expiry a key has expired: for the list as for the caller."""
        key = self.keys[True, "later"]
        with freeze_time(key.expires_at):
            key.invalidate_recordset(["status"])
            self.assertEqual(key.status, "expired")
            self.assertIn((True, "later"), self.found("=", "expired"))


@tagged("post_install", "-at_install")
class TestAuthenticate(SilverfinCase):
    def setUp(self):
        super().setUp()
        self.key, self.secret = self.silverfin_key(self.client)

    def authenticate(self, secret=None, address=HERE):
        self.env.flush_all()
        return self.env["silverfin.api.key"]._authenticate(secret or self.secret, address)

    def assert_refused(self, problem_class, **options):
        with self.assertProblem(problem_class):
            self.authenticate(**options)

    def test_genuine(self):
        key = self.authenticate()
        self.assertEqual(key, self.key)
        self.assertEqual(key.env.user, self.client.user_id)
        self.assertFalse(key.env.su)

    def test_malformed_is_refused_without_a_look_up(self):
        keys = self.env["silverfin.api.key"]
        with patch.object(type(keys), "_lookup", side_effect=AssertionError):
            for secret in ("", "x", self.secret[:-1], "sfr_" + self.secret[4:], "\0", "é"):
                with self.subTest(secret=secret), self.assertProblem(problem.KeyMalformed):
                    keys._authenticate(secret, HERE)

    def test_unknown(self):
        self.assert_refused(problem.KeyUnknown, secret=key_tool.generate("sync"))

    def test_deleted(self):
        self.key.unlink()
        self.assert_refused(problem.KeyUnknown)

    def test_inactive_and_active_again(self):
        self.key.active = False
        self.assert_refused(problem.KeyInactive)
        self.key.active = True
        self.assertEqual(self.authenticate(), self.key)

    def test_expired(self):
        self.key.expires_at = now() + datetime.timedelta(minutes=1)
        self.let_pass("1 hour")
        self.assert_refused(problem.KeyExpired)

    def test_not_yet_expired(self):
        self.key.expires_at = now() + datetime.timedelta(minutes=1)
        self.assertEqual(self.authenticate(), self.key)

    def test_archived_client(self):
        self.client.active = False
        self.assert_refused(problem.ClientArchived)

    def test_archived_service_user(self):
        self.client.user_id._silverfin_by_client().active = False
        self.assert_refused(problem.KeyInactive)

    def test_archived_owner(self):
        _key, secret = self.silverfin_key(user=self.accountant)
        self.accountant.active = False
        self.assert_refused(problem.KeyInactive, secret=secret)

    def test_stored_scope_must_equal_the_prefix(self):
        self.key.scope = "read"
        self.assert_refused(problem.KeyUnknown)

    def test_networks(self):
        self.key.networks = "198.51.100.0/24, 192.0.2.0/28"
        self.assertEqual(self.authenticate(), self.key)
        self.assert_refused(problem.NetworkRefused, address="192.0.2.16")
        self.assert_refused(problem.NetworkRefused, address="2001:db8::1")
        self.assert_refused(problem.NetworkRefused, address=None)

    def test_no_cache(self):
        """What another process changed behind the ORM's back counts at once."""
        self.authenticate()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE silverfin_api_key SET active = false WHERE id = %s", self.key.ids
        )
        self.assert_refused(problem.KeyInactive)


@tagged("post_install", "-at_install")
class TestNetworks(SilverfinCase):
    def test_is_allowed(self):
        table = [
            (HERE, None, True),
            (HERE, "", True),
            (HERE, " , ", True),
            (None, "", True),
            (HERE, "192.0.2.0/24", True),
            (HERE, "192.0.2.7", True),
            (HERE, "192.0.2.8", False),
            (HERE, "198.51.100.0/24,192.0.2.0/24", True),
            (HERE, "2001:db8::/32", False),
            ("2001:db8::1", "2001:db8::/32", True),
            ("2001:db9::1", "2001:db8::/32", False),
            ("2001:db8::1", "0.0.0.0/0", False),
            ("::ffff:192.0.2.7", "192.0.2.0/24", True),
            ("::ffff:192.0.3.7", "192.0.2.0/24", False),
            ("", "192.0.2.0/24", False),
            (None, "0.0.0.0/0", False),
            ("unix:", "0.0.0.0/0", False),
        ]
        for address, networks, expected in table:
            with self.subTest(address=address, networks=networks):
                self.assertIs(network.is_allowed(address, networks), expected)

    def test_parse_names_what_is_wrong(self):
        for text, part in (
            ("192.0.2.0/24, here", "here"),
            ("192.0.2.0/33", "192.0.2.0/33"),
            ("192.0.2.7/24", "192.0.2.7/24"),
            ("192.0.2.0/24;198.51.100.0/24", "192.0.2.0/24;198.51.100.0/24"),
        ):
            with self.subTest(text=text), self.assertRaises(ValueError) as caught:
                network.parse(text)
            self.assertEqual(caught.exception.args, (part,))

    def test_wrong_network_cannot_be_saved(self):
        key, _secret = self.silverfin_key(self.client)
        with self.assertRaisesRegex(ValidationError, "192.0.2.300 is not a network"):
            key.networks = "192.0.2.0/24, 192.0.2.300"

    def test_wrong_network_makes_no_key(self):
        with self.assertRaises(ValidationError):
            self.silverfin_key(self.client, networks="everywhere")
