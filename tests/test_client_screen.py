# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import csv

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from .common import Books
from .test_delivery import DeliveryCase


@tagged("post_install", "-at_install")
class TestConfirm(DeliveryCase):
    """What archiving, unarchiving and deleting say before, and do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key.name = "Used key"
        cls.idle, _secret = cls.silverfin_key(cls.client, name="Idle key")
        cls.stopped, _secret = cls.silverfin_key(cls.client, name="Stopped key")
        cls.stopped.active = False

    def ask(self, operation, clients=None, user=None):
        clients = (clients or self.client).with_user(user or self.manager)
        action = getattr(clients, f"action_ask_{operation}")()
        return self.env[action["res_model"]].with_user(clients.env.user).browse(action["res_id"])

    def test_archive(self):
        self.deliver(items=3)
        wizard = self.ask("archive", user=self.user)
        self.assertIn("Active API keys: <strong>2</strong>", wizard.summary)
        self.assertIn("Used in the last 30 days: 1", wizard.summary)
        for name in ("Used key", "Idle key", "Stopped key"):
            self.assertIn(name, wizard.summary)
        self.assertTrue(self.client.active)
        wizard.action_archive()
        self.assertFalse(self.client.active)

    def test_unarchive(self):
        self.client.active = False
        wizard = self.ask("unarchive", user=self.user)
        self.assertIn("Active API keys: <strong>2</strong>", wizard.summary)
        wizard.action_unarchive()
        self.assertTrue(self.client.active)

    def test_without_a_key(self):
        client = self.silverfin_client(self.company, "3")
        none = "Active API keys: <strong>0</strong>"
        self.assertIn(none, self.ask("archive", client).summary)
        client.active = False
        self.assertIn(none, self.ask("unarchive", client).summary)

    def test_several(self):
        client = self.silverfin_client(self.company, "3")
        self.silverfin_key(client)
        wizard = self.ask("archive", self.client + client)
        self.assertIn("Active API keys: <strong>3</strong>", wizard.summary)
        wizard.action_archive()
        self.assertFalse(self.client.active or client.active)

    def test_many_are_not_all_listed(self):
        clients = self.env["silverfin.client"].create(
            [{"name": "C", "reference": f"C{n}", "company_id": self.company.id} for n in range(103)]
        )
        self.assertIn("Not listed here: 3", self.ask("archive", clients).summary)

    def test_delete_lists_what_goes_and_what_stays(self):
        self.deliver(items=3)
        summary = self.ask("delete").summary
        for text in ("Clients: 1", "API keys: 3", "Idle key", self.idle.prefix, "history"):
            self.assertIn(text, summary)
        self.assertIn("Used in the last 30 days: 1", summary)
        self.assertTrue(self.client.exists())

    def test_delete(self):
        wizard = self.ask("delete")
        uuids = (self.key + self.idle + self.stopped).mapped("uuid")
        type(wizard).action_delete.__wrapped__(wizard)
        self.assertFalse(self.client.exists())
        events = self.env["silverfin.api.key.event"].search([("event", "=", "deleted")])
        self.assertLessEqual(set(uuids), set(events.mapped("key_uuid")))

    def test_delete_of_keys_asks_for_the_password(self):
        """Whoever calls unlink() himself gets around the question: no client with keys that way."""
        client = self.client.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "password"):
            client.unlink()
        self.client.key_ids.active = False
        with self.assertRaisesRegex(UserError, "password"):
            client.unlink()
        (self.key + self.idle + self.stopped).unlink()
        client.unlink()
        self.assertFalse(self.client.exists())

    def test_delete_by_an_administrator(self):
        wizard = self.ask("delete", user=self.manager)
        type(wizard).action_delete.__wrapped__(wizard)
        self.assertFalse(self.client.exists())
        deleted = self.env["silverfin.api.key.event"].search([("event", "=", "deleted")])
        self.assertEqual(deleted.user_id, self.manager)

    def test_who_may_delete(self):
        with self.assertRaises(AccessError):
            self.ask("delete", user=self.user)
        wizard = self.env["silverfin.client.confirm"].with_user(self.user)
        wizard = wizard.create({"client_ids": self.client.ids, "operation": "delete"})
        with self.assertRaises(AccessError):
            type(wizard).action_delete.__wrapped__(wizard)

    def test_who_may_not(self):
        for user in (self.internal, self.accountant, self.client.user_id):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.ask("archive", user=user)
        with self.assertRaises(AccessError):
            self.ask("archive", self.other_client, user=self.user)

    def test_nothing_is_told_of_clients_of_others(self):
        wizard = self.env["silverfin.client.confirm"].with_user(self.user)
        vals = {"client_ids": self.other_client.ids, "operation": "archive"}
        with self.assertRaises(AccessError):
            wizard.create(vals)._facts()


@tagged("post_install", "-at_install")
class TestImport(DeliveryCase):
    """Odoo's own import."""

    def load(self, names, *rows, user=None):
        clients = self.env["silverfin.client"].with_user(user or self.user)
        return clients.load(names, [list(row) for row in rows])

    def test_load(self):
        result = self.load(
            ["name", "reference", "company_id", "responsible_id"],
            ("Baker", "0401", "Brasserie", "sf.user"),
            ("Dentist", "0402", "Brasserie", ""),
        )
        self.assertFalse(result["messages"])
        clients = self.env["silverfin.client"].browse(result["ids"])
        self.assertEqual(clients.company_id, self.company)
        self.assertEqual(clients.mapped("reference"), ["0401", "0402"])
        self.assertEqual(clients[0].responsible_id, self.user)
        self.assertFalse(clients[1].responsible_id)
        self.assertEqual(len(clients.user_id), 2)

    def test_refused_fields(self):
        for name, value in (
            ("uuid", "chosen"),
            ("user_id", "sf.manager"),
            ("reader_result", "ok"),
            ("reader_code", "x"),
            ("reader_ok_at", "2026-01-01 00:00:00"),
            ("key_ids/name", "A key"),
            ("delivery_ids/items", "5"),
        ):
            names = ["name", "reference", name]
            result = self.load(names, ("Baker", "0401", value), user=self.manager)
            with self.subTest(name=name):
                self.assertTrue(result["messages"])
                self.assertFalse(result["ids"])

    def test_foreign_company(self):
        result = self.load(["name", "reference", "company_id"], ("Baker", "0401", "Garage"))
        self.assertTrue(result["messages"])

    def test_reference_of_another(self):
        with mute_logger("odoo.sql_db"):
            result = self.load(["name", "reference"], ("Baker", "100-001"))
        self.assertIn("reference", result["messages"][0]["message"])

    def test_template(self):
        """The file that the import screen offers can be imported, but for its example names."""
        (template,) = self.env["silverfin.client"].get_import_templates()
        with file_open(template["template"].removeprefix("/")) as file:
            names, row = csv.reader(file)
        row[2:] = ["Brasserie", "sf.user"]
        self.assertFalse(self.load(names, row)["messages"])


