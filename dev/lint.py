"""Checks without tests: ruff, pylint-odoo, XML, a manifest that tells the truth, translations."""

import ast
import re
import subprocess
import sys

from lxml import etree

from dev import settings, translations
from dev.console import SetupError, say, warn

# Folders whose XML and CSV files Odoo loads only if the manifest lists them.
LOADED = ("data", "demo", "report", "security", "templates", "views", "wizards")
STORE_PAGE = settings.CHECKOUT / "static" / "description" / "index.html"
# The file of a relative link or picture, in Markdown or HTML.
LINK = re.compile(r"""(?:\]\(|(?:src|href)=")(?![a-z]+:|/|#)([^)"#\s]+)""")
PYTHON = (sys.executable, "-m")


def main(*, fix=False):
    """Run all checks, also after one has failed.

    :param fix: let ruff rewrite the files.
    :return: exit code.
    """
    settings.make_state()
    checks = [fix_python] if fix else [check_ruff, check_format, check_pylint, check_xml]
    checks += [] if fix else [check_manifest, check_links, check_translations]
    problems = [problem for check in checks for problem in check()]
    for problem in problems:
        warn(problem)
    say("lint: " + (f"{len(problems)} problems" if problems else "no problems"))
    return 1 if problems else 0


def run(title, *command, folder=settings.CHECKOUT):
    """Run one tool in ``folder``, its output straight to the screen.

    :return: a list with a message when it found something, else an empty one.
    """
    say(f"==> {title}")
    code = subprocess.call([*PYTHON, *map(str, command)], cwd=folder)
    return [f"{title} found problems (see above)"] if code else []


def fix_python():
    """Let ruff mend and format what it can."""
    return run("ruff --fix", "ruff", "check", "--fix", ".") + run("ruff format", "ruff", "format")


def check_ruff():
    """Style and likely bugs."""
    return run("ruff check", "ruff", "check", ".")


def check_format():
    """Layout of the Python files."""
    return run("ruff format --check", "ruff", "format", "--check", ".")


def check_pylint():
    """All messages of pylint-odoo; seen through the link, for the addon's name matters to it."""
    # A class may be in several files: one concern per file. Only here can this be said, since in
    # the settings `enable = ["odoolint"]` comes last.
    disabled = "--disable=consider-merging-classes-inherited"
    options = [f"--rcfile={settings.PYPROJECT}", disabled, settings.ADDON]
    return run("pylint-odoo", "pylint", *options, folder=settings.ADDONS)


def check_xml():
    """Every XML file can be parsed."""
    say("==> XML")
    problems = []
    for path in addon_files("*.xml"):
        try:
            etree.parse(path)
        except etree.XMLSyntaxError as error:
            problems.append(f"{path.relative_to(settings.CHECKOUT)}: {error}")
    return problems


def check_manifest():
    """The files the manifest lists exist, and every file that needs listing is listed."""
    say("==> manifest")
    manifest = ast.literal_eval((settings.CHECKOUT / "__manifest__.py").read_text())
    listed = [*manifest.get("data", []), *manifest.get("demo", [])]
    missing = [name for name in listed if not (settings.CHECKOUT / name).is_file()]
    forgotten = sorted(loadable() - set(listed))
    twice = sorted({name for name in listed if listed.count(name) > 1})
    return [
        *(f"__manifest__.py lists {name}, which does not exist" for name in missing),
        *(f"{name} is not listed in __manifest__.py" for name in forgotten),
        *(f"__manifest__.py lists {name} twice" for name in twice),
    ]


def loadable():
    """Names of the files that Odoo has to be told of."""
    files = {*addon_files("*.xml"), *addon_files("*.csv")}
    names = {path.relative_to(settings.CHECKOUT) for path in files}
    return {str(name) for name in names if name.parts[0] in LOADED}


def check_links():
    """What a document links to or shows is there."""
    say("==> links")
    pages = [*settings.CHECKOUT.glob("*.md"), *settings.CHECKOUT.glob("docs/*.md"), STORE_PAGE]
    return [
        f"{page.relative_to(settings.CHECKOUT)} links to {name}, which does not exist"
        for page in pages
        for name in LINK.findall(page.read_text())
        if not (page.parent / name).exists()
    ]


def check_translations():
    """The terms are those of the program, and every language has all of them."""
    say("==> translations")
    try:
        return translations.check()
    except SetupError as error:  # of which the checks before this one may have told the cause
        return [str(error)]


def addon_files(pattern):
    """Yield the addon's own files, without those of the developer environment."""
    for path in sorted(settings.CHECKOUT.rglob(pattern)):
        top = path.relative_to(settings.CHECKOUT).parts[0]
        if top not in ("dev", "bench") and not top.startswith("."):
            yield path
