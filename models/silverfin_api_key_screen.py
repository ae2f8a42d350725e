# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SilverfinApiKey(models.Model):
    """What the screens tell of keys, beside the fields of their forms and lists."""

    _inherit = "silverfin.api.key"

    def _shown(self):
        """Return what a list of keys on screen needs."""
        self.ensure_one()
        status = dict(self._fields["status"]._description_selection(self.env))
        client = self.sudo().client_id
        return {
            "id": self.id,
            "uuid": self.uuid,
            "name": self.name,
            "prefix": self.prefix,
            "status": self.status,
            "status_name": status[self.status],
            "client": bool(client) and {"id": client.id, "name": client.name},
            "owner": self.sudo().user_id.name,
            "last_used_at": fields.Datetime.to_string(self.last_used_at),
        }

    def _used_since(self, time):
        return bool(self.last_used_at and self.last_used_at > time)

    def _notification(self, message):
        """Return the action that says how many keys it was about, and goes on.

        With ``silverfin_leave`` in the context the screen goes back to where it came from.
        """
        following = {"type": "ir.actions.act_window_close"}
        if self.env.context.get("silverfin_leave"):
            following = {"type": "ir.actions.client", "tag": "silverfin_leave"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("API keys"),
                "message": message,
                "type": "success",
                "next": following,
            },
        }
