# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain

_READERS = ("group_reader", "group_reader_attachments")


class ResGroups(models.Model):
    """Groups of service users are for them only, and they are in no others."""

    _inherit = "res.groups"

    @api.model
    def _silverfin_readers(self):
        """Return the groups for service users; none of them while the addon is being installed."""
        data = self.env["ir.model.data"].sudo()
        ids = [data._xmlid_to_res_id(f"account_silverfin.{name}") for name in _READERS]
        return self.sudo().browse(ids if all(ids) else ())

    @api.constrains("user_ids")
    def _check_silverfin_users(self):
        self.env["res.users"]._silverfin_check_groups(Domain("group_ids", "in", self.ids))

    @api.constrains("implied_ids", "implied_by_ids")
    def _check_silverfin_implied(self):
        self.env.registry.clear_cache("groups")  # which holds what the groups implied before
        self.all_implied_by_ids._check_silverfin_users()
