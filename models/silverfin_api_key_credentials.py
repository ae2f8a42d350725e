# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class SilverfinApiKey(models.Model):
    """What whoever has the key writes into his program. The secret itself nobody can show again."""

    _inherit = "silverfin.api.key"

    bearer_header = fields.Char("Header", compute="_compute_credentials")
    key_header = fields.Char("Or this header", compute="_compute_credentials")
    curl = fields.Char("Try it", compute="_compute_credentials")

    @api.depends("prefix")
    def _compute_credentials(self):
        call = (
            'curl -H "Authorization: Bearer $KEY"'
            f' -H "X-Odoo-Database: {self.env.cr.dbname}"'
            f' "{self.get_base_url()}/silverfin/v1/me"'
        )
        for key in self:
            key.bearer_header = f"Authorization: Bearer {key.prefix}…"
            key.key_header = f"X-Silverfin-API-Key: {key.prefix}…"
            key.curl = call
