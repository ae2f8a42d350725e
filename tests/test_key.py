# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ..tools import key as key_tool
from ..tools import network, problem
from .common import SilverfinCase

DAY = datetime.timedelta(days=1)
HERE = "192.0.2.7"


def now():
    return fields.Datetime.now()


@tagged("post_install", "-at_install")
class TestGenerate(SilverfinCase):
    def test_client_key(self):
        key, secret = self.silverfin_key(self.client, scope="read", name="Production")
        self.assertTrue(key_tool.is_well_formed(secret))
        self.assertRecordValues(
            key,
            [
                {
                    "name": "Production",
                    "scope": "read",
                    "client_id": self.client.id,
                    "user_id": self.client.user_id.id,
                    "company_id": self.company.id,
                    "prefix": secret[:12],
                    "status": "active",
                    "expires_at": False,
                }
            ],
        )

    def test_scope_equals_the_prefix(self):
        for scope, prefix in (("sync", "sfs_"), ("read", "sfr_")):
            key, secret = self.silverfin_key(self.client, scope=scope)
            self.assertEqual((key.scope, secret[:4]), (scope, prefix))

    def test_personal_key_acts_as_its_maker(self):
        key, _secret = self.silverfin_key(user=self.internal)
        self.assertEqual(key.user_id, self.internal)
        self.assertFalse(key.client_id)

    def test_user_is_not_taken_from_the_caller(self):
        """Neither values nor the context say whom a key acts as, or what it is."""
        context = {
            "default_user_id": self.manager.id,
            "default_uuid": "chosen",
            "default_prefix": "chosen",
            "default_client_id": self.client.id,
            "default_rotated_to_id": self.silverfin_key(self.client)[0].id,
        }
        keys = self.env["silverfin.api.key"].with_user(self.internal).with_context(**context)
        key, secret = keys._generate(
            {
                "name": "Mine",
                "user_id": self.manager.id,
                "uuid": "chosen",
                "prefix": "chosen",
                "expires_at": fields.Datetime.now() + datetime.timedelta(days=1),
            }
        )
        self.assertRecordValues(
            key,
            [
                {
                    "user_id": self.internal.id,
                    "client_id": False,
                    "prefix": secret[:12],
                    "rotated_to_id": False,
                }
            ],
        )
        self.assertNotEqual(key.uuid, "chosen")

    def test_who_may_make_a_personal_key(self):
        portal = self.silverfin_user("sf.portal", "base.group_portal", self.company)
        for user in (portal, self.env.ref("base.public_user"), self.client.user_id):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.silverfin_key(user=user)

    def test_who_may_make_a_client_key(self):
        for user in (self.user, self.manager):
            with self.subTest(user=user.login):
                key, _secret = self.silverfin_key(self.client, user=user)
                self.assertEqual(key.user_id, self.client.user_id)
        for user in (self.internal, self.accountant):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.silverfin_key(self.client, user=user)

    def test_not_for_the_client_of_another_company(self):
        for user in (self.user, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.silverfin_key(self.other_client, user=user)

    def test_not_for_a_client_somebody_else_is_responsible_for(self):
        self.client.responsible_id = self.manager
        with self.assertRaises(AccessError):
            self.silverfin_key(self.client, user=self.user)

    def test_create_is_refused(self):
        vals = {
            "name": "Mine",
            "client_id": self.client.id,
            "user_id": self.manager.id,
            "uuid": "chosen",
            "scope": "read",
        }
        for user in (self.internal, self.user, self.manager, self.env.ref("base.user_admin")):
            keys = self.env["silverfin.api.key"].with_user(user)
            for context in ({}, {"silverfin_generate": True}):
                with self.subTest(user=user.login, context=context), self.assertRaises(UserError):
                    keys.with_context(**context).create(vals)

    def test_create_is_refused_to_the_superuser_too(self):
        with self.assertRaises(UserError):
            self.env["silverfin.api.key"].create({"name": "x", "user_id": self.manager.id})

    def test_import_is_refused(self):
        admin = self.env.ref("base.user_admin")
        admin.group_ids += self.env.ref("account_silverfin.group_manager")
        keys = self.env["silverfin.api.key"].with_user(admin).with_context(silverfin_generate=True)
        result = keys.load(
            ["name", "user_id/.id", "uuid"], [["Imported", str(self.manager.id), "chosen"]]
        )
        self.assertFalse(result["ids"])
        self.assertTrue(result["messages"])

    def test_not_through_the_client(self):
        """Neither made nor taken over by writing the client's list of keys."""
        key, _secret = self.silverfin_key(user=self.manager)
        client = self.client.with_user(self.manager)
        for command in (
            (0, 0, {"name": "x", "user_id": self.manager.id, "uuid": "chosen"}),
            (4, key.id, 0),
            (6, 0, key.ids),
        ):
            with (
                self.subTest(command=command),
                # Odoo writes lists as the transaction's first user, here the superuser's.
                patch.object(self.env.transaction, "default_env", client.env),
                self.assertRaises(UserError),
            ):
                client.write({"key_ids": [command]})

    def test_two_keys_never_share_a_digest(self):
        """The unique index is the last line of defence against a broken random source."""
        _key, secret = self.silverfin_key(self.client)
        with (
            patch.object(key_tool, "generate", lambda _scope: secret),
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
        ):
            self.silverfin_key(self.client)

    def test_copy_is_refused(self):
        key, _secret = self.silverfin_key(self.client)
        with self.assertRaises(UserError):
            key.copy()

    def test_fixed_fields(self):
        key, _secret = self.silverfin_key(self.client)
        other, _secret = self.silverfin_key(self.client)
        values = {
            "client_id": False,
            "user_id": self.manager.id,
            "company_id": False,
            "uuid": "chosen",
            "prefix": "sfs_",
            "scope": "read",
            "rotated_to_id": other.id,
        }
        for user in (self.user, self.manager):
            for name, value in values.items():
                with self.subTest(user=user.login, name=name), self.assertRaises(UserError):
                    key.with_user(user).write({name: value})

    def test_free_fields(self):
        key, _secret = self.silverfin_key(self.client)
        with Form(key.with_user(self.user)) as form:
            form.name = "Renamed"
            form.networks = "192.0.2.0/24"
            form.expires_at = now() + DAY
        self.assertRecordValues(key, [{"name": "Renamed", "networks": "192.0.2.0/24"}])


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
        names = ("name", "client_id", "user_id", "company_id", "scope", "networks", "expires_at")
        for name in names:
            with self.subTest(name=name):
                self.assertEqual(new[name], self.key[name] if name != "expires_at" else new[name])
        self.assertEqual(new.expires_at.date(), (now() + 30 * DAY).date())
        self.assertNotEqual(new.uuid, self.key.uuid)
        self.assertNotEqual(secret, self.secret)
        self.assertEqual(self.key.rotated_to_id, new)

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
class TestUse(SilverfinCase):
    """Use is noted in a transaction of its own: here that of the test."""

    def setUp(self):
        super().setUp()
        self.key, _secret = self.silverfin_key(self.client)
        self.env.flush_all()

    def use(self, key=None, address=HERE, agent="Silverfin/1.0", **options):
        key = key or self.key
        self.env.flush_all()
        key._record_use(address, agent, **options)
        self.env.invalidate_all()

    def test_unused(self):
        self.assertRecordValues(
            self.key, [{"last_used_at": False, "request_count": 0, "item_count": 0}]
        )

    def test_counts(self):
        self.use(items=500)
        self.use(items=20, address="2001:db8::1", agent="Other")
        self.use(items=1000, requests=0, address="2001:db8::1", agent="Other")
        self.assertRecordValues(
            self.key,
            [
                {
                    "request_count": 2,
                    "item_count": 1520,
                    "last_address": "2001:db8::1",
                    "last_agent": "Other",
                }
            ],
        )
        self.assertAlmostEqual(self.key.last_used_at, now(), delta=datetime.timedelta(minutes=10))

    def test_agent_is_cut(self):
        self.use(agent="x" * 1000)
        self.assertEqual(self.key.last_agent, "x" * 200)

    def test_never_backwards(self):
        self.use()
        self.env.cr.execute(
            "UPDATE silverfin_api_key_usage SET last_used_at = '2100-01-01' WHERE key_id = %s",
            self.key.ids,
        )
        self.use()
        self.assertEqual(self.key.last_used_at.year, 2100)

    def test_deleted_meanwhile(self):
        """Its last request may still be running when a key is deleted."""
        key = self.key
        key.unlink()
        self.env.flush_all()
        key._record_use(HERE, "Silverfin/1.0")
        key._note_refusal("key_inactive", HERE)

    def events(self):
        return self.env["silverfin.api.key.event"].search(
            [("key_uuid", "=", self.key.uuid), ("event", "=", "used_after_rotation")]
        )

    def test_use_after_rotation_is_noted_once_a_day(self):
        self.use()
        self.assertFalse(self.events())
        self.key._rotate(DAY)
        self.env.flush_all()
        for _time in range(3):
            self.use()
        self.assertEqual(len(self.events()), 1)

    def test_use_after_rotation_is_noted_again(self):
        self.key._rotate(DAY)
        self.use()
        self.env.cr.execute(
            "UPDATE silverfin_api_key_event SET create_date = create_date - interval '25 hours'"
        )
        self.env.invalidate_all()
        self.use()
        self.assertEqual(len(self.events()), 2)


@tagged("post_install", "-at_install")
class TestReach(SilverfinCase):
    """Which client a request is about."""

    def client_of(self, key, reference=None):
        return key.with_user(key.user_id)._client(reference)

    def test_client_key(self):
        key, _secret = self.silverfin_key(self.client)
        self.assertEqual(self.client_of(key), self.client)
        self.assertEqual(self.client_of(key, self.client.uuid), self.client)

    def test_client_key_never_reaches_another(self):
        key, _secret = self.silverfin_key(self.client)
        for reference in (self.other_client.uuid, "nonsense"):
            with self.subTest(reference=reference), self.assertProblem(problem.CompanyUnreachable):
                self.client_of(key, reference)

    def test_personal_key_of_one_company(self):
        key, _secret = self.silverfin_key(user=self.accountant)
        self.assertEqual(self.client_of(key), self.client)
        with self.assertProblem(problem.CompanyUnreachable):
            self.client_of(key, self.other_client.uuid)

    def test_personal_key_of_several_companies(self):
        self.accountant.company_ids += self.other_company
        key, _secret = self.silverfin_key(user=self.accountant)
        with self.assertProblem(problem.CompanyRequired):
            self.client_of(key)
        self.assertEqual(self.client_of(key, self.other_client.uuid), self.other_client)
        self.accountant.company_ids -= self.other_company
        self.assertEqual(self.client_of(key), self.client)

    def test_personal_key_that_reaches_nothing(self):
        key, _secret = self.silverfin_key(user=self.accountant)
        self.client.active = False
        for reference in (None, "", self.client.uuid):
            with self.subTest(reference=reference), self.assertProblem(problem.CompanyUnreachable):
                self.client_of(key, reference)

    def test_personal_key_without_all_branches(self):
        """A dossier is whole or not at all."""
        branch = self.silverfin_company("Terrace", parent_id=self.company.id)
        self.assertIn(branch, self.client.branch_ids)
        key, _secret = self.silverfin_key(user=self.accountant)
        with self.assertProblem(problem.CompanyUnreachable):
            self.client_of(key, self.client.uuid)
        self.accountant.company_ids += branch
        self.assertEqual(self.client_of(key), self.client)

    def test_personal_key_without_ledger_access(self):
        key, _secret = self.silverfin_key(user=self.internal)
        with self.assertProblem(problem.NoLedgerAccess):
            self.client_of(key)


@tagged("post_install", "-at_install")
class TestMissingDossier(SilverfinCase):
    """The first personal key of a company without a dossier makes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third = cls.silverfin_company("Bakery", company_registry="0477.472.701")
        cls.baker = cls.silverfin_user("sf.baker", "account.group_account_user", cls.third)

    def clients(self, company):
        clients = self.env["silverfin.client"].with_context(active_test=False)
        return clients.search([("company_id", "=", company.id)])

    def test_made(self):
        key, _secret = self.silverfin_key(user=self.baker)
        client = self.clients(self.third)
        self.assertRecordValues(
            client,
            [{"name": "Bakery", "reference": "0477.472.701", "responsible_id": False}],
        )
        self.assertEqual(key.with_user(self.baker)._client(None), client)

    def test_made_once(self):
        for _time in range(2):
            self.silverfin_key(user=self.baker)
        self.assertEqual(len(self.clients(self.third)), 1)

    def test_an_archived_one_stays_archived(self):
        client = self.silverfin_client(self.third, "100-003", active=False)
        self.silverfin_key(user=self.baker)
        self.assertEqual(self.clients(self.third), client)
        self.assertFalse(client.active)

    def test_not_by_a_user_without_accounting(self):
        user = self.silverfin_user("sf.waiter", "base.group_user", self.third)
        self.silverfin_key(user=user)
        self.assertFalse(self.clients(self.third))

    def test_of_a_branch_it_is_the_one_above(self):
        branch = self.silverfin_company("Corner shop", parent_id=self.third.id)
        user = self.silverfin_user("sf.corner", "account.group_account_user", branch)
        self.silverfin_key(user=user)
        self.assertEqual(self.clients(self.third).branch_ids, branch)
        self.assertFalse(self.clients(branch))

    def test_reference_taken(self):
        """Somebody else's reference must not keep the user from making his key."""
        self.silverfin_client(self.other_company, "0477.472.701")
        self.silverfin_key(user=self.baker)
        self.assertEqual(len(self.clients(self.third)), 1)


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
