# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import api, models
from odoo.tools import SQL

from .silverfin_mail import MAX_LINES

_DAY = datetime.timedelta(days=1)

# What came after a key was replaced, lately: uses while it still works, and refusals. A cron that
# did not run for a day finds it all the same.
_USES = """
    SELECT e.key_id, e.address, max(e.create_date) AS at
    FROM silverfin_api_key k
    JOIN silverfin_api_key_event r ON r.key_id = k.id AND r.event = 'rotated'
    JOIN silverfin_api_key_event e ON e.key_id = k.id AND e.id > r.id
        AND e.event IN ('used_after_rotation', 'refused')
        AND e.create_date > now() AT TIME ZONE 'UTC' - interval '2 days'
    LEFT JOIN silverfin_client c ON c.id = k.client_id
    WHERE k.rotated_to_id IS NOT NULL AND coalesce(c.active, true)
        AND (%(keys)s IS NULL OR k.id = ANY(%(keys)s))
    GROUP BY e.key_id, e.address ORDER BY at DESC
"""


class SilverfinMail(models.Model):
    """Mails about keys that were replaced and are used all the same: of a key, one a day."""

    _inherit = "silverfin.mail"

    @api.model
    def _cron_reuse(self):
        if not self._template("reuse"):
            return
        last = {}
        for use in self._reuses():
            last.setdefault(use["key_id"], use["at"])
        self._tell_each("reuse", self._news(last), self._queue_reuse, gap=_DAY)

    @api.model
    def _reuses(self, keys=None):
        """Return key, address and time of the last use: of these keys, or of all, newest first."""
        self.env["silverfin.api.key"].flush_model()
        self.env["silverfin.client"].flush_model(["active"])
        return self.env.execute_query_dict(SQL(_USES, keys=None if keys is None else keys.ids))

    @api.model
    def _queue_reuse(self, user, keys):
        uses = self._reuses(keys)
        first = uses[:MAX_LINES]
        keys = keys.browse(use["key_id"] for use in first)
        lines = [
            {
                **line,
                "at": self._when(user, use["at"]),
                "address": use["address"],
                "works": key.status == "active",
            }
            for line, use, key in zip(keys._mail_lines(user), first, keys, strict=True)
        ]
        self._queue("reuse", user, lines, len(uses))
