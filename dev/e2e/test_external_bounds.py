"""A key of scope *read* tells nothing of other companies: by no domain, context, id or field."""

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tools import mute_logger

from dev.e2e import bounds, bounds_owner, external, scene
from dev.e2e.bounds_chance import Chance
from dev.e2e.external import Json2, Refused, XmlRpc

ADMINISTRATOR = ("base.group_system", "account.group_account_manager", "base.group_partner_manager")
EVERY = {"active_test": False}
SHORT = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=250,
    suppress_health_check=list(HealthCheck),
)
LONG = settings(SHORT, derandomize=False, max_examples=20000)
# Odoo keeps them on the card of a partner or an account, and changes them for whoever uses it.
ON_THE_CARD = {"customer_rank", "supplier_rank", "write_date", "write_uid"}
OUT_OF_REACH = (
    "hr.employee",
    "ir.config_parameter",
    "ir.model.access",
    "ir.rule",
    "mail.followers",
    "mail.mail",
    "mail.message",
    "product.product",
    "res.groups",
    "res.users",
    "res.users.apikeys",
    "silverfin.api.key",
    "silverfin.client",
)


class Bounded:
    """A world of companies, and calls with its keys."""

    @pytest.fixture(scope="class")
    def expected_log(self):
        # By chance, most requests make no sense.
        return [external.DEPRECATED, r"WARNING py\.warnings", r"odoo\.(http|sql_db|domains|models)"]

    @pytest.fixture(scope="class")
    def world(self, odoo_env):
        with odoo_env() as env:
            return bounds.build(env)

    @pytest.fixture(scope="class")
    def api(self, server, database, world):
        return self.protocol(Json2, server, database, world)

    def protocol(self, protocol, server, database, world):
        return protocol(external.Login(server, database, world.login, world.secret, world.uid))

    @pytest.fixture(scope="class")
    def models(self, odoo_env):
        with odoo_env(commit=False) as env:
            return sorted(env["silverfin.api.key"]._external_models(with_attachments=False))

    @pytest.fixture(scope="class")
    def fields(self, api, models):
        return {model: api.call(model, "fields_get") for model in models}

    @pytest.fixture(scope="class")
    def visible(self, odoo_env, world, models):
        with odoo_env(commit=False) as env:
            return bounds_owner.visible(env, world.own, models)

    @pytest.fixture(scope="class")
    def foreign(self, odoo_env, visible):
        """Ids of records out of reach, by model."""
        with odoo_env(commit=False, context=EVERY) as env:
            return {
                model: set(env[model].search([("id", "!=", 0)]).ids) - ids
                for model, ids in visible.items()
            }

    def everything(self, api, models):
        """Return all that can be read: rows by model."""
        return {
            model: api.call(model, "search_read", domain=[], order="id", context=EVERY)
            for model in models
        }


