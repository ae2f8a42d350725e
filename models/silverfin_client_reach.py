# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import api, fields, models

_TABLE = Markup("<table class='table table-sm'>%s</table>")
_ROW = Markup("<tr><td>%s</td><td><code>%s</code></td></tr>")


class SilverfinClient(models.Model):
    """What the client's keys of scope *read* reach on Odoo's external API."""

    _inherit = "silverfin.client"

    reach = fields.Html(
        "Models that read keys reach",
        compute="_compute_reach",
        compute_sudo=True,  # few may read the names of models
        sanitize=False,
        help="Keys of scope Read may read these, of the client's companies, and write nothing.",
    )

    @api.depends("allow_attachments")
    @api.depends_context("lang")
    def _compute_reach(self):
        keys = self.env["silverfin.api.key"]
        for client in self:
            names = keys._external_models(with_attachments=client.allow_attachments)
            found = self.env["ir.model"].search([("model", "in", list(names))], order="name")
            client.reach = _TABLE % Markup("").join(_ROW % (m.name, m.model) for m in found)
