# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessDenied

from ..tools import external_call, problem
from ..tools import key as key_tool


class ResUsers(models.Model):
    """Keys of scope *read* where XML-RPC and JSON-RPC ask for a password.

    What has the shape of a key is never compared with a password: that takes a third of a second.
    Nor is it cached: a key that was switched off is refused on the next call in every worker.
    """

    _inherit = "res.users"

    def authenticate(self, credential, user_agent_env):
        """Log in; a key does not change the server's address, which Odoo lets administrators do."""
        if _presents_key(credential):
            user_agent_env = {**(user_agent_env or {}), "base_location": None}
        return super().authenticate(credential, user_agent_env)

    def _check_credentials(self, credential, env):
        """Accept a key from a program that logs in, never from a person (web session)."""
        if not _presents_key(credential):
            if self._silverfin_clients():
                raise AccessDenied  # whatever other modules would accept
            return super()._check_credentials(credential, env)
        if (env or {}).get("interactive", True):
            raise AccessDenied
        call = external_call.of_stack()
        key = self._silverfin_open(credential["password"], call, self.env.uid)
        key._record_at_commit(self.env.cr, call)
        return {"uid": self.env.uid, "auth_method": "apikey", "mfa": "default"}

    @api.model
    def _check_uid_passwd(self, uid, passwd):
        """Check the key of a call, and keep the cursor that will execute it to reading."""
        if not key_tool.is_meant(passwd):
            return super()._check_uid_passwd(uid, passwd)
        call = external_call.of_stack()
        self._silverfin_open(passwd, call, uid)
        keys = self.env["silverfin.api.key"]
        keys._check_external(call)
        return keys._bind_external(call)

    def _silverfin_open(self, secret, call, uid):
        try:
            return self.env["silverfin.api.key"].sudo()._open_external(secret, call, uid)
        except problem.Problem as refusal:
            raise AccessDenied(str(refusal)) from None


def _presents_key(credential):
    return credential.get("type") == "password" and key_tool.is_meant(credential.get("password"))
