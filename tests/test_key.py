# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Making keys."""

import datetime
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..tools import key as key_tool
from .common import SilverfinCase

DAY = datetime.timedelta(days=1)


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
