# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

_FIELDS = ("bearer_header", "key_header", "curl")


class SilverfinApiKey(models.Model):
    """What whoever has the key writes into his program. The secret itself nobody can show again."""

    _inherit = "silverfin.api.key"

    bearer_header = fields.Char("Header", compute="_compute_credentials")
    key_header = fields.Char("Or this header", compute="_compute_credentials")
    curl = fields.Char("Try it", compute="_compute_credentials")

    @api.depends("prefix")
    def _compute_credentials(self):
        for key in self:
            key.update(self._credentials(f"{key.prefix}…", "$KEY"))

    @api.model
    def _credentials(self, header_key, call_key):
        """Return the values of the fields, written with what stands for the key."""
        call = (
            f'curl -H "Authorization: Bearer {call_key}"'
            f' -H "X-Odoo-Database: {self.env.cr.dbname}"'
            f' "{self.get_base_url()}/silverfin/v1/me"'
        )
        headers = (f"Authorization: Bearer {header_key}", f"X-Silverfin-API-Key: {header_key}")
        return dict(zip(_FIELDS, (*headers, call), strict=True))

    @api.model
    def _credentials_to_show(self, secret):
        """Return the same for who has just made a key, ready to use, with their labels."""
        labels = self.fields_get(_FIELDS, ["string"])
        return [
            {"name": name, "label": labels[name]["string"], "value": value}
            for name, value in self._credentials(secret, secret).items()
        ]
