# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SilverfinApiKey(models.Model):
    """Switches many keys on or off at once, and says what came of it."""

    _inherit = "silverfin.api.key"

    def action_activate(self):
        """Switch the keys on. Those that expired, or were replaced, do not work again by it."""
        keys = self._switch(active=True)
        sentences = [self.env._("%s activated", len(keys))]
        if replaced := len(keys.sudo().filtered(lambda key: key._is_replaced())):
            sentences.append(self.env._("%s of them were replaced: use the new key", replaced))
        expired = keys.filtered(lambda key: key.status == "expired" and not key._is_replaced())
        if expired:
            sentences.append(
                self.env._("%s of them have expired: make new keys instead", len(expired))
            )
        return self._switched(keys, sentences)

    def action_deactivate(self):
        """Switch the keys off: they are refused on the very next request."""
        keys = self._switch(active=False)
        return self._switched(keys, [self.env._("%s deactivated", len(keys))])

    def _is_replaced(self):
        return self.status == "expired" and bool(self.rotated_to_id)

    def _switch(self, *, active):
        """Return the keys that were not so before, and are now."""
        permitted = self._permitted("write")
        keys = permitted.filtered(lambda key: key.active != active)
        keys.active = active
        return keys

    def _switched(self, keys, sentences):
        if others := len(set(self._ids)) - len(keys):
            sentences.append(self.env._("%s skipped: they were so already, or are gone", others))
        reload = {"type": "ir.actions.act_window_close"}
        return self._notification(". ".join(sentences) + ".", next=reload)
