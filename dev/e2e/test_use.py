"""Uses of a key are counted, whatever happens at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dev.e2e import external, http, scene

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


@pytest.fixture
def expected_api_log(expect_log):
    expect_log(external.DEPRECATED)


class TestDeliveries:
    """What the client says of its deliveries while they happen."""

    @pytest.fixture(scope="class")
    def books(self, odoo_env):
        with odoo_env() as env:
            for amount in (10.0, 20.0, 30.0):
                scene.book(env, amount)
            return scene.open_books(env, scope="read")

    def client(self, odoo_env, books, *names):
        with odoo_env(commit=False) as env:
            client = env["silverfin.client"].browse(books.client)
            return tuple(client[name] for name in names)

    def pull(self, odoo_env, books):
        return self.client(odoo_env, books, "pull_state", "pull_items", "pull_total")

    def test_first_full_pull(self, server, books, odoo_env):
        """Page by page, its progress; then it is complete, and what changes is no pull."""
        copy = books.copy(server)
        assert self.pull(odoo_env, books) == (False, 0, 0)
        assert not copy.pull_page(limit=2)
        assert self.pull(odoo_env, books) == ("running", 2, 6)
        assert not copy.pull_page(limit=2)
        assert self.pull(odoo_env, books) == ("running", 4, 6)
        copy.pull(limit=2)
        assert self.pull(odoo_env, books) == (False, 0, 0)
        with odoo_env() as env:
            scene.book(env, 40.0)
        copy.pull(limit=2)
        assert self.pull(odoo_env, books) == (False, 0, 0)
        assert self.client(odoo_env, books, "feed_items", "external_items") == (8, 0)

    def test_stream(self, server, books, odoo_env):
        before = self.client(odoo_env, books, "feed_items", "feed_requests")
        assert books.copy(server).pull_stream()
        after = self.client(odoo_env, books, "feed_items", "feed_requests")
        assert (after[0] - before[0], after[1] - before[1]) == (8, 1)
        assert self.pull(odoo_env, books) == (False, 0, 0)

    @pytest.mark.parametrize("name", external.PROTOCOLS)
    def test_external_read(self, server, books, odoo_env, name, expected_api_log):
        """Records read count; a login delivers nothing."""
        with odoo_env(commit=False) as env:
            login = external.login_of(env, server, books)
        api = external.PROTOCOLS[name](login)
        before = self.client(odoo_env, books, "external_items", "external_requests")
        api.authenticate()
        assert self.client(odoo_env, books, "external_items", "external_requests") == before
        rows = api.call("account.move.line", "search_read", domain=[], fields=["date"])
        after = self.client(odoo_env, books, "external_items", "external_requests")
        assert (after[0] - before[0], after[1] - before[1]) == (len(rows), 1)
        assert len(rows) == 8

    def test_what_delivers_nothing(self, server, books, odoo_env):
        """Neither who one is nor a report of the reader's is a delivery."""
        before = self.client(odoo_env, books, "feed_requests", "external_requests")
        session = books.session(server)
        session.get("/me")
        session.request("POST", "/status", json={"result": "failed", "code": "E1"})
        assert self.client(odoo_env, books, "feed_requests", "external_requests") == before
        result = self.client(
            odoo_env, books, "reader_result", "reader_code", "reader_failing_since"
        )
        assert result[:2] == ("failed", "E1")
        assert result[2]

    def test_accounts_and_balances_are_deliveries(self, server, books, odoo_env):
        before = self.client(odoo_env, books, "feed_requests", "feed_items")
        session = books.session(server)
        session.get("/accounts")
        session.get("/years")
        session.get("/trial-balance", **{"from": "2025-01-01", "to": "2025-12-31"})
        after = self.client(odoo_env, books, "feed_requests", "feed_items")
        assert (after[0] - before[0], after[1] - before[1]) == (3, 0)
