"""What a small company's pull costs does not depend on the large one beside it."""

import json

import pytest

from dev.e2e.books import Scene, company, multiply, open_dossier

LARGE = 10_000  # entries of two items
LIMIT = 501
TABLES = {"account_move", "account_move_line", "silverfin_feed_item"}
QUERIES = (
    "FULL",
    "FULL_ENTRY",
    "CHANGES",
    "CHANGES_ENTRY",
    "NEWS",
    "BEFORE_START_CHANGED",
    "OPENING",
    "CONTROL",
)


@pytest.fixture(scope="class")
def scene(odoo_env, server):
    """A small company, pulled before its neighbour booked a great deal."""
    with odoo_env() as env:
        large, small = (company(env, name).id for name in ("Large", "Small"))
        scene = Scene(odoo_env, server, small, open_dossier(env, small))
    scene.large = large
    for _ in range(5):
        with scene.books() as books:
            books.entry()
    scene.copy.pull()
    with scene.books(large) as books:
        multiply(books, books.entry().id, LARGE)
    with scene.books() as books:
        books.entry()
        books.env.cr.execute("ANALYZE silverfin_feed_item")
    return scene


def nodes(plan):
    """Yield every node of a plan."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


class TestPlans:
    """Plans of the queries, with the settings that a page has."""

    @pytest.fixture
    def explain(self, scene, odoo_env):
        """Return a function: a query's plan for the small company."""
        from odoo.addons.account_silverfin.tools import sync_point
        from odoo.addons.account_silverfin.tools.feed import sql

        with odoo_env(commit=False) as env:
            client = env["silverfin.client"].browse(scene.dossier.client_id)
            point = sync_point.SyncPoint.decode(
                scene.copy.sync_point, client._feed_secret(client.uuid)
            )
            parameters = client._dossier().parameters(
                company=scene.company_id,
                entry=0,
                limit=LIMIT,
                base=point.base,
                used=[4, 5, 6],
                changed=[1, 2, 3],
            )
            parameters["start_date"] = "2026-01-01"

            env.cr.execute(sql.SNAPSHOT)

            def plan(query, **more):
                env.cr.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", {**parameters, **more})
                answer = env.cr.fetchone()[0]
                answer = answer if isinstance(answer, list) else json.loads(answer)
                return list(nodes(answer[0]["Plan"]))

            yield plan

    def check(self, plan):
        """No table of the ledger is read from end to end, by whatever kind of scan."""
        for node in plan:
            if node.get("Relation Name") in TABLES:
                rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
                read = rows * node["Actual Loops"]
                assert node["Node Type"] != "Seq Scan", node
                assert read < LARGE / 2, node

    @pytest.mark.parametrize("name", QUERIES)
    def test_ledger(self, explain, name):
        from odoo.addons.account_silverfin.tools.feed import sql

        self.check(explain(getattr(sql, name)))

    @pytest.mark.parametrize("kind", ["account", "partner", "journal", "tax", "analytic_account"])
    def test_records(self, explain, kind):
        from odoo.addons.account_silverfin.tools.feed import sql

        self.check(explain(sql.RECORDS[kind][1]))

    def test_page_of_the_large_company(self, scene, explain):
        """In its midst, a page reads what it delivers and not what comes before or after."""
        from odoo.addons.account_silverfin.tools.feed import sql

        plan = explain(sql.FULL, company=scene.large, entry=LARGE // 2, companies=[scene.large])
        for node in plan:
            if node.get("Relation Name") in TABLES:
                read = node["Actual Rows"] * node["Actual Loops"]
                assert read < 3 * LIMIT, (node.get("Index Name"), read)
                assert not node.get("Rows Removed by Filter"), node

    def test_pull(self, scene):
        """And it has what is the small company's, nothing else."""
        assert len(scene.pull()) == 2
        scene.copy.forget()
        assert len(scene.pull(control=True)) == 12
