"""What a pull of a million items costs the server's memory."""

import threading
import time

import psutil

from bench import measure
from bench.pull import PAGE, Feed
from bench.suite.full_pull import client

LIMIT = 32  # MB
METRIC = "growth"
NOTE = (
    "*growth* is how much the resident memory of all HTTP workers together rose above what it was "
    "before the pull, at its highest, sampled every 20 ms. A worker that has delivered pages keeps "
    "what it needs for them: the first pull, which is not counted, pays that."
)


def run(bench):
    """Measure; return a :class:`bench.measure.Result`."""
    result = measure.Result("Memory of a full pull", notes=[NOTE])
    with (
        bench.database("memory", books="beside") as (database, facts),
        bench.server(database) as server,
    ):
        feed = Feed(server, facts["key"])
        contenders = {
            "stream of 1 M": lambda: growth(server, feed.stream),
            f"pages of {PAGE:,} of 1 M": lambda: growth(server, lambda: feed.pages(PAGE)),
        }
        rounds = 1 if bench.quick else 3
        result.figures += measure.alternate(contenders, rounds=rounds, warm_up=1, unit="MB")
    for name in contenders:
        rose = result.median(name, METRIC)
        result.targets.append(measure.Target(f"{name}: growth in MB", rose, LIMIT))
    return result


def fill(env):
    """Make a client with a key of the large company."""
    return client(env, env["res.company"].search([("name", "=", "Large")]))


def growth(server, work):
    """Do the work, and return by how many MB the workers grew at most."""
    workers = [psutil.Process(pid) for pid in server.worker_pids()]
    before, highest, done = resident(workers), [0], threading.Event()

    def watch():
        while not done.is_set():
            highest[0] = max(highest[0], resident(workers))
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        work()
    finally:
        done.set()
        watcher.join()
    return {METRIC: (highest[0] - before) / 2**20}


def resident(processes):
    """Return the resident memory of processes in bytes."""
    return sum(process.memory_info().rss for process in processes)
