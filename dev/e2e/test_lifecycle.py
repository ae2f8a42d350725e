"""Install, update, uninstall, neutralize, and a database whose addon's code is gone."""

import subprocess

import pytest

from dev import logcheck, odoo_command, settings
from dev.database import Databases
from dev.e2e import checks, http, scene
from dev.server import OdooServer

QUIET = ("--stop-after-init", "--no-http", "--workers=0", "--max-cron-threads=0")

# Everything that an addon could leave behind, by name.
TRACES = {
    "relation": "SELECT relkind::text || ' ' || relname FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace",
    "column": "SELECT attrelid::regclass || '.' || attname FROM pg_attribute"
    " JOIN pg_class c ON c.oid = attrelid WHERE relkind = 'r' AND attnum > 0"
    " AND relnamespace = 'public'::regnamespace AND NOT attisdropped",
    "constraint": "SELECT conrelid::regclass || '.' || conname FROM pg_constraint",
    "function": "SELECT oid::regprocedure::text FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace",
    "trigger": "SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger WHERE NOT tgisinternal",
    "model": "SELECT model FROM ir_model",
    "field": "SELECT model || '.' || name FROM ir_model_fields",
    "selection": "SELECT f.model || '.' || f.name || '=' || s.value"
    " FROM ir_model_fields_selection s JOIN ir_model_fields f ON f.id = s.field_id",
    "relation table": "SELECT name FROM ir_model_relation",
    "model constraint": "SELECT name FROM ir_model_constraint",
    # That an addon is there to be installed is no trace of it.
    "external id": "SELECT module || '.' || name FROM ir_model_data"
    " WHERE NOT (module = 'base' AND name LIKE 'module\\_%')",
    "access": "SELECT name FROM ir_model_access",
    "rule": "SELECT name FROM ir_rule",
    "group": "SELECT name->>'en_US' FROM res_groups",
    "privilege": "SELECT name->>'en_US' FROM res_groups_privilege",
    "menu": "SELECT id || ' ' || (name->>'en_US') FROM ir_ui_menu",
    "action": "SELECT type || ' ' || (name->>'en_US') FROM ir_actions",
    "view": "SELECT name FROM ir_ui_view",
    "cron": "SELECT cron_name FROM ir_cron",
    "parameter": "SELECT key FROM ir_config_parameter",
    "sequence": "SELECT code FROM ir_sequence WHERE code IS NOT NULL",
    "mail template": "SELECT name->>'en_US' FROM mail_template",
    "attachment": "SELECT res_model || ' ' || name FROM ir_attachment"
    " WHERE res_model LIKE 'silverfin%'",
}
LEDGER = """
    SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM
    (SELECT l::text FROM account_move_line l UNION ALL SELECT m::text FROM account_move m) AS t
"""


def traces(place, database):
    """Return what is in a database, by kind."""
    with place.server.connect(database).cursor() as cursor:
        found = {}
        for kind, query in TRACES.items():
            cursor.execute(query)
            found[kind] = {name for (name,) in cursor.fetchall()}
        return found


def query(place, database, text):
    """Return the rows of a query."""
    with place.server.connect(database).cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchall()


def odoo(place, *options):
    """Run Odoo to its end; its log must be clean."""
    log = odoo_command.run(place, "e2e-lifecycle", "-c", settings.RC_FILE, *options)
    check_clean(log)


def check_clean(log):
    """Check that a log has no WARNING or ERROR."""
    with log.open(errors="replace") as lines:
        assert not logcheck.unexpected(logcheck.parse(lines))


def module(place, command, database):
    """Install or uninstall the addon at the command line."""
    options = ("-c", settings.RC_FILE, "-d", database, settings.ADDON)
    check_clean(odoo_command.run(place, f"e2e-{command}", "module", command, *options))


