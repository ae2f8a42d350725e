# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import api, fields, models

from ..tools.feed import sql

MANY_ITEMS = 100_000  # up to here they are counted, above the database estimates
_PAUSE = datetime.timedelta(minutes=15)  # between pages of a pull that goes on
_WAYS = ("feed", "external")
_AGGREGATES = ("first_at:min", "last_at:max", "requests:sum", "items:sum")


class SilverfinClient(models.Model):
    """What was delivered to the client's readers, as far as we know."""

    _inherit = "silverfin.client"

    delivery_ids = fields.One2many("silverfin.delivery", "client_id", "Deliveries", readonly=True)
    delivered_at = fields.Datetime("Last delivery", compute="_compute_delivered")
    delivered_items = fields.Integer("Items delivered", compute="_compute_delivered")
    feed_first_at = fields.Datetime("First by the feed", compute="_compute_delivered")
    feed_last_at = fields.Datetime("Last by the feed", compute="_compute_delivered")
    feed_requests = fields.Integer("Requests to the feed", compute="_compute_delivered")
    feed_items = fields.Integer("Items by the feed", compute="_compute_delivered")
    external_first_at = fields.Datetime("First by the external API", compute="_compute_delivered")
    external_last_at = fields.Datetime("Last by the external API", compute="_compute_delivered")
    external_requests = fields.Integer("Requests to the external API", compute="_compute_delivered")
    external_items = fields.Integer("Records by the external API", compute="_compute_delivered")

    pull_state = fields.Selection(
        [("running", "Running"), ("paused", "Paused")], "Full pull", compute="_compute_pull"
    )
    pull_items = fields.Integer("Items of the full pull", compute="_compute_pull")
    pull_total = fields.Integer("Items to deliver, about", compute="_compute_pull")
    pull_percent = fields.Integer("Full pull, percent", compute="_compute_pull")
    pull_last_at = fields.Datetime("Last page of the full pull", compute="_compute_pull")

    @api.depends("delivery_ids")
    def _compute_delivered(self):
        groups = (
            self.env["silverfin.delivery"]
            .sudo()
            ._read_group([("client_id", "in", self.ids)], ["client_id", "way"], _AGGREGATES)
        )
        found = {(client.id, way): values for client, way, *values in groups}
        for client in self:
            ways = {way: found.get((client.id, way), (False, False, 0, 0)) for way in _WAYS}
            for way, (first, last, requests, items) in ways.items():
                client[f"{way}_first_at"] = first
                client[f"{way}_last_at"] = last
                client[f"{way}_requests"] = requests
                client[f"{way}_items"] = items
            client.delivered_at = max(
                filter(None, (last for _first, last, *_counts in ways.values())), default=False
            )
            client.delivered_items = client.feed_items + client.external_items

    def _compute_pull(self):
        pulls = self.env["silverfin.pull"].sudo()
        pulls = pulls.search([("client_id", "in", self.ids)], order="last_at")
        newest = {pull.client_id.id: pull for pull in pulls}
        paused = fields.Datetime.now() - _PAUSE
        for client in self:
            pull = newest.get(client.id, pulls.browse())
            running = pull and not pull.complete
            state = "running" if running and pull.last_at > paused else "paused"
            client.pull_state = running and state
            client.pull_items = running and pull.items
            client.pull_total = running and max(client.sudo()._about_items(), pull.items)
            client.pull_percent = running and 100 * pull.items // max(client.pull_total, 1)
            client.pull_last_at = running and pull.last_at

    def _about_items(self):
        """Return about how many items there are to deliver, without reading a large ledger."""
        ((items,),) = self._ledger_rows(sql.SOME_ITEMS, limit=MANY_ITEMS)
        if items < MANY_ITEMS:
            return items
        (((plan,),),) = self._ledger_rows(sql.PLANNED_ITEMS)
        return max(items, plan["Plan"]["Plan Rows"])
