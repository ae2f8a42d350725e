# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request


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
    key_id = fields.Many2one("silverfin.api.key", readonly=True, ondelete="set null", index=True)
    key_uuid = fields.Char("Key ID", required=True, readonly=True, index=True)
    key_name = fields.Char(required=True, readonly=True)
    prefix = fields.Char(readonly=True)
    client_name = fields.Char("Client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, ondelete="set null", index=True)
    owner_id = fields.Many2one("res.users", "Acts as", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", "By", readonly=True, ondelete="set null")
    address = fields.Char("From address", readonly=True)
    detail = fields.Char(readonly=True, help="What was refused: a method of a model, or why.")

    @api.model
    def _record(self, keys, event, **more):
        """Append an event for each key, in the present transaction."""
        self.sudo().create(
            [
                {
                    "event": event,
                    "key_id": key.id,
                    "key_uuid": key.uuid,
                    "key_name": key.name,
                    "prefix": key.prefix,
                    "client_name": key.client_id.name,
                    "company_id": key.company_id.id,
                    "owner_id": key.user_id.id,
                    "user_id": self.env.uid,
                    "address": request.httprequest.remote_addr if request else False,
                    **more,
                }
                for key in keys.sudo()
            ]
        )

    def write(self, vals):  # pylint: disable=method-required-super
        """Refused: history is history."""
        raise UserError(self.env._("The history of keys cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of keys cannot be deleted."))
