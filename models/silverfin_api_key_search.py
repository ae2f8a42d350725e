# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL


class SilverfinApiKey(models.Model):
    """Lets lists search, sort and group by what is no column of the key: status and last use.

    The status follows the clock, and the last use is in a table of its own, which readers write
    without waiting for each other.
    """

    _inherit = "silverfin.api.key"

    last_used_at = fields.Datetime(search="_search_last_used_at")

    @api.model
    def _search_last_used_at(self, operator, value):
        field = self._fields["last_used_at"]
        to_sql = partial(field._condition_to_sql, field.name, operator, value)
        return fields.Domain.custom(to_sql=to_sql)

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "status":
            return self._status_to_sql(alias, query)
        if field_expr == "last_used_at" and query is not None:
            return self._last_used_to_sql(alias, query)
        return super()._field_to_sql(alias, field_expr, query)

    def _status_to_sql(self, alias, query):
        return SQL(
            "CASE WHEN NOT %s THEN 'inactive' WHEN %s <= %s THEN 'expired' ELSE 'active' END",
            self._field_to_sql(alias, "active", query),
            self._field_to_sql(alias, "expires_at", query),
            fields.Datetime.now(),
        )

    def _last_used_to_sql(self, alias, query):
        usage = query.make_alias(alias, "usage")
        condition = SQL("%s = %s", SQL.identifier(usage, "key_id"), SQL.identifier(alias, "id"))
        query.add_join("LEFT JOIN", usage, "silverfin_api_key_usage", condition)
        return SQL.identifier(usage, "last_used_at")
