"""A sync point of another history is refused, and a pull from nothing is right afterwards."""

import dataclasses
import os
import subprocess
import time

import pytest

from odoo.sql_db import close_db

from dev import settings
from dev.database import Databases
from dev.e2e import checks, cluster, scene
from dev.ledger_copy import LedgerCopy
from dev.server import OdooServer

FAR_AHEAD = (1 << 60) + 5  # PostgreSQL takes no id whose lower half is 0
NOT_READY = (
    "The Silverfin feed is incomplete",
    "odoo.addons.base.models.ir_mail_server",
    "odoo.addons.mail.models.mail_mail",
)
REASONS = "Silverfin: .* failed "  # logged when a history ends by a fault


class HistoryTests:
    """A ledger, a client and a reader who has everything."""

    @pytest.fixture(scope="class")
    def books(self, odoo_env):
        with odoo_env() as env:
            for amount in (10.0, 20.0, 30.0):
                scene.book(env, amount)
            scene.invoice(env)
            return scene.open_books(env)

    @pytest.fixture
    def point(self, server, books):
        """A sync point that is good, until the test changes the history."""
        copy = books.copy(server)
        copy.pull()
        assert copy.pull() == []
        return copy.sync_point

    @pytest.fixture
    def ended(self, server, books, point, odoo_env, odoo_cursor):
        """Run SQL; check that it ended the history."""

        def check(*statements):
            with odoo_cursor() as cr:
                for statement in statements:
                    cr.execute(statement)
            checks.check_refused(server, books, point)
            with odoo_env() as env:
                expected = checks.posted(env)
            copy = checks.check_right(server, books, expected)
            checks.check_refused(server, books, point)
            return copy

        return check


class TestTables(HistoryTests):
    """Somebody meddles with the feed's tables, triggers and functions."""

    TRIGGER = "silverfin_feed_note_item_update"

    def test_truncated(self, ended):
        ended("TRUNCATE silverfin_feed_item")

    def test_all_truncated(self, ended):
        ended("TRUNCATE silverfin_feed_item, silverfin_feed_record, silverfin_feed_fault")

    def test_state_truncated(self, ended):
        """Even without its state the feed goes on, in a new history."""
        ended("UPDATE silverfin_feed_state SET install_id = gen_random_uuid()")

    def test_trigger_made_anew(self, ended, odoo_cursor):
        with odoo_cursor() as cr:
            cr.execute(
                "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = %s", [self.TRIGGER]
            )
            definition = cr.fetchone()[0]
        ended(f"DROP TRIGGER {self.TRIGGER} ON account_move_line", definition)

    @pytest.mark.parametrize("which", [TRIGGER, "USER"])
    def test_trigger_disabled(
        self, ended, odoo_env, odoo_cursor, server, books, point, which, expect_log
    ):
        """While a trigger is off nobody reads; what was booked then is in the new history."""
        for pattern in NOT_READY:
            expect_log(pattern)
        with odoo_cursor() as cr:
            cr.execute(f"ALTER TABLE account_move_line DISABLE TRIGGER {which}")
        with odoo_env() as env:
            scene.book(env, 77.0)
        checks.check_refused(server, books, point, "maintenance", 503)
        ended(f"ALTER TABLE account_move_line ENABLE TRIGGER {which}")

    def test_trigger_disabled_between_pulls(self, ended, odoo_env):
        """Off and on again while nobody pulled."""
        with odoo_env() as env:
            env.cr.execute(f"ALTER TABLE account_move_line DISABLE TRIGGER {self.TRIGGER}")
            env["account.move.line"].search([("parent_state", "=", "posted")], limit=1).name = "?"
            env.flush_all()
            env.cr.execute(f"ALTER TABLE account_move_line ENABLE TRIGGER {self.TRIGGER}")
        ended("SELECT 1")

    def test_search_path(self, server, books, point, odoo_cursor):
        """Who writes with another search path is noted like everybody."""
        copy = books.copy(server)
        copy.pull()
        with odoo_cursor() as cr:
            cr.execute("SET LOCAL search_path = pg_catalog")
            item = touch(cr, copy)
        assert [action["upsert"]["id"] for action in copy.pull()] == [item]

    def test_function_replaced(self, ended, odoo_cursor):
        with odoo_cursor() as cr:
            cr.execute("SELECT pg_get_functiondef('silverfin_feed_note_item'::regproc)")
            definition = cr.fetchone()[0]
        ended(definition)

    def test_fault(self, ended, expect_log):
        expect_log(REASONS)
        ended("INSERT INTO silverfin_feed_fault (source, sqlstate, message) VALUES ('x', 'y', 'z')")

    def test_rolled_back_meddling(self, server, books, point, odoo_cursor):
        """What did not take place does not end a history."""
        with odoo_cursor() as cr:
            cr.execute("TRUNCATE silverfin_feed_item")
            cr.rollback()
        copy = books.copy(server)
        copy.sync_point = point
        assert copy.pull() == []

    def test_housekeeping(self, server, books, point, place, database):
        """Nor does what an administrator does for the tables' health."""
        with place.server.connect(database).cursor() as cursor:
            cursor.execute("VACUUM (FREEZE, ANALYZE)")
            cursor.execute("REINDEX TABLE account_move_line")
            cursor.execute("REINDEX TABLE silverfin_feed_item")
        copy = books.copy(server)
        copy.sync_point = point
        assert copy.pull() == []

    def test_ledger_truncated(self, ended, odoo_cursor, expect_log):
        """The ledger itself: no row's trigger sees the rows go. The last test of this class."""
        expect_log(REASONS)
        with odoo_cursor() as cr:
            cr.execute(
                "SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', conrelid::regclass, conname)"
                " FROM pg_constraint WHERE confrelid = 'account_move_line'::regclass"
            )
            for (statement,) in cr.fetchall():
                cr.execute(statement)
        copy = ended("TRUNCATE account_move_line")
        assert len({item["entry"]["id"] for item in copy.items.values()}) == 1


