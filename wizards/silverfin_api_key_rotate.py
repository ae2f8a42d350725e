# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_users import check_identity


class SilverfinApiKeyRotate(models.TransientModel):
    """Asks how long the old keys go on working, and replaces them."""

    _name = "silverfin.api.key.rotate"
    _description = "Rotate Silverfin API Keys"

    key_ids = fields.Many2many(
        "silverfin.api.key",
        string="API keys",
        default=lambda self: self._default_key_ids(),
        context={"active_test": False},
    )
    ready_ids = fields.Many2many(
        "silverfin.api.key",
        string="Keys to rotate",
        compute="_compute_ready",
        context={"active_test": False},
    )
    refused_ids = fields.Many2many(
        "silverfin.api.key",
        string="Keys that stay",
        compute="_compute_ready",
        context={"active_test": False},
    )
    ready_count = fields.Integer(compute="_compute_ready")
    refused_count = fields.Integer(compute="_compute_ready")
    grace = fields.Selection(
        lambda self: self.env["silverfin.api.key"]._selection_grace(),
        string="Grace for the old key",
        required=True,
        default=lambda self: self.key_ids._usual_grace,
        help="How long the old key goes on working: time to put the new one in its place. A key "
        "never works beyond its expiry.",
    )

    expires_at = fields.Datetime(
        "The new key expires",
        compute="_compute_expires_at",
        store=True,
        readonly=False,
        help="By default the new key lasts as long as the old one was to last.",
    )

    @api.model
    def _default_key_ids(self):
        if self.env.context.get("active_model") != "silverfin.api.key":
            return False
        keys = self.env["silverfin.api.key"].browse(self.env.context.get("active_ids"))
        return keys._permitted("read")

    @api.depends("key_ids")
    def _compute_ready(self):
        for wizard in self:
            keys = wizard.key_ids._permitted("write")
            wizard.ready_ids = keys.filtered(lambda key: not key.rotation_refusal)
            wizard.refused_ids = wizard.key_ids - wizard.ready_ids
            wizard.ready_count = len(wizard.ready_ids)
            wizard.refused_count = len(wizard.refused_ids)

    @api.depends("key_ids")
    def _compute_expires_at(self):
        """Propose an expiry for one key; of many, each has its own."""
        for wizard in self:
            ready = wizard.ready_ids
            wizard.expires_at = len(ready) == 1 and ready._renewed_expiry()

    @api.constrains("expires_at")
    def _check_expires_at(self):
        for wizard in self:
            wizard.key_ids._check_future(wizard.expires_at)

    @check_identity
    def action_rotate(self):
        """Rotate what can be rotated, and show the new secrets once."""
        self.ensure_one()
        if not self.ready_ids:
            raise UserError(self.env._("None of these API keys can be rotated."))
        grace = datetime.timedelta(hours=int(self.grace))
        changes = {"expires_at": self.expires_at} if self.ready_count == 1 else {}
        rotated = [key._rotate(grace, **changes) for key in self.ready_ids]
        if len(self.key_ids) == 1:
            return self.env["silverfin.api.key.show"]._action(*rotated[0])
        return self._action_download(rotated)

    def _action_download(self, rotated):
        """Return what offers the new secrets as a file, which the browser makes from the answer."""
        return {
            "type": "ir.actions.client",
            "tag": "silverfin_rotated_keys",
            "name": self.env._("New API Keys"),
            "target": "new",
            "params": {"rows": [_row(key, secret) for key, secret in rotated]},
        }


def _row(key, secret):
    key = key.sudo()
    return [
        key.client_id.name or "",
        key.client_id.reference or "",
        key.name,
        key.uuid,
        key.prefix,
        secret,
        key.user_id.login,
        f"{key.expires_at.isoformat()}Z" if key.expires_at else "",
    ]
