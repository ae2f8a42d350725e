"""Where a key of scope *read* opens nothing, and what the client sees of what was tried."""

import pytest
import requests

from dev.e2e import external, scene
from dev.e2e.external import PROTOCOLS, Json2, Refused
from dev.e2e.scene import WebClient

SECONDS = 60
ITEMS = ("account.move.line", "search_count")


@pytest.fixture(scope="class")
def expected_log():
    return [external.DEPRECATED, external.REFUSED]


@pytest.fixture(scope="class")
def books(odoo_env):
    with odoo_env() as env:
        scene.book(env, 10.0)
        return scene.open_books(env, scope="read")


def refused_by(api, *call, **kwargs):
    with pytest.raises(Refused) as caught:
        api.call(*call, **kwargs)
    return caught.value


class TestOtherDoors:
    """Sessions, other users, other routes, other keys."""

    modules = ("api_doc",)

    def test_no_session(self, server, database, login):
        """A key is no password: neither of its user nor of anybody."""
        for name in (login.login, "admin"):
            body = {"params": {"db": database, "login": name, "password": login.secret}}
            url = f"{server.url}/web/session/authenticate"
            answer = requests.post(url, json=body, timeout=SECONDS).json()
            assert answer["error"]["data"]["name"] == "odoo.exceptions.AccessDenied"

    @pytest.mark.parametrize("protocol", ["xmlrpc", "xmlrpc/2", "jsonrpc"])
    def test_login(self, protocol, login):
        """Only the user whom the key acts as logs in with it."""
        api = PROTOCOLS[protocol](login)
        assert api.authenticate() == login.uid
        assert api.authenticate("admin") is False
        assert api.authenticate("nobody") is False
        assert api.service("common", "login", login.login, login.secret) == login.uid

    def test_login_writes_no_address(self, server, database, odoo_env):
        """Odoo lets an administrator's program set the server's address when it logs in."""
        with odoo_env() as env:
            user = scene.new_user(env, "system", "base.group_system")
            keys = env["silverfin.api.key"].with_user(user)
            _key, secret = keys._generate({"name": "Personal", "scope": "read"})
            before = env["ir.config_parameter"].get_param("web.base.url")
            given = external.Login(server, database, user.login, secret, user.id)
        for secret, address in ((given.secret, before), ("system" * 2, "http://elsewhere")):
            api = PROTOCOLS["jsonrpc"](given, secret)
            place = {"base_location": "http://elsewhere"}
            uid = api.service("common", "authenticate", given.login, secret, place)
            assert uid == given.uid
            with odoo_env() as env:
                assert env["ir.config_parameter"].get_param("web.base.url") == address

    @pytest.mark.parametrize("protocol", ["xmlrpc", "xmlrpc/2", "jsonrpc"])
    def test_as_somebody_else(self, protocol, login):
        for uid in (1, 2, 0, 10**6):
            given = external.Login(login.server, login.database, login.login, login.secret, uid)
            assert refused_by(PROTOCOLS[protocol](given), *ITEMS, domain=[]).kind == "denied"

    def test_execute(self, login):
        """The older method of the service, whose arguments have no names."""
        for method, allowed in (("search_count", True), ("create", False)):
            given = (login.uid, login.secret, "account.move.line", method, [])
            for protocol in ("xmlrpc/2", "jsonrpc"):
                service = PROTOCOLS[protocol](login).service
                if allowed:
                    assert service("object", "execute", *given) == 2
                    continue
                with pytest.raises(Refused) as caught:
                    service("object", "execute", *given)
                assert caught.value.kind == "access"

    def test_wrong_keys(self, api, login):
        """Mistyped, unknown and of the other scope."""
        mistyped = login.secret[:-1] + ("a" if login.secret[-1] != "a" else "b")
        for secret in (mistyped, login.secret.replace("sfr_", "sfs_"), "sfr_" + 49 * "0"):
            api.secret = secret
            assert refused_by(api, *ITEMS, domain=[]).kind == "denied"

    def test_scope_sync(self, api, odoo_env, books):
        """A key for the endpoint is refused, and says where it is good for."""
        with odoo_env() as env:
            vals = {"name": "Sync", "client_id": books.client, "scope": "sync"}
            _key, api.secret = env["silverfin.api.key"]._generate(vals)
        assert "scope 'sync'" in refused_by(api, *ITEMS, domain=[]).message

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/doc-bearer/index.json"),
            ("GET", "/doc-bearer/account.move.json"),
            ("GET", "/json/1/action-base.action_res_users"),
        ],
    )
    def test_other_bearer_routes(self, method, path, server, database, odoo_env):
        """Also for an administrator, who gets in there with a key of Odoo's."""
        with odoo_env() as env:
            env["ir.config_parameter"].set_param("web.json.enabled", "True")
            user = env.ref("base.user_admin")
            user.group_ids |= env.ref("api_doc.group_allow_doc")
            keys = env["silverfin.api.key"].with_user(user)
            _key, ours = keys._generate({"name": "Personal", "scope": "read"})
            odoos = env["res.users.apikeys"].with_user(user).sudo()._generate(None, "x", None)
        statuses = [
            requests.request(
                method,
                server.url + path,
                headers={"Authorization": f"bearer {secret}", "X-Odoo-Database": database},
                timeout=SECONDS,
            ).status_code
            for secret in (odoos, ours)
        ]
        assert statuses == [200, 403]

    def test_beside_a_session(self, server, login):
        """In the browser of an administrator a key still has its own rights only."""
        administrator = WebClient(server)
        answer = administrator.http.post(
            f"{server.url}/json/2/res.users/context_get",
            json={},
            headers={"Authorization": f"bearer {login.secret}"},
            timeout=SECONDS,
        )
        assert answer.json()["uid"] == login.uid
        assert administrator.call("res.users", "context_get")["uid"] != login.uid


