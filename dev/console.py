"""What the commands say to the person in front of them."""

import sys
import time
from contextlib import contextmanager


class SetupError(Exception):
    """Something the reader has to mend; the message says what and how."""


def say(text):
    """Print one line at once, also where the output is a pipe."""
    print(text, flush=True)


def warn(text):
    """Print one line that should not be overlooked."""
    print(f"!!  {text}", file=sys.stderr, flush=True)


@contextmanager
def step(title):
    """Announce a step that may take long, and say afterwards how long it took."""
    say(f"==> {title}")
    begin = time.monotonic()
    yield
    seconds = time.monotonic() - begin
    if seconds >= 1:
        say(f"    {title}: {seconds:.0f} s")


class Progress:
    """One line every few seconds, so that a long step never looks dead.

    >>> progress = Progress(every=3600)
    >>> progress.update("not yet")
    """

    def __init__(self, every=10):
        """:param every: least number of seconds between two lines."""
        self.every = every
        self.begin = self.last = time.monotonic()

    def update(self, text):
        """Print ``text`` with the time since the start, if the last line is old enough."""
        now = time.monotonic()
        if now - self.last >= self.every:
            self.last = now
            say(f"    {now - self.begin:4.0f} s  {text}")
