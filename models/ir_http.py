# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import SUPERUSER_ID, models
from odoo.http import request

from ..tools import problem

_BEARER = re.compile(r"bearer +(\S+)", re.IGNORECASE)


class IrHttp(models.AbstractModel):
    """The authentication of the routes beneath ``/silverfin/v1``."""

    _inherit = "ir.http"

    @classmethod
    def _auth_method_silverfin(cls):
        """Authenticate by a Silverfin key: never by a cookie, never by the query string.

        A web session that comes along is ignored: the request has the key's rights only. The
        routes are not ``readonly``, so that the key is looked up on the primary server.
        """
        request.session.can_save = False
        keys = request.env["silverfin.api.key"].with_user(SUPERUSER_ID)
        key = keys._authenticate(_presented_secret(), request.httprequest.remote_addr)
        request.update_env(user=key.env.uid, context={}, su=False)
        request.silverfin_key = key.with_env(request.env)


def _presented_secret():
    """Return the secret in the request's headers.

    :raises problem.Problem: key_missing, or key_malformed where there are two
    """
    headers = request.httprequest.headers
    bearer = _BEARER.fullmatch(headers.get("Authorization", "").strip())
    presented = {bearer and bearer[1], headers.get("X-Silverfin-API-Key", "").strip()}
    presented -= {None, ""}
    if not presented:
        raise problem.KeyMissing
    if len(presented) > 1:
        raise problem.KeyMalformed("Two different keys were presented. Send one.")
    return presented.pop()
