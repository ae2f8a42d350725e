# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Routes of ``type="silverfin"``: every error a problem document, no form parsing, no session."""

import logging

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from odoo.http import Dispatcher, request

from ..tools import problem

_logger = logging.getLogger(__name__)


class SilverfinDispatcher(Dispatcher):
    """Checks what HTTP asks of every route, and answers errors as RFC 9457 does.

    A route names its methods in ``verbs``: werkzeug's own check would answer with HTML. No CSRF
    token is asked for, since a cookie never authenticates here.
    """

    routing_type = "silverfin"

    @classmethod
    def is_compatible_with(cls, _request):
        return True

    def dispatch(self, endpoint, args):
        verbs = endpoint.routing["verbs"]
        if self.request.httprequest.method not in verbs:
            raise problem.MethodNotAllowed(headers={"Allow": ", ".join(verbs)})
        self.request.params = dict(args)
        self.request.silverfin_items = 0
        response = self.request.registry["ir.http"]._dispatch(endpoint)
        self._record_use()
        return response

    def _record_use(self):
        key = getattr(self.request, "silverfin_key", None)
        if key:
            http = self.request.httprequest
            key._record_use(http.remote_addr, http.user_agent.string, self.request.silverfin_items)

    def post_dispatch(self, response):
        super().post_dispatch(response)
        response.headers.setdefault("Cache-Control", "no-store")

    def handle_error(self, exc):
        if isinstance(exc, problem.Problem):
            return exc
        if isinstance(exc, RequestEntityTooLarge):
            return problem.BodyTooLarge()
        if not isinstance(exc, HTTPException):
            _logger.debug("Answered %s as an internal error", type(exc).__name__)
        return problem.InternalError()


def client():
    """Return the client that the authenticated request is about."""
    return request.silverfin_key._client(request.httprequest.headers.get("X-Silverfin-Company"))
