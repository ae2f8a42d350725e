"""Uses of a key are counted, whatever happens at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dev.e2e import http, scene

CALLERS, CALLS = 6, 20


class TestUse:
    """A server with two workers; its log must stay clean."""

    @pytest.fixture(scope="class")
    def books(self, odoo_env):
        with odoo_env() as env:
            scene.book(env, 10.0)
            return scene.open_books(env)

    def used(self, odoo_cursor, books):
        with odoo_cursor() as cr:
            cr.execute(
                "SELECT request_count, item_count, last_agent FROM silverfin_api_key_usage"
                " WHERE key_id = %s",
                [books.key],
            )
            return cr.fetchone()

    def test_at_once(self, server, books, odoo_cursor):
        """Callers with one key neither fail nor wait for retries, and none is forgotten."""

        def call(_caller):
            session = books.session(server)
            return [session.request("GET", "/me").status_code for _ in range(CALLS)]

        with ThreadPoolExecutor(CALLERS) as pool:
            statuses = [status for answer in pool.map(call, range(CALLERS)) for status in answer]
        assert statuses == [200] * CALLERS * CALLS
        assert self.used(odoo_cursor, books)[0] == CALLERS * CALLS

    def test_items(self, server, books, odoo_cursor):
        """A page and a stream count what they deliver."""
        before = self.used(odoo_cursor, books)
        books.copy(server).pull()
        assert books.copy(server).pull_stream()
        after = self.used(odoo_cursor, books)
        assert (after[0] - before[0], after[1] - before[1]) == (2, 4)

    def test_agent_that_cannot_be_stored(self, server, books, odoo_cursor):
        headers = [http.bearer(books.secret), ("User-Agent", "a\0b" + "c" * 500)]
        assert http.call(server, "/me", headers=headers).status == 200
        assert self.used(odoo_cursor, books)[2] == "ab" + "c" * 198
