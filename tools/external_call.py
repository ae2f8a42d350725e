# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A call on Odoo's external API, and which calls a key of scope *read* may make."""

import inspect
import re
from dataclasses import dataclass
from typing import Any

from odoo import http
from odoo.service import model as rpc
from odoo.sql_db import BaseCursor

METHODS = frozenset(
    {
        "check_access_rights",
        "fields_get",
        "formatted_read_group",
        "has_access",
        "name_search",
        "read",
        "read_group",
        "search",
        "search_count",
        "search_read",
    }
)
LOGIN = frozenset({("res.users", "context_get")})  # what clients ask for when they log in

# Odoo asks for the rights on a field wherever code reads one: for everybody else's calls, to see
# that there is no mark must cost next to nothing.
BaseCursor.silverfin_call = None

_UNSAFE = re.compile(r"[^\w.]", re.ASCII)
_RPC = inspect.unwrap(rpc.dispatch).__code__
_HTTP = inspect.unwrap(http.Application.__call__).__code__


@dataclass
class Call:
    """Who calls what; and once a key was accepted, what it opens and how much it delivered.

    :param str address: of the caller
    :param str agent: the caller's *User-Agent*
    :param str model: empty where no model is called, as at login
    :param str method: of the model
    :param key: the accepted key, a record of ``silverfin.api.key``
    :param frozenset models: names of the models that the key may read
    :param frozenset hidden: their fields that it may not, as pairs of names
    :param int items: records delivered
    :param int computing: depth of the fields that are being computed
    """

    address: str = ""
    agent: str = ""
    model: str = ""
    method: str = ""
    key: Any = None
    models: frozenset = frozenset()
    hidden: frozenset = frozenset()
    items: int = 0
    computing: int = 0

    def target(self, model, method):
        """Say what is called, in characters that may be shown and logged."""
        self.model, self.method = (_UNSAFE.sub("?", str(name))[:64] for name in (model, method))

    def is_login(self):
        """Tell whether no books are read: it is what clients ask for when they log in."""
        return not self.model or (self.model, self.method) in LOGIN

    def is_allowed(self):
        """Tell whether a key of scope *read* may make this call."""
        if (self.model, self.method) in LOGIN:
            return True
        return self.method in METHODS and self.model in self.models

    def may_access(self, model, operation):
        """Tell whether an operation on a model is within what the key opens."""
        return operation == "read" and model in self.models

    def may_read_field(self, field):
        """Tell whether a field is within what the key opens."""
        model = field.model_name
        return model in self.models and (model, field.name) not in self.hidden


def of_request(request):
    """Return the call that an HTTP request makes, as far as its headers tell."""
    return Call(request.httprequest.remote_addr, request.httprequest.user_agent.string)


def of_stack():
    """Return the XML-RPC or JSON-RPC call that this thread is serving.

    Odoo checks the credentials of these calls out of reach of the request and before it tells
    anybody which method is called; and where a server has several databases, no controller of an
    addon takes part. So the call is read off the stack. What is not found there stays empty, which
    opens nothing.
    """
    request = _on_stack(_HTTP).get("request")
    call = of_request(request) if request else Call()
    rpc_call = _on_stack(_RPC)
    call.target(rpc_call.get("model", ""), rpc_call.get("method_", ""))
    return call


def _on_stack(code):
    """Return the variables of the nearest caller that runs ``code``."""
    frame = inspect.currentframe()
    while frame and frame.f_code is not code:
        frame = frame.f_back
    return frame.f_locals if frame else {}


def of_cursor(cursor):
    """Return the call for which a key of scope *read* opened a cursor, or None.

    The mark is on the cursor, as the rights are: it outlives commit, rollback and retries, and
    dies with the cursor.
    """
    return cursor.silverfin_call


def mark(cursor, call):
    """Tie a cursor to the call for which a key opened it."""
    cursor.silverfin_call = call
