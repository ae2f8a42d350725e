"""Clients of Odoo's external API, unmodified, with a `read` key where a password is asked for.

Beside Python's own xmlrpc.client and plain requests: odoo-client-lib from PyPI, Odoo's own library
and one of the few that speak all three protocols; and odoo-await from npm, the promise-based one
among the clients upon npm's package xmlrpc.
"""

import json
import subprocess
import uuid
import xmlrpc.client
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

import odoolib
import pytest
import requests
from odoolib.tools import AuthenticationError, JsonRPCException

from odoo import fields

from dev import node
from dev.e2e import external, scene

CUSTOMER = [("name", "=", "Customer")]  # whom scene.invoice() bills
POSTED = ["parent_state", "=", "posted"]
ITEM_FIELDS = ["date", "name", "balance", "move_id", "account_id", "partner_id"]
ACCOUNT_FIELDS = ["code", "name", "account_type"]
PARTNER_FIELDS = ["name", "email", "country_id"]
SECONDS = 60
# Either of two workers may answer: after so many calls both have.
SEVERAL = 6


@dataclass
class Access:
    """What a client is told, and the ids of the key and of its user."""

    server: object
    login: str
    secret: str
    key: int
    user: int


class Client:
    """What the tests ask of every client.

    `forbidden` and `shut_out` are what it shows for a call that the key may not make and for a key
    that is no longer good, `login_refused` what it shows for the latter when logging in: each is an
    exception and a pattern of its text.
    """

    def __init__(self, access):
        self.access = access
        self.database = access.server.database

    def close(self):
        """End what was begun."""


class XmlRpc(Client):
    """xmlrpc.client, as Odoo's documentation uses it."""

    forbidden = (xmlrpc.client.Fault, "<Fault 4: ")
    shut_out = (xmlrpc.client.Fault, "<Fault 3: ")
    login_refused = (PermissionError, "")

    def _service(self, name):
        return xmlrpc.client.ServerProxy(f"{self.access.server.url}/xmlrpc/2/{name}")

    def login(self):
        login = self._service("common").authenticate
        self.uid = login(self.database, self.access.login, self.access.secret, {})
        if not self.uid:
            raise PermissionError  # the answer is False: to notice it is left to the caller
        return self.uid

    def _call(self, *args):
        execute = self._service("object").execute_kw
        return execute(self.database, self.uid, self.access.secret, *args)

    def search_read(self, model, domain, **options):
        return self._call(model, "search_read", [domain], options)

    def read(self, model, ids, fields):
        return self._call(model, "read", [ids], {"fields": fields})

    def create(self, model, values):
        return self._call(model, "create", [values])

    def write(self, model, ids, values):
        return self._call(model, "write", [ids, values])

    def unlink(self, model, ids):
        return self._call(model, "unlink", [ids])


class Json2(Client):
    """Plain requests, which know nothing of Odoo."""

    forbidden = (requests.HTTPError, "^403 ")
    shut_out = login_refused = (requests.HTTPError, "^401 ")

    def _call(self, model, method, **parameters):
        response = requests.post(
            f"{self.access.server.url}/json/2/{model}/{method}",
            json=parameters,
            headers={
                "Authorization": f"Bearer {self.access.secret}",
                "X-Odoo-Database": self.database,
            },
            timeout=SECONDS,
        )
        response.raise_for_status()
        return response.json()

    def login(self):
        return self._call("res.users", "context_get")["uid"]

    def search_read(self, model, domain, **options):
        return self._call(model, "search_read", domain=domain, **options)

    def read(self, model, ids, fields):
        return self._call(model, "read", ids=ids, fields=fields)

    def create(self, model, values):
        return self._call(model, "create", vals_list=[values])

    def write(self, model, ids, values):
        return self._call(model, "write", ids=ids, vals=values)

    def unlink(self, model, ids):
        return self._call(model, "unlink", ids=ids)


class LibraryXmlRpc(Client):
    """odoo-client-lib; its XML-RPC is the older `/xmlrpc`, where faults have texts as codes."""

    protocol = "xmlrpc"
    forbidden = (xmlrpc.client.Fault, "<Fault warning -- AccessError")
    shut_out = (xmlrpc.client.Fault, "<Fault AccessDenied: ")
    login_refused = (AuthenticationError, "Authentication failure")

    def __init__(self, access):
        super().__init__(access)
        self.connection = library(access, self.protocol)
        self.model = self.connection.get_model

    def login(self):
        self.connection.check_login()
        assert self.connection.get_user_context()["uid"] == self.connection.user_id
        return self.connection.user_id

    def search_read(self, model, domain, **options):
        return self.model(model).search_read(domain, **options)

    def read(self, model, ids, fields):
        return self.model(model).read(ids, fields)

    def create(self, model, values):
        return self.model(model).create(values)

    def write(self, model, ids, values):
        return self.model(model).write(ids, values)

    def unlink(self, model, ids):
        return self.model(model).unlink(ids)


