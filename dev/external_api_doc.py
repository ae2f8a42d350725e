"""``make docs``: what a key of scope *read* can do, found out on a running server.

The prose is in ``external_api_doc.md``; a name in double braces there stands for what was found.
An end-to-end test makes the document anew and compares it with the committed one.
"""

import re
import xmlrpc.client
from dataclasses import dataclass, field
from typing import Any

import requests

from dev import settings

TEMPLATE = settings.CHECKOUT / "dev" / "external_api_doc.md"
DOCUMENT = settings.CHECKOUT / "docs" / "external-api.md"
WRITE = "SILVERFIN_WRITE_DOCS"  # set: the test writes the document instead of comparing it
ATTACHMENTS = "ir.attachment"
ENTRIES = "account.move"
SECONDS = 60
SAMPLE = 20  # records; Odoo computes some fields for whole entries only
SHOWN = 150  # characters of a message
# What many models have alike is told by its number.
FAMILIES = {
    "messages": re.compile(r"(website_)?message_"),
    "activities": re.compile(r"(my_)?activity_"),
    "images": re.compile(r"(image|avatar)_\d+$"),
}
METHODS = {
    "check_access_rights": (
        "whether an operation is allowed, the older way",
        {"operation": "read", "raise_exception": False},
    ),
    "fields_get": ("the fields that the key sees", {}),
    "formatted_read_group": ("totals", {"domain": [], "aggregates": ["__count"]}),
    "has_access": ("whether an operation is allowed", {"operation": "read"}),
    "name_search": ("records by a part of their name", {"name": ""}),
    "read": ("records by id", {"fields": ["display_name"]}),
    "read_group": ("totals, the older way", {"domain": [], "fields": [], "groupby": []}),
    "search": ("ids", {"domain": []}),
    "search_count": ("a number", {"domain": []}),
    "search_fetch": (
        "nothing: Odoo keeps it for its own programs",
        {"domain": [], "field_names": []},
    ),
    "search_read": ("records by a condition", {"domain": []}),
}
WRITING = {"create": {"vals_list": [{}]}, "write": {"vals": {}}, "unlink": {}}


@dataclass(frozen=True)
class Call:
    """A call of a method, on the records ``ids`` if it has any."""

    model: str
    method: str
    named: dict = field(default_factory=dict)
    ids: tuple = ()


@dataclass(frozen=True)
class Answer:
    """What a client is told: ``code`` in the terms of its protocol, empty where all went well."""

    code: str = ""
    text: str = ""
    result: Any = None


def xml_rpc(login, call):
    """Make a call over ``/xmlrpc/2``."""
    with xmlrpc.client.ServerProxy(f"{login.server.url}/xmlrpc/2/object") as proxy:
        try:
            return Answer(result=proxy.execute_kw(*_positional(login, call)))
        except xmlrpc.client.Fault as fault:
            return Answer(f"fault {fault.faultCode}", fault.faultString)


def json_rpc(login, call):
    """Make a call over ``/jsonrpc``."""
    params = {"service": "object", "method": "execute_kw", "args": _positional(login, call)}
    body = {"jsonrpc": "2.0", "method": "call", "params": params, "id": 1}
    answer = requests.post(f"{login.server.url}/jsonrpc", json=body, timeout=SECONDS).json()
    if "error" not in answer:
        return Answer(result=answer.get("result"))
    data = answer["error"]["data"]
    return Answer(f"`{data['name']}`", data["message"])


def _positional(login, call):
    ids = [list(call.ids)] if call.ids else []
    return (login.database, login.uid, login.secret, call.model, call.method, ids, call.named)


def json_2(login, call):
    """Make a call over ``/json/2``."""
    headers = {"Authorization": f"bearer {login.secret}", "X-Odoo-Database": login.database}
    body = {**call.named, **({"ids": call.ids} if call.ids else {})}
    url = f"{login.server.url}/json/2/{call.model}/{call.method}"
    answer = requests.post(url, json=body, headers=headers, timeout=SECONDS)
    if answer.ok:
        return Answer(result=answer.json())
    return Answer(str(answer.status_code), answer.json()["message"])


PROTOCOLS = {"XML-RPC": xml_rpc, "JSON-RPC": json_rpc, "JSON-2": json_2}


@dataclass
class Scene:
    """Books, and whoever comes to read them.

    :param dict logins: of each key by the name that :data:`BAD_KEYS` knows it by, and those of
        "administrator" and "with attachments"
    :param dict names: of each model that a read key opens, in English
    :param list methods: that a read key may call
    :param dict ids: an "entry" of the client and a "foreign entry"; a "foreign company"
    """

    logins: dict
    names: dict
    methods: list
    ids: dict


def render(scene):
    """Return the document's text."""
    found = {
        "odoo": ".".join(map(str, settings.ODOO_SERIES)),
        "modules": " and ".join(f"`{name}`" for name in settings.BASE_MODULES),
        "number of models": str(len(scene.names)),
        **_models(scene),
        "methods": _methods(scene),
        "writing": _writing(scene),
        "refusals": _refusals(scene),
    }
    return re.sub(r"{{([\w ]+)}}", lambda name: found[name[1]], TEMPLATE.read_text())


# Models -------------------------------------------------------------------------------------


