# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tools import SQL


def used_at(client):
    """Return the SQL of when a client was used last, given its alias: *never used* has one meaning.

    It is the last delivery, found along an index, or a later use of one of its keys: deliveries are
    counted since a later version than keys, and outlive them.
    """
    return SQL(
        """
        greatest(
            (SELECT max(d.last_at) FROM silverfin_delivery d WHERE d.client_id = %(id)s
                AND d.day = (SELECT max(day) FROM silverfin_delivery WHERE client_id = %(id)s)),
            (SELECT max(u.last_used_at) FROM silverfin_api_key k
                JOIN silverfin_api_key_usage u ON u.key_id = k.id WHERE k.client_id = %(id)s)
        )
        """,
        id=SQL.identifier(client, "id"),
    )
