# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class AccountMove(models.Model):
    """Indexes for the feed, and for the partners of service users."""

    _inherit = "account.move"

    # A first pull walks through a company's entries in this order, a page at a time, without
    # touching those of the company beside it.
    _silverfin_feed_index = models.Index("(company_id, id) WHERE state = 'posted'")
    _silverfin_partner_index = models.Index("(company_id, partner_id) WHERE partner_id IS NOT NULL")
    _silverfin_commercial_index = models.Index(
        "(company_id, commercial_partner_id) WHERE commercial_partner_id IS NOT NULL"
    )
