# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lists search, sort and group by status and last use, which are no columns of the key."""

import datetime

from lxml import etree

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from .common import SilverfinCase

DAY = datetime.timedelta(days=1)


class KeyListCase(SilverfinCase):
    def use(self, key, ago):
        """Note a use of a key as a reader does: beside the ORM."""
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO silverfin_api_key_usage VALUES (%s, %s, '192.0.2.7', 'curl', 1, 1)",
            [key.id, fields.Datetime.now() - ago],
        )
        key.invalidate_recordset()

    def found(self, domain, **options):
        keys = self.env["silverfin.api.key"].with_context(active_test=False)
        return keys.search([("client_id", "=", self.client.id), *domain], **options)


@tagged("post_install", "-at_install")
class TestLastUsed(KeyListCase):
    def setUp(self):
        super().setUp()
        self.never, _secret = self.silverfin_key(self.client, name="never")
        self.now, _secret = self.silverfin_key(self.client, name="now")
        self.old, _secret = self.silverfin_key(self.client, name="old")
        self.use(self.now, datetime.timedelta())
        self.use(self.old, 100 * DAY)

    def test_search(self):
        for domain, expected in (
            ([("last_used_at", "=", False)], self.never),
            ([("last_used_at", "!=", False)], self.now + self.old),
            ([("last_used_at", "<", "now -90d")], self.old),
            ([("last_used_at", ">", "now -90d")], self.now),
            (
                ["|", ("last_used_at", "=", False), ("last_used_at", "<", "now -90d")],
                self.never + self.old,
            ),
            (["!", ("last_used_at", "<", "now -90d")], self.never + self.now),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self.found(domain, order="id"), expected)

    def test_filtered(self):
        """In memory as in SQL."""
        keys = self.never + self.now + self.old
        self.assertEqual(keys.filtered_domain([("last_used_at", "=", False)]), self.never)

    def test_order(self):
        self.assertEqual(
            self.found([], order="last_used_at desc nulls last"), self.now + self.old + self.never
        )
        self.assertEqual(self.found([], order="last_used_at"), self.old + self.now + self.never)

    def test_group(self):
        groups = self.env["silverfin.api.key"]._read_group(
            [("client_id", "=", self.client.id)], ["last_used_at:year"], ["id:recordset"]
        )
        self.assertEqual(len(self.env["silverfin.api.key"].union(*(g[1] for g in groups))), 3)
        self.assertEqual(groups[-1], (False, self.never))

    def test_through_the_client(self):
        clients = self.env["silverfin.client"]
        self.assertEqual(clients.search([("key_ids.last_used_at", "<", "now -90d")]), self.client)

    def test_the_screen_may_sort_and_group(self):
        described = self.env["silverfin.api.key"].fields_get(
            ["status", "last_used_at"], ["searchable", "sortable", "groupable"]
        )
        for name, attributes in described.items():
            with self.subTest(name=name):
                self.assertEqual(set(attributes.values()), {True})

    def test_last_use_without_a_query_is_refused(self):
        """It needs a join, which is nowhere to be put."""
        with self.assertRaises(ValueError):
            self.env["silverfin.api.key"]._field_to_sql("silverfin_api_key", "last_used_at")


@tagged("post_install", "-at_install")
class TestStatusColumn(KeyListCase):
    def setUp(self):
        super().setUp()
        self.active, _secret = self.silverfin_key(self.client)
        self.inactive, _secret = self.silverfin_key(self.client)
        self.inactive.active = False
        end = fields.Datetime.now() + DAY
        self.ending, _secret = self.silverfin_key(self.client, expires_at=end)

    def groups(self):
        keys = self.env["silverfin.api.key"].with_context(active_test=False)
        domain = [("client_id", "=", self.client.id)]
        return dict(keys._read_group(domain, ["status"], ["id:recordset"]))

    def test_group(self):
        expected = {"active": self.active + self.ending, "inactive": self.inactive}
        self.assertEqual(self.groups(), expected)

    def test_group_follows_the_clock(self):
        with freeze_time(self.ending.expires_at):
            expected = {
                "active": self.active,
                "inactive": self.inactive,
                "expired": self.ending,
            }
            self.assertEqual(self.groups(), expected)

    def test_group_on_screen(self):
        """Each group opens with the domain that it comes with."""
        keys = self.env["silverfin.api.key"].with_context(active_test=False)
        domain = [("client_id", "=", self.client.id)]
        for group in keys.formatted_read_group(domain, ["status"], ["__count"]):
            with self.subTest(status=group["status"]):
                self.assertEqual(len(self.found(group["__extra_domain"])), group["__count"])

    def test_order(self):
        self.assertEqual(
            self.found([], order="status desc, id"), self.inactive + self.active + self.ending
        )

    def test_expiring(self):
        domain = [("status", "=", "active"), ("expires_at", "<", "now +14d")]
        self.assertEqual(self.found(domain), self.ending)


@tagged("post_install", "-at_install")
class TestFiltersOfTheScreen(KeyListCase):
    def test_every_filter_and_group_works(self):
        """Whatever the search view offers, the server understands."""
        self.silverfin_key(self.client)
        for model, view in (
            ("silverfin.api.key", "key_view_search"),
            ("silverfin.api.key.event", "event_view_search"),
        ):
            records = self.env[model]
            arch = self.env.ref(f"account_silverfin.{view}").arch
            for node in etree.fromstring(arch).iter("filter"):
                with self.subTest(model=model, filter=node.get("name")):
                    if domain := node.get("domain"):
                        records.search(safe_eval(domain, {"uid": self.env.uid}))
                    if context := node.get("context"):
                        group = safe_eval(context)["group_by"]
                        self.assertTrue(records.formatted_read_group([], [group], ["__count"]))

    def test_the_box_searches_every_column(self):
        """A date that is typed asks for a period: of a time of day nobody knows the seconds."""
        env = self.env
        columns = etree.fromstring(env.ref("account_silverfin.key_view_list").arch)
        box = etree.fromstring(env.ref("account_silverfin.key_view_search").arch)
        shown = {node.get("name") for node in columns.findall("field")} - {"expires_soon"}
        self.assertEqual(shown - {node.get("name") for node in box.findall("field")}, set())
        self.assertFalse(columns.xpath("field[@optional='hide']"))
        key, _secret = self.silverfin_key(self.client, expires_at=fields.Datetime.now() + DAY)
        self.use(key, DAY)
        for node in box.xpath("field[@operator]"):
            for days, found in ((-3, False), (3, True)):
                days = -days if node.get("operator") == ">=" else days
                moment = fields.Datetime.to_string(fields.Datetime.now() + days * DAY)
                domain = [(node.get("name"), node.get("operator"), moment)]
                with self.subTest(domain=domain):
                    self.assertEqual(key in self.found(domain), found)
        self.assertEqual(
            {node.get("date") for node in box.iter("filter")} - {None},
            {"expires_at", "last_used_at"},
        )

    def test_found_by_any_of_them(self):
        key, _secret = self.silverfin_key(self.client, name="Closing")
        keys = self.env["silverfin.api.key"]
        for text in ("closing", key.uuid[:8], key.prefix):
            with self.subTest(text=text):
                found = keys.name_search(text)
                self.assertIn(key.id, [id_ for id_, _name in found])
