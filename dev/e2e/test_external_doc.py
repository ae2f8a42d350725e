"""docs/external-api.md says what is so: its tables are made anew, its facts are tried."""

import datetime
import difflib
import os

import pytest

from odoo.fields import Command

from dev import external_api_doc, settings
from dev.e2e import external, scene

ACCOUNTANT = (
    "account.group_account_manager",
    "account.group_account_user",
    "analytic.group_analytic_accounting",
    "base.group_multi_company",
    "base.group_multi_currency",
)
CALLS = 15  # enough to meet both workers


class TestDocument:
    """The document, and what it says of logging in and of Odoo's own keys."""

    @pytest.fixture(scope="class")
    def expected_log(self):
        return [
            external.DEPRECATED,
            r"DeprecationWarning: .* is deprecated",
            r"WARNING odoo.http: ",  # a refusal
            r"ERROR odoo.http: [\s\S]*Invalid field 'period_id'",
        ]

    @pytest.fixture(scope="class")
    def prepared(self, server, database, odoo_env):
        with odoo_env() as env:
            ids = _book(env)
            keys = env["silverfin.api.key"]
            names = {
                model: env["ir.model"]._get(model).name
                for model in sorted(keys._external_models(with_attachments=False))
            }
            logins = {
                who: external.Login(server, database, *given) for who, given in _logins(env).items()
            }
        return external_api_doc.Scene(logins, names, _methods(), ids)

    def test_document(self, prepared, place):
        if place.tree.identity != settings.ODOO_PIN:
            pytest.skip("another Odoo has other fields")
        fresh = external_api_doc.render(prepared)
        if os.environ.get(external_api_doc.WRITE):
            external_api_doc.DOCUMENT.write_text(fresh)
        committed = external_api_doc.DOCUMENT.read_text()
        texts = (committed.splitlines(), fresh.splitlines())
        difference = list(difflib.unified_diff(*texts, "committed", "now", lineterm=""))
        assert not difference, "run `make docs`:\n" + "\n".join(difference)

    def test_login(self, prepared):
        """A bad key is as good as a wrong password; so is a wrong e-mail."""
        for name in external_api_doc.BAD_KEYS:
            if name != "other user":  # nothing is wrong with it at login
                assert external.XmlRpc(prepared.logins[name]).authenticate() is False
        assert external.XmlRpc(prepared.logins["read"]).authenticate("admin") is False

    @pytest.mark.parametrize(
        ("protocol", "accepted"), [("xmlrpc/2", True), ("jsonrpc", True), ("json/2", False)]
    )
    def test_expired_key_of_odoo(self, protocol, accepted, server, database, odoo_env):
        """What the document says of Odoo's own keys; of deleted ones it is tried elsewhere."""
        with odoo_env() as env:
            login = external.Login(server, database, *_odoo_key(env))
        api = external.PROTOCOLS[protocol](login)
        assert all(_is_answered(api) for _call in range(CALLS))
        with odoo_env() as env:
            _expire(env["res.users.apikeys"].search([], order="id desc", limit=1))
        assert _is_answered(api) == accepted


def _methods():
    from odoo.addons.account_silverfin.tools import external_call

    return sorted(external_call.METHODS)


def _book(env):
    """Book something of each kind, that is a record in each model; return some ids."""
    invoice = scene.invoice(env, 100.0)
    _pay(env, invoice)
    _settings(env, invoice.partner_id)
    env["ir.attachment"].create(
        {"name": "invoice.pdf", "res_model": "account.move", "res_id": invoice.id, "raw": b"%PDF"}
    )
    foreign = scene.book(env, company=scene.new_company(env, "Foreign"))
    return {
        "entry": invoice.id,
        "foreign entry": foreign.id,
        "foreign company": foreign.company_id.id,
    }


