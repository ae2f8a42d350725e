"""A real Odoo server in processes of its own."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil

from dev import settings
from dev.console import SetupError
from dev.odoo_command import tail

START_SECONDS = 120
STOP_SECONDS = 30
PR_SET_PDEATHSIG = 1


class OdooServer:
    """Start Odoo on entering, stop it on leaving.

    :param workspace: :class:`dev.workspace.Workspace`.
    :param database: the one database it serves.
    :param workers: 0 for one process with threads, else prefork with that many HTTP workers.
    :param options: more command line options; they win over ours.
    :param port: HTTP port, a free one by default.
    :param cron: number of cron threads or processes.
    :param log_path: file for its output, made anew.
    """

    def __init__(
        self,
        workspace,
        database,
        *,
        workers=2,
        options=(),
        port=None,
        cron=0,
        log_path=None,
    ):
        self.workspace = workspace
        self.database = database
        self.workers = workers
        self.options = options
        self.port = port or free_port()
        self.cron = cron
        self.log_path = log_path or settings.LOGS / f"server-{database}.log"
        self.process = None

    @property
    def url(self):
        """Address without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def command(self):
        """The command line."""
        options = [
            f"--config={settings.RC_FILE}",
            f"--database={self.database}",
            f"--db-filter=^{self.database}$",
            f"--http-port={self.port}",
            f"--gevent-port={free_port()}",
            f"--workers={self.workers}",
            f"--max-cron-threads={self.cron}",
            *self.options,
        ]
        return self.workspace.odoo(*options)

    def start(self):
        """Start the server and wait until it answers.

        :raise SetupError: it ends, or does not answer in time.
        """
        with self.log_path.open("w") as log:
            self.process = subprocess.Popen(
                self.command(),
                env=self.workspace.variables(),
                cwd=settings.STATE,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us: we stop the server in good order
                preexec_fn=_end_with_parent,
            )
        try:
            self._wait()
        except BaseException:
            self.kill()
            raise

    def _wait(self):
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None:
                raise SetupError(f"The server did not start:\n{tail(self.log_path)}")
            if time.monotonic() > deadline:
                raise SetupError(f"The server does not answer:\n{tail(self.log_path)}")
            time.sleep(0.1)

    def answers(self):
        """Whether the server answers requests."""
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def worker_pids(self):
        """Process numbers of the HTTP workers, without the one for websockets."""
        children = psutil.Process(self.process.pid).children()
        return sorted(child.pid for child in children if "gevent" not in child.cmdline())

    def stop(self):
        """Stop in good order: requests under way are answered first.

        :raise SetupError: it did not stop in time and was killed.
        """
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise SetupError(f"The server did not stop in {STOP_SECONDS} s; killed.") from error

    def kill(self):
        """End all its processes at once, as a crash of the machine would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *failure):
        self.stop()


def free_port():
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_taken(port):
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _end_with_parent():
    """Ask Linux to stop the server if we are killed; elsewhere it would be left running."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