@tagged("post_install", "-at_install")
class TestScreen(DeliveryCase):
    def test_open_to(self):
        client = self.client.with_user(self.user)
        self.assertIn("1 active", client.open_to)
        self.silverfin_key(self.client, scope="read")
        self.assertIn("2 active", client.open_to)
        self.client.key_ids.active = False
        self.assertIn("no active key", client.open_to)
        self.client.active = False
        self.assertIn("archived", client.open_to)

    def test_history_of_deleted_keys(self):
        self.key.unlink()
        client = self.client.with_user(self.manager)
        action = client.action_open_events()
        events = self.env["silverfin.api.key.event"].with_user(self.manager)
        found = events.search(action["domain"])
        self.assertEqual(found.mapped("event"), ["deleted", "created"])
        self.assertEqual(client.event_count, 2)

    def test_deliveries(self):
        self.deliver(items=1)
        self.deliver(self.other_key, items=1)
        action = self.client.action_open_deliveries()
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]).client_id, self.client
        )

    def test_items(self):
        books = Books(self.company)
        books.post("2025-01-01", bank=10.0, income=-10.0)
        move = books.post("2026-01-01", bank=10.0, income=-10.0)
        books.draft("2026-01-01", bank=10.0, income=-10.0)
        self.client.start_date = "2026-01-01"
        action = self.client.with_user(self.user).action_open_items()
        self.assertEqual(self.env["account.move.line"].search(action["domain"]), move.line_ids)
        self.client.start_date = False
        action = self.client.action_open_items()
        self.assertEqual(self.env["account.move.line"].search_count(action["domain"]), 4)

    def test_filters(self):
        """Every filter of the search view can be searched."""
        view = self.env["silverfin.client"].get_view(
            self.env.ref("account_silverfin.client_view_search").id, "search"
        )
        self.assertIn('name="no_key"', view["arch"])
        clients = self.env["silverfin.client"].with_user(self.user)
        mine = [("id", "in", (self.client + self.other_client).ids)]
        no_key = [("key_ids", "not any", [("status", "=", "active")])]
        self.assertFalse(clients.search(mine + no_key))
        self.key.active = False
        self.assertEqual(clients.search(mine + no_key), self.client)
        self.assertIn("used_at", view["arch"])
        self.assertEqual(clients.search([*mine, ("used_at", "=", False)]), self.client)
        self.deliver(items=1)
        self.assertFalse(clients.search([*mine, ("used_at", "=", False)]))

    def test_last_used(self):
        """The last delivery, or a later use of a key: before deliveries were counted, or of /me."""
        clients = self.env["silverfin.client"].with_user(self.user)
        used = [("used_at", "!=", False), ("id", "=", self.client.id)]
        self.assertFalse(self.client.used_at or clients.search(used))
        self.deliver(way=None)
        self.assertEqual(self.client.used_at, self.key.last_used_at)
        self.assertEqual(clients.search(used, order="used_at desc"), self.client)
        self.deliver(client=self.client)
        self.key.unlink()
        self.env.invalidate_all()
        self.assertEqual(self.client.used_at, self.client.delivered_at)
