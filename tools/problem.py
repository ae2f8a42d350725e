# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every refusal of the HTTP contract, each a named class.

They are answered as ``application/problem+json`` (RFC 9457) with a stable ``code``. ``detail``
says what to do next, never what was presented: no key, no header, no SQL ends up in an answer.
"""

import json

from werkzeug.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="silverfin"'}  # RFC 6750, section 3


class Problem(HTTPException):
    """A refusal: HTTP status, stable machine code, title and what to do."""

    code = 500
    problem_code = "internal_error"
    title = "Internal error"
    detail = "The request could not be answered. Try again later; the server's log has the cause."
    headers = {}

    def __init__(self, detail=None, headers=None):
        super().__init__()
        self.detail = detail or self.detail
        self.headers = {**self.headers, **(headers or {})}

    def __str__(self):
        return f"{self.title}: {self.detail}"

    def get_body(self, environ=None, scope=None):
        """Return the problem document."""
        document = {
            "type": "about:blank",
            "title": self.title,
            "status": self.code,
            "code": self.problem_code,
            "detail": self.detail,
        }
        return json.dumps(document)

    def get_headers(self, environ=None, scope=None):
        """Return the media type and what belongs to this problem."""
        return [
            ("Content-Type", MEDIA_TYPE),
            ("Cache-Control", "no-store"),
            *self.headers.items(),
        ]


class InternalError(Problem):
    """Something that the contract does not foresee; its cause is in the server's log."""


class KeyMissing(Problem):
    """Neither header carries a key."""

    code = 401
    problem_code = "key_missing"
    title = "No API key"
    detail = (
        "Send the key in the header 'Authorization: Bearer <key>' or 'X-Silverfin-API-Key: <key>'."
    )
    headers = _CHALLENGE


class KeyMalformed(Problem):
    """What was presented has not the shape or the checksum of a key."""

    code = 401
    problem_code = "key_malformed"
    title = "Not an API key"
    detail = (
        "A key is 53 characters, begins with 'sfs_' or 'sfr_' and carries a checksum: "
        "copy it again, whole, from where it was stored."
    )
    headers = _CHALLENGE


class KeyUnknown(Problem):
    """No such key: one answer for unknown and deleted ones."""

    code = 401
    problem_code = "key_unknown"
    title = "Unknown API key"
    detail = (
        "No such key in this database: it was deleted, or it belongs to another database "
        "(choose one with the header 'X-Odoo-Database')."
    )
    headers = _CHALLENGE


class KeyExpired(Problem):
    """The key is genuine, but its time is over."""

    code = 401
    problem_code = "key_expired"
    title = "Expired API key"
    detail = "Ask whoever manages the key to make a new one."
    headers = _CHALLENGE


class KeyInactive(Problem):
    """The key is genuine, but it or its user was switched off."""

    code = 401
    problem_code = "key_inactive"
    title = "Inactive API key"
    detail = "The key or its user was switched off. Ask whoever manages it to activate it again."
    headers = _CHALLENGE


class ClientArchived(Problem):
    """The key is genuine, but its client is archived."""

    code = 403
    problem_code = "client_archived"
    title = "Archived client"
    detail = "The client that this key belongs to is archived. Unarchive it, or delete the key."


class NetworkRefused(Problem):
    """The caller's address is in none of the key's networks."""

    code = 403
    problem_code = "network_refused"
    title = "Network not allowed"
    detail = "The key may not be used from this address. Add the network to the key, or go there."


class ScopeInsufficient(Problem):
    """The key is genuine, but opens the endpoint of this addon only (RFC 6750, section 3.1)."""

    code = 403
    problem_code = "insufficient_scope"
    title = "Insufficient scope"
    detail = (
        "This key has the scope 'sync' and opens '/silverfin/v1' only. Make a key of scope 'read' "
        "for Odoo's external API."
    )


class NoLedgerAccess(Problem):
    """The key's user may read less than all journal items of the companies."""

    code = 403
    problem_code = "no_ledger_access"
    title = "No access to the ledger"
    detail = (
        "The key's user may not read all journal items of these companies. Give the user an "
        "accounting role, or use a client's key."
    )


class CompanyRequired(Problem):
    """The key reaches several clients and none was named."""

    code = 400
    problem_code = "company_required"
    title = "Several companies"
    detail = (
        "The key reaches several clients: send the uuid of one (see '/silverfin/v1/me') in the "
        "header 'X-Silverfin-Company'."
    )


class CompanyUnreachable(Problem):
    """The named client does not exist or is out of reach: one answer for both."""

    code = 403
    problem_code = "company_unreachable"
    title = "Company not reachable"
    detail = "The key reaches no such client. '/silverfin/v1/me' lists those that it does reach."


class ParameterInvalid(Problem):
    """A parameter or the body is not as the contract has it."""

    code = 400
    problem_code = "parameter_invalid"
    title = "Invalid parameter"
    detail = "See the API description at '/silverfin/v1/openapi.json'."


class SyncPointInvalid(Problem):
    """The sync point cannot be continued from."""

    code = 409
    problem_code = "sync_point_invalid"
    title = "Sync point not usable"
    detail = (
        "Begin anew without a sync point and drop what is not delivered again: the sync point "
        "belongs to another history of this database, to another client, or to this client with "
        "other branches, another start date or another language."
    )


class NotFound(Problem):
    """There is nothing at this path."""

    code = 404
    problem_code = "not_found"
    title = "No such resource"
    detail = "See the API description at '/silverfin/v1/openapi.json'."


class MethodNotAllowed(Problem):
    """The resource has other methods."""

    code = 405
    problem_code = "method_not_allowed"
    title = "Method not allowed"
    detail = "The header 'Allow' names the methods of this resource."


class NotAcceptable(Problem):
    """The caller accepts none of the media types offered."""

    code = 406
    problem_code = "not_acceptable"
    title = "No such representation"
    detail = "This resource is served as 'application/json' or 'application/x-ndjson'."


class BodyTooLarge(Problem):
    """The body exceeds the limit."""

    code = 413
    problem_code = "body_too_large"
    title = "Body too large"
    detail = "Send at most 64 KiB."


class RateLimited(Problem):
    """The caller asks for more at once than it may."""

    code = 429
    problem_code = "rate_limited"
    title = "Too many pulls at once"
    detail = "Another stream of this client is running. Try again after 'Retry-After' seconds."
    headers = {"Retry-After": "5"}


class Maintenance(Problem):
    """The feed's tables are incomplete, or being replaced."""

    code = 503
    problem_code = "maintenance"
    title = "Under maintenance"
    detail = "The feed is not ready. Try again after 'Retry-After' seconds."
    headers = {"Retry-After": "60"}
