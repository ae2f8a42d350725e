"""Keys of scope *read* where a server has several databases, and where it has a standby."""

import re
from dataclasses import replace

import pytest

from dev import settings
from dev.database import Databases
from dev.e2e import cluster, external, scene
from dev.e2e.conftest import check_log
from dev.e2e.external import PROTOCOLS, Json2, Refused
from dev.e2e.test_history import wait_for
from dev.server import OdooServer

ITEMS = ("account.move.line", "search_count")


@pytest.fixture(scope="class")
def books(odoo_env):
    with odoo_env() as env:
        scene.book(env, 10.0)
        return scene.open_books(env, scope="read")


@pytest.fixture(scope="class")
def login(odoo_env, books):
    """What a client is given, but for the server."""
    with odoo_env() as env:
        return external.login_of(env, None, books)


class TestSeveralDatabases:
    """No database belongs to the address: then RPC is served without any addon's controllers."""

    @pytest.fixture(scope="class")
    def both(self, place, database, books):
        """A server of two databases: the key's, and one without the addon."""
        databases = Databases(place)
        other = databases.clone(databases.base(), f"{database}_other")
        log = settings.LOGS / f"{database}-both.log"
        filters = f"--db-filter=^({re.escape(database)}|{re.escape(other)})$"
        options = (f"--database={database},{other}", filters)
        with OdooServer(place, database, options=options, log_path=log) as server:
            yield server, other
        databases.drop(other)
        check_log(log, [external.DEPRECATED, external.REFUSED, "Login failed"])

    @pytest.mark.parametrize("protocol", PROTOCOLS)
    def test_reads_and_writes_nothing(self, protocol, both, login):
        api = PROTOCOLS[protocol](replace(login, server=both[0]))
        for _time in range(2):
            assert api.authenticate() == login.uid
            assert api.call(*ITEMS, domain=[]) == 2
            for method in ("create", "message_post"):
                with pytest.raises(Refused) as caught:
                    api.call("account.move", method, [])
                assert caught.value.kind == "access"

    def test_address_is_known(self, both, login, odoo_env, books):
        """The networks of a key hold there, too."""
        api = PROTOCOLS["xmlrpc/2"](replace(login, server=both[0]))
        with odoo_env() as env:
            env["silverfin.api.key"].browse(books.key).networks = "192.0.2.0/24"
        with pytest.raises(Refused):
            api.call(*ITEMS, domain=[])
        with odoo_env() as env:
            env["silverfin.api.key"].browse(books.key).networks = "127.0.0.0/8"
        assert api.call(*ITEMS, domain=[]) == 2

    @pytest.mark.parametrize("protocol", ["xmlrpc/2", "jsonrpc"])
    def test_other_database(self, protocol, both, login):
        """The key opens nothing in the other one."""
        server, other = both
        api = PROTOCOLS[protocol](replace(login, server=server, database=other))
        assert api.authenticate() is False
        with pytest.raises(Refused):
            api.call(*ITEMS, domain=[])


class TestStandby:
    """Reads may be answered by a standby; whether a key is good is asked of the primary."""

    @pytest.fixture(scope="class")
    def primary(self, place, database, books):
        folder = cluster.make_folder("primary")
        with cluster.Cluster(folder) as primary:
            primary.create()
            cluster.dump(place.server, database, folder / "dump")
            primary.restore(folder / "dump", database)
            yield primary

    def test_revoked_while_the_standby_lags(self, place, database, primary, login, books):
        log = settings.LOGS / f"{database}-replica.log"
        with primary.standby("standby") as standby:
            wait_for(standby, primary, database)
            options = (
                f"--db_host={primary.folder}",
                f"--db_port={cluster.PORT}",
                f"--db_replica_host={standby.folder}",
                f"--db_replica_port={cluster.PORT}",
            )
            at_primary = replace(place, server=primary.server)
            with OdooServer(at_primary, database, options=options, log_path=log) as server:
                self.revoke(Json2(replace(login, server=server)), primary, standby, database, books)
        check_log(log, [external.REFUSED])

    def revoke(self, api, primary, standby, database, books):
        assert api.call(*ITEMS, domain=[]) == 2
        standby.run(
            "psql", "-h", standby.folder, "-U", "postgres", "-c", "SELECT pg_wal_replay_pause()"
        )
        primary.query(database, "UPDATE account_move_line SET name = 'Later'")
        rows = api.call("account.move.line", "search_read", domain=[], fields=["name"])
        assert "Later" not in {row["name"] for row in rows}, "it is the standby that answers"
        primary.query(
            database, f"UPDATE silverfin_api_key SET active = false WHERE id = {books.key}"
        )
        with pytest.raises(Refused) as caught:
            api.call(*ITEMS, domain=[])
        assert "switched off" in caught.value.message
