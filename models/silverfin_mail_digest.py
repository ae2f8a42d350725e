# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import api, models

from .silverfin_attention import FAILING
from .silverfin_mail import MAX_LINES


class SilverfinMail(models.Model):
    """The daily digest of failing clients. While none fails, there is none."""

    _inherit = "silverfin.mail"

    @api.model
    def _cron_digest(self):
        if not self._template("digest"):
            return
        found = defaultdict(list)
        for row in self.env["silverfin.attention"].search([("reason", "in", FAILING)]):
            for user in self._managers(row.responsible_id, row.company_id):
                found[user].append(row.id)
        today = self.env.cr.now().replace(hour=0, minute=0, second=0, microsecond=0)
        self._tell_each(
            "digest",
            {user: {0: today} for user in found},
            lambda user, _keys: self._queue_digest(user, found[user]),
        )

    @api.model
    def _queue_digest(self, user, ids):
        """Queue the digest of what still is so."""
        rows = self.env["silverfin.attention"].with_context(lang=user.lang)
        rows = rows.search([("id", "in", ids)])
        reasons = dict(rows._fields["reason"]._description_selection(rows.env))
        url = self._url(user, "clients")
        lines = [
            {
                "client": row.client_id.name,
                "reference": row.client_id.reference,
                "reason": reasons[row.reason],
                "since": self._when(user, row.since),
                "cause": row.cause,
                "advice": row.advice,
                "url": f"{url}/{row.client_id.id}",
            }
            for row in rows[:MAX_LINES]
        ]
        if lines:
            self._queue("digest", user, lines, len(rows))
