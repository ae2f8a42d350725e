"""A key of scope *read* writes nothing, whatever its user may do; what each layer alone stops."""

import pytest

from dev.e2e import external, scene
from dev.e2e.external import PROTOCOLS, Refused

PARAMETER = "silverfin_test.layers_off"
LAYERS = {"list", "transaction", "access"}
ADMINISTRATOR = ("base.group_system", "account.group_account_manager", "base.group_partner_manager")

# How a method of the test addon writes, or what a client calls to write.
ORM = {
    "create": ("res.partner", "create", [{"name": "Written"}]),
    "write": ("account.journal", "write", {"name": "Written"}),
    "unlink": ("res.partner.category", "unlink"),
    "button": ("account.move", "button_draft"),
}
WITHIN = ("sql", "commit_then_write", "rollback_then_write", "retry_then_write")
ASIDE = ("second_cursor", "mail")
METHODS = ("sudo", *WITHIN, "read_write_then_write", *ASIDE)
WAYS = (*ORM, *METHODS)


class Writing:
    """Calls that would write, and a look at whether they did."""

    modules = ("silverfin_test_external",)

    @pytest.fixture(scope="class")
    def expected_log(self):
        return [
            external.DEPRECATED,
            external.REFUSED,
            r"cannot execute \w+ in a read-only transaction",
            r"transaction read-write mode must be set before any query",
            r"You are not allowed to",
            r"cannot marshal None",  # XML-RPC has no word for what these methods return
        ]

    @pytest.fixture(scope="class")
    def prepared(self, odoo_env):
        with odoo_env() as env:
            move = scene.invoice(env, 100.0)
            books = scene.open_books(env, scope="read")
            administrator = scene.new_user(env, "administrator", *ADMINISTRATOR)
            _key, secret = (
                env["silverfin.api.key"]
                .with_user(administrator)
                ._generate({"name": "Personal", "scope": "read"})
            )
            tag = env["res.partner.category"].create({"name": "Tag"})
            ids = {
                "account.move": move.id,
                "account.journal": move.journal_id.id,
                "res.partner.category": tag.id,
            }
            service = env["silverfin.client"].browse(books.client).user_id
            return {
                "ids": ids,
                "client": (service.login, books.secret, service.id),
                "administrator": (administrator.login, secret, administrator.id),
            }

    def api(self, protocol, server, database, prepared, who):
        return PROTOCOLS[protocol](external.Login(server, database, *prepared[who]))

    def attempt(self, api, prepared, way):
        """Try to write; return how it was refused, or None."""
        default = ("account.journal", f"silverfin_{way}")
        model, method, *args = ORM.get(way, default)
        ids = [] if method == "create" else [[prepared["ids"][model]]]
        try:
            api.call(model, method, *ids, *args)
        except Refused as refusal:
            # XML-RPC cannot send back the None of a method that went through.
            return None if "cannot marshal None" in refusal.message else refusal.kind
        return None

    def state(self, odoo_cursor):
        """Return what the attempts could have changed."""
        with odoo_cursor() as cr:
            cr.execute(
                "SELECT (SELECT array_agg((id, name, color)) FROM account_journal),"
                " (SELECT array_agg((id, name)) FROM res_partner),"
                " (SELECT count(*) FROM res_partner_category),"
                " (SELECT array_agg((id, state)) FROM account_move),"
                " (SELECT count(*) FROM mail_mail)"
            )
            return cr.fetchone()


class TestWrites(Writing):
    """All layers on: refused with an access error on each protocol, each time."""

    @pytest.mark.parametrize("who", ["client", "administrator"])
    @pytest.mark.parametrize("protocol", PROTOCOLS)
    def test_refused(self, protocol, who, server, database, prepared, odoo_cursor):
        api = self.api(protocol, server, database, prepared, who)
        api.call("account.journal", "search_count", domain=[])
        before = self.state(odoo_cursor)
        for way in WAYS:
            kinds = [self.attempt(api, prepared, way) for _time in range(2)]
            assert kinds == ["access"] * 2, way
        assert self.state(odoo_cursor) == before


class TestLayers(Writing):
    """One layer at a time, the others taken off by the test addon."""

    @pytest.fixture(autouse=True)
    def only(self, request, odoo_env):
        """Leave one layer on, the one that the test is named after."""
        layer = request.node.originalname.removeprefix("test_")
        with odoo_env() as env:
            off = ",".join(LAYERS - {layer})
            env["ir.config_parameter"].set_param(PARAMETER, off)

    @pytest.fixture(params=["xmlrpc/2", "jsonrpc", "json/2"])
    def stopped(self, request, server, database, prepared, odoo_cursor):
        """Return a function that tries ways to write, and names those that changed nothing."""

        def stopped(who, ways):
            api = self.api(request.param, server, database, prepared, who)
            found = set()
            for way in ways:
                before = self.state(odoo_cursor)
                refused = self.attempt(api, prepared, way)
                unchanged = self.state(odoo_cursor) == before
                assert unchanged == bool(refused), (way, refused)
                if unchanged:
                    found.add(way)
                self.restore(odoo_cursor)
            return found

        return stopped

    def restore(self, odoo_cursor):
        """Undo what got through, so that it can be told when it gets through again."""
        with odoo_cursor() as cr:
            cr.execute(
                "UPDATE account_journal SET color = 0, name = jsonb_build_object('en_US', code)"
            )
            cr.execute("UPDATE account_move SET state = 'posted'")
            cr.execute("UPDATE account_move_line SET parent_state = 'posted'")

    def test_list(self, stopped):
        """The list of methods and models stops everything that is not on it."""
        assert stopped("administrator", WAYS) == set(WAYS)

    def test_transaction(self, stopped):
        """PostgreSQL stops what runs in the transaction, not what opens one of its own."""
        assert stopped("administrator", WAYS) == set(WAYS) - set(ASIDE)

    def test_access(self, stopped):
        """The ORM's check stops what goes through the ORM, also as superuser."""
        ways = [way for way in WAYS if way != "read_write_then_write"]
        assert stopped("administrator", ways) == {*ORM, "sudo"}

    def test_rights(self, stopped):
        """The rights of a service user stop what does not act as superuser."""
        assert stopped("client", [*ORM, "sudo"]) == set(ORM)

    def test_none(self, stopped):
        """Without any, the administrator's key would write: these tests can tell."""
        ways = [way for way in WAYS if way not in ("unlink", "read_write_then_write")]
        assert stopped("administrator", ways) == set()
