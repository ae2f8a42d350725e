"""Find the benchmarks, run them one after the other, judge."""

import importlib
import json
import pkgutil
import tempfile
from contextlib import contextmanager

from bench import machine, report, suite
from bench.ledger import databases as ledgers
from dev import locking, odoo_command, postgres, settings, workspace
from dev.console import say, step, warn
from dev.database import Databases
from dev.server import OdooServer

ADDONS = settings.CHECKOUT / "bench" / "addons"
OUTPUT = settings.STATE / "bench"


class Bench:
    """What a benchmark works with.

    :ivar place: :class:`dev.workspace.Workspace`.
    :ivar bool quick: only to see that everything works; figures are not worth much.
    """

    def __init__(self, place, *, quick):
        self.place = place
        self.quick = quick

    @contextmanager
    def database(self, name, books=None):
        """Give a copy of the template with the addon, filled, and dropped at the end.

        :param name: of the benchmark; its function ``fill(env)`` does the filling.
        :param books: which of :data:`bench.ledger.companies.DATABASES` to copy instead.
        :return: name of the database, what ``fill`` returned.
        """
        databases = Databases(self.place)
        origin = ledgers.with_addon(databases, books) if books else databases.template()
        fresh = settings.database_name(f"bench_{name}")
        databases.clone(origin, fresh)
        try:
            yield fresh, self._fill(name, fresh)
        finally:
            databases.drop(fresh)

    def _fill(self, name, database):
        with tempfile.NamedTemporaryFile(dir=settings.STATE, suffix=".json") as file:
            arguments = ("bench.fill", name, database, file.name)
            odoo_command.run_module(self.place, f"bench-fill-{name}", *arguments)
            return json.load(file)

    def server(self, database, *addons):
        """Return a prefork server with two workers, to be entered.

        :param addons: of ``bench/addons``; loaded by the server, not installed in the database.
        """
        return OdooServer(self.place, database, workers=2, options=self._load(addons))

    def _load(self, addons):
        if not addons:
            return ()
        paths = [*self.place.tree.addons_path, settings.ADDONS, ADDONS]
        modules = ["base", "rpc", "web", *addons]  # the first three are Odoo's default
        return (f"--addons-path={','.join(map(str, paths))}", f"--load={','.join(modules)}")


def names():
    """Return the names of all benchmarks."""
    return sorted(module.name for module in pkgutil.iter_modules(suite.__path__))


def main(chosen, *, quick):
    """Run benchmarks, write their reports.

    :return: exit code: 1 when a target was missed.
    """
    place = workspace.prepare()
    OUTPUT.mkdir(exist_ok=True)
    try:
        with locking.exclusive(settings.STATE / "bench.lock"):
            results = [_run(Bench(place, quick=quick), name) for name in chosen]
    finally:
        postgres.release()
    return verdict(results)


def _run(bench, name):
    facts = machine.facts(bench.place)
    with step(f"benchmark {name}"):
        result = importlib.import_module(f"bench.suite.{name}").run(bench)
    report.write(OUTPUT / name, result, facts, quick=bench.quick)
    say("\n" + OUTPUT.joinpath(f"{name}.md").read_text())
    return result


def verdict(results):
    """Say which targets were missed.

    :return: exit code.
    """
    targets = [target for result in results for target in result.targets]
    missed = [target for target in targets if not target.met]
    for target in missed:
        warn(f"target missed: {target.text}: {target.actual:.2f}, wanted {target.limit:g}")
    say(f"{len(targets) - len(missed)} of {len(targets)} targets met; reports in {OUTPUT}")
    return 1 if missed else 0