class OfClient(Bounded):
    """Whatever a client's key asks, the answer is of its client's companies only."""

    def test_all(self, api, models, visible, fields):
        """Reading everything gives all of one's own, and nothing else."""
        found = self.everything(api, models)
        ids = {model: {row["id"] for row in rows} for model, rows in found.items()}
        assert {model: ids[model] for model in visible if model in ids} == {
            model: visible[model] for model in visible if model in ids
        }
        assert bounds.SECRET not in json.dumps(found)
        assert bounds.OWN in json.dumps(found)
        for model, rows in found.items():
            assert linked_elsewhere(rows, fields[model], visible) == {}, model

    def test_chance(self, api, fields, visible, foreign, world, server, database):
        slow = self.protocol(XmlRpc, server, database, world)

        @SHORT
        @given(Chance(fields, world).requests(), st.integers(0, 9))
        def check(request, dice):
            self.check(slow if dice == 0 else api, request, fields, visible, foreign)

        check()

    @pytest.mark.soak
    def test_chance_for_long(self, api, fields, visible, foreign, world):
        @LONG
        @given(Chance(fields, world).requests())
        def check(request):
            self.check(api, request, fields, visible, foreign)

        check()

    def check(self, api, request, fields, visible, foreign):
        """Make a request; nothing in its answer is another company's, nor in a refusal."""
        model, method, arguments = request
        arguments = dict(arguments)
        ids = [arguments.pop("ids")] if "ids" in arguments else []
        answer = refusal_or(lambda: api.call(model, method, *ids, **arguments))
        if isinstance(answer, Refused):
            # What was asked for is said again; names have a word after the secret.
            assert f"{bounds.SECRET} " not in answer.message
            return
        if method in ("search", "read", "search_read", "name_search") and model in visible:
            # Odoo answers for an id that no record has, where a field is computed from nothing.
            assert not ids_of(answer) & foreign[model]
        if method in ("read", "search_read"):
            assert linked_elsewhere(answer, fields[model], visible) == {}
        told = json.dumps(without_domains(answer))
        assert bounds.SECRET not in told
        assert str(int(bounds.AMOUNT)) not in told

    @pytest.mark.parametrize("model", ["account.move", "account.move.line", "account.payment"])
    def test_sums(self, model, api, fields, world, odoo_env):
        """Counts and sums are what a superuser gets who keeps to the client's companies."""
        chance = Chance({model: without_relations(fields[model])}, world)
        sums = [
            f"{name}:sum"
            for name, field in fields[model].items()
            if field["type"] == "monetary" and field["store"]
        ]

        @settings(SHORT, max_examples=25)
        @given(chance.domains(model))
        def check(domain):
            try:
                answer = api.call(
                    model, "formatted_read_group", domain=domain, groupby=[], aggregates=sums
                )
                count = api.call(model, "search_count", domain=domain)
            except Refused:
                return
            with odoo_env(commit=False) as env:
                own = env[model].with_context(allowed_company_ids=world.own)
                wanted = ["&", ("company_id", "in", world.own), *domain]
                assert own.search_count(wanted) == count
                (row,) = own.formatted_read_group(wanted, [], sums)
            assert {name: row[name] for name in sums} == {name: answer[0][name] for name in sums}

        check()

    def test_ids(self, api, models, visible, foreign):
        """To read another company's record is refused, alone or among one's own."""
        assert all(foreign[model] for model in ("account.move.line", "res.partner", "res.bank"))
        for model in visible.keys() & set(models):
            ids = sorted(foreign[model])
            for asked in (ids[:1], [*sorted(visible[model])[:1], *ids[-1:]]):
                if not ids:
                    continue
                with pytest.raises(Refused) as caught:
                    api.call(model, "read", asked, fields=["display_name"])
                assert caught.value.kind == "access"
                assert bounds.SECRET not in caught.value.message

    def test_companies(self, api, world):
        """Nobody chooses companies that are not his."""
        for companies in ([world.foreign[0]], [*world.own, world.foreign[1]], [99999]):
            for model in ("account.move", "account.account", "res.partner", "account.payment.term"):
                with pytest.raises(Refused):
                    api.call(model, "search", domain=[], context={"allowed_company_ids": companies})

    def test_secret(self, api, fields, odoo_env, world):
        """No condition on a text tells that somebody else's record has it."""
        with odoo_env(commit=False) as env:
            told, found = [], 0
            for number, (model, path, names) in enumerate(paths(fields)):
                domain = [(f"{path}{name}", "ilike", bounds.SECRET) for name in names]
                told += self.told(api, model, domain)
                if number % 5 == 0:
                    found += self.superuser_finds(env, model, domain)
        assert told == []
        assert found > 20  # these paths do lead to what is secret

    def superuser_finds(self, env, model, domain):
        own = env[model].with_context(**EVERY)
        try:
            with mute_logger("odoo.models", "odoo.sql_db", "odoo.domains"):
                return bool(own.search_count(either(domain), limit=1))
        except Exception:  # noqa: BLE001 - a field that cannot be searched is no path
            env.cr.rollback()
            return False

    def told(self, api, model, domain):
        """Return the conditions that find something; one by one where all together fail."""
        nothing = [(path, operator, bounds.NOBODY) for path, operator, _secret in domain]
        try:
            count = self.count(api, model, domain)
            if not count or count == self.count(api, model, nothing):
                return []
        except Refused:
            if len(domain) == 1:
                return []
        if len(domain) == 1:
            return [(model, *domain[0])]
        return [found for one in domain for found in self.told(api, model, [one])]

    def count(self, api, model, domain):
        return api.call(model, "search_count", domain=either(domain), context=EVERY)


