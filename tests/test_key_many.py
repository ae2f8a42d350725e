# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The screens at 100,000 keys: they take as many queries as at ten."""

from functools import partial

from odoo.tests import tagged

from .common import SilverfinCase

BEFORE, TOTAL = 3_000, 100_000
FEW, MANY = 10, 10_000

# As keys look in life: a fifth has expired, every fourth is off, every third was used.
_FILL = """
    WITH made AS (
        INSERT INTO silverfin_api_key
            (name, client_id, user_id, company_id, active, uuid, prefix, scope, expires_at,
             digest, create_uid, create_date, write_uid, write_date)
        SELECT 'Key ' || n, %(client)s, %(user)s, %(company)s, n %% 4 > 0,
            gen_random_uuid()::text, 'sfs_' || lpad(n::text, 8, '0'),
            CASE n %% 2 WHEN 0 THEN 'sync' ELSE 'read' END,
            CASE n %% 5 WHEN 0 THEN now() - interval '1 day'
                        WHEN 1 THEN now() + interval '1 day' END,
            sha256(gen_random_uuid()::text::bytea), 1, now(), 1, now()
        FROM generate_series(1, %(total)s) n
        RETURNING id
    ), used AS (
        INSERT INTO silverfin_api_key_usage
        SELECT id, now() - id %% 200 * interval '1 day', '192.0.2.7', 'curl', 1, 1
        FROM made WHERE id %% 3 = 0
    )
    INSERT INTO silverfin_api_key_event
        (event, key_id, key_uuid, key_name, client_name, company_id, owner_id, create_date)
    SELECT 'created', id, 'x', 'x', 'x', %(company)s, %(user)s, now() FROM made WHERE id %% 10 = 0
"""

SHOWN = (
    "uuid",
    "name",
    "status",
    "client_id",
    "prefix",
    "scope",
    "expires_at",
    "last_used_at",
    "user_id",
)


@tagged("post_install", "-at_install")
class TestManyKeys(SilverfinCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.flush_all()
        cls.keys = cls.env["silverfin.api.key"].with_user(cls.manager)
        cls.keys = cls.keys.with_context(active_test=False)
        cls.fill(BEFORE)
        cls.before = cls.all_queries()
        cls.fill(TOTAL)
        cls.env.cr.execute("ANALYZE silverfin_api_key, silverfin_api_key_usage")

    @classmethod
    def fill(cls, total):
        values = {
            "client": cls.client.id,
            "user": cls.client.user_id.id,
            "company": cls.company.id,
            "total": total,
        }
        cls.env.cr.execute(_FILL, values)
        cls.env.invalidate_all()

    @classmethod
    def queries(cls, function):
        """Count the queries of a request, when the caches that outlive one are warm."""
        cls.env.flush_all()
        cls.env.invalidate_all()
        before = cls.env.cr.sql_log_count
        function()
        cls.env.flush_all()
        return cls.env.cr.sql_log_count - before

    @classmethod
    def show(cls, domain=(), order=None):
        specification = {name: {} for name in SHOWN}
        specification["client_id"] = {"fields": {"display_name": {}}}
        return cls.keys.web_search_read(
            list(domain), specification, limit=80, order=order, count_limit=10_001
        )

    @classmethod
    def group(cls, group):
        return cls.keys.formatted_read_group([], [group], ["__count"])

    @classmethod
    def screens(cls):
        """Return what the list does, by name."""
        show = cls.show
        groups = ("status", "client_id", "scope", "last_used_at:month")
        return {
            "list": show,
            **{f"by {field}": partial(show, order=field) for field in SHOWN},
            "search": lambda: show([("name", "ilike", "key 7")]),
            "status": lambda: show([("status", "=", "expired")]),
            "unused": lambda: show([("last_used_at", "=", False)]),
            "old": lambda: show([("last_used_at", "<", "now -90d")]),
            **{f"group by {group}": partial(cls.group, group) for group in groups},
        }

    @classmethod
    def all_queries(cls):
        cls.show()
        return {name: cls.queries(screen) for name, screen in cls.screens().items()}

    def some(self, number):
        return self.keys.search([("client_id", "=", self.client.id)], limit=number)

    def test_list_search_and_group(self):
        self.assertEqual(self.all_queries(), self.before)
        self.assertEqual(self.show()["length"], 10_001)

    def test_preview(self):
        few, many = self.some(FEW), self.some(MANY)
        for operation in ("delete", "activate", "deactivate"):
            few.batch_preview(operation)
            queries = [self.queries(partial(keys.batch_preview, operation)) for keys in (few, many)]
            with self.subTest(operation=operation):
                self.assertEqual(*queries)

    def test_delete(self):
        """Odoo deletes a thousand at a time, in four queries; all else is done for all at once."""
        warm, few, many = (self.some(number) for number in (1, 1 + FEW, 1 + FEW + MANY))
        few, many = few - warm, many - few
        queries = [self.queries(partial(self.delete, keys)) for keys in (warm, few, many)]
        self.assertFalse(many.exists())
        self.assertLessEqual(queries[2], queries[1] + 4 * (MANY // 1000 - 1))
        deleted = [("event", "=", "deleted"), ("company_id", "=", self.company.id)]
        self.assertEqual(
            self.env["silverfin.api.key.event"].search_count(deleted), len(warm + few + many)
        )

    def delete(self, keys):
        type(keys).action_delete.__wrapped__(keys)
