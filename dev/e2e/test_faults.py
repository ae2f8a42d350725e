"""Booking never fails because of the feed, and the feed never hides that it missed something."""

import contextlib
import os
import signal

import pytest
import requests

from dev import odoo_command, settings
from dev.e2e import checks, http, scene
from dev.ledger_copy import Refused, parse

# What the server says when it notices, and what it says when no mail server is there to tell.
NOTICED = (
    r"Silverfin: .* failed \(",
    "The Silverfin feed is incomplete",
    "odoo.addons.base.models.ir_mail_server",
    "odoo.addons.mail.models.mail_mail",
)
RAISING = """
    CREATE OR REPLACE FUNCTION silverfin_feed_note_item() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN {body} RETURN NULL; {handler} END $$
"""
HANDLER = """
    EXCEPTION WHEN OTHERS THEN
        INSERT INTO silverfin_feed_fault (source, sqlstate, message)
        VALUES (TG_NAME, SQLSTATE, SQLERRM);
        RETURN NULL;
"""
BREAKAGES = {
    "column of ours renamed": "ALTER TABLE silverfin_feed_item RENAME COLUMN entry_id TO other",
    "column of ours dropped": "ALTER TABLE silverfin_feed_item DROP COLUMN last_date",
    "column of ours added": "ALTER TABLE silverfin_feed_item ADD COLUMN other text NOT NULL",
    "primary key dropped": "ALTER TABLE silverfin_feed_item"
    " DROP CONSTRAINT silverfin_feed_item_pkey",
    "column of faults renamed": "ALTER TABLE silverfin_feed_fault RENAME COLUMN source TO other",
    "items dropped": "DROP TABLE silverfin_feed_item",
    "records dropped": "DROP TABLE silverfin_feed_record",
    "faults dropped": "DROP TABLE silverfin_feed_fault",
    "items and faults dropped": "DROP TABLE silverfin_feed_item, silverfin_feed_fault",
    "all dropped": "DROP TABLE silverfin_feed_item, silverfin_feed_record, silverfin_feed_fault,"
    " silverfin_feed_state",
    "items made anew": "CREATE TABLE other (LIKE silverfin_feed_item INCLUDING ALL);"
    " DROP TABLE silverfin_feed_item; ALTER TABLE other RENAME TO silverfin_feed_item",
    "items renamed": "ALTER TABLE silverfin_feed_item RENAME TO elsewhere",
    "column of Odoo's unknown": RAISING.format(
        body="PERFORM o.no_such_column FROM old_rows o;", handler=HANDLER
    ),
    "function dropped": "DROP FUNCTION silverfin_feed_note_item() CASCADE",
}


class TestBooking:
    """While a server runs, something in the database is broken."""

    @pytest.fixture(scope="class")
    def books(self, odoo_env):
        with odoo_env() as env:
            scene.invoice(env, 10.0)
            scene.book(env, 20.0)
            return scene.open_books(env)

    @pytest.fixture(scope="class")
    def user(self, server):
        """Somebody who books in the web client."""
        return scene.WebClient(server)

    @pytest.fixture(autouse=True)
    def sound(self, odoo_cursor):
        """Begin each test with a feed as newly installed, whatever the one before left."""
        with odoo_cursor() as cr:
            cr.execute("DROP TABLE IF EXISTS elsewhere")
            schema().uninstall(cr)
            schema().install(cr)

    @pytest.mark.parametrize("what", BREAKAGES)
    def test_broken(self, server, books, user, odoo_cursor, odoo_env, expect_log, what):
        """Booking goes on; nothing is missed silently; what an update does mends all."""
        for pattern in NOTICED:
            expect_log(pattern)
        copy = books.copy(server)
        copy.pull()
        forget_told(odoo_cursor)
        with odoo_cursor() as cr:
            cr.execute(BREAKAGES[what])
        entry = checks.book_over_http(user)
        self.reset_to_draft_and_post(user, entry)
        self.check_not_silent(server, books, copy)
        with odoo_cursor() as cr:
            schema().install(cr)
        checks.check_refused(server, books, copy.sync_point)
        with odoo_env() as env:
            expected = checks.posted(env)
        checks.check_right(server, books, expected)

    def test_update(self, place, server, books, odoo_cursor, odoo_env, expect_log):
        """``-u`` does it, while the server runs."""
        expect_log(NOTICED[1])
        with odoo_cursor() as cr:
            cr.execute(BREAKAGES["all dropped"])
        answer = http.call(server, "/transactions", headers=[http.bearer(books.secret)])
        http.check_problem(answer, 503, "maintenance", books.secret)
        options = ("-c", settings.RC_FILE, "-d", server.database, "-u", settings.ADDON)
        options += ("--stop-after-init", "--no-http", "--max-cron-threads=0")
        odoo_command.run(place, "e2e-update", *options)
        with odoo_env() as env:
            expected = checks.posted(env)
        checks.check_right(server, books, expected)

    def reset_to_draft_and_post(self, user, entry):
        """Book in another way: existing items change."""
        user.call("account.move", "button_draft", [entry])
        user.call("account.move", "write", [entry], {"ref": "changed"})
        user.call("account.move", "action_post", [entry])
        state = user.call("account.move", "read", [entry], ["state", "ref"])[0]
        assert (state["state"], state["ref"]) == ("posted", "changed")

    def check_not_silent(self, server, books, copy):
        """The reader is told to begin anew, or to wait."""
        for accept in ("application/json", "application/x-ndjson"):
            headers = [http.bearer(books.secret), ("Accept", accept)]
            path = f"/transactions?sync_point={copy.sync_point}"
            answer = http.call(server, path, headers=headers)
            expected = {409: "sync_point_invalid", 503: "maintenance"}
            assert answer.status in expected, answer
            http.check_problem(answer, answer.status, expected[answer.status], books.secret)

    @pytest.mark.parametrize(
        "table", ["silverfin_feed_item", "silverfin_feed_fault", "silverfin_feed_state"]
    )
    def test_told(self, server, books, user, odoo_cursor, odoo_env, expect_log, table):
        """Every administrator of Silverfin gets a message; one a day is enough."""
        for pattern in NOTICED:
            expect_log(pattern)
        with odoo_env() as env:
            managers = env.ref("account_silverfin.group_manager").all_user_ids.partner_id.ids
            assert managers
        forget_told(odoo_cursor)
        before = self.told(odoo_cursor)
        for _time in range(2):
            with odoo_cursor() as cr:
                cr.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
            checks.book_over_http(user)
            for _pull in range(2):
                try_pull(books.copy(server))
            with odoo_cursor() as cr:
                cr.execute(f"ALTER TABLE elsewhere RENAME TO {table}")
            try_pull(books.copy(server))
        after = self.told(odoo_cursor)
        assert len(after) == len(before) + 1, "one message"
        assert set(managers) <= after[-1][1]

    def told(self, odoo_cursor):
        """Return the messages: (id, partners)."""
        with odoo_cursor() as cr:
            cr.execute(
                "SELECT m.id, array_agg(n.res_partner_id) FROM mail_message m"
                " JOIN mail_notification n ON n.mail_message_id = m.id"
                " WHERE m.subject LIKE 'Silverfin%%' GROUP BY m.id ORDER BY m.id",
                [],
            )
            return [(message, set(partners)) for message, partners in cr.fetchall()]

    def test_trigger_without_net(self, server, books, user, odoo_cursor, odoo_env):
        """Somebody's own function in place of ours: what an update does removes it."""
        copy = books.copy(server)
        copy.pull()
        with odoo_cursor() as cr:
            cr.execute(RAISING.format(body="RAISE EXCEPTION 'x';", handler=""))
        with odoo_cursor() as cr:
            schema().install(cr)
        checks.book_over_http(user)
        checks.check_refused(server, books, copy.sync_point)
        with odoo_env() as env:
            expected = checks.posted(env)
        checks.check_right(server, books, expected)


