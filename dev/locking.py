"""Locks between processes; the kernel drops them when their holder dies, however it dies."""

import fcntl
from contextlib import contextmanager

from dev.console import say


@contextmanager
def exclusive(path):
    """Hold ``path`` for oneself alone; wait for others, and say so.

    :param path: file to lock, made when missing; its folder too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"    waiting for another command of this project ({path.name})")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Shared:
    """A lock that many hold at once; the last to let go can find out that it is the last."""

    def __init__(self, path):
        """Take the lock, waiting for an exclusive holder to let go."""
        self.handle = path.open("a")
        fcntl.flock(self.handle, fcntl.LOCK_SH)

    def release(self):
        """Let go.

        :return: whether nobody else held the lock at that moment.
        """
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            self.handle.close()
