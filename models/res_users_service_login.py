# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, models
from odoo.exceptions import AccessDenied, UserError

_logger = logging.getLogger(__name__)


class ResUsers(models.Model):
    """Service users have no password and no mail, and nobody logs in as one: keys act as them."""

    _inherit = "res.users"

    def _set_encrypted_password(self, uid, pw):
        """Refuse service users: whoever sets a password, by whatever way, gets here."""
        self.browse(uid)._silverfin_refuse_login()
        return super()._set_encrypted_password(uid, pw)

    def _login(self, credential, user_agent_env):
        """Refuse service users afterwards: which credentials other modules accept is not known.

        Programs are let through; the external API has no session.
        """
        auth_info = super()._login(credential, user_agent_env)
        interactive = (user_agent_env or {}).get("interactive", True)
        if interactive and self.browse(auth_info["uid"])._silverfin_clients():
            _logger.info("Login refused: user %d is a Silverfin service user", auth_info["uid"])
            raise AccessDenied
        return auth_info

    def _action_reset_password(self, signup_type="reset"):
        """Refuse service users: their address has no mailbox."""
        self._silverfin_refuse_login()
        return super()._action_reset_password(signup_type)

    @api.model
    def reset_password(self, login):
        """Treat a service user's login as one that nobody has: strangers learn nothing of it."""
        if self.search(self._get_login_domain(login))._silverfin_clients():
            raise UserError(self.env._("No account found for this login"))
        return super().reset_password(login)

    def _silverfin_refuse_login(self):
        self._silverfin_refuse(
            self.env._("it has no password and nobody logs in as it. Give the client an API key.")
        )

    def _notify_security_setting_update(self, *args, **kwargs):
        """Mail people only; not a user either that the client has just let go."""
        people = self - self._silverfin_clients().user_id
        if self._silverfin_is_by_client():
            people = self.browse()
        return super(ResUsers, people)._notify_security_setting_update(*args, **kwargs)
