# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Routes of ``type="silverfin"``: every error a problem document, no form parsing, no session."""

import logging

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from odoo.http import Dispatcher, request

from ..tools import problem
from ..tools.delivery import Delivery
from ..tools.log import HideKeys

logging.getLogger("werkzeug").addFilter(HideKeys())  # it logs the address of every request


class SilverfinDispatcher(Dispatcher):
    """Checks what HTTP asks of every route, and answers errors as RFC 9457 does.

    A route names its methods in ``verbs``: werkzeug's own check would answer with HTML. No CSRF
    token is asked for, since a cookie never authenticates here.
    """

    routing_type = "silverfin"

    @classmethod
    def is_compatible_with(cls, _request):
        """Accept whatever content type: the routes say themselves what is wrong with a body."""
        return True

    def dispatch(self, endpoint, args):
        """Call the endpoint, and count the use of the key.

        :raises problem.MethodNotAllowed: when the route has other methods
        """
        verbs = endpoint.routing["verbs"]
        if self.request.httprequest.method not in verbs:
            raise problem.MethodNotAllowed(headers={"Allow": ", ".join(verbs)})
        self.request.params = dict(args)
        self.request.silverfin_use = {}
        response = self.request.registry["ir.http"]._dispatch(endpoint)
        self._record_use()
        return response

    def _record_use(self):
        key = getattr(self.request, "silverfin_key", None)
        if key:
            http = self.request.httprequest
            key._record_use(http.remote_addr, http.user_agent.string, **self.request.silverfin_use)

    def post_dispatch(self, response):
        """Add the headers of every answer: nothing of a ledger is kept by a cache."""
        response.headers.setdefault("Cache-Control", "no-store")
        return super().post_dispatch(response)

    def handle_error(self, exc):
        """Return the problem document for an exception; Odoo logs what is not foreseen."""
        if isinstance(exc, problem.Problem):
            return exc
        if isinstance(exc, RequestEntityTooLarge):
            return problem.BodyTooLarge()
        if isinstance(exc, HTTPException) and 400 <= (exc.code or 0) < 500:
            return problem.ParameterInvalid()
        return problem.InternalError()


def client():
    """Return the client that the authenticated request is about."""
    uuid = request.httprequest.headers.get("X-Silverfin-Company", "")
    return request.silverfin_key._client(uuid.strip().lower())


def books():
    """Return the client whose books the request asks for; the answer counts as a delivery."""
    found = client()
    request.silverfin_use["delivery"] = Delivery("feed", found.id)
    return found
