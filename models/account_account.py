# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class AccountAccount(models.Model):
    """Accounts as service users see them."""

    _inherit = "account.account"

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Put the number before the name, as accountants see it; other users see the name only."""
        result = super()._compute_display_name()
        formatted = self.env.context.get("formatted_display_name")
        if not formatted and self.env.user.has_group("account_silverfin.group_reader"):
            for account in self.filtered("code"):
                account.display_name = f"{account.code} {account.name}"
        return result
