# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ResUsers(models.Model):
    """What the Security tab and ``/my/security`` show of Silverfin."""

    _inherit = "res.users"

    silverfin_key_ids = fields.One2many(
        "silverfin.api.key",
        "user_id",
        "Silverfin keys",
        domain=[("client_id", "=", False)],
        context={"active_test": False},
        readonly=True,
    )
    silverfin_has_ledger = fields.Boolean(
        "Reads the ledger",
        compute="_compute_silverfin",
        help="Whether keys of this user open the ledger of a company.",
    )
    silverfin_connection = fields.Json(
        compute="_compute_silverfin", help="What Silverfin asks for, but the key."
    )

    @property
    def SELF_READABLE_FIELDS(self):  # noqa: N802 - Odoo's name
        """Let every user see what the Security tab shows him."""
        return [
            *super().SELF_READABLE_FIELDS,
            "silverfin_key_ids",
            "silverfin_has_ledger",
            "silverfin_connection",
        ]

    @api.depends("company_ids", "login")
    @api.depends_context("uid")
    def _compute_silverfin(self):
        """Nobody is told of anybody else's."""
        self.silverfin_has_ledger = self.silverfin_connection = False
        for user in self.filtered(lambda user: user._origin.id == self.env.uid):
            user.silverfin_has_ledger = user._silverfin_reads_ledger(user.sudo().company_ids)
            user.silverfin_connection = user._silverfin_connection()

    def _silverfin_connection(self):
        """Return the values that Silverfin asks for, and whether the user manages clients."""
        return {
            "login": self.login,
            "url": self.get_base_url(),
            "database": self.env.cr.dbname,
            "manages_clients": self.has_group("account_silverfin.group_user")
            and bool(self.env["silverfin.client"].with_user(self).search_count([], limit=1)),
        }