def _models(scene):
    rows, hidden_of_all = [], set()
    for model, name in scene.names.items():
        all_fields, seen = _fields(scene, "administrator", model), _fields(scene, "read", model)
        hidden_of_all |= all_fields - seen
        rows.append(_model_row(model, name, all_fields, seen))
    all_fields = _fields(scene, "administrator", ATTACHMENTS)
    seen = _fields(scene, "with attachments", ATTACHMENTS)
    rows.append(_model_row(ATTACHMENTS, "Attachment, with permission", all_fields, seen))
    return {"models": "\n".join(rows), "families": _families(hidden_of_all)}


def _fields(scene, who, model):
    """Return the fields of a model that come to whoever names none."""
    domain = [("res_model", "=", ENTRIES)] if model == ATTACHMENTS else []
    call = Call(model, "search_read", {"domain": domain, "limit": SAMPLE})
    answer = json_2(scene.logins[who], call)
    if answer.code or not answer.result:
        raise AssertionError(f"{who} got no {model}: {answer.text}")
    return set(answer.result[0])


def _model_row(model, name, all_fields, seen):
    number = f"{len(seen)} of {len(seen | all_fields)}"
    return f"| {name} | `{model}` | {number} | {_hidden(all_fields - seen)} |"


def _hidden(names):
    parts = []
    for family, pattern in FAMILIES.items():
        members = set(filter(pattern.match, names))
        parts += [f"{len(members)} of {family}"] if members else []
        names = names - members
    return ", ".join([*parts, *map("`{}`".format, sorted(names))])


def _families(names):
    return "\n".join(
        f"- {family}: " + ", ".join(f"`{name}`" for name in sorted(filter(pattern.match, names)))
        for family, pattern in FAMILIES.items()
    )


# Methods ------------------------------------------------------------------------------------


def _methods(scene):
    entry = (scene.ids["entry"],)
    rows = []
    for method in scene.methods:
        purpose, named = METHODS[method]
        call = Call(ENTRIES, method, named, entry if method in ("read", "has_access") else ())
        answers = [protocol(scene.logins["read"], call) for protocol in PROTOCOLS.values()]
        rows.append(f"| `{method}` | {purpose} | {_outcome(answers)} |")
    return "\n".join(rows)


def _outcome(answers):
    if all(not answer.code for answer in answers):
        return "answered"
    return ", ".join(answer.code or "answered" for answer in answers)


def _writing(scene):
    answers = [
        json_2(scene.logins["read"], Call(model, method, named, () if method == "create" else (1,)))
        for model in scene.names
        for method, named in WRITING.items()
    ]
    refused = [answer for answer in answers if answer.code == "403"]
    return f"{len(refused)} of {len(answers)}"


# Refusals -----------------------------------------------------------------------------------

COUNT = Call(ENTRIES, "search_count", {"domain": []})
BAD_KEYS = {
    "mistyped": "a key with a wrong character",
    "cut": "a key that is not whole",
    "deleted": "a deleted key, or one of another database",
    "expired": "an expired key",
    "inactive": "a key that was switched off",
    "archived": "a key whose client is archived",
    "network": "a key used from another network",
    "sync": "a key of scope *sync*",
    "other user": "the user id of somebody else",
}


def _calls(ids):
    """Return what is refused to a good key, by its description."""
    other_company = {"allowed_company_ids": [ids["foreign company"]]}
    return {
        "create an entry": Call(ENTRIES, "create", {"vals_list": [{}]}),
        "press a button: post an entry": Call(ENTRIES, "action_post", {}, (ids["entry"],)),
        "a model that is not listed": _search("res.users", "name"),
        "attachments without permission": _search(ATTACHMENTS, "name"),
        "a hidden field, by name": _search(ENTRIES, "message_ids"),
        "a field that Odoo has not": _search(ENTRIES, "period_id"),
        "an entry of another company, by id": Call(
            ENTRIES, "read", {"fields": ["name"]}, (ids["foreign entry"],)
        ),
        "another company in the context": _search(ENTRIES, "name", context=other_company),
    }


def _search(model, name, **more):
    return Call(model, "search_read", {"domain": [], "fields": [name], **more})


def _refusals(scene):
    good = scene.logins["read"]
    tried = [(title, good, call) for title, call in _calls(scene.ids).items()]
    tried += [(title, scene.logins[name], COUNT) for name, title in BAD_KEYS.items()]
    return "\n".join(_refusal_row(*one) for one in tried)


def _refusal_row(title, login, call):
    answers = [protocol(login, call) for protocol in PROTOCOLS.values()]
    codes = " | ".join(answer.code or "answered" for answer in answers)
    texts = dict.fromkeys(_shown(answer.text) for answer in answers if answer.code)
    return f"| {title} | {codes} | {' / '.join(texts)} |"


def _shown(text):
    """Shorten a message; leave out what differs from run to run."""
    lines = text.strip().splitlines()
    # Odoo sends the traceback of what it did not expect.
    text = lines[-1] if lines[0].startswith("Traceback") else " ".join(filter(None, lines))
    text = re.sub(r" \(id=\d+\)", "", text).removeprefix("ValueError: ")
    return text if len(text) <= SHOWN else text[:SHOWN].rpartition(" ")[0] + " …"