class OfAdministrator(Bounded):
    """A personal key of somebody who may read everything reads the books only."""

    @pytest.fixture(scope="class")
    def administrator(self, server, database, odoo_env, world):
        with odoo_env() as env:
            companies = env["res.company"].browse(world.own)
            user = scene.new_user(env, "administrator", *ADMINISTRATOR, companies=companies)
            _key, secret = (
                env["silverfin.api.key"]
                .with_user(user)
                ._generate({"name": "Personal", "scope": "read"})
            )
            login = external.Login(server, database, user.login, secret, user.id)
        return Json2(login)

    @pytest.fixture(scope="class")
    def relations(self, odoo_env, models):
        """Fields that lead from the books to something else, as (model, field, texts there)."""
        with odoo_env(commit=False) as env:
            return [
                (model, field.name, texts(env[field.comodel_name].fields_get(), ("char",)))
                for model in models
                for field in env[model]._fields.values()
                if field.comodel_name and field.comodel_name not in models
            ]

    def test_other_models(self, administrator, odoo_env):
        for model in OUT_OF_REACH:
            for method in ("search", "search_read", "search_count", "fields_get", "name_search"):
                assert refused(administrator, model, method, domain=[]), (model, method)

    def test_reads_the_books(self, administrator, visible):
        ids = administrator.call("account.move", "search", domain=[], context=EVERY)
        assert set(ids) == visible["account.move"]

    def test_paths(self, administrator, relations):
        """No condition through a relation that leaves the books is answered."""
        assert len(relations) > 100
        for model, field, names in relations:
            for name in ("create_date", *names[:1]):
                domain = [(f"{field}.{name}", "!=", False)]
                assert refused(administrator, model, "search_count", domain=domain), (
                    model,
                    field,
                    name,
                )
            for domain in ([(field, "ilike", "a")], [(field, "any", [("id", ">", 0)])]):
                assert refused(administrator, model, "search_count", domain=domain), (model, domain)

    def test_hidden(self, administrator, odoo_env):
        """No condition, order or grouping on a field that is not shown."""
        with odoo_env(commit=False) as env:
            hidden = sorted(env["silverfin.api.key"]._external_hidden(with_attachments=False))
        assert len(hidden) > 300
        calls = (
            ("search", lambda name: {"domain": [(name, "!=", False)]}),
            ("search", lambda name: {"domain": ["!", (name, "in", [1])]}),
            ("search", lambda name: {"domain": [], "order": name}),
            ("formatted_read_group", lambda name: {"domain": [], "groupby": [name]}),
        )
        for number, (model, name) in enumerate(hidden):
            method, arguments = calls[number % 4] if number % 3 else calls[0]
            given_ = arguments(name)
            assert refused(administrator, model, method, **given_), (model, given_)

    def test_passwords(self, administrator):
        for path in ("create_uid.password", "create_uid.login", "write_uid.api_key_ids.name"):
            for operator in ("=", "like", "not like", "!="):
                domain = [(path, operator, "administrator")]
                assert refused(administrator, "account.move", "search", domain=domain), path

    def test_groups_and_orders(self, administrator, relations):
        for model, field, names in relations:
            for name in names[:1] or ["create_date:month"]:
                spec = {"groupby": [f"{field}.{name}"], "aggregates": ["__count"], "domain": []}
                assert refused(administrator, model, "formatted_read_group", **spec), (model, spec)
            order = f"{field}.{names[0] if names else 'create_date'}"
            assert refused(administrator, model, "search", domain=[], order=order), (model, order)

    def test_lists(self, administrator, relations, odoo_env):
        """Lists of other records are no fields of the books; nor are paths."""
        with odoo_env(commit=False) as env:
            lists = [
                (model, field)
                for model, field, _names in relations
                if env[model]._fields[field].type != "many2one"
            ]
        assert len(lists) > 60
        for model, field in lists:
            assert refused(administrator, model, "search_read", domain=[], fields=[field]), (
                model,
                field,
            )
        for field in ("create_uid.login", "create_uid/login"):
            assert refused(administrator, "account.move", "search_read", domain=[], fields=[field])


