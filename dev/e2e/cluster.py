"""A database cluster of a test's own, with standbys: the shared one must not be promoted."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from dev import postgres
from dev.server import OdooServer

PORT = 5432  # only part of the socket's name


class Cluster:
    """A cluster of the private PostgreSQL's programs; ended and removed on leaving.

    :param Path folder: for its data and its socket
    """

    def __init__(self, folder):
        self.folder = folder
        self.programs = postgres.Private().programs
        self.data = folder / "data"
        self.server = postgres.Server(str(folder), str(PORT), postgres.ROLE, self.programs)

    def create(self):
        """Make an empty cluster and start it."""
        self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        self._configure()
        self.start()
        self.run("createuser", "-h", self.folder, "-U", "postgres", "-d", postgres.ROLE)

    def standby(self, folder):
        """Make a standby of this cluster from a base backup and start it.

        :rtype: Cluster
        """
        other = Cluster(make_folder(folder))
        source = f"host={self.folder} port={PORT} user=postgres"
        self.run(
            "pg_basebackup", "-D", other.data, "-d", source, "-X", "stream", "-R", "-c", "fast"
        )
        other._configure()
        other.start()
        return other

    def promote(self):
        """Make a standby the primary of a history of its own; give the log's new timeline."""
        self.run("pg_ctl", "-D", self.data, "-w", "promote")

    def start(self):
        """Start the server."""
        self.run("pg_ctl", "-D", self.data, "-l", self.data / "server.log", "-w", "start")

    def stop(self):
        """End the server at once."""
        self.run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")

    def odoo(self, place, database, log_path):
        """Return an Odoo server on a database of this cluster, not yet started."""
        options = (f"--db_host={self.folder}", f"--db_port={PORT}")
        place = replace(place, server=self.server)
        return OdooServer(place, database, options=options, log_path=log_path)

    def restore(self, dump, database):
        """Restore a dump into a new database."""
        self.run("createdb", *self._as_odoo(), "-T", "template0", database)
        self.run("pg_restore", *self._as_odoo(), "-d", database, "--no-owner", dump)

    def query(self, database, text):
        """Return the rows of a query."""
        with self.server.connect(database).cursor() as cursor:
            cursor.execute(text)
            return cursor.fetchall() if cursor.description else None

    def run(self, program, *arguments):
        """Run one of PostgreSQL's programs as the system user of the server."""
        with (self.folder / "output").open("w+") as output:
            code = subprocess.call(
                [self.programs / program, *map(str, arguments)],
                **postgres._as_server_user(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            )
            output.seek(0)
            assert code == 0, f"{program}: {output.read()[-2000:]}"

    def _as_odoo(self):
        return ("-h", self.folder, "-p", PORT, "-U", postgres.ROLE)

    def _configure(self):
        options = {**postgres.OPTIONS, "unix_socket_directories": self.folder, "port": PORT}
        options |= {"shared_buffers": "64MB", "max_connections": "50"}
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in options.items())

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def make_folder(name):
    """Make a folder for a cluster; its path is short enough for a socket.

    :param str name: makes it recognisable
    :rtype: Path
    """
    folder = Path(tempfile.mkdtemp(prefix=f"silverfin-{name}-"))
    if owner := postgres._as_server_user():
        os.chown(folder, owner["user"], owner["group"])
    return folder


def dump(server, database, path):
    """Dump a database, as a nightly backup does.

    :param server: :class:`dev.postgres.Server`
    """
    command = ["pg_dump", "-Fc", "-Z1", "-f", str(path), database]
    subprocess.run(command, env={**os.environ, **server.variables()}, check=True)
    path.chmod(0o644)
