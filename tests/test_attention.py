# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_delivery import DeliveryCase

DAY = datetime.timedelta(days=1)


class AttentionCase(DeliveryCase):
    def rows(self, client=None, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["silverfin.attention"].with_user(user or self.manager)
        return rows.search([("client_id", "=", (client or self.client).id)])

    def reasons(self, **options):
        return self.rows(**options).mapped("reason")

    def refuse(self, code="key_expired", days=0, key=None):
        """Refuse something to a key, some days ago."""
        key = key or self.key
        key._note_refusal(code, "192.0.2.7")
        ago = {"days": datetime.timedelta(days=days), "key": key.id}
        self.env.cr.execute(
            "UPDATE silverfin_api_key_event SET create_date = create_date - %(days)s"
            " WHERE event = 'refused' AND key_id = %(key)s",
            ago,
        )
        self.env.cr.execute(
            "UPDATE silverfin_api_key_refusal SET since = since - %(days)s,"
            " last_at = last_at - %(days)s WHERE key_id = %(key)s",
            ago,
        )

    def grow_old(self, days):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE silverfin_client SET create_date = create_date - %s * interval '1 day'", [days]
        )


@tagged("post_install", "-at_install")
class TestAttention(AttentionCase):
    def test_all_is_well(self):
        self.deliver(items=3)
        self.client._report_status(None, "ok", None, None)
        self.grow_old(100)
        self.assertFalse(self.rows())

    def test_failing_since_the_first_failure(self):
        self.client._report_status(None, "failed", "E1", "No such account")
        self.client.reader_failing_since -= 2 * DAY
        since = self.client.reader_failing_since
        self.client._report_status(None, "failed", "E2", "Still none")
        row = self.rows()
        self.assertRecordValues(row, [{"reason": "failed", "since": since}])
        self.assertEqual(row.cause, "E2: Still none")
        self.assertIn("closing software", row.advice)
        self.client._report_status(None, "ok", None, None)
        self.assertFalse(self.rows())
        self.assertTrue(self.client.reader_ok_at)
        self.assertFalse(self.client.reader_failing_since)

    def test_failure_without_a_word(self):
        self.client._report_status(None, "failed", None, None)
        self.assertIn("without saying why", self.rows().cause)

    def test_refused(self):
        self.refuse("network_refused")
        row = self.rows()
        self.assertEqual(row.reason, "refused")
        self.assertIn("address", row.cause)
        self.assertIn("You", row.advice)

    def test_every_refusal_of_a_genuine_key_has_words(self):
        codes = ("key_expired", "key_inactive", "client_archived", "network_refused")
        for code in (*codes, "insufficient_scope"):
            row = self.env["silverfin.attention"].new({"reason": "refused", "code": code})
            self.assertNotIn(code, row.cause)

    def test_refused_call(self):
        self.refuse("res.users.search_read")
        self.assertIn("res.users.search_read", self.rows().cause)

    def test_success_ends_a_refusal(self):
        self.refuse(days=1)
        self.assertEqual(self.reasons(), ["refused"])
        self.deliver(items=1)
        self.assertFalse(self.rows())

    def test_refused_again_after_a_success(self):
        """What happened last counts, also where the history named that refusal today already."""
        self.refuse(days=0.5)
        self.deliver(items=1)
        self.age(0.25)
        self.assertFalse(self.rows())
        self.refuse()
        row = self.rows()
        self.assertEqual(row.reason, "refused")
        self.assertGreater(row.since, self.client.used_at)
        events = [("event", "=", "refused"), ("key_id", "=", self.key.id)]
        self.assertEqual(self.env["silverfin.api.key.event"].search_count(events), 1)

    def test_any_success_after_a_refusal(self):
        """By another key of the client too: its reader has got one that works."""
        other, _secret = self.silverfin_key(self.client)
        self.refuse(days=0.5)
        self.deliver(other, items=1)
        self.assertFalse(self.rows())
        self.age(1)
        self.assertEqual(self.reasons(), ["refused"])

    def test_since_the_first_refusal_after_the_last_use(self):
        self.refuse(days=20)
        self.key._record_use("192.0.2.7", "curl")
        self.age(10)
        self.refuse()
        self.assertAlmostEqual(
            self.rows().since, fields.Datetime.now(), delta=datetime.timedelta(hours=1)
        )

    def test_a_replaced_key_is_not_its_clients_failure(self):
        """Where the new one works; that somebody still has the old one is a mail of its own."""
        self.key._rotate(datetime.timedelta())
        self.refuse()
        self.assertNotIn("refused", self.reasons())

    def test_last_of_several_refusals(self):
        self.refuse("key_expired", days=2)
        self.refuse("network_refused")
        self.assertRecordValues(self.rows(), [{"code": "network_refused", "key_count": 1}])

    def test_refusals_of_an_older_version(self):
        """Of them there is only the history."""
        self.refuse(days=3)
        self.env.cr.execute("DROP TABLE silverfin_api_key_refusal")
        self.env["silverfin.api.key.event"].init()
        event = self.env["silverfin.api.key.event"].search([("event", "=", "refused")], limit=1)
        self.assertRecordValues(
            self.rows(), [{"reason": "refused", "code": "key_expired", "since": event.create_date}]
        )

    def test_an_old_refusal_is_disuse(self):
        self.refuse(days=31)
        self.assertFalse(self.rows())

    def test_keys_that_expire(self):
        now = fields.Datetime.now()
        self.deliver()
        self.key.expires_at = now + 15 * DAY
        self.assertFalse(self.rows())
        self.key.expires_at = now + 13 * DAY
        self.assertRecordValues(
            self.rows(), [{"reason": "expiring", "since": self.key.expires_at, "key_count": 1}]
        )
        self.key.expires_at = now - DAY
        self.assertEqual(self.reasons(), ["expired"])
        self.key.active = False
        self.assertFalse(self.rows())

    def test_a_rotated_key_may_expire(self):
        self.deliver()
        self.key._rotate(DAY)
        self.assertFalse(self.rows())

    def test_never_used(self):
        self.assertFalse(self.rows())
        self.grow_old(8)
        self.assertEqual(self.reasons(), ["never_used"])
        self.assertIn("not been read yet", self.rows().cause)
        self.key.unlink()
        self.assertIn("no API key", self.rows().cause)

    def test_used_before_deliveries_were_counted(self):
        self.deliver(way=None)
        self.grow_old(8)
        self.assertFalse(self.rows())
        self.age(40)
        self.assertEqual(self.reasons(), ["unused_30"])

    def test_never_used_is_the_same_for_the_list_of_clients(self):
        self.grow_old(8)
        never = [("used_at", "=", False), ("id", "=", self.client.id)]
        for used in (False, True):
            found = self.client.search(never)
            self.assertEqual("never_used" in self.reasons(), bool(found))
            self.assertEqual(bool(found), not used)
            self.deliver(way=None)

    def test_unused(self):
        self.deliver()
        self.age(29)
        self.assertFalse(self.rows())
        self.age(2)
        self.assertEqual(self.reasons(), ["unused_30"])
        self.age(60)
        self.assertEqual(self.reasons(), ["unused_90"])

    def test_archived_clients_need_nothing(self):
        self.grow_old(8)
        self.client.active = False
        self.assertFalse(self.rows())

    def test_most_urgent_first(self):
        self.grow_old(8)
        self.client._report_status(None, "failed", None, None)
        self.assertEqual(self.reasons(), ["failed", "never_used"])

    def test_opens_the_client(self):
        self.grow_old(8)
        self.assertEqual(self.rows().action_open_client()["res_id"], self.client.id)

    def test_clients_are_found_by_their_reason(self):
        self.grow_old(8)
        clients = self.env["silverfin.client"].with_user(self.manager)
        self.assertEqual(clients.search([("attention_ids.reason", "=", "never_used")]), self.client)
        self.assertEqual(clients.search([("attention_ids", "!=", False)]), self.client)
        self.assertFalse(clients.search([("attention_ids.reason", "=", "failed")]))


