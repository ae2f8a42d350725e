# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain


class ResCompany(models.Model):
    """Which branches share the dossier of their company, and whose service users have it."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        """Add new branches without a VAT number to the client of the company above them."""
        companies = super().create(vals_list)
        for company in companies.filtered(lambda company: company.parent_id and not company.vat):
            clients = self.env["silverfin.client"].sudo().with_context(active_test=False)
            for client in clients.search([("company_id", "in", company.parent_ids.ids)]):
                if company in client.company_id._silverfin_default_branches():
                    client.branch_ids |= company
        return companies

    @api.constrains("user_ids")
    def _check_silverfin_users(self):
        """Check the service users who came, and those who should not have gone."""
        users = self.env["res.users"]
        among = Domain("company_id", "in", self.ids) | Domain("branch_ids", "in", self.ids)
        should = users._silverfin_service_domain(among)
        users._silverfin_service_users(
            should | Domain("company_ids", "in", self.ids)
        )._check_silverfin_companies()

    def _silverfin_default_branches(self):
        """Return the branches that keep no books of their own: those without a VAT number.

        A branch with a VAT number ends the walk: what is beneath it belongs to its own dossier.
        """
        branches = self.child_ids.filtered(lambda company: not company.vat)
        return branches | branches._silverfin_default_branches() if branches else branches
