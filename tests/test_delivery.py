# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models import silverfin_client_delivery
from ..tools.delivery import Delivery
from ..tools.feed.reader import Page
from ..tools.sync_point import FULL, SyncPoint
from .common import Books, SilverfinCase

HERE = "192.0.2.7"


class DeliveryCase(SilverfinCase):
    """Uses of keys, each in a transaction of its own: here that of the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key, _secret = cls.silverfin_key(cls.client)
        cls.other_key, _secret = cls.silverfin_key(cls.other_client)

    def deliver(self, key=None, *, way="feed", client=None, items=0, requests=1, **pull):
        key = key or self.key
        self.env.flush_all()
        delivery = Delivery(way, client and client.id, **pull)
        key._record_use(HERE, "Reader/1", items, requests, delivery=delivery)
        self.env.invalidate_all()

    def age(self, days, client=None):
        """Move what was delivered into the past."""
        self.env.cr.execute(
            "UPDATE silverfin_delivery SET day = (day - %(days)s * interval '1 day')::date,"
            " first_at = first_at - %(days)s * interval '1 day',"
            " last_at = last_at - %(days)s * interval '1 day' WHERE client_id = %(client)s",
            {"days": days, "client": (client or self.client).id},
        )
        self.env.cr.execute(
            "UPDATE silverfin_api_key_usage SET last_used_at = last_used_at - %s"
            " FROM silverfin_api_key WHERE key_id = id AND client_id = %s",
            [datetime.timedelta(days=days), (client or self.client).id],
        )
        self.env.invalidate_all()

    def deliveries(self, client=None):
        client = client or self.client
        return self.env["silverfin.delivery"].search([("client_id", "=", client.id)])


@tagged("post_install", "-at_install")
class TestDelivery(DeliveryCase):
    def test_one_row_a_day_key_and_way(self):
        self.deliver(items=500, client=self.client)
        self.deliver(items=20, requests=0, client=self.client)
        self.deliver(way="external", items=7)
        self.assertRecordValues(
            self.deliveries().sorted("way"),
            [
                {"way": "external", "items": 7, "requests": 1, "key_id": self.key.id},
                {"way": "feed", "items": 520, "requests": 1, "key_id": self.key.id},
            ],
        )
        self.assertEqual(self.deliveries().company_id, self.company)
        self.assertFalse(self.deliveries(self.other_client))

    def test_another_day_has_another_row(self):
        self.deliver(items=1)
        self.age(1)
        self.deliver(items=1)
        self.assertEqual(len(self.deliveries()), 2)

    def test_use_without_delivery(self):
        """Asking who the key is delivers nothing."""
        self.deliver(way=None)
        self.assertEqual(self.key.request_count, 1)
        self.assertFalse(self.deliveries())

    def test_personal_key(self):
        key, _secret = self.silverfin_key(user=self.accountant, scope="read")
        self.deliver(key, client=self.client, items=3)
        self.deliver(key, way="external", items=5)
        self.deliver(key, way="external", items=5)
        self.assertEqual(self.client.delivered_items, 3)
        unknown = self.env["silverfin.delivery"].search([("client_id", "=", False)])
        self.assertRecordValues(unknown, [{"items": 10, "company_id": self.company.id}])

    def test_survives_the_key(self):
        self.deliver(items=3)
        self.key.unlink()
        self.deliver(self.silverfin_key(self.client)[0], items=4)
        self.assertEqual(self.client.delivered_items, 7)

    def test_goes_with_the_client(self):
        self.deliver(items=3)
        self.client.unlink()
        self.assertFalse(self.deliveries())

    def test_follows_the_company(self):
        self.deliver(items=3)
        self.client.company_id = self.other_company
        self.assertEqual(self.deliveries().company_id, self.other_company)

    def test_key_deleted_meanwhile(self):
        key = self.key
        key.unlink()
        self.env.flush_all()
        key._record_use(HERE, "Reader/1", 3, delivery=Delivery("feed", self.client.id, full=True))
        self.assertFalse(self.deliveries())

    def test_what_the_client_says(self):
        self.assertFalse(self.client.delivered_at)
        self.deliver(items=100)
        self.age(3)
        self.deliver(items=10)
        self.deliver(way="external", items=5)
        now = fields.Datetime.now()
        client = self.client.with_user(self.user)
        self.assertEqual((client.feed_items, client.feed_requests), (110, 2))
        self.assertEqual((client.external_items, client.external_requests), (5, 1))
        self.assertEqual(client.delivered_items, 115)
        self.assertAlmostEqual(client.delivered_at, now, delta=datetime.timedelta(minutes=10))
        self.assertAlmostEqual(
            client.feed_first_at,
            now - datetime.timedelta(days=3),
            delta=datetime.timedelta(minutes=10),
        )
        self.assertEqual(client.external_first_at, client.external_last_at)

    def test_vacuum_keeps_two_years_and_the_newest(self):
        self.deliver(items=1)
        self.age(900)
        self.deliver(items=2)
        self.age(800)
        self.deliver(self.other_key, items=3)
        self.age(800, self.other_client)
        self.deliver(items=4)
        self.env["silverfin.delivery"]._gc_deliveries()
        self.env.invalidate_all()
        self.assertEqual(self.deliveries().mapped("items"), [4])
        self.assertEqual(self.deliveries(self.other_client).mapped("items"), [3])


@tagged("post_install", "-at_install")
class TestDeliveryRights(DeliveryCase):
    def setUp(self):
        super().setUp()
        self.deliver(items=3)
        self.deliver(self.other_key, items=4)

    def visible(self, user):
        deliveries = self.env["silverfin.delivery"].with_user(user)
        return set(deliveries.search([]).mapped("items"))

    def test_who_sees_what(self):
        personal, _secret = self.silverfin_key(user=self.accountant, scope="read")
        self.deliver(personal, way="external", items=5)
        self.assertEqual(self.visible(self.user), {3})
        self.assertEqual(self.visible(self.manager), {3, 5})
        self.client.responsible_id = self.manager
        self.assertEqual(self.visible(self.user), set())

    def test_others_see_nothing(self):
        for user in (self.internal, self.accountant, self.client.user_id):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.visible(user)

    def test_nobody_writes(self):
        delivery = self.deliveries()
        for user in (self.user, self.manager):
            mine = delivery.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    mine.write({"items": 0})
                with self.assertRaises(AccessError):
                    mine.unlink()
                with self.assertRaises(AccessError):
                    mine.copy()
                with self.assertRaises(AccessError):
                    self.client.with_user(user).write({"delivery_ids": [(5,)]})


@tagged("post_install", "-at_install")
class TestPull(DeliveryCase):
    """A first full pull, as its pages are noted and as the client shows it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        books = Books(cls.company)
        for number in range(5):
            books.post(f"2026-01-0{number + 1}", bank=10.0, income=-10.0)

    def page(self, items, **pull):
        self.deliver(items=items, full=True, **pull)

    def assert_pull(self, state, items=0, total=0):
        client = self.client.with_user(self.user)
        self.assertEqual(
            (client.pull_state, client.pull_items, client.pull_total), (state, items, total)
        )

    def test_progress(self):
        self.assert_pull(state=False)
        self.page(4, begins=True)
        self.assert_pull("running", 4, 10)
        self.page(4)
        self.assert_pull("running", 8, 10)
        self.page(2, ends=True)
        self.assert_pull(state=False)

    def test_in_one_page(self):
        self.page(10, begins=True, ends=True)
        self.assert_pull(state=False)

    def test_again(self):
        """A reader that begins anew is counted anew."""
        self.page(8, begins=True)
        self.page(6, begins=True)
        self.assert_pull("running", 6, 10)

    def test_changes_do_not_count(self):
        self.page(4, begins=True)
        self.deliver(items=3)
        self.assert_pull("running", 4, 10)

    def test_never_above_all(self):
        """What was asked again comes again."""
        self.page(8, begins=True)
        self.page(8)
        self.assert_pull("running", 16, 16)

    def test_paused(self):
        self.page(4, begins=True)
        self.env.cr.execute("UPDATE silverfin_pull SET last_at = last_at - interval '1 hour'")
        self.env.invalidate_all()
        self.assert_pull("paused", 4, 10)

    def test_start_date(self):
        self.client.start_date = "2026-01-04"
        self.page(2, begins=True)
        self.assert_pull("running", 2, 4)

    def test_another_reader_is_complete(self):
        self.page(4, begins=True)
        self.env.cr.execute("UPDATE silverfin_pull SET last_at = last_at - interval '1 hour'")
        self.deliver(
            self.silverfin_key(self.client)[0], items=10, full=True, begins=True, ends=True
        )
        self.assert_pull(state=False)

    def test_a_large_ledger_is_estimated(self):
        self.patch(silverfin_client_delivery, "MANY_ITEMS", 6)
        self.page(4, begins=True)
        self.assertGreaterEqual(self.client.pull_total, 6)

    def test_pages_say_what_they_are(self):
        def flags(asked, given):
            page = Page(SyncPoint("h", "d", "1:1:", **asked), SyncPoint("h", "d", "1:1:", **given))
            delivery = Delivery.of_page(self.client.id, page)
            return delivery.full, delivery.begins, delivery.ends

        start = {"phase": FULL}
        middle = {"phase": FULL, "company": 1, "entry": 7}
        self.assertEqual(flags(start, middle), (True, True, False))
        self.assertEqual(flags(middle, middle), (True, False, False))
        self.assertEqual(flags(middle, {}), (True, False, True))
        self.assertEqual(flags(start, {}), (True, True, True))
        self.assertFalse(flags({}, {})[0])