class TestLifecycle:
    """One database from before the addon came until it went; the tests build on each other."""

    @pytest.fixture(scope="class")
    def database(self, place):
        """A clone of the template without the addon."""
        databases = Databases(place)
        name = databases.clone(databases.base(), settings.database_name("e2e_lifecycle"))
        yield name
        databases.drop(name)

    @pytest.fixture(scope="class")
    def before(self, place, database, odoo_env):
        """Entries of all states; what the database consists of."""
        with odoo_env() as env:
            for amount in (1.0, 2.0, 3.0):
                scene.book(env, amount)
            scene.invoice(env, 4.0)
            scene.invoice(env, 5.0).button_draft()
            env["account.move"].create(scene.entry_values(env, 6.0))
            scene.book(env, 7.0)._reverse_moves(cancel=True)
            expected = checks.posted(env)
        assert not env.registry.get("silverfin.client")
        return traces(place, database), expected

    @pytest.fixture(scope="class")
    def server(self, place, database, before):
        """A server, begun once the addon is installed."""
        ledger = query(place, database, LEDGER)
        odoo(place, "-d", database, "-i", settings.ADDON, *QUIET)
        assert query(place, database, LEDGER) == ledger, "installing touches no entry"
        log = settings.LOGS / "e2e-lifecycle-server.log"
        with OdooServer(place, database, log_path=log) as running:
            yield running
        check_clean(log)

    @pytest.fixture(scope="class")
    def books(self, server, odoo_env):
        with odoo_env() as env:
            return scene.open_books(env)

    @pytest.fixture(scope="class")
    def point(self, server, books):
        """A sync point from the first installation."""
        copy = books.copy(server)
        copy.pull()
        return copy.sync_point

    def test_installed(self, server, books, before):
        """What was posted before the installation is in the first pull."""
        _traces, expected = before
        checks.check_right(server, books, expected)

    def test_updated(self, place, server, books, database):
        """An update leaves triggers, functions and tables alone, and sync points good."""
        watched = (
            "SELECT tgname, oid, xmin FROM pg_trigger WHERE tgname LIKE 'silverfin%' ORDER BY 1",
            "SELECT proname, oid, xmin FROM pg_proc WHERE proname LIKE 'silverfin%' ORDER BY 1",
            "SELECT relname, oid, xmin FROM pg_class WHERE relname LIKE 'silverfin\\_%' ORDER BY 1",
        )
        copy = books.copy(server)
        copy.pull()
        catalogue = [query(place, database, text) for text in watched]
        assert all(catalogue)
        odoo(place, "-d", database, "-u", settings.ADDON, *QUIET)
        assert [query(place, database, text) for text in watched] == catalogue
        entry = checks.book_over_http(scene.WebClient(server))
        actions = copy.pull(control=True)
        assert {action["upsert"]["entry"]["id"] for action in actions} == {str(entry)}
        assert copy.control == copy.computed_control()

    @pytest.mark.soak
    def test_account_updated(self, place, server, books, database):
        """Nor does an update of Odoo's accounting end a history."""
        copy = books.copy(server)
        copy.pull()
        odoo(place, "-d", database, "-u", "account", *QUIET)
        copy.pull(control=True)
        assert copy.control == copy.computed_control()

    def test_uninstalled(self, place, server, books, point, database, before, odoo_env):
        """Uninstalling leaves the ledger as it was, and nothing of the addon."""
        old, _expected = before
        with odoo_env() as env:
            user = env["silverfin.client"].browse(books.client).user_id.id
        ledger = query(place, database, LEDGER)
        module(place, "uninstall", database)
        left = {kind: found - old[kind] for kind, found in traces(place, database).items()}
        assert {kind: names for kind, names in left.items() if names} == {}
        assert query(place, database, LEDGER) == ledger
        assert query(
            place,
            database,
            "SELECT u.active, (SELECT count(*) FROM res_groups_users_rel r WHERE r.uid = u.id)"
            f" FROM res_users u WHERE u.id = {user}",
        ) == [(False, 0)]
        assert scene.WebClient(server).call("account.move", "search_count", [])

    def test_installed_again(self, place, server, books, point, database, odoo_env):
        """Installing once more works as the first time, and begins another history.

        Even a client with the same id, and so with the same signature, is refused.
        """
        module(place, "install", database)
        with odoo_env() as env:
            assert not env["silverfin.client"].search([])
            again = scene.open_books(env, uuid=books.uuid)
            expected = checks.posted(env)
        assert again.uuid == books.uuid
        checks.check_refused(server, again, point)
        checks.check_right(server, again, expected)


BOOKING = """
partner = env["res.partner"].search([], limit=1)
entry = env["account.move"].create({
    "move_type": "out_invoice", "partner_id": partner.id, "invoice_date": "2025-05-05",
    "invoice_line_ids": [(0, 0, {"name": "x", "price_unit": 55.0, "tax_ids": []})],
})
entry.action_post()
env.cr.commit()
print("BOOKED", entry.id, entry.state, "silverfin.client" in env)
"""


class TestWithoutCode:
    """The database has the addon, the server has not: as while Odoo's upgrade service works."""

    def test_booking_goes_on(self, place, server, odoo_env, database):
        """The entry is booked, and arrives once the code is back, with the old sync point."""
        with odoo_env() as env:
            scene.invoice(env)
            books = scene.open_books(env)
        copy = books.copy(server)
        copy.pull()
        server.stop()
        path = ",".join(str(folder) for folder in place.tree.addons_path)
        command = ("shell", "-c", settings.RC_FILE, "-d", database, f"--addons-path={path}")
        done = subprocess.run(
            place.odoo(*command, "--no-http"),
            input=BOOKING,
            env=place.variables(),
            cwd=settings.STATE,
            capture_output=True,
            text=True,
        )
        booked = [line for line in done.stdout.splitlines() if line.startswith("BOOKED")]
        assert booked, done.stderr[-3000:]
        _word, entry, state, loaded = booked[0].split()
        assert (state, loaded) == ("posted", "False")
        server.start()
        actions = copy.pull(control=True)
        assert {action["upsert"]["entry"]["id"] for action in actions} == {entry}
        assert copy.control == copy.computed_control()


class TestNeutralized:
    """A copy for testing does not answer to the original's keys."""

    def test_neutralized(self, place, server, database, odoo_env):
        """Keys are off; the ledger is as it was; a key switched on again works."""
        with odoo_env() as env:
            scene.book(env)
            books = scene.open_books(env)
            user = env.ref("base.user_admin")
            keys = env["silverfin.api.key"].with_user(user)
            _key, personal = keys._generate({"name": "personal", "scope": "read"})
        assert http.call(server, "/me", headers=[http.bearer(books.secret)]).status == 200
        ledger = query(place, database, LEDGER)
        odoo_command.run(
            place, "e2e-neutralize", "neutralize", "-c", settings.RC_FILE, "-d", database
        )
        for secret in (books.secret, personal):
            answer = http.call(server, "/me", headers=[http.bearer(secret)])
            http.check_problem(answer, 401, "key_inactive", secret)
        assert query(place, database, LEDGER) == ledger
        with odoo_env() as env:
            env["silverfin.api.key"].browse(books.key).active = True
        assert http.call(server, "/me", headers=[http.bearer(books.secret)]).status == 200