class OfFiles(Bounded):
    """Files of the client's entries, with its permission; no others."""

    FILES = {
        "account.move": ("invoice_pdf_report_file", "ubl_cii_xml_file", "attachment_ids"),
        "account.payment": ("message_main_attachment_id", "attachment_ids"),
        "account.bank.statement": ("attachment_ids",),
        "res.partner": ("image_1920", "avatar_128"),
        "res.company": ("logo", "logo_web"),
    }

    @pytest.fixture
    def permitted(self, odoo_env, world):
        with odoo_env() as env:
            env["silverfin.client"].browse(world.client).allow_attachments = True
        yield
        with odoo_env() as env:
            env["silverfin.client"].browse(world.client).allow_attachments = False

    def test_none(self, api, models, world):
        """Without permission there is no file, and no file's name."""
        assert refused(api, "ir.attachment", "search", domain=[])
        for model, fields in self.FILES.items():
            for field in (*fields, "message_main_attachment_id", "message_ids"):
                assert refused(api, model, "search_read", domain=[], fields=[field]), field
                assert refused(api, model, "search", domain=[(field, "!=", False)]), field
        told = json.dumps(self.everything(api, models))
        assert f"{bounds.OWN} brewery file" not in told

    def test_own(self, api, permitted, visible):
        """With permission: those of readable entries, contents included."""
        rows = api.call("ir.attachment", "search_read", domain=[], fields=["datas", "res_model"])
        domain = [("res_field", "!=", False)]
        rows += api.call("ir.attachment", "search_read", domain=domain, fields=["datas", "name"])
        assert {row["id"] for row in rows} == visible["ir.attachment"]
        contents = {base64.b64decode(row["datas"]).decode() for row in rows}
        assert contents == {f"{bounds.OWN} brewery", f"{bounds.OWN} taproom"}

    def test_field(self, api, permitted):
        """An entry's own field has its file."""
        domain = [("invoice_pdf_report_file", "!=", False)]
        rows = api.call(
            "account.move", "search_read", domain=domain, fields=["invoice_pdf_report_file"]
        )
        files = {base64.b64decode(row["invoice_pdf_report_file"]).decode() for row in rows}
        assert files == {f"{bounds.OWN} brewery", f"{bounds.OWN} taproom"}

    def test_others(self, api, permitted, foreign, models):
        """No logo, no portrait, no other company's, public or not."""
        others = sorted(foreign["ir.attachment"])
        assert len(others) > 20
        assert api.call("ir.attachment", "search", domain=[("id", "in", others)]) == []
        for other in others[-20:]:
            assert refused(api, "ir.attachment", "read", [other], fields=["datas"])
        for model in ("res.partner", "res.company", "account.bank.statement", "account.payment"):
            for field in self.FILES[model]:
                assert refused(api, model, "search_read", domain=[], fields=[field]), field
        told = json.dumps(self.everything(api, [*models, "ir.attachment"]))
        assert bounds.SECRET not in told


class WithoutInterference(Bounded):
    """What happens in other companies changes no answer."""

    def test_answers(self, api, models, fields, world, odoo_env, visible):
        asked = self.requests(Chance(fields, world))
        before = self.everything(api, models), self.answers(api, asked)
        with odoo_env() as env:
            bounds.disturb(env, world, "again")
        after = self.everything(api, models), self.answers(api, asked)
        found = differences(before[0], after[0])
        assert not found, "\n".join(map(str, found))
        for request, was, is_now in zip(asked, before[1], after[1], strict=True):
            assert was == is_now, request

    def requests(self, chance):
        """Draw requests, to make them twice."""
        drawn = []

        @settings(SHORT, max_examples=150)
        @given(chance.requests())
        def draw(request):
            if not ON_THE_CARD & set(json.dumps(request).split('"')):
                drawn.append(request)

        draw()
        return drawn

    def answers(self, api, requests):
        found = []
        for model, method, arguments in requests:
            arguments = dict(arguments)
            ids = [arguments.pop("ids")] if "ids" in arguments else []
            answer = refusal_or(lambda: api.call(model, method, *ids, **arguments))  # noqa: B023
            found.append("refused" if isinstance(answer, Refused) else answer)
        return found


class TestBounds(OfClient, OfAdministrator, OfFiles, WithoutInterference):
    """All in one world: to make it takes longer than the tests."""


