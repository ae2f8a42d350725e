# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError

from ..tools import external_call


class Base(models.AbstractModel):
    """All models, as a key of scope *read* sees them on the external API."""

    _inherit = "base"

    def _check_access(self, operation):
        """Refuse all but reading of the books, whatever the rights of the key's user."""
        call = external_call.of_cursor(self.env.cr)
        if call and not call.may_access(self._name, operation):
            return self, lambda: self._silverfin_refusal(operation)
        return super()._check_access(operation)

    @api.model
    def _has_field_access(self, field, operation):
        """Hide files, and lists of records that the key does not reach."""
        call = external_call.of_cursor(self.env.cr)
        if call is not None and not self.env.su and not call.may_read_field(field):
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def _check_field_access(self, field, operation):
        """Note in the key's history what it was refused."""
        try:
            return super()._check_field_access(field, operation)
        except AccessError:
            self._silverfin_note(f"{self._name}.{field.name}")
            raise

    def _compute_field_value(self, field):
        """Take a name that is out of reach from a superuser, as Odoo does for references.

        What is refused while a field is computed, nobody asked for: it is not noted.
        """
        call = external_call.of_cursor(self.env.cr)
        if call is None:
            return super()._compute_field_value(field)
        call.computing += 1
        try:
            return super()._compute_field_value(field)
        except AccessError:
            if field.name != "display_name" or self.env.su:
                raise
            for record in self:
                record.display_name = record.sudo().display_name
        finally:
            call.computing -= 1

    def _silverfin_note(self, what):
        """Note in the key's history what the call under way was refused for."""
        call = external_call.of_cursor(self.env.cr)
        if call and not call.computing:
            call.key._note_refusal(f"{call.model}.{call.method}: {what}", call.address)

    @api.model_create_multi
    def create(self, vals_list):
        """Refused also where code acts as superuser, with an error that says why."""
        self._silverfin_check_writable("create")
        return super().create(vals_list)

    def write(self, vals):
        """Refused as creation is."""
        self._silverfin_check_writable("write")
        return super().write(vals)

    def unlink(self):
        """Refused as creation is."""
        self._silverfin_check_writable("unlink")
        return super().unlink()

    def _silverfin_check_writable(self, operation):
        if external_call.of_cursor(self.env.cr):
            raise self._silverfin_refusal(operation)

    def _silverfin_refusal(self, operation):
        self._silverfin_note(f"{operation} {self._name}")
        return self.env["silverfin.api.key"]._external_error(self._name, operation)
