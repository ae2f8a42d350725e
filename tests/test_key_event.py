# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import tagged

from .common import SilverfinCase


@tagged("post_install", "-at_install")
class TestEvents(SilverfinCase):
    def setUp(self):
        super().setUp()
        self.key, _secret = self.silverfin_key(self.client, name="Production")

    def events(self, uuid=None):
        return self.env["silverfin.api.key.event"].search(
            [("key_uuid", "=", uuid or self.key.uuid)], order="id"
        )

    def names(self):
        return self.events().mapped("event")

    def test_created(self):
        self.assertRecordValues(
            self.events(),
            [
                {
                    "event": "created",
                    "key_id": self.key.id,
                    "key_name": "Production",
                    "prefix": self.key.prefix,
                    "client_id": self.client.id,
                    "client_name": self.client.name,
                    "client_reference": "100-001",
                    "company_id": self.company.id,
                    "owner_id": self.client.user_id.id,
                    "user_id": self.env.uid,
                    "address": False,
                }
            ],
        )

    def test_every_change(self):
        tomorrow = fields.Datetime.now() + datetime.timedelta(days=1)
        for values, event in (
            ({"name": "Test"}, "renamed"),
            ({"active": False}, "deactivated"),
            ({"active": True}, "activated"),
            ({"expires_at": tomorrow}, "expiry"),
            ({"networks": "192.0.2.0/24"}, "networks"),
        ):
            with self.subTest(event=event):
                self.key.write(values)
                self.assertEqual(self.names()[-1], event)
        self.assertEqual(len(self.events()), 6)

    def test_what_stays_the_same_is_no_event(self):
        self.key.write({"name": "Production", "active": True, "expires_at": False})
        self.assertEqual(self.names(), ["created"])

    def test_archive_and_unarchive(self):
        self.key.action_archive()
        self.key.action_unarchive()
        self.assertEqual(self.names(), ["created", "deactivated", "activated"])

    def test_the_event_has_the_new_name(self):
        self.key.name = "Test"
        self.assertEqual(self.events()[-1].key_name, "Test")

    def test_several_at_once(self):
        other, _secret = self.silverfin_key(self.client, name="Other")
        (self.key + other).active = False
        self.assertEqual(self.names(), ["created", "deactivated"])
        self.assertEqual(self.events(other.uuid).mapped("event"), ["created", "deactivated"])

    def test_by_whom(self):
        self.key.with_user(self.user).active = False
        self.assertEqual(self.events()[-1].user_id, self.user)

    def test_survives_the_key(self):
        uuid, prefix = self.key.uuid, self.key.prefix
        self.key.with_user(self.manager).sudo().unlink()
        self.assertFalse(self.key.exists())
        events = self.events(uuid)
        events.invalidate_recordset()
        self.assertRecordValues(
            events,
            [
                {"event": "created", "key_id": False, "prefix": prefix},
                {"event": "deleted", "key_id": False, "prefix": prefix},
            ],
        )
        self.assertEqual(events[-1].user_id, self.manager)

    def test_survives_the_client(self):
        uuid = self.key.uuid
        self.client.unlink()
        self.assertEqual(self.events(uuid).mapped("event"), ["created", "deleted"])
        event = self.events(uuid)[-1]
        event.invalidate_recordset()
        self.assertFalse(event.client_id)
        self.assertEqual((event.client_name, event.client_reference), ("Brasserie", "100-001"))

    def test_events_of_an_older_version(self):
        """Those knew the client's name only; of personal keys there is no client."""
        personal, _secret = self.silverfin_key(user=self.internal)
        deleted, _secret = self.silverfin_key(self.client)
        uuid = deleted.uuid
        deleted.unlink()
        self.env.cr.execute(
            "UPDATE silverfin_api_key_event SET client_id = NULL, client_reference = NULL"
        )
        self.env["silverfin.api.key.event"]._fill_clients()
        self.env.invalidate_all()
        for events in (self.events(), self.events(uuid)):
            self.assertEqual(events.client_id, self.client)
            self.assertEqual(set(events.mapped("client_reference")), {"100-001"})
        self.assertFalse(self.events(personal.uuid).client_id)

    def test_survives_the_user(self):
        """Deleting a user takes his keys along; that too is history."""
        key, _secret = self.silverfin_key(user=self.internal)
        uuid = key.uuid
        self.internal.unlink()
        self.assertFalse(key.exists())
        self.assertEqual(self.events(uuid).mapped("event"), ["created", "deleted"])

    def test_append_only(self):
        event = self.events()
        admin = self.env.ref("base.user_admin")
        for user in (self.user, self.manager, admin, self.env.user):
            with self.subTest(user=user.login):
                with self.assertRaises(UserError):
                    event.with_user(user).write({"key_name": "Forged"})
                with self.assertRaises(UserError):
                    event.with_user(user).unlink()
        with self.assertRaises(UserError):
            event.sudo().event = "deleted"
        with self.assertRaises(UserError):
            event.sudo().unlink()

    def test_nobody_creates_one(self):
        for user in (self.internal, self.user, self.manager, self.env.ref("base.user_admin")):
            events = self.env["silverfin.api.key.event"].with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                events.create({"event": "created", "key_uuid": "x", "key_name": "Forged"})

    def test_no_private_method_over_rpc(self):
        """The names of what writes history or makes secrets begin with an underscore."""
        for model, method in (
            ("silverfin.api.key", "_generate"),
            ("silverfin.api.key", "_insert"),
            ("silverfin.api.key", "_rotate"),
            ("silverfin.api.key", "_authenticate"),
            ("silverfin.api.key.event", "_record"),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                get_public_method(self.env[model], method)
