# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Each layer of protection can be taken off, to see what the others stop."""

from odoo import api, models

PARAMETER = "silverfin_test.layers_off"  # names with commas between


def is_off(env, layer):
    """Tell whether the test took a layer off."""
    return layer in (env["ir.config_parameter"].sudo().get_param(PARAMETER) or "").split(",")


class SilverfinApiKey(models.Model):
    """The list, and the read-only transaction."""

    _inherit = "silverfin.api.key"

    @api.model
    def _check_external(self, call):
        if not is_off(self.env, "list"):
            super()._check_external(call)

    @api.model
    def _make_read_only(self, cr):
        if not is_off(self.env, "transaction"):
            super()._make_read_only(cr)

    @api.model
    def _bind_external(self, call):
        super()._bind_external(call)
        if is_off(self.env, "access"):
            call.may_access = lambda _model, _operation: True
            call.may_read_field = lambda _field: True


class Base(models.AbstractModel):
    """The ORM's own check."""

    _inherit = "base"

    def _silverfin_check_writable(self, operation):
        if not is_off(self.env, "access"):
            super()._silverfin_check_writable(operation)
