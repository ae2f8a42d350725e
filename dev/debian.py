"""Odoo 19 from Debian's package, unpacked beside the system instead of installed into it.

Only Debian's unstable release has the package. The machine's own source entry is copied into a
private folder with that release's name, so apt checks the signatures as always and the system's
own package lists stay as they are.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from dev import locking, settings
from dev.console import SetupError, say, step, warn

STAMP = ".complete"
UNSTABLE = "sid"
# Odoo's package has links into these. The first group comes from the machine's own release: Odoo
# wants Font Awesome with the file names of 4.7, and unstable may move on.
OWN_RELEASE_PACKAGES = (
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
UNSTABLE_PACKAGES = ("fonts-montserrat", "fonts-ocr-b")
# Debian leaves this file out as it is not free enough; without it every page logs an error, and
# an error on the page fails a browser test.
MISSING_SCRIPT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
OTHER_WAY = (
    "Set ODOO_SOURCE to a clone of Odoo's branch 19.0 (or an unpacked nightly build) instead."
)


def ensure_root():
    """Fetch and unpack Odoo unless that has been done.

    :return: folder that holds ``usr/bin/odoo``.
    :raise SetupError: not possible on this machine; the message says what to do.
    """
    home = settings.cache() / "odoo"
    with locking.exclusive(settings.cache() / "setup.lock"):
        _remove_leftovers(home)
        return finished(home) or fetch(home)


def finished(home):
    """The unpacked tree: the pinned version, or the one that replaced it."""
    roots = sorted(stamp.parent for stamp in home.glob(f"*/{STAMP}"))
    pinned = home / settings.ODOO_PIN
    if pinned in roots or not roots:
        return pinned if pinned in roots else None
    _note_other_version(roots[-1].name)
    return roots[-1]


def fetch(home):
    """Download, unpack and mend Odoo in a working folder; rename it when all is well."""
    check_tools()
    work = home / f"work-{os.getpid()}"
    root = work / "root"
    root.mkdir(parents=True)
    with step("Odoo 19 from Debian (about 125 MB, 1.1 GB unpacked)"):
        apt = Apt(work)
        version = choose_version(apt.versions(settings.ODOO_PACKAGE))
        say("    downloading")
        for package in apt.download(version):
            subprocess.run(["dpkg-deb", "-x", package, root], check=True)
        mend(root)
        check_links(root)
    (root / STAMP).touch()
    root.rename(home / version)
    shutil.rmtree(work)
    return home / version


def _remove_leftovers(home):
    for folder in home.glob("work-*"):
        say("    an unfinished download is there; beginning anew")
        shutil.rmtree(folder)
    for folder in home.glob("*"):
        if not (folder / STAMP).exists():
            shutil.rmtree(folder)


def check_tools():
    """:raise SetupError: this is no Debian."""
    release = Path("/etc/os-release")
    facts = release.read_text() if release.exists() else ""
    if not re.search(r"^ID=debian$", facts, re.MULTILINE) or not shutil.which("apt-get"):
        raise SetupError(f"Odoo can be fetched by itself on Debian only. {OTHER_WAY}")


def codename():
    """Name of the machine's Debian release, such as ``bookworm``."""
    found = re.search(
        r"^VERSION_CODENAME=(\w+)$", Path("/etc/os-release").read_text(), re.MULTILINE
    )
    return found.group(1) if found else UNSTABLE


def choose_version(versions):
    """Pick the pinned version, else the newest 19.0, which apt lists first.

    :raise SetupError: none on offer.
    """
    if settings.ODOO_PIN in versions:
        return settings.ODOO_PIN
    others = [version for version in versions if version.startswith("19.0")]
    if not others:
        raise SetupError(f"Debian offers no Odoo 19.0 (any more). {OTHER_WAY}")
    _note_other_version(others[0])
    return others[0]


def _note_other_version(version):
    warn(f"Debian has moved on: using Odoo {version} instead of the pinned {settings.ODOO_PIN}")


