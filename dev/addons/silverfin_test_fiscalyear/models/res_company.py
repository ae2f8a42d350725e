# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import models

PREFIX = "Long First Year"
FIRST = datetime.date(2024, 7, 1)
LAST = datetime.date(2025, 12, 31)


class ResCompany(models.Model):
    """Fiscal years as in countries where the first one may be longer."""

    _inherit = "res.company"

    def compute_fiscalyear_dates(self, current_date):
        """Give companies whose name begins so a first fiscal year of 18 months."""
        dates = super().compute_fiscalyear_dates(current_date)
        if not self.name.startswith(PREFIX) or current_date > LAST:
            return dates
        if current_date >= FIRST:
            return {"date_from": FIRST, "date_to": LAST}
        return {**dates, "date_to": min(dates["date_to"], FIRST - datetime.timedelta(days=1))}
