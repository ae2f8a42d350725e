# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain

from ..tools import external_call


class IrAttachment(models.Model):
    """Attachments as a key of scope *read* asks for them."""

    _inherit = "ir.attachment"

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Say which model's: or Odoo follows the domain as superuser, and filters afterwards."""
        if external_call.of_cursor(self.env.cr) and not self.env.su:
            domain = Domain(domain) & Domain("res_model", "=", "account.move")
        return super()._search(domain, *args, **kwargs)

    def _compute_datas(self):
        """Compute, for keys of scope *read*, from a field of bytes that they do not read."""
        records = self.sudo() if external_call.of_cursor(self.env.cr) else self
        return super(IrAttachment, records)._compute_datas()
