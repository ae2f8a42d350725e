# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whose key a pasted secret is."""

import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..tools import key as key_tool
from .common import SilverfinCase, everything_logged
from .test_key_http import WebClientCase


@tagged("post_install", "-at_install")
class TestFind(SilverfinCase):
    def setUp(self):
        super().setUp()
        self.key, self.secret = self.silverfin_key(self.client, name="Production")

    def ask(self, user, secret):
        self.env.flush_all()
        return self.env["silverfin.api.key"].with_user(user).find_by_secret(secret)

    def test_found(self):
        answer = self.ask(self.user, f"  {self.secret}\n")
        self.assertEqual(answer["answer"], "found")
        self.assertEqual(
            (answer["key"]["id"], answer["key"]["name"], answer["key"]["status"]),
            (self.key.id, "Production", "active"),
        )
        self.assertEqual(answer["key"]["client"]["name"], self.client.name)

    def test_personal(self):
        _key, secret = self.silverfin_key(user=self.user)
        key = self.ask(self.user, secret)["key"]
        self.assertEqual(json.dumps(key["client"]), "false")
        self.assertEqual(key["owner"], self.user.name)

    def test_found_whatever_its_state(self):
        self.key.active = False
        self.assertEqual(self.ask(self.user, self.secret)["key"]["status"], "inactive")

    def test_of_a_company_that_is_not_ticked(self):
        """It is a question about a secret, not about what is on screen."""
        self.user.company_ids += self.other_company
        keys = self.env["silverfin.api.key"].with_user(self.user)
        self.env.flush_all()
        keys = keys.with_context(allowed_company_ids=self.other_company.ids)
        self.assertEqual(keys.find_by_secret(self.secret)["answer"], "found")

    def test_not_found(self):
        self.assertEqual(self.ask(self.user, key_tool.generate("sync")), {"answer": "unknown"})
        for text in (self.secret[:-1], self.secret[:-1] + "!", "sfr_" + self.secret[4:], "sfs_"):
            with self.subTest(text=text):
                self.assertEqual(self.ask(self.user, text), {"answer": "mistyped"})
        for text in ("", "hunter2", "ghp_" + self.secret[4:]):
            with self.subTest(text=text):
                self.assertEqual(self.ask(self.user, text), {"answer": "foreign"})

    def test_somebody_elses_is_as_unknown_as_none(self):
        _key, personal = self.silverfin_key(user=self.accountant)
        _key, foreign = self.silverfin_key(self.other_client)
        for user, secret in (
            (self.user, personal),
            (self.user, foreign),
            (self.internal, self.secret),
            (self.manager, foreign),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.ask(user, secret), {"answer": "unknown"})
        self.assertEqual(self.ask(self.accountant, personal)["answer"], "found")

    def test_who_may_not_ask(self):
        for user in (self.client.user_id, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.ask(user, self.secret)


@tagged("post_install", "-at_install")
class TestFindLeavesNoTrace(WebClientCase):
    def test_nothing_is_written_or_logged(self):
        key, secret = self.silverfin_key(self.client)
        other = key_tool.generate("read")
        self.log_in(self.user)
        self.env.cr.execute("SELECT count(*) FROM silverfin_api_key_event")
        before = self.env.cr.fetchone()
        with everything_logged() as log:
            for text in (secret, other, secret[:-1]):
                self.rpc(self.env["silverfin.api.key"], "find_by_secret", text)
        self.assertTrue(log)
        for text in (secret, other):
            self.assertNotIn(text[12:-1], "\n".join(log))
        self.env.cr.execute("SELECT count(*) FROM silverfin_api_key_event")
        self.assertEqual(self.env.cr.fetchone(), before)
        self.assertFalse(key.last_used_at)
