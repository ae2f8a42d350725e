# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class SilverfinClient(models.Model):
    """What the screens of clients show beside their fields, and where their buttons lead."""

    _inherit = "silverfin.client"

    attention_ids = fields.One2many(
        "silverfin.attention", "client_id", "Needs attention", readonly=True
    )
    event_count = fields.Integer("History of keys", compute="_compute_event_count")
    open_to = fields.Char("Open to", compute="_compute_open_to")

    def _compute_event_count(self):
        counts = dict(
            self.env["silverfin.api.key.event"]._read_group(
                [("client_id", "in", self.ids)], ["client_id"], ["__count"]
            )
        )
        for client in self:
            client.event_count = counts.get(client, 0)

    @api.depends("active", "key_ids.status", "key_ids.scope")
    def _compute_open_to(self):
        for client in self:
            keys = client.key_ids.filtered(lambda key: key.status == "active")
            readers = len(keys.filtered(lambda key: key.scope == "read"))
            client.open_to = client._open_to(len(keys), readers)

    def _open_to(self, keys, readers):
        if not self.active:
            return self.env._("Nobody: the client is archived")
        if not keys:
            return self.env._("Nobody: there is no active key")
        return self.env._(
            "Feed: %(keys)s active keys. External API: %(readers)s of them.",
            keys=keys,
            readers=readers,
        )

    @api.model
    def get_import_templates(self):
        """Offer a file to begin an import with."""
        return [
            {
                "label": self.env._("Template for clients"),
                "template": "/account_silverfin/static/import/clients.csv",
            }
        ]

    # Buttons --------------------------------------------------------------------------------

    def action_open_deliveries(self):
        """Open what was delivered for the client."""
        action = self.env["ir.actions.actions"]._for_xml_id("account_silverfin.action_deliveries")
        return {**action, "domain": [("client_id", "=", self.id)], "context": {}}

    def action_open_events(self):
        """Open the history of the client's keys, deleted ones included."""
        action = self.env["ir.actions.actions"]._for_xml_id("account_silverfin.action_events")
        return {**action, "domain": [("client_id", "=", self.id)]}

    def action_open_items(self):
        """Open the posted journal items of the dossier's companies, with the user's own rights."""
        action = self.env["ir.actions.actions"]._for_xml_id("account.action_account_moves_all")
        domain = [
            ("company_id", "in", self._company_ids()),
            ("parent_state", "=", "posted"),
            ("account_id", "!=", False),
        ]
        if self.start_date:
            domain.append(("date", ">=", self.start_date))
        return {**action, "domain": domain, "context": {}}

    def action_ask_archive(self):
        """Ask before the clients' keys stop."""
        return self.env["silverfin.client.confirm"]._ask(self, "archive")

    def action_ask_unarchive(self):
        """Ask before the clients' keys work again."""
        return self.env["silverfin.client.confirm"]._ask(self, "unarchive")

    def action_ask_delete(self):
        """Ask before the clients go with their keys."""
        return self.env["silverfin.client.confirm"]._ask(self, "delete")
