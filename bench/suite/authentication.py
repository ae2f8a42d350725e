"""What it costs to find out who calls: a key of this addon beside a key of Odoo's own."""

import json
from dataclasses import asdict, dataclass

from bench import measure
from bench.http import JSON, Client

TIMING = "silverfin_bench_timing"
CALL = ("res.currency", "search_count")  # cheap, and open to both users
JSON2_LIMIT = 0.5
LOGIN = "bench"
CORE = "JSON-2, key of Odoo"
OURS = "JSON-2, read key"
SESSION = "JSON-2, session cookie"
# What Odoo asks of a browser that calls JSON-2 with its session.
BROWSER = {
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-User": "?1",
}
NOTES = (
    (
        "*authentication* is what the server itself measured around its authentication, with all "
        "extensions of it (header Server-Timing); *request* is what the caller waited for. The "
        "session cookie stands for a request that has next to no authentication to pay for."
    ),
    (
        "A prefork server closes the connection after each answer, so each request has its own. "
        "Those with a key name the database (X-Odoo-Database), but for XML-RPC, whose clients "
        "cannot: there Odoo lists all databases first, whatever the key."
    ),
    (
        "XML-RPC `execute_kw` with a key of Odoo is answered from a cache of credentials in each "
        "worker; a read key is looked up each time, for it is to end with the next request."
    ),
)


@dataclass(frozen=True)
class Caller:
    """A user with a key."""

    user: int
    login: str
    key: str


def run(bench):
    """Measure; return a :class:`bench.measure.Result`."""
    with (
        bench.database("authentication") as (database, facts),
        bench.server(database, TIMING) as server,
    ):
        core, ours = Caller(**facts["core"]), Caller(**facts["ours"])
        return compare(bench, server, core, ours, facts["count"])


def fill(env):
    """Make the callers."""
    callers = {"core": core_caller(env), "ours": our_caller(env)}
    facts = {name: asdict(caller) for name, caller in callers.items()}
    return {**facts, "count": env[CALL[0]].search_count([])}


def core_caller(env, group="base.group_user"):
    """Make an internal user with a key of Odoo's own."""
    from dev.e2e import scene

    user = scene.new_user(env, LOGIN, group)
    key = env(user=user.id)["res.users.apikeys"].sudo()._generate(None, "Bench", None)
    return Caller(user.id, LOGIN, key)


def our_caller(env):
    """Make a client with a read key."""
    company = env.ref("base.main_company")
    client = env["silverfin.client"].create(
        {"name": "Bench", "reference": "Bench", "company_id": company.id}
    )
    values = {"name": "Bench", "client_id": client.id, "scope": "read"}
    key, secret = env["silverfin.api.key"]._generate(values)
    return Caller(key.user_id.id, key.user_id.login, secret)


def compare(bench, server, core, ours, count):
    """Measure the contenders of each interface among themselves."""
    # Warm-up: enough that every worker has loaded what it keeps.
    fast = {"rounds": 4 if bench.quick else 20, "calls": 5 if bench.quick else 20, "warm_up": 10}
    slow = {"rounds": 2 if bench.quick else 20, "calls": 1, "warm_up": 2}
    result = measure.Result("Authentication", notes=list(NOTES))
    for contenders, many in (
        (json2(server, core, ours, count), fast),
        (execute(server, core, ours, count), fast),
        (authenticate(server, core, ours), slow),
        (endpoint(server, ours), fast),
    ):
        result.figures += measure.alternate(contenders, **many)
    result.notes.append(beyond_baseline(result))
    text = "authentication on JSON-2: read key / key of Odoo"
    result.check_ratio(text, JSON2_LIMIT, "authentication", OURS, CORE)
    return result


def json2(server, core, ours, count):
    """Return the contenders on JSON-2."""
    callers = {
        CORE: bearer(server, core),
        OURS: bearer(server, ours),
        SESSION: Client(server, Cookie=log_in(server), **BROWSER),
    }
    return {
        name: lambda caller=caller: caller.json2(*CALL, count, domain=[])
        for name, caller in callers.items()
    }


def bearer(server, caller):
    """Return a client that shows a key, and names the database lest Odoo lists all there are."""
    named = {"X-Odoo-Database": server.database}
    return Client(server, Authorization=f"bearer {caller.key}", **named)


def log_in(server):
    """Return the cookie of the internal user's session."""
    params = {"db": server.database, "login": LOGIN, "password": LOGIN * 2}
    _answer, headers, _took = Client(server).call(
        "POST",
        "/web/session/authenticate",
        json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
        **JSON,
    )
    return headers["Set-Cookie"].partition(";")[0]


def execute(server, core, ours, count):
    """Return the contenders of XML-RPC's ``execute_kw``."""
    client, callers = Client(server), {"key of Odoo, cached": core, "read key": ours}

    def contender(caller):
        arguments = (server.database, caller.user, caller.key, *CALL, [[]])
        return lambda: client.xmlrpc("object", "execute_kw", arguments, count)

    return {f"XML-RPC, {name}": contender(caller) for name, caller in callers.items()}


def authenticate(server, core, ours):
    """Return the contenders of XML-RPC's ``authenticate``."""
    client, callers = Client(server), {"key of Odoo": core, "read key": ours}

    def contender(caller):
        arguments = (server.database, caller.login, caller.key, {})
        return lambda: client.xmlrpc("common", "authenticate", arguments, caller.user)

    return {f"authenticate, {name}": contender(caller) for name, caller in callers.items()}


def endpoint(server, ours):
    """Return the endpoint's own calls: with a key, and the one without."""
    client = bearer(server, ours)
    return {
        f"/silverfin/v1/{name}": lambda name=name: client.get(f"/silverfin/v1/{name}")
        for name in ("me", "health")
    }


def beyond_baseline(result):
    """Say what a request costs beyond that of the session, as the caller sees it."""
    base = result.median(SESSION, "request")
    core, ours = (result.median(name, "request") - base for name in (CORE, OURS))
    return (
        f"Beyond the median request with a session cookie: key of Odoo {core:+.2f} ms, "
        f"read key {ours:+.2f} ms."
    )
