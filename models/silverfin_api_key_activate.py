# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SilverfinApiKey(models.Model):
    """Switches many keys on or off at once, and says what came of it."""

    _inherit = "silverfin.api.key"

    def action_activate(self):
        """Switch the keys on. Those that expired, or were replaced, do not work again by it."""
        keys = self._switch(active=True)
        skipped = len(set(self._ids)) - len(keys)
        message = self.env._(
            "%(done)s activated, %(skipped)s skipped", done=len(keys), skipped=skipped
        )
        return self._notification(" ".join([message, *keys._dead()]))

    def action_deactivate(self):
        """Switch the keys off: they are refused on the very next request."""
        keys = self._switch(active=False)
        skipped = len(set(self._ids)) - len(keys)
        return self._notification(
            self.env._("%(done)s deactivated, %(skipped)s skipped", done=len(keys), skipped=skipped)
        )

    def _switch(self, *, active):
        """Return the keys that were not so before, and are now."""
        keys = self._permitted("write", [("active", "!=", active)])
        keys.active = active
        return keys

    def _dead(self):
        """Return sentences on those of the keys that no more than their being active revives."""
        expired = self.filtered(lambda key: key.status == "expired")
        replaced = expired.filtered(lambda key: key.sudo().rotated_to_id)
        if replaced:
            yield self.env._("(replaced meanwhile: %s; use the new key)", len(replaced))
        if others := len(expired - replaced):
            yield self.env._("(expired: %s; make new keys instead)", others)
