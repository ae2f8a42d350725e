# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ..tools import key as key_tool


class SilverfinApiKey(models.Model):
    """Tells whose key a secret is."""

    _inherit = "silverfin.api.key"

    @api.model
    def find_by_secret(self, secret):
        """Answer what is known of a pasted key: by its digest, storing and logging nothing.

        Somebody else's key is as unknown as one that does not exist.

        :param str secret: as pasted
        :return: ``{"answer": "found", "key": {…}}``, or ``unknown``, ``mistyped``, ``foreign``
        """
        self.check_access("read")
        secret = str(secret).strip()
        if not key_tool.is_well_formed(secret):
            return {"answer": "mistyped" if secret[:4] in key_tool.SCOPES else "foreign"}
        row = self.sudo()._lookup(secret)
        companies = self.env.user._get_company_ids()
        keys = self.with_context(allowed_company_ids=companies, active_test=False)
        key = keys.search([("id", "=", row["id"])]) if row else keys
        return {"answer": "found", "key": key._shown()} if key else {"answer": "unknown"}
