# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.base.models.res_users import check_identity


class SilverfinApiKeyNew(models.TransientModel):
    """Asks for a new key's settings; the key exists only once the identity was checked."""

    _name = "silverfin.api.key.new"
    _description = "New Silverfin API Key"

    name = fields.Char(required=True)
    client_id = fields.Many2one("silverfin.client", help="Leave empty for a personal key.")
    scope = fields.Selection(
        lambda self: self.env["silverfin.api.key"]._fields["scope"].selection,
        required=True,
        default="sync",
        help="Silverfin's own connector needs the scope Read.",
    )
    expires_at = fields.Datetime("Expires")
    networks = fields.Char("Allowed networks")

    @check_identity
    def action_create(self):
        """Make the key and show its secret, once."""
        self.ensure_one()
        _key, secret = self.env["silverfin.api.key"]._generate(
            {
                "name": self.name,
                "client_id": self.client_id.id,
                "scope": self.scope,
                "expires_at": self.expires_at,
                "networks": self.networks,
            }
        )
        return self.env["silverfin.api.key.show"]._action(secret)


class SilverfinApiKeyShow(models.AbstractModel):
    """Shows a new secret: there is no table that it could be stored in."""

    _name = "silverfin.api.key.show"
    _description = "Show Silverfin API Key"

    # The web client asks for the id when it fetches the default of the secret.
    id = fields.Id()
    secret = fields.Char("API key", readonly=True)

    @api.model
    def _action(self, secret):
        """Return what shows a new secret; it passes through the browser's memory only."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "name": self.env._("API Key Ready"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_secret": secret},
        }
