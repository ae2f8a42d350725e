# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

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

    def _shown(self):
        """Return what a list of keys on screen needs."""
        self.ensure_one()
        status = dict(self._fields["status"]._description_selection(self.env))
        client = self.sudo().client_id
        return {
            "id": self.id,
            "uuid": self.uuid,
            "name": self.name,
            "prefix": self.prefix,
            "status": self.status,
            "status_name": status[self.status],
            "client": bool(client) and {"id": client.id, "name": client.name},
            "owner": self.sudo().user_id.name,
            "last_used_at": fields.Datetime.to_string(self.last_used_at),
        }
