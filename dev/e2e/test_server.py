"""The fixtures themselves: a real server, real commits, a checked log."""

import urllib.request

import psutil
import psycopg2
import pytest
from psycopg2.errors import UniqueViolation


def get(server, path):
    """Body of a page."""
    with urllib.request.urlopen(server.url + path, timeout=30) as answer:
        return answer.read().decode()


class TestServer:
    """One server and one database for all tests of the class."""

    def test_answers(self, server):
        """The server serves its database without being told which."""
        assert '"pass"' in get(server, "/web/health")
        assert "oe_login_form" in get(server, "/web/login")

    def test_two_workers(self, server):
        """HTTP requests are served by two processes besides the main one."""
        pids = server.worker_pids()
        assert len(pids) == 2
        assert all(psutil.Process(pid).ppid() == server.process.pid for pid in pids)

    def test_commit_is_seen_by_the_server(self, server, odoo_env):
        """What this process commits, the server shows."""
        with odoo_env() as env:
            env.ref("base.lang_fr").toggle_active()

    def test_commit_is_seen_by_others(self, place, database, odoo_env):
        """What this process commits, another connection reads."""
        with odoo_env() as env:
            key = env["ir.config_parameter"].create({"key": "seen", "value": "yes"}).id
        with place.server.connect(database).cursor() as cursor:
            cursor.execute("SELECT value FROM ir_config_parameter WHERE id = %s", [key])
            assert cursor.fetchone() == ("yes",)

    def test_rollback_on_request(self, odoo_env, odoo_cursor):
        """With ``commit=False`` nothing stays."""
        with odoo_env(commit=False) as env:
            env["ir.config_parameter"].set_param("unseen", "yes")
        with odoo_cursor() as cr:
            cr.execute("SELECT count(*) FROM ir_config_parameter WHERE key = 'unseen'")
            assert cr.fetchone() == (0,)

    def test_rollback_on_exception(self, odoo_env, odoo_cursor, expect_log):
        """An exception passes through and takes the changes with it."""
        expect_log("bad query")
        duplicate = (
            "INSERT INTO ir_config_parameter (key, value) VALUES ('twice', '1'), ('twice', '2')"
        )
        with pytest.raises(UniqueViolation), odoo_env() as env:
            env.cr.execute(duplicate)
        with odoo_cursor() as cr:
            cr.execute("SELECT count(*) FROM ir_config_parameter WHERE key = 'twice'")
            assert cr.fetchone() == (0,)


class TestCrash:
    """Killing a server leaves the database usable."""

    def test_kill_leaves_nothing_behind(self, server, place, database):
        """All processes end at once; another connection finds the database as it was."""
        pids = [server.process.pid, *server.worker_pids()]
        server.kill()
        gone, alive = psutil.wait_procs(
            [psutil.Process(p) for p in pids if psutil.pid_exists(p)], 5
        )
        assert not alive, gone
        assert isinstance(place.server.connect(database), psycopg2.extensions.connection)
