"""The checks that `make lint` makes of translations, and that Odoo finds the files."""

import polib
import pytest

from dev import term_check, translations

SAME = [
    ("Delete %(count)s of %(all)s", "De %(all)s supprimer %(count)s"),
    ("%s of %s", "%s de %s"),
    ("100 % of it", "100 % de ça"),
    ("a {name} b", "un {name} b"),
    ('a <b class="x">b</b> <i title="Copy"/>', '<i title="Copier"/> un <b class="x">b</b>'),
    ("See {{ object.name }}", "Voyez {{ object.name }}"),
    (" ends with a space ", " finit par un espace "),
    ("AT&T < you", "AT&T < vous"),
]
DIFFERENT = [
    ("Hello %(name)s", "Bonjour %(nom)s"),
    ("Hello %(name)s", "Bonjour %(name)d"),
    ("Hello %(name)s", "Bonjour %(name)"),
    ("%s of %s", "de %s"),
    ("%s has %d", "%d a %s"),
    ("100%% of %s", "100% de %s"),
    ("a {number:04} b", "a {number:4} b"),
    ("See {{ object.name }}", "Voyez {{ object.nom }}"),
    ("See ${x}", "Voyez $x"),
    ("#{x} days", "#{y} jours"),
    ("a <b>b</b>", "a b"),
    ("a b", "a <b>b</b>"),
    ("a <b>b</b>", "a <b>b</i>"),
    ('a <span class="x">b</span>', "a <span>b</span>"),
    ('a <span t-out="x"/>', 'a <span t-out="y"/>'),
    ("a space ", "un espace"),
    ("a line\n", "une ligne"),
]


@pytest.mark.parametrize(("original", "translation"), SAME)
def test_same(original, translation):
    assert not list(term_check.differences(original, translation))


@pytest.mark.parametrize(("original", "translation"), DIFFERENT)
def test_different(original, translation):
    assert list(term_check.differences(original, translation))


def entry(msgid, msgstr="", **facts):
    return polib.POEntry(msgid=msgid, msgstr=msgstr, **facts)


def catalogue(*entries):
    po = polib.POFile()
    po.extend(entries)
    return po


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ([], "missing: 'Key'"),
        ([entry("Key")], "not translated: 'Key'"),
        ([entry("Key", "Clé", flags=["fuzzy"])], "fuzzy: 'Key'"),
        ([entry("Key", "Clé"), entry("Lock", "Serrure")], "unknown: 'Lock'"),
        ([entry("Key", "Clé"), entry("Lock", "Serrure", obsolete=True)], "obsolete: 'Lock'"),
    ],
)
def test_incomplete(entries, problem):
    assert problem in term_check.check(catalogue(entry("Key")), catalogue(*entries))


def test_complete():
    assert not term_check.check(catalogue(entry("Key")), catalogue(entry("Key", "Clé")))


def test_template_differs():
    assert not translations.compare("a\nb\n", "a\nb\n")
    (problem,) = translations.compare("a\nb\n", "a\nc\n")
    assert problem.splitlines()[1:] == ["-b", "+c"]


def test_merge_keeps_adds_and_forgets(tmp_path, monkeypatch):
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    kept, gone = entry("Key", "Clé", tcomment="by a person"), entry("Lock", "Serrure")
    catalogue(kept, gone).save(str(tmp_path / "fr.po"))
    translations.merge(catalogue(entry("Door"), entry("Key")), "fr")
    merged = polib.pofile(str(tmp_path / "fr.po"))
    assert [(e.msgid, e.msgstr, e.tcomment) for e in merged] == [
        ("Door", "", ""),
        ("Key", "Clé", "by a person"),
    ]
    assert merged.metadata["Language"] == "fr"
