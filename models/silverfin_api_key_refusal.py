# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import suppress

import psycopg2.errors

from odoo import models
from odoo.tools import sql

# A refusal after a use is the first of a new row of them.
_REMEMBER = """
    INSERT INTO silverfin_api_key_refusal AS r (key_id, since, last_at, detail)
    SELECT id, at, at, %(detail)s
    FROM silverfin_api_key, (SELECT now() AT TIME ZONE 'UTC' AS at) moment
    WHERE id = ANY(%(keys)s)
    ON CONFLICT (key_id) DO UPDATE SET
        last_at = excluded.last_at, detail = excluded.detail,
        since = CASE WHEN r.last_at < (
            SELECT last_used_at FROM silverfin_api_key_usage u WHERE u.key_id = r.key_id
        ) THEN excluded.since ELSE r.since END
"""
_FILL = """
    INSERT INTO silverfin_api_key_refusal (key_id, since, last_at, detail)
    SELECT key_id, min(create_date), max(create_date), (array_agg(detail ORDER BY id DESC))[1]
    FROM silverfin_api_key_event WHERE event = 'refused' AND key_id IS NOT NULL
    GROUP BY key_id
"""


class SilverfinApiKey(models.Model):
    """Remembers when a key was refused last: its history notes a refusal once a day only."""

    _inherit = "silverfin.api.key"

    def _remember_refusal(self, detail):
        cr = self.env.cr
        with suppress(psycopg2.errors.SerializationFailure), cr.savepoint(flush=False):
            # Otherwise another worker noted a refusal of the same key, which does as well.
            cr.execute(_REMEMBER, {"keys": self.ids, "detail": detail}, log_exceptions=False)


class SilverfinApiKeyEvent(models.Model):
    """Prepares the table of last refusals, since the history is what it begins with."""

    _inherit = "silverfin.api.key.event"

    def init(self):
        """Create the table, which is written beside the ORM, and fill in what happened before."""
        result = super().init()
        if not sql.table_exists(self.env.cr, "silverfin_api_key_refusal"):
            self.env.cr.execute(
                """
                CREATE TABLE silverfin_api_key_refusal (
                    key_id integer PRIMARY KEY REFERENCES silverfin_api_key (id) ON DELETE CASCADE,
                    since timestamp NOT NULL,
                    last_at timestamp NOT NULL,
                    detail varchar
                )
                """
            )
            self.env.cr.execute(_FILL)
        return result
