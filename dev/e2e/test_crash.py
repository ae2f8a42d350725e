"""The database server crashes: what a sync point calls seen was on the disk."""

import pytest

from dev import settings
from dev.e2e import cluster, scene

LAZY = "synchronous_commit = on\nwal_writer_delay = 10s\n"
UNFINISHED = "SET LOCAL synchronous_commit = off; SELECT pg_current_xact_id()"


class TestCrash:
    """A cluster of the test's own, which writes to the disk only when it must."""

    @pytest.fixture(scope="class")
    def books(self, odoo_env):
        with odoo_env() as env:
            scene.book(env, 10.0)
            return scene.open_books(env)

    @pytest.fixture
    def lazy(self, place, database, books):
        folder = cluster.make_folder("crash")
        with cluster.Cluster(folder) as lazy:
            lazy.create()
            with (lazy.data / "postgresql.conf").open("a") as conf:
                conf.write(LAZY)
            lazy.run("pg_ctl", "-D", lazy.data, "-w", "-m", "fast", "restart")
            cluster.dump(place.server, database, folder / "dump")
            lazy.restore(folder / "dump", database)
            yield lazy

    @pytest.mark.parametrize("pull", ["pull", "pull_stream"])
    def test_ids_used_twice(self, place, database, books, lazy, pull):
        """Ids of lost transactions are given again; who gets them is told to the reader."""
        log = settings.LOGS / f"{database}-crash.log"
        with lazy.odoo(place, database, log) as server:
            copy = books.copy(server)
            copy.pull()
            for _ in range(5):
                rolled_back(lazy, database, UNFINISHED)
            getattr(copy, pull)()
            lazy.stop()
            server.kill()
        lazy.start()
        item = next(iter(copy.items))
        lazy.query(database, f"UPDATE account_move_line SET name = 'After' WHERE id = {item}")
        with lazy.odoo(place, database, log) as server:
            copy.session = books.session(server)
            assert [action["upsert"]["id"] for action in copy.pull()] == [item]


def rolled_back(lazy, database, text):
    """Run statements in a transaction that leaves nothing but its id."""
    connection = lazy.server.connect(database)
    connection.autocommit = False
    with connection.cursor() as cursor:
        cursor.execute(text)
    connection.rollback()
    connection.close()
