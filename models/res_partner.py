# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class ResPartner(models.Model):
    """Contacts of service users: archived and without e-mail, so that nobody meets them.

    Odoo offers archived contacts in no list, mention or picker and notifies none of them, although
    their user is active.
    """

    _inherit = "res.partner"

    def write(self, vals):
        """Leave the name to the client."""
        users = self.env["res.users"]
        if "name" in vals and not users._silverfin_is_by_client():
            users._silverfin_service_users([("partner_id", "in", self.ids)])._silverfin_refuse()
        return super().write(vals)

    def action_unarchive(self):
        """Leave the contact archived where Odoo unarchives it because its user becomes active."""
        by_client = self.env["res.users"]._silverfin_is_by_client()
        return super(ResPartner, self.browse() if by_client else self).action_unarchive()

    @api.constrains("active", "email")
    def _check_silverfin_service_user(self):
        shown = self.filtered(lambda partner: partner.active or partner.email)
        users = self.env["res.users"]._silverfin_service_users([("partner_id", "in", shown.ids)])
        users._silverfin_refuse(self.env._("its contact stays archived and has no e-mail."))
