# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
import hashlib

from odoo import fields, models

from ..tools import problem
from ..tools.feed import sql

_DAY = datetime.timedelta(days=1)


class SilverfinClient(models.Model):
    """What a reader asks beside the feed: accounts, fiscal years, trial balance."""

    _inherit = "silverfin.client"

    def _accounts(self):
        """Return all accounts as the text of a JSON array, and its entity tag."""
        rows = self._ledger_rows(sql.ACCOUNTS)
        text = "[" + ",".join(account for _id, account in rows) + "]"
        return text, hashlib.sha256(text.encode()).hexdigest()[:32]

    def _years(self):
        """Return the fiscal years from the first posted item to today.

        The company is asked for each, since modules override ``compute_fiscalyear_dates``. Odoo's
        opening entry makes no year of its own.

        :return: list of (first day, last day)
        """
        today = fields.Date.context_today(self)
        first = self._ledger_rows(sql.FIRST_DATE)[0][0]
        years = []
        day = min(first or today, today)
        while day <= today:
            start, end = self._fiscal_year(day)
            years.append((start, end))
            day = max(end, day) + _DAY
        return years

    def _trial_balance(self, start, end):
        """Return the balances of a period within one fiscal year, as JSON text.

        :param datetime.date start: first day
        :param datetime.date end: last day
        :raises problem.ParameterInvalid: when the period leaves the fiscal year, or begins before
            the client's start date
        """
        if self.start_date and start < self.start_date:
            raise problem.ParameterInvalid(
                f"'from' must not be before the client's start date, {self.start_date}."
            )
        year_start, year_end = self._fiscal_year(start)
        if end > year_end:
            raise problem.ParameterInvalid(
                f"'from' and 'to' must lie in one fiscal year; that of {start} runs from "
                f"{year_start} to {year_end}."
            )
        parameters = {"from": start, "to": end, "year_start": year_start}
        return self._ledger_rows(sql.TRIAL_BALANCE, **parameters)[0][0]

    def _fiscal_year(self, day):
        dates = self.company_id.compute_fiscalyear_dates(day)
        return dates["date_from"], dates["date_to"]

    def _ledger_rows(self, query, **parameters):
        self.env.cr.execute(query, self._dossier().parameters(**parameters))
        return self.env.cr.fetchall()
