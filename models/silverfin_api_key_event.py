# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL, sql

_RECORD = """
    INSERT INTO silverfin_api_key_event
        (event, key_id, key_uuid, key_name, prefix, client_id, client_name, client_reference,
         company_id, owner_id, user_id, address, detail,
         create_uid, create_date, write_uid, write_date)
    SELECT %(event)s, k.id, k.uuid, k.name, k.prefix, c.id, c.name, c.reference,
        k.company_id, k.user_id, %(user)s, %(address)s, %(detail)s,
        %(user)s, %(now)s, %(user)s, %(now)s
    FROM silverfin_api_key k LEFT JOIN silverfin_client c ON c.id = k.client_id
    WHERE k.id = ANY(%(keys)s) ORDER BY k.id
"""


class SilverfinApiKeyEvent(models.Model):
    """What happened to a key: append-only, and it outlives the key."""

    _name = "silverfin.api.key.event"
    _description = "Silverfin API Key Event"
    _order = "id desc"
    _rec_name = "key_name"
    _allow_sudo_commands = False

    event = fields.Selection(
        [
            ("created", "Created"),
            ("renamed", "Renamed"),
            ("activated", "Activated"),
            ("deactivated", "Deactivated"),
            ("rotated", "Rotated"),
            ("networks", "Networks changed"),
            ("expiry", "Expiry changed"),
            ("used_after_rotation", "Used after rotation"),
            ("refused", "Refused"),
            ("deleted", "Deleted"),
        ],
        required=True,
        readonly=True,
    )
    key_id = fields.Many2one(
        "silverfin.api.key", "Existing key", readonly=True, ondelete="set null", index=True
    )
    key_uuid = fields.Char("Key ID", required=True, readonly=True, index=True)
    key_name = fields.Char("API key", required=True, readonly=True)
    prefix = fields.Char(readonly=True)
    client_id = fields.Many2one(
        "silverfin.client", "Existing client", readonly=True, ondelete="set null", index=True
    )
    client_name = fields.Char("Client", readonly=True)
    client_reference = fields.Char("Reference of the client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, ondelete="set null", index=True)
    owner_id = fields.Many2one("res.users", "Acts as", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", "By", readonly=True, ondelete="set null")
    address = fields.Char("From address", readonly=True)
    detail = fields.Char(
        readonly=True,
        help="What was refused: a method of a model, or why. For a change: from what to what.",
    )

    def _auto_init(self):
        cr = self.env.cr
        older = sql.table_exists(cr, self._table) and not sql.column_exists(
            cr, self._table, "client_id"
        )
        result = super()._auto_init()
        if older:
            self._fill_clients()
        return result

    def _fill_clients(self):
        """Find the clients of events that were noted without: all their keys act as one user."""
        self.env.cr.execute(
            """
            UPDATE silverfin_api_key_event e
            SET client_id = c.id, client_reference = c.reference
            FROM silverfin_client c WHERE c.user_id = e.owner_id
            """
        )

    @api.model
    def _record(self, keys, event, *, detail=None, address=None):
        """Append an event for each key, in the present transaction: one query, however many."""
        if address is None and request:
            address = request.httprequest.remote_addr
        self.env["silverfin.api.key"].flush_model()
        self.env["silverfin.client"].flush_model(["name", "reference"])
        values = {"event": event, "detail": detail, "address": address, "user": self.env.uid}
        self.env.cr.execute(SQL(_RECORD, keys=keys.ids, now=self.env.cr.now(), **values))
        keys.invalidate_recordset(["event_ids"])

    def write(self, vals):  # pylint: disable=method-required-super
        """Refused: history is history."""
        raise UserError(self.env._("The history of keys cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of keys cannot be deleted."))
