# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Keys that somebody puts into an address, against the contract, must not stay in the log."""

import logging
import re

_SECRET = re.compile(r"(sf[sr]_[0-9A-Za-z]{8})[0-9A-Za-z]{41}", re.ASCII)


class HideKeys(logging.Filter):
    """Let every record pass, with no more of a key than its prefix."""

    def filter(self, record):
        """Shorten what looks like a key in the record's message."""
        message = record.getMessage()
        hidden = _SECRET.sub(r"\1…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True
