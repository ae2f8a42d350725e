# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError

from odoo.addons.base.models.res_users import check_identity


class ResUsers(models.Model):
    """Who may make keys of his own, and how."""

    _inherit = "res.users"

    def _silverfin_may_make_keys(self):
        """Tell whether the user may have keys of his own: a portal user, only where allowed."""
        try:
            self.env["silverfin.api.key"].with_user(self)._check_may_own()
        except AccessError:
            return False
        return True

    @check_identity
    def action_silverfin_new_key(self):
        """Open the dialog for a key of one's own; the password is asked first."""
        self.env["silverfin.api.key"]._check_may_own()
        return {
            "type": "ir.actions.act_window",
            "res_model": "silverfin.api.key.new",
            "name": self.env._("New API Key"),
            "target": "new",
            "views": [(False, "form")],
            "context": {
                "default_scope": self.env.context.get("default_scope", "sync"),
                "silverfin_personal": True,
                "password": False,  # Odoo would pass on the one that was just checked
            },
        }
