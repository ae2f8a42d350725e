# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class AccountMove(models.Model):
    """An index for the feed."""

    _inherit = "account.move"

    # A first pull walks through a company's entries in this order, a page at a time, without
    # touching those of the company beside it.
    _silverfin_feed_index = models.Index("(company_id, id) WHERE state = 'posted'")
