"""Whether a translation is complete, and says the same to a program as the original does."""

import re
from collections import Counter

from lxml import etree

# What a program puts something in for; the longer forms first.
PLACEHOLDER = re.compile(
    r"""
      %\(\w+\)[-#0+ ]*\d*(?:\.\d+)?[a-zA-Z]   # %(name)s
    | %[-#0+]*\d*(?:\.\d+)?[sdifgrx]\b | %%   # %s, %.2f
    | \{\{.*?\}\} | [#$]\{.*?\}               # {{ expression }}, #{expression}, ${expression}
    | \{[^{}]*\}                              # {name}
    """,
    re.VERBOSE,
)
NAMELESS = re.compile(r"%[^(%]|\{\}")
TAG = re.compile(r"</?[a-zA-Z]")
# Attributes of inline elements that a person reads.
READ = {"alt", "aria-label", "data-tooltip", "placeholder", "title"}
MARGINS = re.compile(r"^(\s*).*?(\s*)$", re.DOTALL)
CUT = 70  # characters shown of a term


def check(pot, po):
    """Compare a translation with the template.

    :return: list of messages, of which each names its term.
    """
    wanted = {term.msgid for term in pot}
    given = {entry.msgid for entry in po}
    return [
        *(f"missing: {_cut(term.msgid)}" for term in pot if term.msgid not in given),
        *(f"unknown: {_cut(entry.msgid)}" for entry in po if entry.msgid not in wanted),
        *(f"{problem}: {_cut(entry.msgid)}" for entry in po for problem in check_entry(entry)),
    ]


def check_entry(entry):
    """Yield what is wrong with one entry, in a few words."""
    if entry.obsolete:
        yield "obsolete"
    elif entry.fuzzy:
        yield "fuzzy"
    elif not entry.msgstr.strip():
        yield "not translated"
    else:
        yield from differences(entry.msgid, entry.msgstr)


def differences(original, translation):
    """Yield where a program would notice the difference between two texts."""
    for title, facts in FACTS.items():
        before, after = facts(original), facts(translation)
        if before != after:
            yield f"{title} {_list(before - after)} became {_list(after - before)}"


def placeholders(text):
    """Count what is put in; what has no name is put in by its place, so that counts too.

    >>> sorted(placeholders("%s of %(all)s"))
    ['%(all)s', '%s (1)']
    """
    found = PLACEHOLDER.findall(text)
    nameless = [name for name in found if NAMELESS.match(name)]
    places = (f"{name} ({place})" for place, name in enumerate(nameless, 1))
    return Counter([*(name for name in found if not NAMELESS.match(name)), *places])


def markup(text):
    """Count elements, with the attributes that no person reads."""
    if not TAG.search(text):
        return Counter()
    try:
        return Counter(map(_describe, etree.fromstring(f"<all>{text}</all>").iterdescendants()))
    except etree.XMLSyntaxError:
        return Counter(["no well-formed XML"])


def _describe(element):
    facts = sorted(f"{name}={value}" for name, value in element.attrib.items() if name not in READ)
    return f"<{' '.join([str(element.tag), *facts])}>"


def margins(text):
    """Give the white space at both ends."""
    return Counter(enumerate(map(repr, MARGINS.match(text).groups())))


FACTS = {"placeholders": placeholders, "markup": markup, "white space": margins}


def _list(facts):
    return ", ".join(sorted(map(str, facts))) or "nothing"


def _cut(text):
    line = " ".join(text.split())
    return repr(line if len(line) <= CUT else line[: CUT - 1] + "…")
