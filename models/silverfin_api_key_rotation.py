# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

MAX_GRACE = datetime.timedelta(days=7)


class SilverfinApiKey(models.Model):
    """Keys that replace one another."""

    _inherit = "silverfin.api.key"
    _usual_grace = "24"  # one of _selection_grace

    rotated_from_ids = fields.One2many(
        "silverfin.api.key",
        "rotated_to_id",
        "Replaced keys",
        readonly=True,
        context={"active_test": False},
    )
    rotated_from_id = fields.Many2one(
        "silverfin.api.key", "Replaces", compute="_compute_rotated_from_id"
    )
    rotation_refusal = fields.Char(
        "Reason", compute="_compute_rotation_refusal", help="Why the key cannot be rotated."
    )

    @api.model
    def _selection_grace(self):
        """Return for how many hours a replaced key may go on working, as people choose it."""
        graces = {
            0: self.env._("None: it stops at once"),
            1: self.env._("1 hour"),
            24: self.env._("1 day"),
            168: self.env._("7 days"),
        }
        return [(str(hours), name) for hours, name in graces.items()]

    @api.depends("rotated_from_ids")
    def _compute_rotated_from_id(self):
        for key in self:
            key.rotated_from_id = key.rotated_from_ids[:1]

    @api.depends("status", "rotated_to_id", "client_id.active", "user_id")
    @api.depends_context("uid")
    def _compute_rotation_refusal(self):
        for key in self:
            key.rotation_refusal = key._why_not_rotate()

    def _why_not_rotate(self):
        key = self.sudo()
        if key.rotated_to_id:
            return self.env._("Replaced already.")
        if key.status != "active":
            return self.env._("Not active: make a new key instead.")
        if key.client_id and not key.client_id.active:
            return self.env._("The client is archived.")
        if not (self.env.su or key.client_id or key.user_id == self.env.user):
            return self.env._("Only its owner can rotate a personal key.")
        return False

    def _rotate(self, grace=datetime.timedelta(), **changes):
        """Replace the key: a new one with the same settings; this one works for ``grace`` more.

        :param datetime.timedelta grace: from 0 to 7 days
        :param changes: ``expires_at``, unless the new key is to last as long as this one was
        :return: (new key, its secret)
        """
        self.ensure_one()
        self.check_access("write")
        if not datetime.timedelta() <= grace <= MAX_GRACE:
            raise UserError(self.env._("The old key can go on working for 0 to 7 days."))
        if refusal := self._why_not_rotate():
            raise UserError(refusal)
        settings = {"expires_at": self._renewed_expiry(), **changes}
        key = self.sudo()
        if not key.client_id:
            self._check_may_own()
            self._check_duration(settings["expires_at"])
        settings.update({name: key[name] for name in ("name", "scope", "networks")})
        settings.update({name: key[name].id for name in ("client_id", "user_id")})
        new, secret = key._insert(settings)
        key._end_in_favour_of(new, fields.Datetime.now() + grace)
        return new, secret

    def _renewed_expiry(self):
        """Return when a new key expires that lasts, from now on, as long as this one was to."""
        expires_at = self.expires_at
        if expires_at:
            lifetime = expires_at - self.create_date.replace(microsecond=0)
            expires_at = fields.Datetime.now() + lifetime
        return expires_at if self.sudo().client_id else self._bounded(expires_at)

    def _end_in_favour_of(self, new, end):
        end = min(filter(None, [self.expires_at, end]))
        self.write({"expires_at": end, "rotated_to_id": new.id})
        self._log("rotated", detail=f"→ {new.prefix}…")
