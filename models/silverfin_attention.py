# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.last_use import used_at
from .silverfin_api_key import SOON

NEW_DAYS, UNUSED_DAYS, LONG_UNUSED_DAYS = 7, 30, 90
FAILING = ("failed", "refused")

# A row for each client and reason. A client is failing when the last that happened is a failure:
# the reader's last report, or a refusal since the client was used last. What was refused more than
# 30 days ago, and never since, is no failure any more but disuse.
_REASONS = SQL(
    """
    WITH moment AS (SELECT now() AT TIME ZONE 'UTC' AS now), client AS (
        SELECT c.*, %(used_at)s AS used_at FROM silverfin_client c WHERE c.active
    ), key AS (
        SELECT k.* FROM silverfin_api_key k
        WHERE k.client_id IS NOT NULL AND k.active AND k.rotated_to_id IS NULL
    ), reason AS (
        SELECT 1 AS number, 'failed' AS reason, id AS client_id,
            coalesce(reader_failing_since, reader_reported_at) AS since,
            reader_code AS code, reader_message AS message, 0 AS key_count
        FROM client WHERE reader_result = 'failed'
    UNION ALL
        SELECT 2, 'refused', c.id, greatest(min(r.since), c.used_at),
            (array_agg(r.detail ORDER BY r.last_at DESC))[1], NULL, count(*)
        FROM client c CROSS JOIN moment m
        JOIN silverfin_api_key k ON k.client_id = c.id AND k.rotated_to_id IS NULL
        JOIN silverfin_api_key_refusal r ON r.key_id = k.id
            AND r.last_at > greatest(c.used_at, m.now - %(unused)s * interval '1 day')
        GROUP BY c.id, c.used_at
    UNION ALL
        SELECT 3, 'expired', client_id, min(expires_at), NULL, NULL, count(*)
        FROM key, moment m WHERE expires_at <= m.now GROUP BY client_id
    UNION ALL
        SELECT 4, 'expiring', client_id, min(expires_at), NULL, NULL, count(*)
        FROM key, moment m
        WHERE expires_at > m.now AND expires_at <= m.now + %(expiring)s * interval '1 day'
        GROUP BY client_id
    UNION ALL
        SELECT 5, 'never_used', id, create_date, NULL, NULL,
            (SELECT count(*) FROM silverfin_api_key k WHERE k.client_id = client.id)
        FROM client, moment m
        WHERE used_at IS NULL AND create_date < m.now - %(new)s * interval '1 day'
    UNION ALL
        SELECT 6, 'unused_90', id, used_at, NULL, NULL, 0
        FROM client, moment m
        WHERE used_at < m.now - %(long_unused)s * interval '1 day'
    UNION ALL
        SELECT 7, 'unused_30', id, used_at, NULL, NULL, 0
        FROM client, moment m
        WHERE used_at < m.now - %(unused)s * interval '1 day'
            AND used_at >= m.now - %(long_unused)s * interval '1 day'
    )
    SELECT r.client_id * 8 + r.number AS id, r.*, c.company_id, c.responsible_id
    FROM reason r JOIN client c ON c.id = r.client_id
    """,
    used_at=used_at("c"),
    new=NEW_DAYS,
    expiring=SOON.days,
    unused=UNUSED_DAYS,
    long_unused=LONG_UNUSED_DAYS,
)


class SilverfinAttention(models.Model):
    """Why a client needs attention, since when, and who can do something about it."""

    _name = "silverfin.attention"
    _description = "Silverfin Client that Needs Attention"
    _order = "number, since, id"
    _rec_name = "client_id"
    _auto = False
    _log_access = False
    _table_query = _REASONS
    _depends = {
        "silverfin.client": [
            "active",
            "company_id",
            "create_date",
            "reader_code",
            "reader_failing_since",
            "reader_message",
            "reader_reported_at",
            "reader_result",
            "responsible_id",
        ],
        "silverfin.api.key": ["active", "client_id", "expires_at", "rotated_to_id"],
        "silverfin.delivery": ["client_id", "day", "last_at"],
    }

    client_id = fields.Many2one("silverfin.client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    responsible_id = fields.Many2one("res.users", readonly=True)
    number = fields.Integer("Urgency", readonly=True)
    reason = fields.Selection(
        [
            ("failed", "Failed at the reader"),
            ("refused", "Refused by Odoo"),
            ("expired", "Key expired"),
            ("expiring", "Key expires soon"),
            ("never_used", "Never used"),
            ("unused_90", "Unused for 90 days"),
            ("unused_30", "Unused for 30 days"),
        ],
        readonly=True,
    )
    since = fields.Datetime("Since / on", readonly=True)
    code = fields.Char(readonly=True)
    message = fields.Char(readonly=True)
    key_count = fields.Integer("Keys", readonly=True)
    cause = fields.Text(compute="_compute_words")
    advice = fields.Text("Who acts", compute="_compute_words")

    @api.depends("reason", "code", "message", "key_count")
    @api.depends_context("lang")
    def _compute_words(self):
        for row in self:
            row.cause, row.advice = row._words()

    def _words(self):
        """Return cause and advice in plain words."""
        if self.reason == "failed":
            return self._failure_words()
        if self.reason == "refused":
            return self._refusal_words()
        if self.reason == "never_used" and not self.key_count:
            return (
                self.env._("It has no API key."),
                self.env._("You: make a key, or archive the client."),
            )
        return {
            "expired": (
                self.env._("Expired and not replaced: %s.", self._keys()),
                self.env._("You: make a new key and delete the old one."),
            ),
            "expiring": (
                self.env._("About to expire: %s.", self._keys()),
                self.env._(
                    "You: prolong the key, or make a new one and give that to the software."
                ),
            ),
            "never_used": (
                self.env._("It has not been read yet."),
                self.env._("You: paste the key into the software, or archive the client."),
            ),
            "unused_30": (
                self.env._("It has not been read since."),
                self.env._("Whoever runs the closing software: see whether it still asks."),
            ),
            "unused_90": (
                self.env._("It has not been read since."),
                self.env._("You: archive the client if nobody needs it any more."),
            ),
        }[self.reason]

    def _keys(self):
        if self.key_count == 1:
            return self.env._("1 key")
        return self.env._("%s keys", self.key_count)

    def _failure_words(self):
        report = ": ".join(filter(None, (self.code, self.message)))
        return (
            report or self.env._("The reader reported a failure without saying why."),
            self.env._("Whoever runs the closing software: look there for the cause."),
        )

    def _refusal_words(self):
        known = {
            "key_expired": (
                self.env._("The key has expired."),
                self.env._("You: make a new key and give it to the software."),
            ),
            "key_inactive": (
                self.env._("The key is switched off."),
                self.env._("You: activate it, or take it out of the software."),
            ),
            "client_archived": (
                self.env._("The client was archived when its key was used."),
                self.env._("Whoever runs the closing software: try again."),
            ),
            "network_refused": (
                self.env._("The key was used from an address that it does not allow."),
                self.env._("You: add the address to the key's allowed networks if you know it."),
            ),
            "insufficient_scope": (
                self.env._("A key of scope Sync was used on Odoo's external API."),
                self.env._("You: make a key of scope Read and give it to the software."),
            ),
        }
        return known.get(self.code) or (
            self.env._("The software asked for what keys do not open: %s.", self.code),
            self.env._("Whoever runs the closing software: it must do without."),
        )

    def action_open_client(self):
        """Open the client's form."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "silverfin.client",
            "res_id": self.client_id.id,
            "views": [(False, "form")],
        }