def _pay(env, invoice):
    bank = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", invoice.company_id.id)], limit=1
    )
    context = {"active_model": "account.move", "active_ids": invoice.ids}
    payment = env["account.payment.register"].with_context(**context)
    payment.create({"journal_id": bank.id}).action_create_payments()
    line = {"date": scene.DATE, "journal_id": bank.id, "payment_ref": "Interest", "amount": 10.0}
    env["account.bank.statement"].create({"name": "1", "line_ids": [Command.create(line)]})


def _settings(env, partner):
    plan = env["account.analytic.plan"].create({"name": "Departments"})
    advice = env["account.analytic.account"].create({"name": "Advice", "plan_id": plan.id})
    one, other = env["account.account"].search([], limit=2)
    mapping = {"account_src_id": one.id, "account_dest_id": other.id}
    bank = env["res.bank"].create({"name": "Bank", "bic": "GKCCBEBB"})
    records = {
        "account.analytic.line": {"name": "An hour", "account_id": advice.id},
        "account.fiscal.position": {"name": "Abroad", "account_ids": [Command.create(mapping)]},
        "account.group": {"name": "One", "code_prefix_start": "1", "code_prefix_end": "1"},
        "account.journal.group": {"name": "All"},
        "res.currency.rate": {"currency_id": env.ref("base.EUR").id, "rate": 1.1},
        "res.partner.bank": {
            "acc_number": "BE71096123456769",
            "partner_id": partner.id,
            "bank_id": bank.id,
        },
        "res.partner.category": {"name": "Good", "partner_ids": [Command.link(partner.id)]},
    }
    for model, values in records.items():
        env[model].create(values)


def _logins(env):
    """Make a key for each that the document tells of; return login, secret and user id."""
    client, archived, files = (_client(env, name) for name in ("Books", "Archived", "Files"))
    files.allow_attachments = True
    keys = {name: _key(client) for name in ("read", "expired", "inactive", "deleted")}
    keys["network"] = _key(client, networks="192.0.2.0/24")
    keys["sync"] = _key(client, scope="sync")
    keys["archived"], keys["with attachments"] = _key(archived), _key(files)
    _expire(keys["expired"][0])
    keys["deleted"][0].unlink()
    keys["inactive"][0].active = False
    archived.active = False
    logins = {name: given for name, (_record, given) in keys.items()}
    return {**logins, **_broken(*logins["read"]), "administrator": _odoo_key(env)}


def _client(env, name):
    company = env.ref("base.main_company")
    return env["silverfin.client"].create(
        {"name": name, "reference": name, "company_id": company.id}
    )


def _key(client, **values):
    key, secret = client.env["silverfin.api.key"]._generate(
        {"name": "Key", "client_id": client.id, "scope": "read", **values}
    )
    return key, (client.login, secret, client.user_id.id)


def _broken(login, secret, uid):
    wrong = "a" if secret[-1] != "a" else "b"
    return {
        "mistyped": (login, secret[:-1] + wrong, uid),
        "cut": (login, secret[:-1], uid),
        "other user": (login, secret, uid + 1),
    }


def _odoo_key(env):
    """Make one of Odoo's own keys for the administrator, with full accounting."""
    user = env.ref("base.user_admin")
    user.group_ids += env["res.groups"].union(*map(env.ref, ACCOUNTANT))
    user.company_ids = env["res.company"].search([])
    later = datetime.datetime.now() + datetime.timedelta(days=1)
    secret = env(user=user.id)["res.users.apikeys"]._generate("rpc", "Key", later)
    return user.login, secret, user.id


def _expire(key):
    column = {"res.users.apikeys": "expiration_date"}.get(key._name, "expires_at")
    key.flush_recordset()
    key.env.cr.execute(
        f"UPDATE {key._table} SET {column} = now() - interval '1 hour' WHERE id = %s", [key.id]
    )


def _is_answered(api):
    try:
        api.call("account.move", "search_count", domain=[])
    except external.Refused:
        return False
    return True
