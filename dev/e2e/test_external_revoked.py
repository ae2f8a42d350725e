"""A key of scope *read* that is switched off is refused on the next call, in every worker."""

import pytest

from dev.e2e import external, scene
from dev.e2e.external import PROTOCOLS, Refused

CALLS = 8  # a connection each, so that both workers get some
ITEMS = ("account.move.line", "search_count")
EARLIER = "2020-01-01 00:00:00"


@pytest.fixture(scope="class")
def expected_log():
    return [external.DEPRECATED, external.REFUSED]


class TestRevoked:
    """Whatever ends a key, on each protocol, after both workers have accepted it."""

    @pytest.fixture
    def books(self, odoo_env, request):
        with odoo_env() as env:
            company = env["res.company"].create({"name": request.node.name})
            return scene.open_books(env, request.node.name, company, scope="read")

    @pytest.fixture(params=PROTOCOLS)
    def api(self, request, server, odoo_env, books):
        with odoo_env() as env:
            login = external.login_of(env, server, books)
        return PROTOCOLS[request.param](login)

    @pytest.fixture
    def end(self, odoo_env, books, api):
        """Let both workers accept the key; then do something to it, in a third process."""

        def end(change):
            for _call in range(CALLS):
                api.call(*ITEMS, domain=[])
            with odoo_env() as env:
                change(env["silverfin.api.key"].browse(books.key))
            for _call in range(CALLS):
                with pytest.raises(Refused) as caught:
                    api.call(*ITEMS, domain=[])
                assert caught.value.kind in ("denied", "access")
            return caught.value.message

        return end

    def test_inactive(self, end, odoo_env, books, api):
        assert "switched off" in end(lambda key: key.write({"active": False}))
        with odoo_env() as env:
            env["silverfin.api.key"].browse(books.key).active = True
        assert api.call(*ITEMS, domain=[]) == 0

    def test_deleted(self, end):
        assert "No such key" in end(lambda key: key.unlink())

    def test_expired(self, end):
        assert "make a new one" in end(lambda key: key.write({"expires_at": EARLIER}))

    def test_network(self, end):
        assert "address" in end(lambda key: key.write({"networks": "192.0.2.0/24"}))

    def test_client_archived(self, end):
        assert "archived" in end(lambda key: key.client_id.action_archive())

    def test_client_deleted(self, end):
        assert "No such key" in end(lambda key: key.client_id.unlink())

    def test_company_taken_away(self, odoo_env, books, api):
        """A key does not keep a company that its client gave up."""
        company = [("id", "=", books.company)]
        assert api.call("res.company", "search_count", domain=company) == 1
        with odoo_env() as env:
            other = env["res.company"].create({"name": f"Successor of {books.company}"})
            env["silverfin.client"].browse(books.client).company_id = other
        for _call in range(CALLS):
            assert api.call("res.company", "search_count", domain=company) == 0


class TestPersonal:
    """A personal key goes with its owner."""

    @pytest.mark.parametrize("protocol", PROTOCOLS)
    def test_owner_archived(self, protocol, server, database, odoo_env):
        with odoo_env() as env:
            login = f"accountant-{protocol}"
            user = scene.new_user(env, login, "account.group_account_readonly")
            secret = scene.personal_key(env, user)
            given = external.Login(server, database, login, secret, user.id)
        api = PROTOCOLS[protocol](given)
        for _call in range(CALLS):
            api.call(*ITEMS, domain=[])
        with odoo_env() as env:
            env["res.users"].browse(given.uid).active = False
        for _call in range(CALLS):
            with pytest.raises(Refused):
                api.call(*ITEMS, domain=[])


class TestOdoosOwnKeys:
    """What Odoo 19.0 does with its own keys, which is why ours are never cached."""

    @pytest.mark.parametrize(
        ("protocol", "accepted"), [("xmlrpc/2", True), ("jsonrpc", True), ("json/2", False)]
    )
    def test_deleted(self, protocol, accepted, server, database, odoo_env):
        """A deleted key goes on working over RPC in the workers that know it, for hours."""
        with odoo_env() as env:
            user = scene.new_user(env, f"owner-{protocol}", "account.group_account_readonly")
            keys = env["res.users.apikeys"].with_user(user).sudo()
            secret = keys._generate(None, "Odoo's own", None)
            given = external.Login(server, database, user.login, secret, user.id)
        api = PROTOCOLS[protocol](given)
        for _call in range(CALLS):
            api.call(*ITEMS, domain=[])
        with odoo_env() as env:
            env["res.users.apikeys"].search([("user_id", "=", given.uid)])._remove()
        if accepted:
            assert api.call(*ITEMS, domain=[]) == 0
        else:
            with pytest.raises(Refused):
                api.call(*ITEMS, domain=[])