def schema():
    """Return what ``-u`` calls to mend the feed; importable once Odoo is configured."""
    from odoo.addons.account_silverfin.tools.feed import schema

    return schema


def forget_told(odoo_cursor):
    """Let a day pass since administrators were told."""
    with odoo_cursor() as cr:
        cr.execute("UPDATE mail_message SET create_date = create_date - interval '2 days'")


def try_pull(copy):
    """Pull, whatever comes of it."""
    with contextlib.suppress(Refused):
        copy.pull()


class TestCrash:
    """Server and workers end in the midst of a pull."""

    COPIES = 20_000

    @pytest.fixture(scope="class")
    def books(self, odoo_env, odoo_cursor):
        """A ledger that does not fit into the buffers between server and reader."""
        with odoo_env() as env:
            entry = scene.book(env).id
            books = scene.open_books(env)
        with odoo_cursor() as cr:
            scene.multiply(cr, entry, self.COPIES)
        return books

    def test_worker_killed(self, server, books):
        """A stream cut by kill -9 goes on from its last sync point in another worker."""
        copy = books.copy(server)
        assert not cut_stream(copy, server)
        assert copy.sync_point
        assert 0 < len(copy.items) < 2 * self.COPIES
        while not server.answers():
            pass
        assert copy.pull_stream(control=True)
        assert len(copy.items) == 2 * self.COPIES + 2
        assert copy.control == copy.computed_control()

    def test_server_restarted(self, server, books):
        """A full pull goes on after a restart, with what was booked meanwhile."""
        copy = books.copy(server)
        for _page in range(2):
            assert not copy.pull_page(limit=5000)
        server.stop()
        server.start()
        entry = checks.book_over_http(scene.WebClient(server))
        copy.pull(control=True)
        assert copy.control == copy.computed_control()
        assert str(entry) in {item["entry"]["id"] for item in copy.items.values()}

    def test_server_killed(self, server, books):
        """So it does after a crash of the whole server."""
        copy = books.copy(server)
        assert not copy.pull_page(limit=5000)
        server.kill()
        server.start()
        copy.pull(control=True)
        assert copy.control == copy.computed_control()


def cut_stream(copy, server):
    """Read a stream until its first sync point, then kill the workers; return if it completed."""
    headers = {"Accept": "application/x-ndjson"}
    complete = False
    with copy.session.request("GET", "/transactions", headers=headers, stream=True) as response:
        try:
            for line in response.iter_lines(chunk_size=65536):
                document = parse(line)
                copy._apply(document)
                complete = document.get("complete", False)
                if "sync_point" in document:
                    for pid in server.worker_pids():
                        os.kill(pid, signal.SIGKILL)
        except (requests.RequestException, ValueError):
            pass  # the last line was cut
    return complete
