# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

PAGE = 40
RECENT = {"week": datetime.timedelta(days=7), "month": datetime.timedelta(days=30)}
_CONCERNED = {
    "delete": [],
    "activate": [("active", "=", False)],
    "deactivate": [("active", "=", True)],
}


class SilverfinApiKey(models.Model):
    """What the page *Are you sure…?* tells before many keys are deleted or switched."""

    _inherit = "silverfin.api.key"

    def batch_preview(self, operation, offset=0):
        """Tell what an operation would do with the keys: some queries, however many keys.

        :param str operation: delete, activate or deactivate, as in :meth:`action_delete`
        :param int offset: where in the list of keys to begin
        :raises UserError: there is no such operation
        """
        if operation not in _CONCERNED:
            raise UserError(self.env._("There is no such operation on API keys: %s", operation))
        keys = self.with_context(active_test=False)
        visible, permitted = keys._permitted("read"), keys._permitted("write")
        concerned = keys._permitted("write", _CONCERNED[operation])
        refused = visible - permitted
        page = concerned[offset : offset + PAGE]
        return {
            "count": len(concerned),
            "already": len(permitted) - len(concerned),
            "missing": len(set(self._ids)) - len(visible),
            "refused_count": len(refused),
            "refused": [key._shown() for key in refused[:PAGE].with_prefetch()],
            "summary": concerned._batch_summary(),
            "keys": page.with_prefetch()._batch_lines(frozenset(concerned._ids)),
        }

    def _batch_summary(self):
        """Return what hangs on the keys, how many were used lately, and how many have expired."""
        now = fields.Datetime.now()
        query = SQL(
            """
            SELECT count(*) FILTER (WHERE u.last_used_at > %(week)s) AS week,
                count(*) FILTER (WHERE u.last_used_at > %(month)s) AS month,
                count(u.key_id) AS usages,
                count(*) FILTER (WHERE k.expires_at <= %(now)s) AS expired,
                (SELECT count(*) FROM silverfin_api_key
                 WHERE rotated_to_id IS NOT NULL
                 AND (id = ANY(%(keys)s) OR rotated_to_id = ANY(%(keys)s))) AS links,
                (SELECT count(*) FROM silverfin_api_key_event
                 WHERE key_id = ANY(%(keys)s)) AS events
            FROM silverfin_api_key k LEFT JOIN silverfin_api_key_usage u ON u.key_id = k.id
            WHERE k.id = ANY(%(keys)s)
            """,
            keys=self.ids,
            now=now,
            **{name: now - age for name, age in RECENT.items()},
        )
        self.flush_model(["rotated_to_id", "expires_at"])
        return self.env.execute_query_dict(query)[0]

    def _batch_lines(self, ids):
        """Return the keys as lines of the page, each with what hangs on it."""
        now = fields.Datetime.now()
        return [
            {
                **key._shown(),
                "expired": bool(key.expires_at and key.expires_at <= now),
                "recent": next((n for n, age in RECENT.items() if key._used_since(now - age)), ""),
                "replaced_by": key.rotated_to_id._batch_dependants(ids),
                "replaces": key.rotated_from_ids._batch_dependants(ids),
            }
            for key in self
        ]

    def _batch_dependants(self, ids):
        return [
            {"id": key.id, "name": key.name, "prefix": key.prefix, "goes": key.id in ids}
            for key in self
        ]
