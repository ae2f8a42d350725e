# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import http, release
from odoo.http import Response, request
from odoo.modules import Manifest
from odoo.tools import file_open

from ..tools import problem
from ..tools.delivery import Delivery
from ..tools.sync_point import MAX_LENGTH
from . import parameters
from .dispatcher import books, client
from .stream import LedgerStream

BASE = "/silverfin/v1"
DEFAULT_LIMIT = 500  # what Silverfin's own submit takes at once
MAX_LIMIT = 5000
MAX_BODY = 64 * 1024  # bytes

_READ = ("GET", "HEAD")
_ANY = (*_READ, "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def route(*paths, auth="silverfin", verbs=_READ):
    """Declare a route of the contract; its authentication is the key unless said otherwise."""
    return http.route(
        [BASE + path for path in paths],
        type="silverfin",
        auth=auth,
        verbs=verbs,
        readonly=False,
        csrf=False,
        save_session=False,
        max_content_length=MAX_BODY,
    )


class SilverfinController(http.Controller):
    """The HTTP contract, version 1. Each method parses, asks a model, and answers."""

    @route("/health", auth="none")
    def health(self):
        """Say that the server answers; nothing else, since nobody is authenticated."""
        parameters.query()
        return _json('{"status": "ok"}')

    @route("/openapi.json", auth="none")
    def openapi(self):
        """Return the description of this contract."""
        parameters.query()
        with file_open("account_silverfin/static/openapi.json") as file:
            return _json(file.read())

    @route("/me")
    def me(self):
        """Return what the key is, and whose ledgers it opens."""
        parameters.query()
        parameters.representation(parameters.JSON)
        return _json(json.dumps(request.silverfin_key._describe() | _server()))

    @route("/accounts")
    def accounts(self):
        """Return all accounts; 304 where the caller has them already."""
        parameters.query()
        parameters.representation(parameters.JSON)
        text, tag = books()._accounts()
        response = _json(f'{{"accounts": {text}}}')
        response.set_etag(tag)
        response.headers["Cache-Control"] = "private, no-cache"
        return response.make_conditional(request.httprequest.environ)

    @route("/years")
    def years(self):
        """Return the fiscal years from the first posted item to today."""
        parameters.query()
        parameters.representation(parameters.JSON)
        years = [
            {"from": start.isoformat(), "to": end.isoformat()} for start, end in books()._years()
        ]
        return _json(json.dumps({"years": years}))

    @route("/transactions", verbs=("GET",))
    def transactions(self):
        """Return one page of the feed, or all that is left as a stream."""
        point, limit, control = parameters.query("sync_point", "limit", "control")
        limit = parameters.integer("limit", limit, DEFAULT_LIMIT, 1, MAX_LIMIT)
        control = parameters.flag("control", control)
        kind = parameters.representation(parameters.JSON, parameters.NDJSON)
        if kind == parameters.NDJSON:
            stream = LedgerStream(request.silverfin_key, books(), point, control)
            return Response(stream, content_type=kind)
        dossier = client()
        page, point = dossier._feed_page(point, limit, control=control)
        request.silverfin_use = {
            "items": len(page.actions),
            "delivery": Delivery.of_page(dossier.id, page),
        }
        return _json(_page(page, point))

    @route("/trial-balance")
    def trial_balance(self):
        """Return opening, debit, credit and closing of every account."""
        start, end = parameters.query("from", "to")
        parameters.representation(parameters.JSON)
        start, end = parameters.date("from", start), parameters.date("to", end)
        if start > end:
            raise problem.ParameterInvalid("'from' must not be after 'to'.")
        return _json(books()._trial_balance(start, end))

    @route("/status", verbs=("POST",))
    def status(self):
        """Take what the reader made of a sync point."""
        parameters.query()
        document = parameters.body()
        point = parameters.text(document, "sync_point", MAX_LENGTH)
        if document.get("result") not in ("ok", "failed"):
            raise problem.ParameterInvalid("'result' must be 'ok' or 'failed'.")
        code = parameters.text(document, "code", 100)
        message = parameters.text(document, "message", 1000)
        client()._report_status(point, document["result"], code, message)
        return Response(status=204)

    @route("", "/<path:_path>", auth="none", verbs=_ANY)
    def unknown(self, _path=None):
        """Answer whatever else is asked beneath the base."""
        raise problem.NotFound


def _server():
    return {
        "database": request.db,
        "versions": {
            "addon": Manifest.for_addon("account_silverfin")["version"],
            "odoo": release.version,
        },
        "limits": {"actions_per_page": MAX_LIMIT, "body_bytes": MAX_BODY},
    }


def _json(text):
    return Response(text, content_type=parameters.JSON)


def _page(page, point):
    members = [
        ("sync_point", json.dumps(point)),
        ("complete", json.dumps(page.complete)),
        ("actions", _array(page.actions)),
        *((name, _array(records)) for name, records in page.records.items()),
        ("opening", page.opening),
        ("control", page.control),
    ]
    return "{" + ",\n".join(f'"{name}": {text}' for name, text in members if text) + "}"


def _array(texts):
    return "[" + ",\n".join(texts) + "]"
