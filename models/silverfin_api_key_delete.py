# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import fields, models
from odoo.tools import SQL

PAGE = 40
RECENT = {"week": datetime.timedelta(days=7), "month": datetime.timedelta(days=30)}


class SilverfinApiKey(models.Model):
    """What the page *Are you sure…?* tells before keys are deleted."""

    _inherit = "silverfin.api.key"

    def delete_preview(self, offset=0):
        """Tell what :meth:`action_delete` would do with the keys: some queries, however many keys.

        :param int offset: where in the list of keys to begin
        """
        keys = self.with_context(active_test=False)
        visible, permitted = keys._permitted("read"), keys._permitted("write")
        refused = visible - permitted
        page = permitted[offset : offset + PAGE]
        return {
            "count": len(permitted),
            "missing": len(set(self._ids)) - len(visible),
            "refused_count": len(refused),
            "refused": [key._shown() for key in refused[:PAGE].with_prefetch()],
            "summary": permitted._delete_summary(),
            "keys": page.with_prefetch()._delete_lines(frozenset(permitted._ids)),
        }

    def _delete_summary(self):
        """Return what else goes, what stays, and how many keys were used lately."""
        now = fields.Datetime.now()
        query = SQL(
            """
            SELECT count(*) FILTER (WHERE u.last_used_at > %(week)s) AS week,
                count(*) FILTER (WHERE u.last_used_at > %(month)s) AS month,
                count(u.key_id) AS usages,
                (SELECT count(*) FROM silverfin_api_key
                 WHERE rotated_to_id IS NOT NULL
                 AND (id = ANY(%(keys)s) OR rotated_to_id = ANY(%(keys)s))) AS links,
                (SELECT count(*) FROM silverfin_api_key_event
                 WHERE key_id = ANY(%(keys)s)) AS events
            FROM silverfin_api_key_usage u WHERE key_id = ANY(%(keys)s)
            """,
            keys=self.ids,
            **{name: now - age for name, age in RECENT.items()},
        )
        self.flush_model(["rotated_to_id"])
        return self.env.execute_query_dict(query)[0]

    def _delete_lines(self, ids):
        """Return the keys as lines of the page, each with what hangs on it."""
        now = fields.Datetime.now()
        return [
            {
                **key._shown(),
                "recent": next((n for n, age in RECENT.items() if key._used_since(now - age)), ""),
                "replaced_by": key.rotated_to_id._delete_dependants(ids),
                "replaces": key.rotated_from_ids._delete_dependants(ids),
            }
            for key in self
        ]

    def _used_since(self, time):
        return bool(self.last_used_at and self.last_used_at > time)

    def _delete_dependants(self, ids):
        return [
            {"id": key.id, "name": key.name, "prefix": key.prefix, "goes": key.id in ids}
            for key in self
        ]