class TestSyncPoints(HistoryTests):
    """Sync points of others, of the future, and of a dossier that is no longer the same."""

    @pytest.fixture(scope="class")
    def family(self, odoo_env):
        """A company with a branch, a client of both and one of another company."""
        with odoo_env() as env:
            parent = scene.new_company(env, "Parent")
            env["res.company"].create({"name": "Branch", "parent_id": parent.id})
            scene.book(env, 5.0, company=parent)
            return scene.open_books(env, "family", parent)

    def crafted(self, odoo_env, books, text, **values):
        """Return a sync point with other values, signed as this server does."""
        from odoo.addons.account_silverfin.tools.sync_point import SyncPoint

        with odoo_env() as env:
            client = env["silverfin.client"].browse(books.client)
            secret = client._feed_secret(client.uuid)
        return dataclasses.replace(SyncPoint.decode(text, secret), **values).encode(secret)

    @pytest.mark.parametrize(
        "base",
        [
            f"{FAR_AHEAD}:{FAR_AHEAD}:",
            f"3:{FAR_AHEAD}:",
            f"3:{FAR_AHEAD}:5,{FAR_AHEAD - 1}",
        ],
    )
    def test_ahead(self, server, books, point, odoo_env, base):
        """A snapshot that this server has not reached."""
        for phase in ("changes", "full"):
            crafted = self.crafted(odoo_env, books, point, base=base, phase=phase)
            checks.check_refused(server, books, crafted)
        checks.check_right(server, books)

    def test_just_ahead(self, server, books, point, odoo_env, odoo_cursor):
        """A thousand transactions ahead: what a volume rolled back leaves behind."""
        with odoo_cursor() as cr:
            cr.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000")
            ahead = cr.fetchone()[0]
        checks.check_refused(
            server, books, self.crafted(odoo_env, books, point, base=f"{ahead}:{ahead}:")
        )

    def test_other_history(self, server, books, point, odoo_env):
        checks.check_refused(server, books, self.crafted(odoo_env, books, point, history="0" * 32))

    def test_unchanged(self, server, books, point, odoo_env):
        """The crafting itself is not what is refused."""
        copy = books.copy(server)
        copy.sync_point = self.crafted(odoo_env, books, point)
        assert copy.pull() == []

    def test_of_another_client(self, server, books, point, family):
        checks.check_refused(server, family, point)

    def test_of_another_client_signed(self, server, books, point, family, odoo_env):
        """Even where the signature is right, the dossier is another."""
        copy = family.copy(server)
        copy.pull()
        fields = self.fields(odoo_env, books, point)
        checks.check_refused(
            server, family, self.crafted(odoo_env, family, copy.sync_point, **fields)
        )

    def fields(self, odoo_env, books, text):
        """Return what a sync point holds."""
        from odoo.addons.account_silverfin.tools.sync_point import SyncPoint

        with odoo_env() as env:
            client = env["silverfin.client"].browse(books.client)
            secret = client._feed_secret(client.uuid)
        return dataclasses.asdict(SyncPoint.decode(text, secret))

    @pytest.mark.parametrize(
        "values",
        [{"branch_ids": [(5, 0, 0)]}, {"start_date": "2025-01-01"}, {"start_date": False}],
    )
    def test_composition(self, server, odoo_env, family, values):
        """Another composition of the dossier needs a fresh start."""
        if not values.get("start_date", True):
            with odoo_env() as env:
                env["silverfin.client"].browse(family.client).start_date = "2024-01-01"
        copy = family.copy(server)
        copy.pull()
        with odoo_env() as env:
            client = env["silverfin.client"].browse(family.client)
            assert "branch_ids" not in values or client.branch_ids
            client.write(values)
        checks.check_refused(server, family, copy.sync_point)
        copy.forget()
        copy.pull(control=True)
        assert copy.control == copy.computed_control()


