# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is noted of a key's use, and whose books it reaches."""

import datetime

from odoo import fields
from odoo.tests import tagged

from ..tools import problem
from .common import SilverfinCase

DAY = datetime.timedelta(days=1)
HERE = "192.0.2.7"


def now():
    return fields.Datetime.now()


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
