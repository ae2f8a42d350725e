# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools import external_call


class Base(models.AbstractModel):
    """What a key of scope *read* may ask for, and what of the answer it gets.

    Odoo looks at the rights on fields when it reads them, but not wherever a condition, a group or
    an order names them.
    """

    _inherit = "base"

    @api.model
    @api.private
    @api.readonly
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """Refuse conditions on hidden fields."""
        self._silverfin_check_domain(domain)
        return super().search_fetch(domain, field_names, offset, limit, order)

    @api.model
    @api.readonly
    def search_count(self, domain, limit=None):
        """Refuse conditions on hidden fields."""
        self._silverfin_check_domain(domain)
        return super().search_count(domain, limit)

    @api.model
    def _read_group(
        self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None
    ):
        """Refuse conditions on hidden fields."""
        self._silverfin_check_domain(domain)
        return super()._read_group(domain, groupby, aggregates, having, offset, limit, order)

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        """Refuse conditions on hidden fields."""
        self._silverfin_check_domain(domain)
        return super()._read_grouping_sets(domain, grouping_sets, aggregates, order)

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Refuse to group by hidden fields: Odoo looks at no rights on lists of records."""
        if external_call.of_cursor(self.env.cr):
            self._silverfin_follow(re.split("[.:]", groupby_spec)[0])
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _traverse_related_sql(self, alias, field, query):
        """Refuse to order by hidden fields that are related to something else.

        Odoo follows these as superuser, and looks at the rights on the last field only.
        """
        if external_call.of_cursor(self.env.cr):
            self._check_field_access(field, "read")
        return super()._traverse_related_sql(alias, field, query)

    def _silverfin_check_domain(self, domain):
        """Refuse conditions on hidden fields.

        Where a field has a method to search it, Odoo calls that without a look at rights.
        """
        if self.env.su or not external_call.of_cursor(self.env.cr):
            return
        for condition in Domain(domain or []).iter_conditions():
            path, nested = condition.field_expr, condition.operator in ("any", "not any")
            model = self._silverfin_follow(f"{path}.id" if nested else path)
            if nested:
                model._silverfin_check_domain(condition.value)

    def _silverfin_follow(self, path):
        """Return the model that a path leads to; all its fields must be within reach.

        None but the last may be searched by a method: some follow the rest as superuser.
        """
        model, names = self, path.split(".")
        for depth, name in enumerate(names, start=1):
            model.check_access("read")
            field = model._fields.get(name)
            if not field:
                break  # a part of a date, or nothing, which Odoo refuses
            model._check_field_access(field, "read")
            if not field.relational:
                break
            if depth < len(names) and field.search and not (field.store or field.related):
                raise model._silverfin_refusal(f"a condition beneath {name}")
            model = model.env[field.comodel_name]
        return model

    def _read_format(self, fnames, load="_classic_read"):
        """Format what was read, and count it as delivered.

        Some fields are computed from records out of the key's reach, the colour of an activity for
        example. Where that is so, they are empty.
        """
        call = external_call.of_cursor(self.env.cr)
        if not call:
            return super()._read_format(fnames, load)
        delivered = call.items
        try:
            rows = super()._read_format(fnames, load)
        except AccessError:
            rows = self._silverfin_read_piecemeal(fnames, load)
        call.items = delivered + len(rows)
        return rows if self.env.su else self._silverfin_trim(rows, fnames)

    def _silverfin_read_piecemeal(self, fnames, load):
        """Read what can be read, after a refusal: field by field, then record by record."""
        if len(fnames) > 1:
            rows = {id_: {} for id_ in self._ids}
            for name in fnames:
                for row in self._read_format([name], load):
                    rows[row["id"]] |= row
            return list(filter(None, rows.values()))
        self.invalidate_recordset(fnames)  # the attempt left it half computed
        if len(self) > 1:
            return [row for record in self for row in record._read_format(fnames, load)]
        return [{"id": self.id, fnames[0]: False}]

    def _silverfin_trim(self, rows, fnames):
        """Take records out of reach out of computed relations: Odoo looks at stored ones only."""
        for field in map(self._fields.get, fnames):
            if not field.relational or field.store:
                continue
            ids = {id_ for row in rows for id_ in _linked(row.get(field.name))}
            linked = self.env[field.comodel_name].browse(ids)
            readable = set(linked._filtered_access("read").ids)
            for row in rows:
                if value := row.get(field.name):
                    row[field.name] = _within(value, readable)
        return rows


def _linked(value):
    """Return the ids in the value of a relation as it was read."""
    if isinstance(value, list):
        return value
    return (value if isinstance(value, int) else value[0],) if value else ()


def _within(value, ids):
    """Return the value of a relation as it was read, with these records only."""
    if isinstance(value, list):
        return [id_ for id_ in value if id_ in ids]
    return value if ids.issuperset(_linked(value)) else False
