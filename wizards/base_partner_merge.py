# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging moves users to another contact with SQL, which no constraint sees."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):  # noqa: FBT002
        """Refuse contacts of service users."""
        users = self.env["res.users"]._silverfin_service_users([("partner_id", "in", partner_ids)])
        users._silverfin_refuse(self.env._("its contact cannot be merged."))
        return super()._merge(partner_ids, dst_partner, extra_checks)
