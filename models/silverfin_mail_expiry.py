# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL

from .silverfin_mail import MAX_LINES

_DAYS = [14, 3]

# The keys about to expire, each with the last of the days on which its readers should be told. A
# key that was made for less is no news on its first day, and a replaced one is meant to end.
_EXPIRING = """
    SELECT k.id, max(k.expires_at - n * interval '1 day')
    FROM silverfin_api_key k
    LEFT JOIN silverfin_client c ON c.id = k.client_id
    CROSS JOIN unnest(%(days)s) n
    CROSS JOIN (SELECT now() AT TIME ZONE 'UTC' AS now) moment
    WHERE k.active AND coalesce(c.active, true) AND k.rotated_to_id IS NULL
        AND k.expires_at > now AND k.expires_at - n * interval '1 day' <= now
        AND k.create_date < k.expires_at - (n + 1) * interval '1 day'
    GROUP BY k.id
"""


class SilverfinMail(models.Model):
    """Mails about keys that are about to expire, 14 and 3 days before."""

    _inherit = "silverfin.mail"

    @api.model
    def _cron_expiry(self):
        if not self._template("expiry"):
            return
        self.env["silverfin.api.key"].flush_model()
        self.env["silverfin.client"].flush_model(["active"])
        due = dict(self.env.execute_query(SQL(_EXPIRING, days=_DAYS)))
        self._tell_each("expiry", self._news(due), self._queue_expiry)

    @api.model
    def _queue_expiry(self, user, keys):
        first = keys.sorted("expires_at")[:MAX_LINES]
        self._queue("expiry", user, first._mail_lines(user), len(keys))