class Apt:
    """apt with lists and sources of its own.

    :param work: folder for everything it writes.
    :raise SetupError: no Debian source entry, or the lists cannot be fetched.
    """

    def __init__(self, work):
        self.downloads = work / "deb"
        for name in ("deb", "parts", "lists/partial", "cache/archives/partial"):
            (work / name).mkdir(parents=True)
        write_sources(work / "parts")
        choices = {
            "Dir::Etc::SourceList": "/dev/null",
            "Dir::Etc::SourceParts": work / "parts",
            "Dir::State::Lists": work / "lists",
            "Dir::Cache": work / "cache",
            # apt's own unprivileged user cannot enter a home folder.
            "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        self.options = [f"-o{key}={value}" for key, value in choices.items()]
        self._call("apt-get", "update", "-q", "-q")

    def versions(self, package):
        """Versions on offer, newest first."""
        rows = self._call("apt-cache", "madison", package).splitlines()
        return [row.split("|")[1].strip() for row in rows]

    def download(self, version):
        """Fetch Odoo and the packages it has links into.

        :return: paths of the package files.
        """
        own = codename()
        wanted = [f"{settings.ODOO_PACKAGE}={version}"]
        wanted += [f"{name}/{own}" for name in OWN_RELEASE_PACKAGES]
        wanted += [f"{name}/{UNSTABLE}" for name in UNSTABLE_PACKAGES]
        self._call("apt-get", "download", "-q", *wanted)
        return sorted(self.downloads.glob("*.deb"))

    def _call(self, program, *arguments):
        command = [program, *self.options, *arguments]
        answer = subprocess.run(command, cwd=self.downloads, capture_output=True, text=True)
        # `update` exits with 0 when a list could not be fetched, with a line "E:" or "W: Failed".
        if answer.returncode or "Failed to fetch" in answer.stderr:
            raise SetupError(
                f"{program} {arguments[0]} failed:\n{answer.stderr.strip()}\n"
                f"Check the network and /etc/apt, and start again. {OTHER_WAY}"
            )
        return answer.stdout


def write_sources(folder):
    """Write the machine's Debian entry twice: as it is, and for the unstable release.

    :raise SetupError: there is no such entry.
    """
    for suffix, text in own_entries():
        (folder / f"own.{suffix}").write_text(text)
        (folder / f"unstable.{suffix}").write_text(for_unstable(text, suffix))
        return
    raise SetupError(
        f"No entry for Debian {codename()} with component main in /etc/apt. {OTHER_WAY}"
    )


def own_entries():
    """Yield (kind of file, text) of each source entry for the machine's own release."""
    own = codename()
    for path in sorted(Path("/etc/apt/sources.list.d").glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text()):
            wanted = {"Types": "deb", "Suites": own, "Components": "main"}
            if all(_field_has(stanza, field, word) for field, word in wanted.items()):
                yield "sources", stanza.strip() + "\n"
    lists = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*.list")]
    for path in filter(Path.exists, lists):
        for line in path.read_text().splitlines():
            if re.match(rf"deb\s+(\[.*\]\s+)?\S+\s+{own}\s+(.*\s)?main\b", line):
                yield "list", line + "\n"


def _field_has(stanza, field, word):
    found = re.search(rf"^{field}:(.*)$", stanza, re.MULTILINE | re.IGNORECASE)
    return bool(found) and word in found.group(1).split()


def for_unstable(text, suffix):
    """Turn an entry into one for the unstable release.

    >>> for_unstable("deb [signed-by=key] mirror bookworm main contrib", "list")
    'deb [signed-by=key] mirror sid main'
    >>> for_unstable("Suites: bookworm bookworm-updates", "sources")
    'Suites: sid'
    """
    if suffix == "sources":
        return re.sub(r"(?m)^Suites:.*$", f"Suites: {UNSTABLE}", text)
    return re.sub(r"(?m)^(deb\s+(?:\[.*\]\s+)?\S+)\s.*$", rf"\1 {UNSTABLE} main", text)


def mend(root):
    """Put a stand-in where Debian leaves a file out."""
    script = root / "usr/lib/python3/dist-packages/odoo/addons" / MISSING_SCRIPT
    if not script.exists():
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text("window.SelfieSegmentation = class {};\n")
    (root / "usr/bin/odoo").chmod(0o755)


def check_links(root):
    """:raise SetupError: a link leads nowhere, so a page or a font would be missing."""
    for path in root.rglob("*"):
        if path.is_symlink():
            _keep_inside(root, path)
    broken = [str(path) for path in root.rglob("*") if path.is_symlink() and not path.exists()]
    if broken:
        raise SetupError(
            "Odoo's package has links into packages this project does not know of yet:\n  "
            + "\n  ".join(broken[:10])
            + f"\nAdd those packages in dev/debian.py. {OTHER_WAY}"
        )


def _keep_inside(root, path):
    """Make an absolute link lead into the unpacked tree instead of the machine's own files."""
    target = path.readlink()
    if target.is_absolute():
        inside = root / target.relative_to("/")
        path.unlink()
        path.symlink_to(os.path.relpath(inside, path.parent))
