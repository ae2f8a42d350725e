# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The secret of an API key: its shape, its checksum, its digest.

A secret is ``sfs_`` (scope *sync*) or ``sfr_`` (scope *read*), 43 base62 characters (256 random
bits), and 6 base62 characters of CRC32 over what precedes. The shape follows what secret scanners
look for: a fixed prefix, high entropy, a 32-bit checksum
(https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/).
"""

import hashlib
import re
import secrets
import string
import zlib

PREFIXES = {"sync": "sfs_", "read": "sfr_"}
SCOPES = {prefix: scope for scope, prefix in PREFIXES.items()}
SHOWN = 12  # characters that may be stored and shown in clear

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM_CHARACTERS = 43  # 62 ** 43 > 2 ** 256
_CHECKSUM_CHARACTERS = 6  # 62 ** 6 > 2 ** 32
_SHAPE = re.compile(r"(?:sfs|sfr)_[0-9A-Za-z]{49}", re.ASCII)
_MEANT = re.compile(r"\s*(?:sfs|sfr)_[0-9A-Za-z]{30,70}\s*", re.ASCII)


def generate(scope):
    """Return a new secret.

    :param str scope: ``sync`` or ``read``
    :raises KeyError: for any other scope
    """
    body = PREFIXES[scope] + _base62(secrets.randbits(256), _RANDOM_CHARACTERS)
    return body + _checksum(body)


def is_meant(text):
    """Tell whether a text is meant to be a key, well or badly copied, and is nobody's password."""
    return isinstance(text, str) and bool(_MEANT.fullmatch(text))


def is_well_formed(secret):
    """Tell whether ``secret`` has the shape and the checksum of a key (no look-up needed)."""
    return bool(_SHAPE.fullmatch(secret)) and secret[-6:] == _checksum(secret[:-6])


def scope_of(secret):
    """Return the scope that the prefix of a well-formed secret promises."""
    return SCOPES[secret[:4]]


def shown_prefix(secret):
    """Return the part of a secret that lists, logs and histories may show."""
    return secret[:SHOWN]


def digest(secret):
    """Return the 32 bytes under which a secret is stored and found.

    256 random bits need no slow hash: NIST SP 800-63B 5.1.2.2 allows an approved hash function for
    look-up secrets of 112 bits and more.
    """
    return hashlib.sha256(secret.encode()).digest()


def _checksum(body):
    return _base62(zlib.crc32(body.encode()), _CHECKSUM_CHARACTERS)


def _base62(number, length):
    digits = []
    for _position in range(length):
        number, rest = divmod(number, 62)
        digits.append(_ALPHABET[rest])
    return "".join(reversed(digits))
