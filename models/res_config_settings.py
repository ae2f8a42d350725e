# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from .silverfin_mail import KINDS


class ResConfigSettings(models.TransientModel):
    """Which mails the database sends; all of them, unless switched off."""

    _inherit = "res.config.settings"

    silverfin_mail_expiry = fields.Boolean("Keys about to expire")
    silverfin_mail_reuse = fields.Boolean("Replaced keys still used")
    silverfin_mail_ended = fields.Boolean("Keys deleted or deactivated")
    silverfin_mail_digest = fields.Boolean("Daily digest of failing clients")

    @api.model
    def get_values(self):
        """Read the settings; what was never set is on, which Odoo's own way cannot say."""
        mails = self.env["silverfin.mail"]
        on = {f"silverfin_mail_{kind}": mails._is_on(kind) for kind in KINDS}
        return {**super().get_values(), **on}

    def set_values(self):
        """Keep the settings."""
        result = super().set_values()
        for kind in KINDS:
            self.env["silverfin.mail"]._switch(kind, on=self[f"silverfin_mail_{kind}"])
        return result