class TestSeen:
    """The client's page tells of reads and of refusals."""

    def key(self, env, books):
        return env["silverfin.api.key"].browse(books.key)

    def test_use(self, api, odoo_env, books):
        """Requests, and records delivered."""
        with odoo_env() as env:
            before = [self.key(env, books)[name] for name in ("request_count", "item_count")]
        api.call("account.move.line", "search_read", domain=[], fields=["name"])
        api.call(*ITEMS, domain=[])
        with odoo_env() as env:
            key = self.key(env, books)
            assert [key.request_count - before[0], key.item_count - before[1]] == [2, 2]
            assert key.last_address == "127.0.0.1"
            assert key.last_agent

    def test_login_is_a_use(self, odoo_env, books, login):
        with odoo_env() as env:
            before = self.key(env, books).request_count
        PROTOCOLS["xmlrpc/2"](login).authenticate()
        with odoo_env() as env:
            assert self.key(env, books).request_count == before + 1

    def refusals(self, env, books):
        events = env["silverfin.api.key.event"]
        return events.search([("key_id", "=", books.key), ("event", "=", "refused")])

    def test_refusal(self, api, odoo_env, books):
        """With model and method, once a day, from where; not counted as a use."""
        method = f"refused_over_{type(api).__name__}"
        with odoo_env() as env:
            before = self.key(env, books).request_count
        for _time in range(3):
            refused_by(api, "account.move", method)
        with odoo_env() as env:
            detail = f"account.move.{method}"
            noted = self.refusals(env, books).filtered(lambda event: event.detail == detail)
            assert noted.mapped("address") == ["127.0.0.1"]
            assert self.key(env, books).request_count == before

    def test_many_refusals(self, login, odoo_env, books):
        """Whoever holds a key cannot fill the database with them, nor write what he likes."""
        api = Json2(login)
        for number in range(25):
            refused_by(api, "account.move", f"x{number}%0a%3Cb%3E{'y' * 200}")
        with odoo_env() as env:
            details = self.refusals(env, books).mapped("detail")
            assert len(details) == 20
            assert all(len(detail) <= 2 * 64 + 1 for detail in details)
            assert not any(set(detail) & set("\n<>") for detail in details)