class LibraryJsonRpc(LibraryXmlRpc):
    """The same calls on `/jsonrpc`."""

    protocol = "jsonrpc"
    forbidden = (JsonRPCException, "'name': 'odoo.exceptions.AccessError'")
    shut_out = (JsonRPCException, "'name': 'odoo.exceptions.AccessDenied'")


class LibraryJson2(Json2):
    """odoo-client-lib on JSON-2, where it recommends named arguments."""

    forbidden = (ValueError, "status code 403: .*odoo.exceptions.AccessError")
    shut_out = login_refused = (AuthenticationError, "Please check your API key")

    def __init__(self, access):
        super().__init__(access)
        self.connection = library(access, "json2")

    def _call(self, model, method, **parameters):
        return getattr(self.connection.get_model(model), method)(**parameters)

    def login(self):
        if not self.connection.check_login():
            raise AuthenticationError("Please check your API key")  # the answer is False, as above
        return self.connection.get_user_context()["uid"]

    def read(self, model, ids, fields):
        (id_,) = ids
        return [super().read(model, [id_], fields)]  # it takes a single record out of its list


def library(access, protocol):
    """Return a connection of odoo-client-lib."""
    return odoolib.get_connection(
        hostname="127.0.0.1",
        port=access.server.port,
        protocol=protocol,
        database=access.server.database,
        login=access.login,
        password=access.secret,
    )


class NodeError(Exception):
    """What odoo-await threw, as JSON."""


