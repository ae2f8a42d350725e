# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Parsing of what a caller sends; whatever is wrong is named with what would be right."""

import datetime
import json
import re

from odoo.http import request

from ..tools import problem

JSON = "application/json"
NDJSON = "application/x-ndjson"

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# What PostgreSQL cannot store: NUL, and halves of surrogate pairs, which JSON can write.
_STORABLE = re.compile(r"[^\0\ud800-\udfff]*").fullmatch
_INTEGER = re.compile(r"[0-9]{1,9}", re.ASCII)


def query(*names):
    """Return the query's parameters, None where absent.

    :raises problem.ParameterInvalid: for an unknown, repeated or empty one
    """
    arguments = request.httprequest.args
    for name in arguments:
        if name not in names:
            known = ", ".join(f"'{known}'" for known in names) or "none"
            raise problem.ParameterInvalid(f"Unknown query parameter. This resource has: {known}.")
        if len(arguments.getlist(name)) > 1:
            raise problem.ParameterInvalid(f"'{name}' was given more than once.")
        if not arguments[name] or "\0" in arguments[name]:
            raise problem.ParameterInvalid(f"'{name}' is empty; leave it out or give it a value.")
    return [arguments.get(name) for name in names]


def integer(name, text, default, low, high):
    """Return a whole number between two bounds."""
    if text is None:
        return default
    if not _INTEGER.fullmatch(text) or not low <= int(text) <= high:
        raise problem.ParameterInvalid(f"'{name}' must be a whole number from {low} to {high}.")
    return int(text)


def flag(name, text):
    """Return whether a flag is set."""
    if text not in (None, "0", "1"):
        raise problem.ParameterInvalid(f"'{name}' must be 0 or 1.")
    return text == "1"


def date(name, text):
    """Return an obligatory date; fiscal years cannot be computed at the ends of the calendar."""
    try:
        if _DATE.fullmatch(text or "") and "1900" <= text[:4] < "2900":
            return datetime.date.fromisoformat(text)
        raise ValueError(text)
    except ValueError:
        raise problem.ParameterInvalid(f"'{name}' must be a date like 2026-03-31.") from None


def body():
    """Return the body, a JSON object in UTF-8."""
    try:
        document = json.loads(request.httprequest.get_data().decode())
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise problem.ParameterInvalid("The body must be a JSON object in UTF-8.")
    return document


def text(document, name, longest):
    """Return a string of a body's member, or None."""
    value = document.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 1 <= len(value) <= longest or not _STORABLE(value):
        raise problem.ParameterInvalid(f"'{name}' must be a text of 1 to {longest} characters.")
    return value


def representation(*offered):
    """Return the media type to answer with, the first one offered by default.

    :raises problem.NotAcceptable: when the caller accepts none of them
    """
    accepted = request.httprequest.accept_mimetypes
    if not accepted:
        return offered[0]
    best = accepted.best_match(offered)
    if best is None:
        raise problem.NotAcceptable(f"This resource is served as {' or '.join(offered)}.")
    return best
