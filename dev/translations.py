"""``make i18n``: the terms of the addon and their translations; ``make lint`` checks both."""

import difflib
import subprocess
import sys
from contextlib import contextmanager

import polib

from dev import database, postgres, settings, term_check, workspace
from dev.console import SetupError, say, step
from dev.database import Databases

# Those the addon has to have, as Odoo names their files. A file of another one is checked as well.
LANGUAGES = ("de", "es", "fr", "nl", "vi")

FOLDER = settings.CHECKOUT / "i18n"
TEMPLATE = FOLDER / f"{settings.ADDON}.pot"
FRESH = settings.STATE / f"{settings.ADDON}.pot"
SHOWN = 20  # lines of a difference


def update(languages):
    """Write the template anew and bring every translation in line with it.

    :param languages: more languages to make a file for.
    """
    FOLDER.mkdir(exist_ok=True)
    TEMPLATE.write_text(export())
    pot = polib.pofile(str(TEMPLATE))
    say(f"    {TEMPLATE.name}: {len(pot)} terms")
    for language in sorted({*LANGUAGES, *present(), *languages}):
        merge(pot, language)
    return 0


def merge(pot, language):
    """Bring one language in line: add what is new, forget what is gone, keep the rest."""
    path = FOLDER / f"{language}.po"
    old = polib.pofile(str(path)) if path.exists() else polib.POFile()
    po = polib.POFile()
    po.header = pot.header
    po.metadata = {**pot.metadata, "Language": language}
    known = {entry.msgid: entry for entry in old if not entry.obsolete}
    for term in pot:
        entry = polib.POEntry(msgid=term.msgid, comment=term.comment, occurrences=term.occurrences)
        if term.msgid in known:
            entry.msgstr = known[term.msgid].msgstr
            entry.tcomment = known[term.msgid].tcomment
            entry.flags = known[term.msgid].flags
        po.append(entry)
    path.write_text(f"{po}\n")
    say(f"    {path.name}: {len(po.untranslated_entries())} to translate")


def present():
    """Languages of the files that are there."""
    return {path.stem for path in FOLDER.glob("*.po")}


def check():
    """Compare the template with the program, and every language with the template.

    :return: list of messages.
    """
    if not TEMPLATE.exists():
        return [f"{_shown(TEMPLATE)} is missing: make i18n"]
    pot = polib.pofile(str(TEMPLATE))
    languages = sorted({*LANGUAGES, *present()})
    return [
        *compare(TEMPLATE.read_text(), export()),
        *(problem for language in languages for problem in check_language(pot, language)),
    ]


def compare(written, exported):
    """Complain when the committed template is not what the program gives."""
    if written == exported:
        return []
    lines = difflib.unified_diff(written.splitlines(), exported.splitlines(), lineterm="", n=0)
    changes = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    title = f"{_shown(TEMPLATE)} is not what the program gives: make i18n"
    return ["\n".join([title, *changes[:SHOWN], *(["…"] if changes[SHOWN:] else [])])]


def check_language(pot, language):
    """Check one language, whose file has to be there."""
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return [f"{_shown(path)} is missing: make i18n"]
    try:
        po = polib.pofile(str(path), check_for_duplicates=True)
    except (OSError, ValueError) as error:
        return [f"{_shown(path)}: {error}"]
    return [f"{_shown(path)}: {problem}" for problem in term_check.check(pot, po)]


def _shown(path):
    return path.relative_to(settings.CHECKOUT)


def export():
    """Let Odoo export the terms from a database where the addon is installed.

    :return: text of the template.
    :raise SetupError: it failed.
    """
    place = workspace.prepare()
    try:
        # On a copy: nobody may be connected to a template that others are cloning.
        with scratch_database(place) as name, step("terms"):
            module = [sys.executable, "-m", "dev.term_export", name, FRESH, addons_path(place)]
            if subprocess.call(module, env=place.variables(), cwd=settings.STATE):
                raise SetupError("The terms could not be exported (see above).")
    finally:
        postgres.release()
    return FRESH.read_text()


@contextmanager
def scratch_database(place):
    """Copy the template for a moment."""
    databases = Databases(place)
    name = databases.clone(databases.template(), settings.database_name("terms"))
    try:
        yield name
    finally:
        databases.drop(name)


def addons_path(place):
    """Odoo's addons and ours without tests and developers' tools, whose texts nobody translates."""
    folder = settings.STATE / "addons-without-dev" / settings.ADDON
    folder.mkdir(parents=True, exist_ok=True)
    for link in folder.iterdir():
        link.unlink()
    for path in settings.CHECKOUT.iterdir():
        if path.name not in database.IGNORED:
            (folder / path.name).symlink_to(path)
    return ",".join(map(str, [*place.tree.addons_path, folder.parent]))
