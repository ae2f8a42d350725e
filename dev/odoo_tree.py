"""Where Odoo's own files are: the developer's source tree, or the unpacked Debian package."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from dev import debian, settings
from dev.console import SetupError

# Places of the start script: git clone, nightly archive, unpacked Debian package.
SCRIPTS = ("odoo-bin", "setup/odoo", "usr/bin/odoo")
PACKAGES = ("odoo", "usr/lib/python3/dist-packages/odoo")


@dataclass(frozen=True)
class OdooTree:
    """One Odoo 19 on disk."""

    script: Path
    package: Path
    identity: str  # changes whenever the code does, as far as that can be told

    @property
    def python_path(self):
        """Folder from which ``import odoo`` works."""
        return self.package.parent

    @property
    def addons_path(self):
        """Odoo's own addons folders: one in a package, two in a git clone."""
        inner = self.package / "addons"
        if (inner / "account").is_dir():
            return [inner]
        return [inner, self.package.parent / "addons"]


def ensure():
    """Give the Odoo to work with, fetching it when needed.

    :rtype: OdooTree
    :raise SetupError: none can be had, or the chosen one is no Odoo 19.
    """
    chosen = settings.odoo_source()
    if chosen is None:
        root = debian.ensure_root()
        return read(root, identity=root.name)
    return read(chosen, identity=f"{chosen} {_revision(chosen)}".strip())


def read(root, identity):
    """Look at the tree under ``root``.

    :raise SetupError: it is not a complete Odoo of the right series.
    """
    script = _first(root, SCRIPTS)
    package = _first(root, PACKAGES)
    if not script or not package or not (package / "release.py").is_file():
        raise SetupError(
            f"{root} is no Odoo source tree: it needs {' or '.join(SCRIPTS)} and odoo/release.py. "
            "Set ODOO_SOURCE to a clone of Odoo's branch 19.0, or unset it."
        )
    _check_series(root, package / "release.py")
    return OdooTree(script, package, identity)


def _first(root, names):
    return next((root / name for name in names if (root / name).exists()), None)


def _check_series(root, release):
    found = re.search(r"^version_info = \((\d+), (\d+)", release.read_text(), re.MULTILINE)
    series = tuple(map(int, found.groups())) if found else ()
    if series != settings.ODOO_SERIES:
        name = ".".join(map(str, series)) or "an unknown version"
        raise SetupError(f"{root} holds Odoo {name}; this addon needs 19.0.")


def _revision(root):
    """Commit of a git clone; empty for anything else, which is known by its path alone."""
    command = ["git", "-C", str(root), "rev-parse", "HEAD"]
    answer = subprocess.run(command, capture_output=True, text=True)
    return answer.stdout.strip()
