"""What changed since the last pull: in a ledger of ten thousand items, and in one of a million."""

import time
from contextlib import closing

from bench import measure
from bench.http import Client
from bench.pull import PAGE, Feed
from bench.suite.full_pull import client

CHANGED = (1, 100, 9900)
HEALTH = "/silverfin/v1/health"
NOTHING = "nothing new, ledger of {}"
SOME = "{:,} changed, ledger of {}"
SIZES = {"Medium": "10 k", "Large": "1 M"}
RATIO, NOTHING_RATIO = 1.2, 1.5
METRIC = "request"
NOTE = (
    "Items are changed by one statement of SQL and its triggers; what is timed is the pull after "
    f"it, in pages of {PAGE:,}, from connecting to the last byte."
)

_CHANGE = """
    UPDATE account_move_line SET name = left(name, 40) || ' ' || clock_timestamp()
    WHERE id IN (
        SELECT id FROM account_move_line WHERE company_id = %s AND id > %s ORDER BY id LIMIT %s
    )
"""


def run(bench):
    """Measure; return a :class:`bench.measure.Result`."""
    result = measure.Result("What changed", notes=[NOTE])
    with (
        bench.database("incremental", books="beside") as (database, facts),
        bench.server(database) as server,
        closing(bench.place.server.connect(database)) as connection,
    ):
        ledgers = {
            size: Ledger(Feed(server, facts[name]["key"]), connection, facts[name]["company"])
            for name, size in SIZES.items()
        }
        _measure(bench, server, ledgers, result)
    return result


def fill(env):
    """Make a client with a key of the large and of the medium company."""
    companies = {name: env["res.company"].search([("name", "=", name)]) for name in SIZES}
    return {name: {"company": made.id, **client(env, made)} for name, made in companies.items()}


class Ledger:
    """One company's ledger and a reader that has it."""

    def __init__(self, feed, connection, company):
        self.feed = feed
        self.connection = connection
        self.company = company
        self.point = feed.pages(PAGE)[1]
        self.middle = self._middle()

    def _middle(self):
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT percentile_disc(0.005) WITHIN GROUP (ORDER BY id) FROM account_move_line"
                " WHERE company_id = %s",
                [self.company],
            )
            return cursor.fetchone()[0]

    def pull(self, changed):
        """Change so many items, then pull; return the measurement.

        :raise AssertionError: something else came than was changed.
        """
        if changed:
            with self.connection.cursor() as cursor:
                cursor.execute(_CHANGE, [self.company, self.middle, changed])
        begin = time.perf_counter()
        items, self.point = self.feed.pages(PAGE, self.point)
        took = (time.perf_counter() - begin) * 1000
        if items != changed:
            raise AssertionError(f"{changed} items were changed, {items} came")
        return {METRIC: took}


def _measure(bench, server, ledgers, result):
    named = {"X-Odoo-Database": server.database}
    health = Client(server, **named)
    contenders = {HEALTH: lambda: {METRIC: health.get(HEALTH)["request"]}}
    for size, ledger in ledgers.items():
        contenders[NOTHING.format(size)] = lambda ledger=ledger: ledger.pull(0)
    few = {"rounds": 4, "calls": 5} if bench.quick else {"rounds": 20, "calls": 10}
    result.figures += measure.alternate(contenders, **few, warm_up=10)
    for changed in CHANGED:
        contenders = {
            SOME.format(changed, size): lambda ledger=ledger, n=changed: ledger.pull(n)
            for size, ledger in ledgers.items()
        }
        rounds = 3 if bench.quick else 10 if changed > PAGE else 60
        result.figures += measure.alternate(contenders, rounds=rounds, warm_up=2)
    _targets(result)


def _targets(result):
    small, large = SIZES.values()
    for text in (NOTHING, *(SOME.replace("{:,}", f"{changed:,}") for changed in CHANGED)):
        result.check_ratio(
            f"{text.format(large)} / {small}", RATIO, METRIC, text.format(large), text.format(small)
        )
    text = f"{NOTHING.format(large)} / {HEALTH}"
    result.check_ratio(text, NOTHING_RATIO, METRIC, NOTHING.format(large), HEALTH)
