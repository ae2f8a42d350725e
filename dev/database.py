"""Databases: templates installed once, and clones of them made in a moment."""

import hashlib
import os
import shutil
from contextlib import closing

from psycopg2 import sql

from dev import locking, odoo_command, settings
from dev.console import step

# Raised when the way a template is made changes.
RECIPE = "1"
IGNORED = {".dev", ".git", "__pycache__", "tests", "dev", "bench", ".ci", "doc", "docs", "readme"}
INSTALL_OPTIONS = ("--stop-after-init", "--no-http", "--workers=0", "--max-cron-threads=0")


class Databases:
    """Make, clone and drop databases in one workspace.

    :param workspace: :class:`dev.workspace.Workspace`.
    """

    def __init__(self, workspace):
        self.workspace = workspace

    # Templates

    def base(self):
        """Odoo with accounting but without the addon; shared by all checkouts.

        :return: name of the template.
        """
        key = self.key(*settings.BASE_MODULES)
        name = f"silverfin_base_{settings.short_hash(key)}"
        modules = ",".join(settings.BASE_MODULES)
        title = f"template with {modules}"
        return self.made(name, key, title, lambda fresh: self._install(fresh, modules))

    def template(self, extra=()):
        """The addon installed, on top of :meth:`base`; made anew when the sources change.

        :param extra: further modules, such as the test addons.
        :return: name of the template.
        """
        if extra:
            return self._extended(sorted(extra))
        key = self.key(fingerprint(settings.CHECKOUT))
        title = f"template with {settings.ADDON}"
        name = settings.database_name("template")
        return self.made(name, key, title, lambda fresh: self.with_addon(self.base(), fresh))

    def _extended(self, extra):
        sources = map(fingerprint, (settings.CHECKOUT, settings.TEST_ADDONS))
        name = settings.database_name(f"template_{settings.short_hash(*extra)}")
        modules = ",".join(extra)

        def make(fresh):
            self.clone(self.template(), fresh)
            self._install(fresh, modules)

        return self.made(name, self.key(*sources), f"template with {modules}", make)

    def with_addon(self, origin, name):
        """Copy a database without the addon, and install it there."""
        self.clone(origin, name)
        self._install(name, settings.ADDON)

    def key(self, *parts):
        """What a template depends on, in one word."""
        pins = settings.REQUIREMENTS.read_text()
        return settings.short_hash(RECIPE, self.workspace.tree.identity, pins, *parts)

    def made(self, name, key, title, make):
        """Give the database ``name`` in the state that ``key`` stands for, making it if needed.

        :param make: function that makes it, under the name it is given.
        :return: ``name``
        """
        with locking.exclusive(settings.cache() / "locks" / name):
            if self.mark(name) == key:
                return name
            with step(title):
                fresh = f"{name}_unfinished"
                self.drop(name, fresh)
                make(fresh)
                self.rename(fresh, name)
                self.set_mark(name, key)
        return name

    def _install(self, database, modules):
        log = database.removeprefix("silverfin_").removesuffix("_unfinished")
        options = ("-c", settings.RC_FILE, "-d", database, "-i", modules)
        odoo_command.run(self.workspace, log, *options, *INSTALL_OPTIONS)

    # Single databases

    def clone(self, origin, name):
        """Copy a database and its files.

        :return: ``name``
        """
        self.drop(name)
        self._copy_database(origin, name)
        link_tree(self.files(origin), self.files(name))
        return name

    def _copy_database(self, origin, name):
        # Copying files beats writing every page to the log, but only servers from 15 on offer it.
        copy = "CREATE DATABASE {} TEMPLATE {}"
        if self._value("SELECT current_setting('server_version_num')::int") >= 150000:
            copy += " STRATEGY FILE_COPY"
        self._run(copy, name, origin)

    def drop(self, *names):
        """Drop databases with their files, also when somebody is still connected."""
        for name in names:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            shutil.rmtree(self.files(name), ignore_errors=True)

    def rename(self, old, new):
        """Give a database and its files another name."""
        self._run("ALTER DATABASE {} RENAME TO {}", old, new)
        if self.files(old).exists():
            self.files(old).rename(self.files(new))

    def names(self):
        """All databases of this checkout."""
        prefix = settings.database_name("")
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1"
        with closing(self.workspace.server.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(query, [prefix])
            return [name for (name,) in cursor.fetchall()]

    def files(self, name):
        """Folder of a database's attachments."""
        return settings.cache() / "data" / "filestore" / name

    # A note on a database, kept with it

    def mark(self, name):
        """The note left by :meth:`set_mark`, or None; also when there is no such database."""
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        return self._value(query, name)

    def set_mark(self, name, text):
        """Leave a note on a database, as the last step of making it: without, it is unfinished."""
        with closing(self.workspace.server.connect()) as connection, connection.cursor() as cursor:
            command = sql.SQL("COMMENT ON DATABASE {} IS {}")
            cursor.execute(command.format(sql.Identifier(name), sql.Literal(text)))

    def _value(self, query, *parameters):
        with closing(self.workspace.server.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(query, parameters)
            row = cursor.fetchone()
            return row and row[0]

    def _run(self, command, *names):
        with closing(self.workspace.server.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(sql.SQL(command).format(*map(sql.Identifier, names)))


def link_tree(origin, target):
    """Copy a folder of attachments with hard links: Odoo never changes such a file in place."""
    if not origin.exists():
        return
    try:
        shutil.copytree(origin, target, copy_function=os.link)
    except (OSError, shutil.Error):
        shutil.copytree(origin, target, dirs_exist_ok=True)


def fingerprint(folder):
    """Name the content of a folder of addon sources.

    :param folder: a checkout; what does not end up in a database is left out.
    """
    digest = hashlib.sha256()
    for path in _sources(folder):
        digest.update(f"{path.relative_to(folder)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(folder):
    for path in sorted(folder.iterdir()):
        if path.name in IGNORED or path.name.startswith(".") or path.suffix in (".md", ".pyc"):
            continue
        if path.is_dir():
            yield from _sources(path)
        elif path.is_file():
            yield path
