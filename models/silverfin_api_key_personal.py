# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.base.models.res_users import check_identity


class SilverfinApiKey(models.Model):
    """Personal keys: who may have them and for how long, and what their owner does with them.

    Both are as Odoo has it for its own API keys: the settings that allow those allow these.
    """

    _inherit = "silverfin.api.key"

    @api.model
    def _generate(self, vals):
        """Create a key; who may have a personal one, and for how long, depends on his groups."""
        if not vals.get("client_id"):
            self._check_may_own()
            self._check_duration(vals.get("expires_at"))
        return super()._generate(vals)

    def write(self, vals):
        """Write; a personal key is not prolonged beyond what a new one could have."""
        personal = self.sudo().filtered(lambda key: not key.client_id)
        if "expires_at" in vals and personal:
            self._check_duration(vals["expires_at"])
        return super().write(vals)

    @api.model
    def _check_duration(self, expires_at):
        """Refuse what Odoo refuses for its own keys.

        :raises ValidationError:
        """
        expires_at = fields.Datetime.to_datetime(expires_at)
        self.env["res.users.apikeys"]._check_expiration_date(expires_at)

    @api.model
    def _bounded(self, expires_at):
        """Return that date, or the last one that Odoo would allow for its own keys."""
        if self.env.is_system():
            return expires_at
        days = max(group.api_key_duration for group in self.env.user.all_group_ids) or 1.0
        last = fields.Datetime.now() + datetime.timedelta(days=days)
        return min(filter(None, [expires_at, last]))

    @api.model
    def _check_may_own(self):
        """Refuse whom Odoo refuses keys: all but internal users, and portal users as set.

        :raises AccessError:
        """
        if not self.env.su:
            self.env["res.users.apikeys.description"].check_access_make_key()

    # What the cards of one's own keys offer -------------------------------------------------

    def _own(self):
        """Return the keys as superuser, provided that they are the present user's own.

        :raises AccessError:
        """
        self.check_access("write")
        keys = self.sudo()
        if keys.client_id or keys.user_id - self.env.user:
            raise AccessError(self.env._("This is not a key of your own."))
        return keys

    def action_switch_own(self):
        """Switch a key off, or on again."""
        self._own()
        for key in self:
            key.active = not key.active
        return {"type": "ir.actions.client", "tag": "silverfin_reload"}

    @check_identity
    def action_rotate_own(self, hours=0):
        """Replace a key and show the new secret.

        :param int hours: how long the old secret goes on working
        """
        self._own()
        rotated = self._rotate(datetime.timedelta(hours=int(hours)))
        return self.env["silverfin.api.key.show"]._action(*rotated)
