"""Odoo's external API as its clients speak it: the same calls over each protocol."""

import xmlrpc.client
from dataclasses import dataclass

import requests

SECONDS = 60


@dataclass
class Login:
    """What a client of the external API is given."""

    server: object
    database: str
    login: str
    secret: str
    uid: int


def login_of(env, server, books):
    """Return what a client of the external API is given for a client's key."""
    user = env["silverfin.client"].browse(books.client).user_id
    return Login(server, env.cr.dbname, user.login, books.secret, user.id)


class Refused(Exception):
    """The server refused: ``kind`` is "access", "denied" or what else went wrong."""

    def __init__(self, kind, message):
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message


class Protocol:
    """Calls of methods over one protocol; a connection a call, so that workers take turns."""

    def __init__(self, login, secret=None):
        self.given = login
        self.secret = secret or login.secret

    def authenticate(self, login=None):
        """Return the id of the user, or False."""
        return self.service("common", "authenticate", login or self.given.login, self.secret, {})

    def call(self, model, method, *args, **kwargs):
        """Call a method of a model; the first of ``args`` are the ids where the method has records.

        :raises Refused:
        """
        given = (self.given.uid, self.secret, model, method, list(args), kwargs)
        return self.service("object", "execute_kw", *given)


class XmlRpc(Protocol):
    """``/xmlrpc/2``."""

    path = "/xmlrpc/2"
    kinds = {3: "denied", 4: "access"}

    def service(self, name, method, *args):
        """Call a method of a service."""
        url = f"{self.given.server.url}{self.path}/{name}"
        with xmlrpc.client.ServerProxy(url, allow_none=True) as proxy:
            try:
                return getattr(proxy, method)(self.given.database, *args)
            except xmlrpc.client.Fault as fault:
                raise self.refusal(fault) from None

    def refusal(self, fault):
        """Translate a fault."""
        return Refused(self.kinds.get(fault.faultCode, "error"), fault.faultString)


class XmlRpc1(XmlRpc):
    """``/xmlrpc``, whose fault codes are texts."""

    path = "/xmlrpc"

    def refusal(self, fault):
        """Translate a fault."""
        code = str(fault.faultCode)
        if code == "AccessDenied":
            return Refused("denied", fault.faultString)
        kind = "access" if code.startswith("warning -- AccessError") else "error"
        return Refused(kind, f"{code} {fault.faultString}")


class JsonRpc(Protocol):
    """``/jsonrpc``."""

    kinds = {"odoo.exceptions.AccessDenied": "denied", "odoo.exceptions.AccessError": "access"}

    def service(self, name, method, *args):
        """Call a method of a service."""
        params = {"service": name, "method": method, "args": [self.given.database, *args]}
        body = {"jsonrpc": "2.0", "method": "call", "params": params, "id": 1}
        url = f"{self.given.server.url}/jsonrpc"
        answer = requests.post(url, json=body, timeout=SECONDS).json()
        if "error" in answer:
            data = answer["error"]["data"]
            raise Refused(self.kinds.get(data["name"], "error"), data["message"])
        return answer.get("result")


class Json2(Protocol):
    """``/json/2``; its arguments have names, so those of :data:`NAMES` are given them."""

    NAMES = {"write": ("ids", "vals"), "create": ("vals_list",), "unlink": ("ids",)}
    kinds = {401: "denied", 403: "access"}

    def authenticate(self, login=None):
        """There is no login: ask who the key is."""
        return self.call("res.users", "context_get")["uid"]

    def call(self, model, method, *args, **kwargs):
        """Call a method of a model."""
        named = dict(zip(self.NAMES.get(method, ("ids",)), args, strict=False))
        return self.post(f"/json/2/{model}/{method}", named | kwargs)

    def post(self, path, body, **options):
        """Send a body; return what comes back."""
        headers = {
            "Authorization": f"bearer {self.secret}",
            "X-Odoo-Database": self.given.database,
            **options,
        }
        answer = requests.post(
            self.given.server.url + path, json=body, headers=headers, timeout=SECONDS
        )
        if answer.status_code != 200:
            message = answer.json()["message"]
            raise Refused(self.kinds.get(answer.status_code, "error"), message)
        return answer.json()


PROTOCOLS = {"xmlrpc": XmlRpc1, "xmlrpc/2": XmlRpc, "jsonrpc": JsonRpc, "json/2": Json2}
# Odoo warns of every call; its version 20 is to have JSON-2 only.
DEPRECATED = r"The /xmlrpc, /xmlrpc/2 and /jsonrpc endpoints are deprecated"
REFUSED = r"WARNING odoo.http: "  # what a client is refused is logged by Odoo, without a trace
