"""Who is refused, and that a revocation holds on the next request in every worker."""

import json
import os
import signal
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from odoo.fields import Command

from dev.e2e import http, scene
from dev.ledger_copy import Refused


@contextmanager
def only(server, pid):
    """Let one worker alone answer: the other ones are halted."""
    others = [other for other in server.worker_pids() if other != pid]
    for other in others:
        os.kill(other, signal.SIGSTOP)
    while not all(map(is_halted, others)):
        time.sleep(0.001)
    try:
        yield
    finally:
        for other in others:
            os.kill(other, signal.SIGCONT)


def is_halted(pid):
    """Tell whether every thread of a process stands still."""
    states = [task.joinpath("stat").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    return all(state.rpartition(")")[2].split()[0] == "T" for state in states)


def in_each_worker(server, path, secret):
    """Return each worker's answer to a key."""
    answers = []
    for pid in server.worker_pids():
        with only(server, pid):
            answers.append(http.call(server, path, headers=[http.bearer(secret)]))
        last = server.log_path.read_text().rstrip().splitlines()[-1]
        assert f" {pid} INFO " in last, f"{pid} did not answer: {last}"
    assert len(answers) == 2
    return answers


def genuine_but_unknown():
    """Return a well-formed key that no database has."""
    from odoo.addons.account_silverfin.tools import key

    return key.generate("sync")


class RevocationTests:
    """Both workers accept a key; another process revokes it; both refuse the next request."""

    path = "/accounts"

    @pytest.fixture
    def books(self, server, odoo_env, request):
        """A client of its own for each test."""
        with odoo_env() as env:
            return scene.open_books(env, reference=request.node.name)

    def revoked(self, server, odoo_env, books, revoke, status, code):
        """Check a revocation."""
        accepted = in_each_worker(server, self.path, books.secret)
        assert [answer.status for answer in accepted] == [200, 200]
        with odoo_env() as env:
            revoke(env)
        for answer in in_each_worker(server, self.path, books.secret):
            http.check_problem(answer, status, code, books.secret)


class TestRevocation(RevocationTests):
    """Everything that can be taken from a client's key."""

    def test_deleted(self, server, odoo_env, books):
        """A deleted key is answered exactly as one that never was."""

        def revoke(env):
            env["silverfin.api.key"].browse(books.key).unlink()

        self.revoked(server, odoo_env, books, revoke, 401, "key_unknown")
        deleted = http.call(server, "/me", headers=[http.bearer(books.secret)])
        never = http.call(server, "/me", headers=[http.bearer(genuine_but_unknown())])
        assert deleted.document == never.document

    def test_switched_off(self, server, odoo_env, books):
        def revoke(env):
            env["silverfin.api.key"].browse(books.key).active = False

        self.revoked(server, odoo_env, books, revoke, 401, "key_inactive")

    def test_switched_off_and_on(self, server, odoo_env, books):
        """What is given back works at once, too."""
        self.test_switched_off(server, odoo_env, books)
        with odoo_env() as env:
            env["silverfin.api.key"].browse(books.key).active = True
        answers = in_each_worker(server, self.path, books.secret)
        assert [answer.status for answer in answers] == [200, 200]

    def test_expired(self, server, odoo_env, books):
        def revoke(env):
            key = env["silverfin.api.key"].browse(books.key)
            key.expires_at = datetime.utcnow() - timedelta(seconds=1)

        self.revoked(server, odoo_env, books, revoke, 401, "key_expired")

    def test_rotated(self, server, odoo_env, books):
        """Rotation without grace ends the old key and makes a new one that works."""
        secrets = []

        def revoke(env):
            secrets.append(env["silverfin.api.key"].browse(books.key)._rotate()[1])

        self.revoked(server, odoo_env, books, revoke, 401, "key_expired")
        answers = in_each_worker(server, self.path, secrets[0])
        assert [answer.status for answer in answers] == [200, 200]

    def test_network(self, server, odoo_env, books):
        def revoke(env):
            env["silverfin.api.key"].browse(books.key).networks = "192.0.2.0/24, 2001:db8::/32"

        self.revoked(server, odoo_env, books, revoke, 403, "network_refused")

    def test_user_archived(self, server, odoo_env, books):
        def revoke(env):
            client = env["silverfin.client"].browse(books.client)
            client.user_id._silverfin_by_client().active = False

        self.revoked(server, odoo_env, books, revoke, 401, "key_inactive")

    def test_client_archived(self, server, odoo_env, books):
        def revoke(env):
            env["silverfin.client"].browse(books.client).active = False

        self.revoked(server, odoo_env, books, revoke, 403, "client_archived")

    def test_client_deleted(self, server, odoo_env, books):
        def revoke(env):
            env["silverfin.client"].browse(books.client).unlink()

        self.revoked(server, odoo_env, books, revoke, 401, "key_unknown")

    def test_rights_taken(self, server, odoo_env, books):
        """The service user loses its group."""

        def revoke(env):
            client = env["silverfin.client"].browse(books.client)
            client.user_id._silverfin_by_client().group_ids = [Command.clear()]

        self.revoked(server, odoo_env, books, revoke, 403, "no_ledger_access")


class TestRights(RevocationTests):
    """Raw SQL must not show a person more than his rights on journal items do."""

    @pytest.fixture
    def books(self, server, odoo_env):
        """The only client; the keys of these tests are personal ones."""
        with odoo_env() as env:
            found = env["silverfin.client"].search([("reference", "=", "rights")])
            return None if found else scene.open_books(env, "rights")

    def person(self, odoo_env, login, *groups):
        """Make a user with a personal key; return (id of the user, secret)."""
        with odoo_env() as env:
            user = scene.new_user(env, login, *groups)
            keys = env["silverfin.api.key"].with_user(user).sudo()
            return user.id, keys._generate({"name": login, "scope": "sync"})[1]

    def check(self, server, secret, code):
        """Check both ways to the ledger: 200, or a refusal in both."""
        for path in ("/accounts", "/transactions", "/years", "/trial-balance?" + PERIOD):
            answer = http.call(server, path, headers=[http.bearer(secret)])
            if code:
                http.check_problem(answer, 403, code, secret)
            else:
                assert answer.status == 200, answer.body

    @pytest.mark.parametrize(
        "group",
        [
            "account.group_account_readonly",
            "account.group_account_user",
            "account.group_account_manager",
        ],
    )
    def test_accountant(self, server, odoo_env, books, group):
        _user, secret = self.person(odoo_env, f"accountant {group}", group)
        self.check(server, secret, None)

    @pytest.mark.parametrize("group", ["base.group_user", "base.group_portal", "base.group_public"])
    def test_no_accounting_role(self, server, odoo_env, books, group):
        _user, secret = self.person(odoo_env, f"nobody {group}", group)
        self.check(server, secret, "no_ledger_access")

    def test_accountant_becomes_portal_user(self, server, odoo_env, books):
        user, secret = self.person(odoo_env, "demoted", "account.group_account_user")
        self.check(server, secret, None)
        with odoo_env() as env:
            portal = env.ref("base.group_portal")
            env["res.users"].browse(user).group_ids = [Command.set(portal.ids)]
        for answer in in_each_worker(server, "/accounts", secret):
            http.check_problem(answer, 403, "no_ledger_access", secret)

    def test_salesman(self, server, odoo_env, books):
        """A rule as Odoo's Sales has it: salesmen read the items of their own invoices."""
        with odoo_env() as env:
            group = env["res.groups"].create({"name": "Salesman: own invoices"})
            model = env.ref("account.model_account_move_line")
            env["ir.model.access"].create(
                {"name": "own", "model_id": model.id, "group_id": group.id, "perm_read": True}
            )
            env["ir.rule"].create(
                {
                    "name": "own invoices",
                    "model_id": model.id,
                    "groups": [Command.link(group.id)],
                    "domain_force": "[('move_id.invoice_user_id', '=', user.id)]",
                }
            )
        user, secret = self.person(odoo_env, "salesman", "base.group_user")
        with odoo_env() as env:
            env["res.users"].browse(user).group_ids = [Command.link(group.id)]
            rights = env["account.move.line"].with_user(user).has_access("read")
        assert rights, "the salesman reads some items"
        self.check(server, secret, "no_ledger_access")

    def test_billing_with_rule(self, server, odoo_env, books):
        """A rule of the house for everybody: nobody but accountants reads wages."""
        _user, secret = self.person(odoo_env, "billing", "account.group_account_invoice")
        self.check(server, secret, None)
        with odoo_env() as env:
            rule = env["ir.rule"].create(
                {
                    "name": "no miscellaneous entries",
                    "model_id": env.ref("account.model_account_move_line").id,
                    "domain_force": "[('journal_id.type', '!=', 'general')]",
                }
            )
        try:
            self.check(server, secret, "no_ledger_access")
        finally:
            with odoo_env() as env:
                rule.with_env(env).unlink()
        self.check(server, secret, None)


PERIOD = "from=2025-01-01&to=2025-12-31"


class TestCompanies:
    """A key reaches its own clients and no other."""

    @pytest.fixture(scope="class")
    def two(self, server, odoo_env):
        """Two companies, each with a client."""
        with odoo_env() as env:
            first = scene.open_books(env, "first")
            second = scene.open_books(env, "second", scene.new_company(env, "Second"))
            return first, second

    @pytest.fixture(scope="class")
    def personal(self, two, odoo_env):
        """The key of an accountant of both companies: (id of the user, secret)."""
        with odoo_env() as env:
            companies = env["res.company"].browse([books.company for books in two])
            user = scene.new_user(env, "both", "account.group_account_user", companies=companies)
            return user.id, scene.personal_key(env, user, "sync")

    def ask(self, server, secret, uuid=None, path="/accounts"):
        """Ask for one client."""
        headers = [http.bearer(secret)]
        if uuid is not None:
            headers.append(("X-Silverfin-Company", uuid))
        return http.call(server, path, headers=headers)

    def test_required(self, server, personal):
        _user, secret = personal
        http.check_problem(self.ask(server, secret), 400, "company_required", secret)

    def test_me_lists_both(self, server, two, personal):
        answer = self.ask(server, personal[1], path="/me")
        uuids = {client["uuid"] for client in answer.document["clients"]}
        assert uuids == {books.uuid for books in two}

    def test_chosen(self, server, two, personal):
        for books in two:
            assert self.ask(server, personal[1], books.uuid).status == 200

    @pytest.mark.parametrize(
        "uuid", ["00000000-0000-0000-0000-000000000000", "1", "'; DROP TABLE x", "é", "x" * 5000]
    )
    def test_unknown(self, server, two, personal, uuid):
        for secret in (personal[1], two[0].secret):
            answer = self.ask(server, secret, uuid)
            http.check_problem(answer, 403, "company_unreachable", secret)

    def test_of_another_key(self, server, two):
        first, second = two
        assert self.ask(server, first.secret, first.uuid).status == 200
        answer = self.ask(server, first.secret, second.uuid)
        http.check_problem(answer, 403, "company_unreachable", first.secret)

    def test_company_taken(self, server, odoo_env, two, personal):
        """A company that its user may no longer read is out of reach at once."""
        user, secret = personal
        first, second = two
        accepted = [self.ask(server, secret, second.uuid).status for _worker in range(4)]
        assert accepted == [200] * 4
        with odoo_env() as env:
            env["res.users"].browse(user).company_ids = [Command.set([first.company])]
        for pid in server.worker_pids():
            with only(server, pid):
                answer = self.ask(server, secret, second.uuid)
            http.check_problem(answer, 403, "company_unreachable", secret)


class TestPresentation:
    """How a key may be presented, and how not."""

    @pytest.fixture(scope="class")
    def books(self, server, odoo_env):
        with odoo_env() as env:
            return scene.open_books(env)

    @pytest.mark.parametrize(
        "template",
        [
            [("Authorization", "Bearer {}")],
            [("authorization", "bearer {}")],
            [("Authorization", "BEARER   {}  ")],
            [("X-Silverfin-API-Key", "{}")],
            [("x-silverfin-api-key", " {} ")],
            [("Authorization", "Bearer {}"), ("X-Silverfin-API-Key", "{}")],
            [("Authorization", "Basic YWRtaW46YWRtaW4="), ("X-Silverfin-API-Key", "{}")],
        ],
    )
    def test_accepted(self, server, books, template):
        headers = [(name, value.format(books.secret)) for name, value in template]
        assert http.call(server, "/me", headers=headers).status == 200

    @pytest.mark.parametrize(
        ("headers", "code"),
        [
            ([], "key_missing"),
            ([("Authorization", "")], "key_missing"),
            ([("Authorization", "Bearer")], "key_missing"),
            ([("Authorization", "Bearer ")], "key_missing"),
            ([("Authorization", "Basic YWRtaW46YWRtaW4=")], "key_missing"),
            ([("Authorization", "Token {}")], "key_missing"),
            ([("Authorization", "{}")], "key_missing"),
            ([("X-Silverfin-API-Key", "")], "key_missing"),
            ([("X-API-Key", "{}")], "key_missing"),
            ([("Authorization", "Bearer x")], "key_malformed"),
            ([("Authorization", "Bearer {}x")], "key_malformed"),
            ([("X-Silverfin-API-Key", "{}, {}")], "key_malformed"),
            ([("X-Silverfin-API-Key", "é")], "key_malformed"),
            ([("X-Silverfin-API-Key", b"\xff\xfe")], "key_malformed"),
            ([("X-Silverfin-API-Key", "x" * 5000)], "key_malformed"),
            ([("Authorization", "Bearer {}"), ("X-Silverfin-API-Key", "other")], "key_malformed"),
        ],
    )
    def test_refused(self, server, books, headers, code):
        filled = [
            (name, value if isinstance(value, bytes) else value.replace("{}", books.secret))
            for name, value in headers
        ]
        http.check_problem(http.call(server, "/me", headers=filled), 401, code, books.secret)

    @pytest.mark.parametrize("change", [lambda key: key[:-1] + "0", lambda key: key[1:]])
    def test_typing_error(self, server, books, change):
        """The checksum finds it."""
        wrong = change(books.secret)
        assert wrong != books.secret
        answer = http.call(server, "/me", headers=[http.bearer(wrong)])
        http.check_problem(answer, 401, "key_malformed", books.secret)

    def test_other_prefix(self, server, books):
        """A key does not become one of another scope by its prefix."""
        from odoo.addons.account_silverfin.tools import key

        body = "sfr_" + books.secret[4:-6]
        answer = http.call(server, "/me", headers=[http.bearer(body + key._checksum(body))])
        http.check_problem(answer, 401, "key_unknown", books.secret)

    def test_cookie_alone(self, server, books):
        """An administrator's session opens nothing."""
        user = scene.WebClient(server)
        cookie = "; ".join(f"{name}={value}" for name, value in user.http.cookies.items())
        for path in ("/me", "/accounts", "/transactions"):
            answer = http.call(server, path, headers=[("Cookie", cookie)])
            http.check_problem(answer, 401, "key_missing")
            assert "set-cookie" not in answer.headers

    def test_cookie_and_key(self, server, books, odoo_env):
        """With an administrator's session, a key still has its own rights only."""
        with odoo_env() as env:
            other = scene.open_books(env, "other")
        user = scene.WebClient(server)
        cookie = "; ".join(f"{name}={value}" for name, value in user.http.cookies.items())
        headers = [("Cookie", cookie), http.bearer(books.secret)]
        answer = http.call(server, "/me", headers=headers)
        assert [client["uuid"] for client in answer.document["clients"]] == [books.uuid]
        assert answer.document["user"]["login"].startswith("silverfin+")
        assert "set-cookie" not in answer.headers
        answer = http.call(
            server, "/accounts", headers=[*headers, ("X-Silverfin-Company", other.uuid)]
        )
        http.check_problem(answer, 403, "company_unreachable")
        me = user.call("res.users", "read", [user.answer["uid"]], ["login"])
        assert me[0]["login"] == "admin", "the session is still the administrator's"

    @pytest.mark.parametrize("name", ["key", "api_key", "access_token", "Authorization"])
    def test_query_string(self, server, books, name):
        """A key in the address is refused, and kept out of answer and log."""
        answer = http.call(server, f"/me?{name}={books.secret}")
        http.check_problem(answer, 401, "key_missing", books.secret)
        genuine = http.call(
            server, f"/me?{name}={books.secret}", headers=[http.bearer(books.secret)]
        )
        http.check_problem(genuine, 400, "parameter_invalid", books.secret)

    def test_path(self, server, books):
        """A key in the path is refused, and kept out of answer and log."""
        answer = http.call(server, f"/me/{books.secret}")
        http.check_problem(answer, 404, "not_found", books.secret)

    def test_body(self, server, books):
        """A key in a body is refused."""
        body = json.dumps({"key": books.secret, "access_token": books.secret})
        headers = [("Content-Type", "application/json")]
        answer = http.call(server, "/status", "POST", headers, body)
        http.check_problem(answer, 401, "key_missing", books.secret)

    def test_log(self, server, books):
        """Whatever was tried above: the log has no key."""
        self.test_query_string(server, books, "key")
        self.test_path(server, books)
        assert books.secret[12:] not in server.log_path.read_text()

    def test_database(self, place, books, odoo_cursor):
        """Nor has the database: only the digest."""
        with odoo_cursor() as cr:
            cr.execute("SELECT * FROM silverfin_api_key k, silverfin_api_key_event e")
            assert books.secret[12:] not in repr(cr.fetchall())


class TestAtOnce:
    """A client has one stream at a time."""

    @pytest.fixture(scope="class")
    def books(self, server, odoo_env, odoo_cursor):
        """A ledger that does not fit into the buffers between server and reader."""
        with odoo_env() as env:
            entry = scene.book(env).id
            books = scene.open_books(env)
        with odoo_cursor() as cr:
            scene.multiply(cr, entry, 10_000)
        return books

    def test_second_stream(self, server, books):
        headers = [http.bearer(books.secret), ("Accept", "application/x-ndjson")]
        with http.slow_stream(server, books.secret):
            answer = http.call(server, "/transactions", headers=headers)
            http.check_problem(answer, 429, "rate_limited", books.secret)
            page = http.call(server, "/transactions?limit=1", headers=headers[:1])
            assert page.status == 200, "pages are served nevertheless"

    def test_other_client(self, server, books, odoo_env):
        """Another client's stream is not in the way."""
        with odoo_env() as env:
            other = scene.open_books(env, "other", scene.new_company(env, "Other"))
        with http.slow_stream(server, books.secret):
            assert other.copy(server).pull_stream()

    def test_free_again(self, server, books):
        """A cut stream lets the next one begin, whichever worker answers."""
        with http.slow_stream(server, books.secret):
            pass
        copy = books.copy(server)
        assert retry(copy.pull_stream)
        assert len(copy.items) == 20_002
        for pid in server.worker_pids() * 2:
            with only(server, pid):
                assert books.copy(server).pull_stream()


def retry(call, seconds=15):
    """Call until it is not refused as one too many."""
    end = time.monotonic() + seconds
    while True:
        try:
            return call()
        except Refused as refusal:
            if refusal.code != "rate_limited" or time.monotonic() > end:
                raise
            time.sleep(0.2)


class TestMaintenance:
    """The feed's tables are incomplete."""

    def test_maintenance(self, server, odoo_env, odoo_cursor, expect_log):
        """503 while they are; what needs no feed is served; afterwards all is as before."""
        expect_log("The Silverfin feed is incomplete")
        with odoo_env() as env:
            scene.book(env)
            books = scene.open_books(env)
        copy = books.copy(server)
        copy.pull()
        self.rename(odoo_cursor, "silverfin_feed_state", "elsewhere")
        for path in ("/transactions", f"/transactions?sync_point={copy.sync_point}"):
            for accept in ("application/json", "application/x-ndjson"):
                headers = [http.bearer(books.secret), ("Accept", accept)]
                answer = http.call(server, path, headers=headers)
                http.check_problem(answer, 503, "maintenance", books.secret)
        for path in ("/health", "/me", "/accounts", "/years", "/trial-balance?" + PERIOD):
            assert http.call(server, path, headers=[http.bearer(books.secret)]).status == 200
        self.rename(odoo_cursor, "elsewhere", "silverfin_feed_state")
        assert copy.pull() == []

    def rename(self, odoo_cursor, old, new):
        """Rename a table."""
        with odoo_cursor() as cr:
            cr.execute(f"ALTER TABLE {old} RENAME TO {new}")