@tagged("post_install", "-at_install")
class TestAttentionRights(AttentionCase):
    def setUp(self):
        super().setUp()
        self.grow_old(8)

    def test_who_sees_what(self):
        self.assertTrue(self.rows(user=self.user))
        self.assertFalse(self.rows(client=self.other_client))
        self.client.responsible_id = self.manager
        self.assertFalse(self.rows(user=self.user))
        self.assertTrue(self.rows(user=self.manager))

    def test_others_see_nothing(self):
        for user in (self.internal, self.accountant, self.client.user_id):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.rows(user=user)


@tagged("post_install", "-at_install")
class TestMany(AttentionCase):
    """600 clients, with as few queries as one."""

    def count_queries(self, action):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        action()
        return self.cr.sql_log_count - before

    def show(self):
        rows = self.env["silverfin.attention"].with_user(self.manager)
        names = ("client_id", "reason", "since", "cause", "advice", "responsible_id")
        rows.web_search_read([], {name: {} for name in names}, limit=5000)
        rows.formatted_read_group([], ["reason"], ["__count"])
        clients = self.env["silverfin.client"].with_user(self.manager)
        names = (
            "name",
            "key_count",
            "delivered_at",
            "delivered_items",
            "event_count",
            "open_to",
            "used_at",
        )
        clients.web_search_read([], {name: {} for name in names}, limit=5000)
        clients.search([("attention_ids", "!=", False)])

    def make(self, first, last):
        """Make clients with a key, a delivery and a refusal each, as fast as SQL does."""
        self.env.cr.execute(
            """
            WITH client AS (
                INSERT INTO silverfin_client
                    (name, reference, uuid, login, company_id, active, create_date)
                SELECT 'C' || n, 'C' || n, 'C' || n, 'c' || n || '@example.com', %(company)s, true,
                    now() - interval '100 days'
                FROM generate_series(%(first)s, %(last)s) n RETURNING id
            ), key AS (
                INSERT INTO silverfin_api_key
                    (name, uuid, client_id, user_id, company_id, scope, active, expires_at)
                SELECT 'K', 'K' || id, id, %(user)s, %(company)s, 'sync', true,
                    now() + interval '3 days'
                FROM client RETURNING id, client_id
            ), event AS (
                INSERT INTO silverfin_api_key_event
                    (event, key_id, key_uuid, key_name, owner_id, detail, create_date)
                SELECT 'refused', id, 'K', 'K', %(user)s, 'key_expired', now() FROM key
            ), refusal AS (
                INSERT INTO silverfin_api_key_refusal
                SELECT id, now(), now(), 'key_expired' FROM key
            )
            INSERT INTO silverfin_delivery
                (client_id, key_id, company_id, way, day, first_at, last_at, requests, items)
            SELECT client_id, id, %(company)s, 'feed', d::date, d, d, 1, 10
            FROM key, generate_series(now() - interval '45 days', now() - interval '40 days',
                                      interval '1 day') d
            """,
            {
                "first": first,
                "last": last,
                "company": self.company.id,
                "user": self.client.user_id.id,
            },
        )

    def test_constant_number_of_queries(self):
        self.make(1, 1)
        self.show()
        few = self.count_queries(self.show)
        self.make(2, 600)
        self.assertEqual(self.count_queries(self.show), few)
        rows = self.env["silverfin.attention"].with_user(self.manager)
        self.assertEqual(rows.search_count([]), 3 * 600)
