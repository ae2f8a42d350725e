# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How far a reader has got: an opaque, signed string.

It names the history it belongs to (see :mod:`.feed.history`), the dossier, and a position:

* ``base``: the snapshot (PostgreSQL's ``pg_snapshot`` text) up to which the reader has everything;
* ``phase``: ``full`` while a first pull walks through the ledger, ``changes`` afterwards;
* ``started``: the snapshot of the present run's first page, the ``base`` of the next run;
* ``company`` and ``entry``: where the present run stands (0: at its start);
* ``opening``: digest of the opening balances delivered last (empty: to be compared anew).
"""

import base64
import dataclasses
import hashlib
import hmac
import json

VERSION = 1
MAX_LENGTH = 8192  # characters; a snapshot lists every transaction in progress

FULL = "full"
CHANGES = "changes"


class InvalidSyncPoint(ValueError):
    """The string is not a sync point that this database signed."""


@dataclasses.dataclass(frozen=True)
class SyncPoint:
    """A position in the feed of one dossier; see the module for the fields."""

    history: str
    dossier: str
    base: str
    phase: str = CHANGES
    started: str = ""
    company: int = 0
    entry: int = 0
    opening: str = ""

    def encode(self, secret):
        """Return the signed text.

        :param bytes secret: the database's signing key
        """
        payload = json.dumps([VERSION, *dataclasses.astuple(self)], separators=(",", ":")).encode()
        return _to_text(_signature(payload, secret) + payload)

    @classmethod
    def decode(cls, text, secret):
        """Return the sync point behind ``text``.

        :raises InvalidSyncPoint: if it was altered, cut, or signed elsewhere
        """
        raw = _from_text(text)
        signature, payload = raw[:16], raw[16:]
        if not hmac.compare_digest(signature, _signature(payload, secret)):
            raise InvalidSyncPoint("signature")
        version, *fields = json.loads(payload)
        if version != VERSION:
            raise InvalidSyncPoint("version")
        return cls(*fields)


def _signature(payload, secret):
    return hmac.digest(secret, payload, hashlib.sha256)[:16]


def _to_text(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _from_text(text):
    if len(text) > MAX_LENGTH:
        raise InvalidSyncPoint("length")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise InvalidSyncPoint("encoding") from error
