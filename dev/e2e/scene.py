"""What the tests act on: clients with their keys, booked entries, a user in the web client."""

from dataclasses import dataclass
from datetime import timedelta

import requests

from odoo import fields
from odoo.fields import Command

from dev.ledger_copy import LedgerCopy, Session

DATE = "2025-03-31"


@dataclass
class Books:
    """A client with a key, by its ids: records belong to a transaction."""

    client: int
    company: int
    uuid: str
    key: int
    secret: str

    def session(self, server, database=None):
        """Return calls with the key."""
        return Session(server.url, self.secret, database)

    def copy(self, server, database=None):
        """Return an empty copy of the ledger that reads from a server."""
        return LedgerCopy(self.session(server, database))


def open_books(env, reference="273-542-26244", company=None, scope="sync", **values):
    """Create a client of a company with one key.

    :param company: the main company by default
    """
    company = company or env.ref("base.main_company")
    client = env["silverfin.client"].create(
        {"name": reference, "reference": reference, "company_id": company.id, **values}
    )
    key, secret = env["silverfin.api.key"]._generate(
        {"name": f"Key of {reference}", "client_id": client.id, "scope": scope}
    )
    return Books(client.id, company.id, client.uuid, key.id, secret)


def personal_key(env, user, scope="read"):
    """Make a user's own key, which ends, as Odoo has it for its own; return its secret."""
    keys = env["silverfin.api.key"].with_user(user)
    end = fields.Datetime.now() + timedelta(days=30)
    return keys._generate({"name": "Personal", "scope": scope, "expires_at": end})[1]


def new_company(env, name):
    """Create a company with a chart of accounts."""
    company = env["res.company"].create({"name": name})
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    return company


def new_user(env, login, *groups, companies=None):
    """Create a user of some groups.

    :param groups: external ids
    :param companies: the main one by default
    """
    companies = companies or env.ref("base.main_company")
    return env["res.users"].create(
        {
            "name": login,
            "login": login,
            "password": login * 2,
            "group_ids": [Command.set([env.ref(group).id for group in groups])],
            "company_id": companies[0].id,
            "company_ids": [Command.set(companies.ids)],
        }
    )


def entry_values(env, amount, date=DATE, company=None, accounts=("income", "asset_current")):
    """Return the values of a miscellaneous entry that moves an amount from account to account."""
    company = company or env.ref("base.main_company")
    found = [_account(env, company, kind).id for kind in accounts]
    journal = env["account.journal"].search(
        [("company_id", "=", company.id), ("type", "=", "general")], limit=1
    )
    return {
        "move_type": "entry",
        "date": date,
        "journal_id": journal.id,
        "company_id": company.id,
        "line_ids": [
            Command.create({"account_id": found[0], "credit": amount, "name": "Given"}),
            Command.create({"account_id": found[1], "debit": amount, "name": "Taken"}),
        ],
    }


def _account(env, company, kind):
    accounts = env["account.account"].with_company(company)
    return accounts.search([("account_type", "=", kind), ("company_ids", "=", company.id)], limit=1)


def book(env, amount=100.0, date=DATE, company=None, **options):
    """Post a miscellaneous entry; return it."""
    values = entry_values(env, amount, date, company, **options)
    company = env["res.company"].browse(values["company_id"])
    entry = env["account.move"].with_company(company).create(values)
    entry.action_post()
    return entry


def invoice_values(env, amount=100.0, date=DATE):
    """Return the values of a customer's invoice without tax."""
    partner = env["res.partner"].search([("name", "=", "Customer")], limit=1)
    partner = partner or env["res.partner"].create({"name": "Customer"})
    line = {"name": "Advice", "quantity": 1.0, "price_unit": amount, "tax_ids": [Command.clear()]}
    return {
        "move_type": "out_invoice",
        "partner_id": partner.id,
        "invoice_date": date,
        "invoice_line_ids": [Command.create(line)],
    }


def invoice(env, amount=100.0, date=DATE):
    """Post a customer's invoice; return it."""
    entry = env["account.move"].create(invoice_values(env, amount, date))
    entry.action_post()
    return entry


def multiply(cr, entry, times):
    """Copy a posted entry in SQL, as often as wished: the ORM would take minutes."""
    moves = _columns(cr, "account_move", "name", "sequence_prefix", "sequence_number")
    lines = _columns(cr, "account_move_line", "move_id", "move_name")
    cr.execute("SELECT max(id) FROM account_move")
    last = cr.fetchone()[0]
    cr.execute(
        f"INSERT INTO account_move (id, name, {moves})"
        f" SELECT %(last)s + n, 'COPY/' || n, {moves}"
        " FROM account_move, generate_series(1, %(n)s) n WHERE account_move.id = %(entry)s",
        {"last": last, "n": times, "entry": entry},
    )
    cr.execute(
        f"INSERT INTO account_move_line (id, move_id, move_name, {lines})"
        " SELECT nextval('account_move_line_id_seq'), %(last)s + n, 'COPY/' || n,"
        f" {lines} FROM account_move_line, generate_series(1, %(n)s) n WHERE move_id = %(entry)s",
        {"last": last, "n": times, "entry": entry},
    )
    cr.execute("SELECT setval('account_move_id_seq', max(id)) FROM account_move")
    cr.execute("ANALYZE account_move, account_move_line")


def _columns(cr, table, *omitted):
    cr.execute(
        "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attname <> ALL(%s)",
        [table, ["id", *omitted]],
    )
    return cr.fetchone()[0]


class WebClient:
    """A user at the web client, logged in; books over HTTP as people do."""

    def __init__(self, server, login="admin", password="admin"):  # noqa: S107
        self.server = server
        self.http = requests.Session()
        self.answer = self._post(
            "/web/session/authenticate",
            {"db": server.database, "login": login, "password": password},
        )

    def call(self, model, method, *args, **kwargs):
        """Call a method of a model."""
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def book(self, values):
        """Create and post an entry; return its id."""
        (entry,) = self.call("account.move", "create", [values])
        self.call("account.move", "action_post", [entry])
        return entry

    def _post(self, path, params):
        response = self.http.post(
            self.server.url + path,
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=120,
        )
        document = response.json()
        if "error" in document:
            raise AssertionError(document["error"]["data"]["debug"])
        return document.get("result")
