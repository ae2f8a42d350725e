"""Keys of scope *read* on Odoo's external API: what they read, over each protocol."""

import pytest

from dev.e2e import external, scene
from dev.e2e.external import PROTOCOLS, Refused


@pytest.fixture(scope="class")
def expected_log():
    return [external.DEPRECATED, external.REFUSED]


@pytest.fixture(scope="class")
def books(odoo_env):
    with odoo_env() as env:
        scene.invoice(env, 100.0)
        scene.book(env, 10.0).line_ids.name = False  # nobody has to label an item
        return scene.open_books(env, scope="read")


class TestReading:
    """All that accounting software reads."""

    def test_authenticates(self, api, login):
        assert api.authenticate() == login.uid

    def test_context(self, api, login):
        assert api.call("res.users", "context_get")["uid"] == login.uid

    def test_items(self, api, odoo_env):
        fields = ["account_id", "balance", "date", "move_id", "partner_id"]
        rows = api.call("account.move.line", "search_read", domain=[], fields=fields, order="id")
        with odoo_env(commit=False) as env:
            items = env["account.move.line"].search([], order="id")
            assert [row["id"] for row in rows] == items.ids
            names = [f"{a.code} {a.name}" for a in items.account_id]
        assert {row["account_id"][1] for row in rows} == set(names)

    def test_all(self, api, odoo_env):
        """On every model all fields come, named or not: those that ``fields_get`` tells of."""
        with odoo_env(commit=False) as env:
            models = sorted(env["silverfin.api.key"]._external_models(with_attachments=False))
        failed = {}
        for model in models:
            try:
                told = api.call(model, "fields_get", attributes=["type"])
                for named in ({}, {"fields": sorted(told)}):
                    rows = api.call(model, "search_read", domain=[], limit=5, **named)
                    assert all(row.keys() == told.keys() for row in rows), model
            except Refused as refusal:
                failed[model] = str(refusal)[-300:]
        assert failed == {}

    @pytest.mark.parametrize("method", ["create", "write", "unlink", "action_post"])
    def test_refused(self, api, method):
        for _time in range(2):
            with pytest.raises(Refused) as caught:
                api.call("account.move", method, [1], {"ref": "x"})
            assert caught.value.kind == "access"


class TestConditions:
    """A condition tells nothing of what the key does not read, whichever field leads there."""

    @pytest.fixture(scope="class")
    def reader(self, login, odoo_env, books):
        with odoo_env() as env:
            env["silverfin.client"].browse(books.client).allow_attachments = True
        return PROTOCOLS["json/2"](login)

    @pytest.fixture(scope="class")
    def relations(self, odoo_env):
        """All relations of the models that the key reaches, with the models they lead to."""
        with odoo_env(commit=False) as env:
            names = sorted(env["silverfin.api.key"]._external_models(with_attachments=True))
            return [
                (name, field.name, field.comodel_name, _has_own_search(field))
                for name in names
                for field in env[name]._fields.values()
                if field.relational and field.comodel_name != "silverfin.client"
            ]

    def answers(self, reader, model, condition):
        try:
            reader.call(model, "search_count", domain=[condition])
        except Refused:
            return False
        return True

    def test_users(self, reader, relations):
        """Nothing of a user but a name: every model's records have one that made them."""
        assert relations
        told = [
            (model, field)
            for model, field, _comodel, _searched in relations
            for nested in [[("create_uid.login", "=like", "a%")]]
            if self.answers(reader, model, (field, "any", nested))
            or self.answers(reader, model, (f"{field}.create_uid.login", "=like", "a%"))
        ]
        assert told == []

    def test_methods_that_search(self, reader, relations):
        """Odoo follows some of these as superuser: nothing is asked below them."""
        searched = [(model, field) for model, field, _comodel, own in relations if own]
        told = [
            pair for pair in searched if self.answers(reader, pair[0], (f"{pair[1]}.id", ">", 0))
        ]
        assert ("account.move.line", "search_account_id") in searched
        assert told == []

    def test_tokens(self, reader, odoo_env):
        """What opens a customer's portal is no part of the books."""
        for domain, fields in (([], ["access_token"]), ([("access_token", "!=", False)], ["id"])):
            with pytest.raises(Refused) as caught:
                reader.call("account.move", "search_read", domain=domain, fields=fields)
            assert caught.value.kind == "access"

    def test_noted(self, reader, odoo_env, books):
        """The history names what was asked in vain, of fields too; and nothing else."""
        with odoo_env() as env:
            vals = {"name": "Another", "client_id": books.client, "scope": "read"}
            key, reader.secret = env["silverfin.api.key"]._generate(vals)
            key_id = key.id
        reader.call("account.move", "search_read", domain=[], fields=["name", "display_name"])
        reader.call("res.partner", "search_read", domain=[])
        for arguments in (
            {"domain": [], "fields": ["message_ids"]},
            {"domain": [("access_token", "!=", False)], "fields": ["id"]},
            {"domain": [("create_uid.login", "=", "admin")], "fields": ["id"]},
        ):
            with pytest.raises(Refused):
                reader.call("account.move", "search_read", **arguments)
        with odoo_env() as env:
            events = env["silverfin.api.key.event"].search([("key_id", "=", key_id)])
            details = set(events.mapped("detail"))
        wanted = {"account.move.message_ids", "account.move.access_token", "read res.users"}
        assert details - {False} == {f"account.move.search_read: {what}" for what in wanted}


def _has_own_search(field):
    return bool(field.search and not (field.store or field.related))
