# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Deleting, activating and rotating many keys."""

import datetime

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..tools import key as key_tool
from .common import everything_logged
from .test_key_http import WebClientCase
from .test_key_search import KeyListCase

DAY = datetime.timedelta(days=1)


class BatchCase(KeyListCase):
    def setUp(self):
        super().setUp()
        self.key, _secret = self.silverfin_key(self.client, name="One")
        self.other, _secret = self.silverfin_key(self.client, name="Two")
        self.foreign, _secret = self.silverfin_key(self.other_client, name="Foreign")

    def delete(self, keys):
        """Press the button, the password given."""
        return type(keys).action_delete.__wrapped__(keys)

    def message(self, action):
        return action["params"]["message"]

    def events(self, key_uuid):
        events = self.env["silverfin.api.key.event"].search(
            [("key_uuid", "=", key_uuid)], order="id"
        )
        return events.mapped("event")


@tagged("post_install", "-at_install")
class TestPreview(BatchCase):
    def preview(self, keys, user=None, operation="delete", **options):
        self.env.flush_all()
        return keys.with_user(user or self.user).batch_preview(operation, **options)

    def test_what_is_so_already(self):
        self.key.active = False
        keys = self.key + self.other + self.foreign
        for operation, name in (("activate", "One"), ("deactivate", "Two")):
            preview = self.preview(keys, operation=operation)
            with self.subTest(operation=operation):
                self.assertEqual([line["name"] for line in preview["keys"]], [name])
                self.assertEqual((preview["count"], preview["already"]), (1, 1))
                self.assertEqual(preview["missing"], 1)
        self.assertEqual(self.preview(keys)["already"], 0)

    def test_what_does_not_work_again(self):
        self.other.expires_at = fields.Datetime.now() - DAY
        (self.key + self.other).active = False
        preview = self.preview(self.key + self.other, operation="activate")
        self.assertEqual(preview["summary"]["expired"], 1)
        self.assertEqual([line["expired"] for line in preview["keys"]], [True, False])

    def test_counts(self):
        preview = self.preview(self.key + self.other)
        self.assertEqual((preview["count"], preview["missing"]), (2, 0))
        self.assertEqual([line["name"] for line in preview["keys"]], ["Two", "One"])
        self.assertEqual(preview["summary"]["events"], 2)

    def test_recent_use(self):
        self.use(self.key, 2 * DAY)
        self.use(self.other, 20 * DAY)
        old, _secret = self.silverfin_key(self.client, name="Old")
        self.use(old, 40 * DAY)
        preview = self.preview(self.key + self.other + old)
        recent = {line["name"]: line["recent"] for line in preview["keys"]}
        self.assertEqual(recent, {"One": "week", "Two": "month", "Old": ""})
        summary = preview["summary"]
        self.assertEqual((summary["week"], summary["month"], summary["usages"]), (1, 2, 3))

    def test_what_hangs_on_them(self):
        new, _secret = self.key._rotate(DAY)
        old_line = self.preview(self.key)["keys"][0]
        self.assertEqual([one["id"] for one in old_line["replaced_by"]], new.ids)
        self.assertFalse(old_line["replaced_by"][0]["goes"])
        preview = self.preview(self.key + new)
        self.assertEqual(preview["summary"]["links"], 1)
        new_line = next(line for line in preview["keys"] if line["id"] == new.id)
        self.assertEqual([one["id"] for one in new_line["replaces"]], self.key.ids)
        self.assertTrue(new_line["replaces"][0]["goes"])

    def test_a_replaced_key_that_is_off_hangs_on_it_too(self):
        new, _secret = self.key._rotate(DAY)
        self.key.active = False
        self.assertTrue(self.preview(new)["keys"][0]["replaces"])

    def test_pages(self):
        for number in range(50):
            self.silverfin_key(self.client, name=f"Key {number}")
        keys = self.found([])
        first, second = self.preview(keys), self.preview(keys, offset=40)
        ids = [line["id"] for page in (first, second) for line in page["keys"]]
        self.assertEqual(ids, keys.ids)
        self.assertEqual(first["count"], 52)

    def test_what_one_may_not_see_is_counted_only(self):
        gone, _secret = self.silverfin_key(self.client)
        gone.unlink()
        preview = self.preview(self.key + self.foreign + gone)
        self.assertEqual((preview["count"], preview["missing"]), (1, 2))
        self.assertNotIn("Foreign", repr(preview))
        self.assertFalse(preview["refused"])

    def test_what_one_may_see_but_not_write_is_named(self):
        self.env["ir.rule"].create(
            {
                "name": "Key One stays",
                "model_id": self.env["ir.model"]._get_id("silverfin.api.key"),
                "domain_force": "[('name', '!=', 'One')]",
                "perm_read": False,
            }
        )
        preview = self.preview(self.key + self.other)
        self.assertEqual([line["name"] for line in preview["refused"]], ["One"])
        self.assertEqual([line["name"] for line in preview["keys"]], ["Two"])
        self.assertEqual(preview["refused_count"], 1)
        keys = (self.key + self.other).with_user(self.user)
        self.assertEqual(self.message(self.delete(keys)), "1 deleted, 1 skipped")
        self.assertTrue(self.key.exists())

    def test_none_at_all(self):
        preview = self.preview(self.foreign)
        self.assertEqual((preview["count"], preview["missing"], preview["keys"]), (0, 1, []))

    def test_who_may_not_ask(self):
        for user in (self.client.user_id, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.preview(self.key, user)
        self.assertEqual(self.preview(self.key, self.internal)["count"], 0)


@tagged("post_install", "-at_install")
class TestDeleteMany(BatchCase):
    def test_message_and_history(self):
        uuids = (self.key + self.other).mapped("uuid")
        action = self.delete((self.key + self.other).with_user(self.user))
        self.assertEqual(self.message(action), "2 deleted, 0 skipped")
        for uuid in uuids:
            self.assertEqual(self.events(uuid), ["created", "deleted"])

    def test_slipped_in(self):
        """What the user may not delete is skipped, and the answer does not say what it was."""
        gone, _secret = self.silverfin_key(self.client)
        gone.unlink()
        action = self.delete((self.key + self.foreign + gone).with_user(self.user))
        self.assertEqual(self.message(action), "1 deleted, 2 skipped")
        self.assertNotIn("Foreign", repr(action))
        self.assertTrue(self.foreign.exists())
        self.assertFalse(self.key.exists())

    def test_none_left(self):
        with self.assertRaises(AccessError) as caught:
            self.delete(self.foreign.with_user(self.user))
        self.assertNotIn("Foreign", str(caught.exception))
        self.assertTrue(self.foreign.exists())

    def test_where_it_goes_on(self):
        action = self.delete(self.key.with_user(self.user))
        self.assertEqual(action["params"]["next"]["type"], "ir.actions.act_window_close")
        leaving = self.other.with_user(self.user).with_context(silverfin_leave=True)
        for action in (
            leaving.action_deactivate(),
            leaving.action_activate(),
            self.delete(leaving),
        ):
            self.assertEqual(action["params"]["next"]["tag"], "silverfin_leave")

    def test_the_link_of_a_rotation_ends(self):
        new, _secret = self.key._rotate(DAY)
        self.delete(new.with_user(self.user))
        self.key.invalidate_recordset()
        self.assertFalse(self.key.rotated_to_id)

    def test_only_over_http(self):
        with self.assertRaises(UserError):
            self.key.with_user(self.user).action_delete()


@tagged("post_install", "-at_install")
class TestActivateMany(BatchCase):
    def test_off_and_on(self):
        keys = (self.key + self.other).with_user(self.user)
        self.assertEqual(self.message(keys.action_deactivate()), "2 deactivated, 0 skipped")
        self.assertEqual(set(keys.mapped("status")), {"inactive"})
        self.assertEqual(self.message(keys.action_activate()), "2 activated, 0 skipped")
        self.assertEqual(set(keys.mapped("status")), {"active"})
        self.assertEqual(self.events(self.key.uuid), ["created", "deactivated", "activated"])

    def test_skipped(self):
        self.key.active = False
        keys = (self.key + self.other + self.foreign).with_user(self.user)
        self.assertIn("1 deactivated, 2 skipped", self.message(keys.action_deactivate()))
        self.assertTrue(self.foreign.active)

    def test_what_does_not_work_again(self):
        self.key._rotate()
        self.other.expires_at = fields.Datetime.now() - DAY
        keys = self.key + self.other
        keys.active = False
        message = self.message(keys.with_user(self.user).action_activate())
        self.assertIn("2 activated", message)
        self.assertIn("replaced meanwhile: 1", message)
        self.assertIn("expired: 1", message)

    def test_who_may_not(self):
        keys = self.key.with_user(self.internal)
        self.assertIn("0 deactivated", self.message(keys.action_deactivate()))
        self.assertTrue(self.key.active)
        with self.assertRaises(AccessError):
            self.key.with_user(self.client.user_id).action_deactivate()

    def test_details_of_changes(self):
        self.key.name = "Uno"
        event = self.env["silverfin.api.key.event"].search(
            [("key_id", "=", self.key.id), ("event", "=", "renamed")]
        )
        self.assertEqual(event.detail, "One → Uno")


@tagged("post_install", "-at_install")
class TestRotateMany(BatchCase):
    def wizard(self, keys, user=None, **values):
        context = {"active_model": keys._name, "active_ids": keys.ids}
        wizards = self.env["silverfin.api.key.rotate"].with_user(user or self.user)
        self.env.flush_all()
        return wizards.with_context(**context).create(values)

    def test_refused_are_named_before(self):
        self.other.active = False
        wizard = self.wizard(self.key + self.other + self.foreign)
        self.assertEqual(wizard.ready_ids, self.key)
        self.assertEqual(wizard.refused_ids, self.other)
        self.assertIn("Not active", wizard.refused_ids.rotation_refusal)

    def test_reasons(self):
        self.key._rotate(DAY)
        personal, _secret = self.silverfin_key(user=self.accountant)
        for key, reason in (
            (self.key, "Replaced already"),
            (personal.with_user(self.manager), "Only its owner"),
            (personal.with_user(self.accountant), False),
            (self.other, False),
        ):
            with self.subTest(reason=reason):
                key.invalidate_recordset()
                self.assertIn(reason or "", key.rotation_refusal or "")
                self.assertEqual(bool(reason), bool(key.rotation_refusal))
        self.client.active = False
        self.assertIn("archived", self.other.rotation_refusal)

    def test_not_twice(self):
        self.key._rotate(DAY)
        with self.assertRaises(UserError):
            self.key._rotate(DAY)

    def rotate(self, wizard):
        return type(wizard).action_rotate.__wrapped__(wizard)

    def test_expiry_of_one_is_shown_and_can_be_changed(self):
        soon = fields.Datetime.now() + 30 * DAY
        self.key.expires_at = soon
        wizard = self.wizard(self.key)
        self.assertAlmostEqual(wizard.expires_at, soon, delta=datetime.timedelta(seconds=10))
        wizard.expires_at = chosen = fields.Datetime.now() + 5 * DAY
        self.rotate(wizard)
        self.assertEqual(self.key.rotated_to_id.expires_at, chosen)

    def test_expiry_without_end(self):
        wizard = self.wizard(self.key)
        self.assertFalse(wizard.expires_at)
        self.rotate(wizard)
        self.assertFalse(self.key.rotated_to_id.expires_at)

    def test_expiry_in_the_past(self):
        with self.assertRaises(ValidationError):
            self.wizard(self.key).expires_at = fields.Datetime.now() - DAY

    def test_expiries_of_many(self):
        now = fields.Datetime.now()
        self.key.expires_at, self.other.expires_at = now + 10 * DAY, now + 90 * DAY
        wizard = self.wizard(self.key + self.other)
        self.assertFalse(wizard.expires_at)
        self.rotate(wizard)
        for key, days in ((self.key, 10), (self.other, 90)):
            end = key.rotated_to_id.expires_at
            self.assertAlmostEqual(end, now + days * DAY, delta=datetime.timedelta(minutes=1))

    def test_nothing_without_a_selection(self):
        wizard = self.env["silverfin.api.key.rotate"].with_user(self.user).create({})
        self.assertFalse(wizard.key_ids)

    def test_keys_written_into_the_form(self):
        """A crafted call does not get at what the user may not change."""
        wizard = self.wizard(self.key)
        wizard.sudo().key_ids += self.foreign
        wizard.invalidate_recordset()
        self.assertNotIn(self.foreign, wizard.ready_ids)

    def test_linked(self):
        new, _secret = self.key._rotate(DAY)
        self.assertEqual(new.rotated_from_id, self.key)
        self.assertEqual(self.key.rotated_to_id, new)

    def test_credentials_show_the_prefix_only(self):
        key, secret = self.silverfin_key(self.client)
        shown = f"{key.bearer_header} {key.key_header} {key.curl}"
        self.assertIn(f"Authorization: Bearer {key.prefix}…", shown)
        self.assertIn(f"X-Silverfin-API-Key: {key.prefix}…", shown)
        self.assertIn(f"X-Odoo-Database: {self.env.cr.dbname}", shown)
        self.assertNotIn(secret[12:], shown)


@tagged("post_install", "-at_install")
class TestRotateOverHttp(WebClientCase):
    def setUp(self):
        super().setUp()
        self.keys = self.env["silverfin.api.key"].union(
            *(self.silverfin_key(self.client, name=name)[0] for name in ("One", "Two"))
        )

    def wizard(self, keys):
        wizards = self.env["silverfin.api.key.rotate"].with_user(self.user)
        return wizards.create({"key_ids": keys.ids, "grace": "24"})

    def test_asks_who_it_is(self):
        wizard = self.wizard(self.keys)
        self.log_in(self.user, identity_checked=False)
        action = self.rpc(wizard, "action_rotate")
        self.assertEqual(action["res_model"], "res.users.identitycheck")
        self.assertFalse(self.keys.rotated_to_id)

    def test_many(self):
        wizard = self.wizard(self.keys)
        self.log_in(self.user)
        with everything_logged() as log:
            action = self.rpc(wizard, "action_rotate")
        self.assertEqual(action["tag"], "silverfin_rotated_keys")
        rows = action["params"]["rows"]
        self.assertEqual(len(rows), 2)
        for row in rows:
            client, reference, _name, uuid, prefix, secret, login, _expires = row
            self.assertEqual((client, reference), (self.client.name, self.client.reference))
            self.assertTrue(key_tool.is_well_formed(secret))
            self.assertEqual(self.call("/me", secret).json()["key"]["uuid"], uuid)
            self.assertEqual((prefix, login), (secret[:12], self.client.login))
            self.assertNotIn(secret[12:], "\n".join(log))
            for table in ("silverfin_api_key_rotate", "res_users_identitycheck"):
                self.env.cr.execute(f"SELECT t::text FROM {table} t")
                self.assertNotIn(secret[12:], repr(self.env.cr.fetchall()))
        self.assertEqual(len(self.keys.rotated_to_id), 2)

    def test_one_is_shown(self):
        wizard = self.wizard(self.keys[0])
        self.log_in(self.user)
        action = self.rpc(wizard, "action_rotate")
        self.assertNotEqual(action.get("tag"), "silverfin_rotated_keys")
        self.assertIn(self.keys[0].rotated_to_id.prefix, repr(action))

    def test_none_of_them(self):
        self.keys.active = False
        wizard = self.wizard(self.keys)
        self.log_in(self.user)
        self.assert_refused("UserError", wizard, "action_rotate")
