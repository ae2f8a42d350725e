# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from functools import partial

from odoo import fields, models
from odoo.tools import SQL

from ..tools.last_use import used_at


class SilverfinClient(models.Model):
    """When the client was used last: no column, but lists search and sort by it."""

    _inherit = "silverfin.client"

    used_at = fields.Datetime(
        "Last used",
        compute="_compute_used_at",
        search="_search_used_at",
        help="When something was read last with an API key, of the client or of a person.",
    )

    def _compute_used_at(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM silverfin_client WHERE id = ANY(%s)",
                used_at(self._table),
                self.ids,
            )
        )
        times = dict(rows)
        for client in self:
            client.used_at = times.get(client.id)

    def _search_used_at(self, operator, value):
        field = self._fields["used_at"]
        return fields.Domain.custom(
            to_sql=partial(field._condition_to_sql, field.name, operator, value)
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "used_at":
            return used_at(alias)
        return super()._field_to_sql(alias, field_expr, query)
