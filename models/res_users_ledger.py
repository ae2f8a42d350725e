# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    """Whose keys open a ledger."""

    _inherit = "res.users"

    def _silverfin_reads_ledger(self, companies):
        """Tell whether the user may read all journal items of companies.

        The ledger is read with SQL, which must not show more than the ORM would: record rules that
        restrict anything but the company are too narrow.
        """
        self.ensure_one()
        if not companies or not set(companies.ids) <= set(self._get_company_ids()):
            return False
        items = self.env["account.move.line"].with_user(self.id)
        items = items.with_context(allowed_company_ids=companies.ids)
        if not items.has_access("read"):
            return False
        rules = items.env["ir.rule"]._compute_domain("account.move.line", "read")
        return _allows_all(rules, companies)


def _allows_all(rules, companies):
    """Tell whether record rules restrict nothing but the company, and leave all of these in."""
    if any(condition.field_expr != "company_id" for condition in rules.iter_conditions()):
        return False
    by_id = rules.map_conditions(
        lambda condition: Domain("id", condition.operator, condition.value)
    )
    return companies.filtered_domain(by_id) == companies
