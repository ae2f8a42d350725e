# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.base.models.res_users import check_identity

from ..models.silverfin_api_key_batch import RECENT

_SHOWN = 100  # clients and keys listed; above that their number says enough


class SilverfinClientConfirm(models.TransientModel):
    """Says what archiving, unarchiving or deleting clients does to their keys, and does it."""

    _name = "silverfin.client.confirm"
    _description = "Confirm a Change of Silverfin Clients"

    client_ids = fields.Many2many("silverfin.client", context={"active_test": False})
    operation = fields.Selection(
        [("archive", "Archive"), ("unarchive", "Unarchive"), ("delete", "Delete")], required=True
    )
    summary = fields.Html(compute="_compute_summary", sanitize=False)

    @api.model
    def _ask(self, clients, operation):
        """Return the action that asks, after a check that the user may do it."""
        clients.check_access("unlink" if operation == "delete" else "write")
        wizard = self.create({"client_ids": clients.ids, "operation": operation})
        titles = {
            "archive": self.env._("Archive Clients"),
            "unarchive": self.env._("Unarchive Clients"),
            "delete": self.env._("Delete Clients"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[operation],
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.depends("client_ids", "operation")
    def _compute_summary(self):
        for wizard in self:
            wizard.summary = self.env["ir.qweb"]._render(
                f"account_silverfin.client_confirm_{wizard.operation}", wizard._facts()
            )

    def _facts(self):
        """Return what the templates show of clients that the user may see."""
        self.client_ids.check_access("read")
        clients = self.client_ids.sudo()
        keys = self.env["silverfin.api.key"].sudo().with_context(active_test=False)
        month_ago = fields.Datetime.now() - RECENT["month"]
        owned = keys.search([("client_id", "in", clients.ids)], order="client_id, id")
        active = owned.filtered(lambda key: key.status == "active")
        return {
            "clients": clients,
            "keys": owned,
            "active_keys": active,
            "shown": clients[:_SHOWN],
            "shown_keys": owned[:_SHOWN].grouped("client_id"),
            "more": max(len(clients) - _SHOWN, 0) + max(len(owned) - _SHOWN, 0),
            "recent": active.filtered(lambda key: key._used_since(month_ago)),
            "delivery_count": self.env["silverfin.delivery"]
            .sudo()
            .search_count([("client_id", "in", clients.ids)]),
        }

    def action_archive(self):
        """Archive the clients: their keys stop at once."""
        self.client_ids.action_archive()
        return {"type": "ir.actions.act_window_close"}

    def action_unarchive(self):
        """Unarchive the clients: their keys work again."""
        self.client_ids.action_unarchive()
        return {"type": "ir.actions.act_window_close"}

    @check_identity
    def action_delete(self):
        """Delete the clients with their keys, after the password was asked."""
        self.client_ids.check_access("unlink")
        self.client_ids.sudo().unlink()
        return {"type": "ir.actions.act_window_close", "infos": {"deleted": True}}
