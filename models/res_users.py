# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ResUsers(models.Model):
    """Users who go, with their keys."""

    _inherit = "res.users"

    def unlink(self):
        """Delete the users' keys first, so that their history has it."""
        self.check_access("unlink")
        keys = self.env["silverfin.api.key"].sudo().with_context(active_test=False)
        keys.search([("user_id", "in", self.ids)]).unlink()
        return super().unlink()
