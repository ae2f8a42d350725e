"""Fixtures for tests against real Odoo servers, with real commits.

A test class gets a database of its own, cloned from the installed template, and keeps it for all
its tests. It may set ``modules`` (more modules to install in it) and ``server_options`` (more
command line options for its server).
"""

import os
from contextlib import contextmanager

import pytest

from dev import logcheck, settings, workspace
from dev.database import Databases
from dev.e2e import external
from dev.pytest_plugin import WATCH
from dev.server import OdooServer

SUPERUSER = 1


@pytest.fixture(scope="session")
def place():
    """The workspace: Odoo and the database server."""
    return workspace.prepare()


@pytest.fixture(scope="session")
def odoo_config(place):
    """Make Odoo importable in this process, with its configuration read once."""
    import odoo.tools  # noqa: F401 - Odoo wants this before anything else of it
    from odoo.tools import config

    config.parse_config(["-c", str(settings.RC_FILE)], setup_logging=False)
    return config


@pytest.fixture(scope="class")
def database(request, place):
    """Name of a fresh clone of the template, dropped at the end."""
    databases = Databases(place)
    template = databases.template(getattr(request.cls, "modules", ()))
    key = settings.short_hash(request.node.nodeid)
    name = settings.database_name(f"e2e_{key}_{os.getpid()}")
    databases.clone(template, name)
    yield name
    databases.drop(name)


@pytest.fixture(scope="class")
def expected_log():
    """Patterns that the class's tests expect in the server's log."""
    return []


@pytest.fixture(scope="class")
def server(request, place, database, expected_log):
    """A prefork server with two workers on :func:`database`; its log is checked at the end."""
    running = OdooServer(
        place,
        database,
        workers=2,
        options=getattr(request.cls, "server_options", ()),
        log_path=settings.LOGS / f"e2e-{request.node.name}.log",
    )
    with running:
        yield running
    check_log(running.log_path, expected_log)


def check_log(path, expected):
    """Fail when a server's log has a WARNING or ERROR that no test expected."""
    with path.open(errors="replace") as lines:
        texts = logcheck.unexpected(logcheck.parse(lines), expected)
    if texts:
        pytest.fail(logcheck.complain(texts, path), pytrace=False)


@pytest.fixture
def expect_log(expected_log):
    """``expect_log(pattern)``: a matching WARNING or ERROR is right in this test.

    The pattern is a regular expression searched in ``LEVEL logger: message``. What this process
    logs is judged after each test; the server's log is judged when the class ends, against the
    patterns of all its tests.
    """

    def expect(pattern):
        expected_log.append(pattern)
        WATCH.expected.append(pattern)

    return expect


@pytest.fixture(scope="class")
def login(server, odoo_env, books):
    """What a client of the external API is given; the test module makes the ``books``."""
    with odoo_env() as env:
        return external.login_of(env, server, books)


@pytest.fixture(params=external.PROTOCOLS)
def api(request, login):
    """A client of each protocol."""
    return external.PROTOCOLS[request.param](login)


@pytest.fixture(scope="class")
def registry(odoo_config, database):
    """A callable for the real registry of :func:`database` in this process, brought up to date."""
    from odoo.modules.registry import Registry
    from odoo.sql_db import close_db

    yield lambda: Registry(database).check_signaling()
    Registry.delete(database)
    close_db(database)


@pytest.fixture(scope="class")
def odoo_cursor(registry):
    """``with odoo_cursor() as cr``: a raw cursor; commits at the end unless an exception passes."""

    @contextmanager
    def cursor(**options):
        with registry().cursor(**options) as cr:
            yield cr

    return cursor


@pytest.fixture(scope="class")
def odoo_env(registry):
    """``with odoo_env() as env``: an environment in a transaction of its own.

    It commits at the end, and rolls back when an exception passes or with ``commit=False``. What
    other processes changed (caches, models) is taken over at its start and told to them at its end.
    """

    @contextmanager
    def environment(*, commit=True, uid=SUPERUSER, context=None):
        from odoo import api

        known = registry()
        try:
            with known.cursor() as cr:
                yield api.Environment(cr, uid, context or {})
                if not commit:
                    cr.rollback()
        except BaseException:
            known.reset_changes()
            raise
        if commit:
            known.signal_changes()
        else:
            known.reset_changes()

    return environment
