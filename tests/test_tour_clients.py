# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..tools.delivery import Delivery
from .common import Books, SilverfinMixin
from .tour import TourCase

CLIENTS = "/odoo/action-account_silverfin.action_clients"


class ClientTourCase(SilverfinMixin, TourCase):
    """A Silverfin administrator with three companies; the tests say which have a client."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.silverfin_company("Brewery")
        companies = cls.company
        companies += cls.silverfin_company("Dentist", company_registry="0402")
        companies += cls.silverfin_company("Florist")
        cls.companies = companies
        cls.person = cls.new_person(
            "clients",
            "account_silverfin.group_manager",
            "account.group_account_readonly",
            name="Clients",
            company_id=cls.company.id,
            company_ids=[Command.set(companies.ids)],
        )

    def make_clients(self):
        """Make a Baker with two keys, a Dentist with one and a Florist with none."""
        self.baker = self.silverfin_client(self.company, "B1", name="Baker")
        self.dentist = self.silverfin_client(self.company, "D1", name="Dentist")
        self.florist = self.silverfin_client(self.company, "F1", name="Florist")
        self.key, _secret = self.silverfin_key(self.baker, name="First key")
        self.silverfin_key(self.baker, name="Second key", scope="read")
        soon = fields.Datetime.now() + datetime.timedelta(days=3)
        self.silverfin_key(self.dentist, name="Third key", expires_at=soon)

    def deliver(self):
        """Let the Baker's reader begin a full pull, read by the external API too, and fail."""
        Books(self.company).post("2026-01-01", bank=10.0, income=-10.0)
        self.env.flush_all()
        use = self.key._record_use
        client = self.baker.id
        use("192.0.2.7", "Tour", 4, delivery=Delivery("feed", client, full=True, begins=True))
        use("192.0.2.7", "Tour", 7, delivery=Delivery("external"))
        self.baker._report_status(None, "failed", "E1", "No such account")

    def clients(self, domain=()):
        self.env.invalidate_all()
        return self.env["silverfin.client"].with_context(active_test=False).search(list(domain))


@tagged("post_install", "-at_install")
class TestClientTours(ClientTourCase):
    def test_first(self):
        self.walk("silverfin_client_first", "clients", CLIENTS)
        client = self.clients([("reference", "=", "273-542-26244")])
        self.assertEqual(client.company_id, self.company)
        self.assertEqual(client.key_ids.mapped("status"), ["active"])

    def test_empty(self):
        self.walk("silverfin_empty", "clients", CLIENTS)

    def test_new_many(self):
        self.walk("silverfin_client_new_many", "clients", CLIENTS)
        made = self.clients([("company_id", "in", self.companies.ids)])
        self.assertEqual(made.mapped("reference"), ["005", "006", "007"])
        self.assertEqual(made.responsible_id, self.person)

    def test_archive(self):
        self.make_clients()
        self.walk("silverfin_client_archive", "clients", CLIENTS)
        self.env.invalidate_all()
        self.assertFalse(self.baker.active or self.dentist.active or self.baker.user_id.active)
        self.assertTrue(self.florist.active)

    def test_delete(self):
        self.make_clients()
        self.walk("silverfin_client_delete", "clients", CLIENTS)
        self.env.invalidate_all()
        self.assertFalse(self.baker.exists() or self.key.exists())
        events = self.env["silverfin.api.key.event"].search([("event", "=", "deleted")])
        self.assertEqual(set(events.mapped("key_name")), {"First key", "Second key"})
        self.assertEqual(events.user_id, self.person)

    def test_deliveries(self):
        self.make_clients()
        self.deliver()
        self.walk("silverfin_client_deliveries", "clients", CLIENTS)

    def test_pull(self):
        """Each time the browser asks, the pull has got further."""
        self.make_clients()
        self.deliver()
        steps = iter([{"pull_items": 5}, {"pull_state": False}])
        read = type(self.baker).read

        def asked(client, fields=None, load="_classic_read"):
            rows = read(client, fields, load)
            if "pull_state" in fields and "name" not in fields:
                rows[0].update(next(steps))
            return rows

        with patch.object(type(self.baker), "read", asked):
            self.walk("silverfin_client_pull", "clients", CLIENTS)
        self.assertFalse(list(steps))
        self.assertEqual(self.baker.reference, "B1")

    def test_overview(self):
        self.make_clients()
        self.deliver()
        self.walk("silverfin_overview", "clients", CLIENTS)

    def test_search(self):
        self.make_clients()
        self.walk("silverfin_client_search", "clients", CLIENTS)

    def test_import(self):
        self.silverfin_client(self.company, "B1", name="Baker")
        with self.assertLogs("odoo.http", "WARNING") as logs:  # Odoo's own uploader
            self.walk("silverfin_client_import", "clients", CLIENTS)
        self.assertIn("set_file", logs.output[0])
        client = self.clients([("reference", "=", "0404")])
        self.assertEqual((client.company_id, client.responsible_id), (self.company, self.person))

    def test_phone(self):
        self.make_clients()
        self.walk("silverfin_client_phone", "clients", CLIENTS, phone=True)
