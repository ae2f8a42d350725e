# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re
from contextlib import contextmanager

from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import default_exceptions

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessDenied
from odoo.http import DEFAULT_LANG, request

from ..tools import external_call, problem
from ..tools import key as key_tool

_BEARER = re.compile(r"bearer +(\S+)", re.IGNORECASE)


JSON_2 = "/json/2/<__model__>/<__method__>"  # Odoo's route; by another name it would stay closed


class IrHttp(models.AbstractModel):
    """The authentication of the routes beneath ``/silverfin/v1``, and of Odoo's bearer routes."""

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
        _act_as(key.env.uid)
        request.silverfin_key = key.with_env(request.env)

    @classmethod
    def _auth_method_bearer(cls):
        """Take keys of scope *read* too. Their rights only: a web session is ignored."""
        presented = _bearer_secret()
        if not key_tool.is_meant(presented):
            super()._auth_method_bearer()
            _refuse_service_user()
            return
        request.session.can_save = False
        call = external_call.of_request(request)
        with _primary_env() as env:
            uid = _open_external(env, presented, call).env.uid
        _act_as(uid)
        request.env["silverfin.api.key"]._bind_external(call)

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Keep keys of scope *read* to the methods and models of their list, on JSON-2 only."""
        if call := external_call.of_cursor(request.env.cr):
            if rule.rule == JSON_2:
                call.target(args["__model__"], args["__method__"])
            request.env["silverfin.api.key"]._check_external(call)
        return super()._pre_dispatch(rule, args)


def _refuse_service_user():
    """Refuse keys of Odoo's own that act as a service user: nothing keeps them to reading."""
    if request.env.user.has_group("account_silverfin.group_reader"):
        raise AccessDenied


def _act_as(uid):
    """Go on as a key's user; of a web session that came along, nothing is left.

    With a language, or Odoo would read the user and the company to choose one.
    """
    request.update_env(user=uid, context={"lang": _language()}, su=False)


def _language():
    """Return the language that the request asks for, or English where it is not installed."""
    code = request.default_lang()
    return code if request.env["res.lang"]._get_data(code=code) else DEFAULT_LANG


def _presented_secret():
    """Return the secret in the request's headers.

    :raises problem.Problem: key_missing, or key_malformed where there are two
    """
    header = request.httprequest.headers.get("X-Silverfin-API-Key", "")
    presented = {_bearer_secret(), header.strip()}
    presented -= {None, ""}
    if not presented:
        raise problem.KeyMissing
    if len(presented) > 1:
        raise problem.KeyMalformed("Two different keys were presented. Send one.")
    return presented.pop()


def _bearer_secret():
    authorization = request.httprequest.headers.get("Authorization", "")
    bearer = _BEARER.fullmatch(authorization.strip())
    return bearer and bearer[1]


@contextmanager
def _primary_env():
    """Yield a superuser's environment on the primary server; a standby hears of changes late."""
    if not request.env.cr.readonly:
        yield request.env(user=SUPERUSER_ID, context={})
        return
    with request.env.registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def _open_external(env, secret, call):
    """Return the key of a call.

    :raises werkzeug.exceptions.HTTPException: as the dispatcher of these routes wants it
    """
    try:
        return env["silverfin.api.key"]._open_external(secret, call)
    except problem.Problem as refusal:
        challenge = {"www_authenticate": WWWAuthenticate("bearer")} if refusal.code == 401 else {}
        raise default_exceptions[refusal.code](str(refusal), **challenge) from None
