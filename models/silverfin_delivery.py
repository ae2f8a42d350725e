# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import api, fields, models

KEPT = datetime.timedelta(days=2 * 365)


class SilverfinDelivery(models.Model):
    """What left for a client by one key on a day (UTC), by one way.

    Rows are written with the use of a key, by SQL: see ``silverfin_api_key_use``.
    """

    _name = "silverfin.delivery"
    _description = "Silverfin Delivery"
    _order = "day desc, id desc"
    _rec_name = "day"
    _log_access = False

    client_id = fields.Many2one(
        "silverfin.client",
        readonly=True,
        ondelete="cascade",
        help="Empty where a personal key read through the external API: it is of no client.",
    )
    key_id = fields.Many2one(
        "silverfin.api.key", "API key", readonly=True, ondelete="set null", index=True
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        index=True,
        help="The client's company, or that of the key's owner.",
    )
    way = fields.Selection(
        [("feed", "Feed"), ("external", "External API")], required=True, readonly=True
    )
    day = fields.Date(required=True, readonly=True, help="In UTC.")
    first_at = fields.Datetime("First", required=True, readonly=True)
    last_at = fields.Datetime("Last", required=True, readonly=True)
    requests = fields.Integer(required=True, readonly=True)
    items = fields.Integer(
        "Items delivered",
        required=True,
        readonly=True,
        help="Changes of journal items by the feed, records by the external API. What was "
        "delivered again counts again.",
    )

    # No index has a column that changes during the day, so that PostgreSQL updates in place.
    _once_a_day = models.UniqueIndex("(key_id, coalesce(client_id, 0), way, day)")
    _client_day = models.Index("(client_id, day)")

    @api.depends("client_id.company_id")
    def _compute_company_id(self):
        for delivery in self:
            delivery.company_id = (delivery.client_id or delivery.key_id).company_id

    @api.autovacuum
    def _gc_deliveries(self):
        """Forget old days; of each client and way the newest stays: since when nothing leaves."""
        self.env.cr.execute(
            """
            DELETE FROM silverfin_delivery d
            WHERE day < %s AND EXISTS (
                SELECT FROM silverfin_delivery later
                WHERE coalesce(later.client_id, 0) = coalesce(d.client_id, 0)
                    AND later.way = d.way AND later.day > d.day
            )
            """,
            [fields.Date.today() - KEPT],
        )


class SilverfinPull(models.Model):
    """How far a key's first full pull of a client has got; written as deliveries are."""

    _name = "silverfin.pull"
    _description = "Silverfin Full Pull"
    _log_access = False
    _rec_name = "client_id"

    client_id = fields.Many2one(
        "silverfin.client", required=True, readonly=True, ondelete="cascade"
    )
    key_id = fields.Many2one(
        "silverfin.api.key", required=True, readonly=True, ondelete="cascade", index=True
    )
    began_at = fields.Datetime(required=True, readonly=True)
    last_at = fields.Datetime(required=True, readonly=True)
    items = fields.Integer("Items delivered", required=True, readonly=True)
    complete = fields.Boolean(readonly=True)

    _one_a_key = models.Constraint(
        "UNIQUE (client_id, key_id)", "A key has one full pull of a client at a time."
    )
