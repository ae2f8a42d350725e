"""Folders, pins and variables; standard library only, for the bootstrap reads it too."""

import hashlib
import os
from pathlib import Path

ADDON = "account_silverfin"
BASE_MODULES = ("account", "l10n_be")
ODOO_SERIES = (19, 0)
ODOO_PACKAGE = "odoo-19"
ODOO_PIN = "19.0.0+dfsg-1"
DEMO_PORT = 8069

CHECKOUT = Path(__file__).resolve().parent.parent
REQUIREMENTS = CHECKOUT / "dev" / "requirements.txt"
PYPROJECT = CHECKOUT / "pyproject.toml"

# State of this checkout: configuration, logs, links. Ignored by git, safe to delete.
STATE = CHECKOUT / ".dev"
LOGS = STATE / "logs"
RC_FILE = STATE / "odoo.conf"
DEMO_ACCESS = STATE / "demo-access.json"  # keys of the demo, written when it is filled
DEMO_FILE = STATE / "demo.json"  # the same with the address, written when the demo serves
# Odoo names an addon after its folder, and a checkout may be called anything: hence the links.
ADDONS = STATE / "addons"
ADDON_LINK = ADDONS / ADDON
# Holds nothing but the link `dev`: with the checkout itself on the path, its folders `tools`,
# `models` and `tests` would be importable as top-level packages in every Odoo process.
PYTHON_PATH = STATE / "path"
TEST_ADDONS = CHECKOUT / "dev" / "addons"


def cache():
    """Folder for heavy downloads, shared by all checkouts of this user.

    :return: ``$SILVERFIN_CACHE``, or ``account_silverfin`` in the user's cache folder.
    """
    if chosen := os.environ.get("SILVERFIN_CACHE"):
        return Path(chosen).expanduser().absolute()
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / ADDON


def short_hash(*parts):
    """Name a set of texts by eight hexadecimal digits.

    >>> short_hash("a", "b") == short_hash("a", "b") != short_hash("ab")
    True
    """
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:8]


def database_name(role):
    """Name of a database of this checkout: two checkouts share one server without meeting.

    :param role: what it is for, such as ``demo``.
    """
    return f"silverfin_{short_hash(CHECKOUT)}_{role}"


def odoo_source():
    """The Odoo tree the developer chose with ``ODOO_SOURCE``, or None."""
    chosen = os.environ.get("ODOO_SOURCE")
    return Path(chosen).expanduser().absolute() if chosen else None


def make_state():
    """Create ``.dev`` with its links; harmless when they are there."""
    for folder in (LOGS, ADDONS, PYTHON_PATH, TEST_ADDONS):
        folder.mkdir(parents=True, exist_ok=True)
    _link(ADDON_LINK, CHECKOUT)
    _link(PYTHON_PATH / "dev", CHECKOUT / "dev")


def _link(link, target):
    if link.is_symlink() and link.resolve() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)