class TestOtherDatabase(HistoryTests):
    """The database exists twice: a copy, or a restored dump."""

    @pytest.fixture
    def second(self, place, database):
        """Name of the other database, dropped at the end."""
        name = f"{database}_second"
        yield name
        Databases(place).drop(name)

    def compare(self, place, server, books, point, second):
        """Check that the second database refuses, and that the first goes on."""
        log = settings.LOGS / f"{second}.log"
        with OdooServer(place, second, log_path=log) as other:
            checks.check_refused(other, books, point)
            in_second = checks.check_right(other, books)
            checks.check_refused(server, books, in_second.sync_point)
        copy = books.copy(server)
        copy.sync_point = point
        assert copy.pull() == [], "the original goes on with its sync point"
        checks.check_right(server, books)

    def test_copied(self, place, server, books, point, second, database):
        """``createdb -T``, as Odoo's database manager duplicates."""
        server.stop()
        close_db(database)
        Databases(place).clone(database, second)
        server.start()
        self.compare(place, server, books, point, second)

    def test_restored(self, place, server, books, point, second, tmp_path, odoo_env):
        """A dump is restored beside the original; rows of the future do not come back for ever."""
        copy = books.copy(server)
        copy.sync_point = point
        with odoo_env() as env:
            scene.book(env, 1.0)
        assert copy.pull(), "there are rows that could come back"
        path = tmp_path / "dump"
        cluster.dump(place.server, server.database, path)
        restore(place, path, second)
        with place.server.connect(second).cursor() as cursor:
            cursor.execute(f"UPDATE silverfin_feed_item SET xid = '{FAR_AHEAD}'")
            assert cursor.rowcount
            cursor.execute(f"UPDATE silverfin_feed_record SET xid = '{FAR_AHEAD}'")
        self.compare(place, server, books, copy.sync_point, second)


def restore(place, path, database):
    """Restore a dump in the shared cluster."""
    env = {**os.environ, **place.server.variables()}
    subprocess.run(["createdb", "-T", "template0", database], env=env, check=True)
    command = ["pg_restore", "-d", database, "--no-owner", str(path)]
    subprocess.run(command, env=env, check=True)


class TestOtherCluster(HistoryTests):
    """A standby is promoted; a dump is restored in another cluster."""

    @pytest.fixture(scope="class")
    def primary(self, place, database, books, tmp_path_factory):
        """Another cluster, with a restored dump of the original in it."""
        folder = cluster.make_folder("primary")
        with cluster.Cluster(folder) as primary:
            primary.create()
            path = folder / "dump"
            cluster.dump(place.server, database, path)
            primary.restore(path, database)
            yield primary

    def test_other_cluster_then_promoted_standby(self, place, server, books, point, primary):
        """Each change of place is another history, directly after it took place."""
        database = server.database
        log = settings.LOGS
        with primary.odoo(place, database, log / f"{database}-primary.log") as at_primary:
            checks.check_refused(at_primary, books, point)
            copy = checks.check_right(at_primary, books)
            with primary.standby("standby") as standby:
                wait_for(standby, primary, database)
                standby.promote()
                log_path = log / f"{database}-standby.log"
                with standby.odoo(place, database, log_path) as promoted:
                    checks.check_refused(promoted, books, copy.sync_point)
                    checks.check_right(promoted, books)
                assert copy.pull() == [], "the old primary goes on"

    def test_other_role(self, place, server, books, primary):
        """A role that may write items, and nothing of ours, is noted like everybody."""
        database = server.database
        with primary.odoo(place, database, settings.LOGS / f"{database}-role.log") as at_primary:
            copy = books.copy(at_primary)
            copy.pull()
            administrator = dataclasses.replace(primary.server, user="postgres")
            with administrator.connect(database).cursor() as cr:
                cr.execute("CREATE ROLE stranger")
                cr.execute("GRANT SELECT, UPDATE ON account_move_line TO stranger")
                cr.execute("SET ROLE stranger")
                item = touch(cr, copy)
            assert [action["upsert"]["id"] for action in copy.pull()] == [item]

    def test_original_goes_on(self, server, books, point):
        """What happened elsewhere did not touch the original."""
        copy = LedgerCopy(books.session(server))
        copy.sync_point = point
        assert copy.pull() == []


def touch(cr, copy):
    """Change a label of the ledger with SQL; return the item's id."""
    item = next(iter(copy.items))
    cr.execute("UPDATE public.account_move_line SET name = name || '.' WHERE id = %s", [item])
    return item


def wait_for(standby, primary, database):
    """Wait until a standby has replayed what the primary wrote."""
    (position,) = primary.query(database, "SELECT pg_current_wal_flush_lsn()")[0]
    end = time.monotonic() + 60
    query = f"SELECT pg_last_wal_replay_lsn() >= '{position}'"
    while not standby.query(database, query)[0][0]:
        assert time.monotonic() < end, "the standby lags"
        time.sleep(0.1)