@pytest.mark.soak
class TestBoundsAmongOtherApps(OfClient, OfAdministrator, OfFiles, WithoutInterference):
    """The same, where other apps have put fields and rules of theirs on the books."""

    modules = (
        "account_debit_note",
        "account_edi_ubl_cii",
        "crm",
        "fleet",
        "hr_expense",
        "point_of_sale",
        "project_account",
        "purchase_stock",
        "sale_management",
        "sale_timesheet",
        "stock_account",
        "website_sale",
    )

    @pytest.fixture
    def account(self, odoo_env, world):
        """Ids of a bank account in the books, and of its partner."""
        with odoo_env() as env:
            partner = env["res.company"].browse(world.own[0]).partner_id
            account = env["res.partner.bank"].create(
                {"acc_number": "BE71096123456769", "partner_id": partner.id}
            )
            ids = account.id, partner.id
        yield ids
        with odoo_env() as env:
            env["res.partner.bank"].browse(ids[0]).unlink()
            env["hr.employee"].search([("work_contact_id", "=", ids[1])]).unlink()

    def test_employees(self, api, odoo_env, world, account):
        """An employee's bank account is not for readers of the books."""
        domain = [("id", "=", account[0])]
        assert api.call("res.partner.bank", "search", domain=domain) == [account[0]]
        with odoo_env() as env:
            env["hr.employee"].create(
                {"name": "Ann", "company_id": world.own[0], "work_contact_id": account[1]}
            )
        assert api.call("res.partner.bank", "search", domain=domain) == []


def linked_elsewhere(rows, fields, visible):
    """Return the relations of rows that name a record that may not be seen."""
    found = {}
    for name, field in fields.items():
        allowed = visible.get(field.get("relation"))
        if allowed is None or name == "parent_ids":
            continue
        for row in rows:
            value = row.get(name)
            if isinstance(value, list):
                many = field["type"] != "many2one"
                ids = set(value) if many else {value[0]}
                if ids - allowed:
                    found[name] = sorted(ids - allowed)
    return found


def ids_of(answer):
    """Return the ids in what search, read, search_read or name_search answers."""
    firsts = (one[0] if isinstance(one, list) else one for one in answer)
    return {one["id"] if isinstance(one, dict) else one for one in firsts}


def without_domains(answer):
    """Leave out what a grouping says of the question."""
    if not isinstance(answer, list):
        return answer
    drop = {"__domain", "__extra_domain"}
    return [
        {key: value for key, value in row.items() if key not in drop}
        if isinstance(row, dict)
        else row
        for row in answer
    ]


def without_relations(fields):
    return {
        name: field
        for name, field in fields.items()
        if field["store"] and field["type"] in ("char", "date", "float", "monetary", "integer")
    }


def texts(fields, types=("char", "text", "html")):
    """Return the names of fields with a text that conditions may name."""
    return sorted(
        name
        for name, field in fields.items()
        if field["type"] in types and field.get("searchable", True)
    )


def paths(fields):
    """Yield a model, a path from it of one relation or none, and the texts at its end."""
    for model, own in fields.items():
        yield model, "", texts(own)
        for name, field in own.items():
            there = fields.get(field.get("relation"))
            if there and field.get("searchable", True):
                yield model, f"{name}.", texts(there)


def either(domain):
    """Join conditions by or."""
    return ["|"] * (len(domain) - 1) + domain


def refusal_or(call):
    """Return what a call answers, or its refusal."""
    try:
        return call()
    except Refused as refusal:
        return refusal


def refused(api, model, method, *args, **kwargs):
    """Tell whether a call is refused."""
    try:
        api.call(model, method, *args, **kwargs)
    except Refused:
        return True
    return False


def differences(before, after):
    """Return the (model, id, field, was, is) that differ, but for what is on shared cards."""
    found = []
    for model, rows in before.items():
        now = {row["id"]: row for row in after[model]}
        found += [(model, id_, "new") for id_ in now.keys() - {row["id"] for row in rows}]
        for row in rows:
            new = now.get(row["id"], {})
            found += [
                (model, row["id"], name, value, new.get(name))
                for name, value in row.items()
                if value != new.get(name) and name not in ON_THE_CARD
            ]
    return found