class OdooAwait(Client):
    """odoo-await, in a process of Node.js that lives as long as the client does."""

    forbidden = (NodeError, '"faultCode": 4')
    shut_out = (NodeError, '"faultCode": 3')
    login_refused = (NodeError, "invalid credentials")

    def __init__(self, access):
        super().__init__(access)
        self.process = subprocess.Popen(
            [node.PROGRAM, node.PROJECT / "odoo_await.js"],
            env=node.variables(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        # Through the pipe: a command line is there for every user of the machine to read.
        self._send(
            {
                "baseUrl": access.server.url,
                "db": self.database,
                "username": access.login,
                "password": access.secret,
            }
        )

    def close(self):
        self.process.communicate(timeout=SECONDS)  # the end of its input ends it

    def _send(self, document):
        print(json.dumps(document), file=self.process.stdin, flush=True)

    def _call(self, *call):
        self._send(call)
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise NodeError(json.dumps(answer["error"]))
        return answer["value"]

    def login(self):
        return self._call("connect")

    def search_read(self, model, domain, fields, **options):
        options = {"offset": 0, "limit": 0, "context": {}, **options}
        return self._call("searchRead", model, domain, fields, options)

    def read(self, model, ids, fields):
        return self._call("read", model, ids, fields)

    def create(self, model, values):
        return self._call("create", model, values)

    def write(self, model, ids, values):
        return self._call("update", model, ids, values)

    def unlink(self, model, ids):
        return self._call("delete", model, ids)


CLIENTS = {
    "xmlrpc.client": XmlRpc,
    "requests": Json2,
    "odoo-client-lib xmlrpc": LibraryXmlRpc,
    "odoo-client-lib jsonrpc": LibraryJsonRpc,
    "odoo-client-lib json2": LibraryJson2,
    "odoo-await": OdooAwait,
}


def as_sent(rows):
    """Return what the ORM read in the form in which it travels: dates are texts, pairs lists."""
    return json.loads(json.dumps(rows, default=str))


def raises(shown):
    """Expect what a client shows: an exception and a pattern of its text."""
    kind, pattern = shown
    return pytest.raises(kind, match=pattern)


def make_key(env, server, **vals):
    """Make a key: the present user's own unless it is for a client."""
    key, secret = env["silverfin.api.key"]._generate({"name": "Key", "scope": "read", **vals})
    return Access(server, key.user_id.login, secret, key.id, key.user_id.id)


class TestClients:
    """Every client does all of it, on one server."""

    @pytest.fixture(scope="class")
    def expected_log(self):
        return [external.DEPRECATED, external.REFUSED]

    @pytest.fixture(scope="class")
    def books(self, odoo_env):
        """A company whose client's keys see its books, not those of the company beside it."""
        with odoo_env() as env:
            scene.book(env, 10.0)
            scene.book(env, 20.5, date="2025-04-30")
            invoice = scene.invoice(env, 1234.56)
            invoice.partner_id.write({"email": "a@b.example", "country_id": env.ref("base.be").id})
            scene.book(env, 30.0, company=scene.new_company(env, "Other"))
            return scene.open_books(env, scope="read")

    @pytest.fixture
    def key(self, server, books, odoo_env):
        """A new key of the client."""
        with odoo_env() as env:
            return make_key(env, server, client_id=books.client)

    @pytest.fixture
    def strong_key(self, server, books, odoo_env):
        """A personal key of somebody who may change what the test tries to change."""
        with odoo_env() as env:
            groups = ("account.group_account_manager", "base.group_partner_manager")
            user = scene.new_user(env, f"{uuid.uuid4()}@example.com", *groups)
            end = fields.Datetime.now() + timedelta(days=30)
            return make_key(env(user=user.id), server, expires_at=end)

    @pytest.fixture(params=CLIENTS)
    def connect(self, request):
        """``connect(access)``: one of the clients, logged in."""
        with ExitStack() as stack:

            def connect(access):
                client = CLIENTS[request.param](access)
                stack.callback(client.close)
                assert client.login() == access.user
                return client

            yield connect

    @pytest.fixture
    def ledger(self, books, odoo_env):
        """``ledger(access, model, domain, fields)``: what the ORM has of the client's company.

        The superuser searches, so that the key's user may miss nothing; that user reads, for the
        name of an account depends on who asks.
        """

        def read(access, model, domain, fields):
            with odoo_env(commit=False) as env:
                records = env[model].with_company(books.company).search(domain, order="id")
                return as_sent(records.with_user(access.user).read(fields))

        return read

    def test_journal_items(self, connect, key, books, ledger):
        """Two pages are all of the company's journal items, none of them twice."""
        model, own = "account.move.line", ["company_id", "=", books.company]
        expected = ledger(key, model, [POSTED, own], ITEM_FIELDS)
        size = -(-len(expected) // 2)
        options = {"fields": ITEM_FIELDS, "limit": size, "order": "id"}
        client = connect(key)
        first = client.search_read(model, [POSTED], offset=0, **options)
        second = client.search_read(model, [POSTED], offset=size, **options)
        assert len(first) == size
        assert first + second == expected
        assert len({item["id"] for item in first + second}) == len(expected)

    def test_chart_of_accounts(self, connect, key, books, ledger):
        own = ["company_ids", "=", books.company]
        expected = ledger(key, "account.account", [own], ACCOUNT_FIELDS)
        got = connect(key).search_read("account.account", [], fields=ACCOUNT_FIELDS, order="id")
        assert got == expected
        assert all(account["code"] for account in got)

    def test_partner(self, connect, key, ledger):
        (expected,) = ledger(key, "res.partner", CUSTOMER, PARTNER_FIELDS)
        assert connect(key).read("res.partner", [expected["id"]], PARTNER_FIELDS) == [expected]

    def test_writing(self, connect, strong_key, odoo_env):
        """Refused because of the key: its user may."""
        with odoo_env(commit=False, uid=strong_key.user) as env:
            partner = env["res.partner"].search(CUSTOMER)
            before = partner.search_read([], ["name"])
            assert all(partner.has_access(right) for right in ("create", "write", "unlink"))
        client = connect(strong_key)
        with raises(client.forbidden):
            client.create("res.partner", {"name": "Intruder"})
        with raises(client.forbidden):
            client.write("res.partner", partner.ids, {"name": "Intruder"})
        with raises(client.forbidden):
            client.unlink("res.partner", partner.ids)
        with odoo_env(commit=False, uid=strong_key.user) as env:
            assert env["res.partner"].search_read([], ["name"]) == before

    def test_revoking(self, connect, key, books, odoo_env):
        """The very next call is refused, though both workers have known the key."""
        client = connect(key)

        def read():
            return client.read("res.company", [books.company], ["name"])

        def refused():
            with raises(client.shut_out):
                read()
            with raises(client.login_refused):
                connect(key)

        for _ in range(SEVERAL):
            assert read()
        with odoo_env() as env:
            env["silverfin.api.key"].browse(key.key).active = False
        refused()
        with odoo_env() as env:
            env["silverfin.api.key"].browse(key.key).active = True
        assert read()
        with odoo_env() as env:
            env["silverfin.api.key"].browse(key.key).unlink()
        refused()
