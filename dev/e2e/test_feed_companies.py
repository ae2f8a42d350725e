"""Dossiers: entries that change company, opening entries, and a date to begin at."""

from datetime import date
from decimal import Decimal

import pytest

from dev.e2e import expected
from dev.e2e.books import (
    EQUITY,
    OTHER,
    RENT,
    Scene,
    company,
    deletes,
    group,
    open_dossier,
    redrafted,
    summary,
    upserts,
)

START = date(2026, 1, 1)
BEFORE = date(2025, 12, 31)
AFTER = date(2026, 1, 2)


class TestCompanies:
    """A company, a branch in its dossier, and a branch with a dossier of its own."""

    @pytest.fixture(scope="class")
    def companies(self, odoo_env, server):
        return group(odoo_env, server)

    @pytest.fixture
    def scenes(self, companies):
        for name in ("brewery", "shop"):
            companies[name].begin()
        return companies

    def move_to(self, scenes, move_id, name):
        company_id = scenes[name].company_id
        with scenes["brewery"].books() as books:
            move = books.move(move_id).with_context(
                allowed_company_ids=[scene.company_id for scene in scenes.values()]
            )
            with redrafted(move):
                move.name = False
                move.company_id = company_id

    def test_branch_of_the_dossier(self, scenes):
        """To the branch and back: the same items, in another company."""
        main = scenes["brewery"]
        move_id, ids = main.entry()
        scenes["shop"].pull()
        for name in ("taproom", "brewery"):
            self.move_to(scenes, move_id, name)
            assert main.pull() == upserts(*ids)
            assert main.copy.items[str(ids[0])]["company"] == str(scenes[name].company_id)
            assert scenes["shop"].pull() == []

    @pytest.mark.parametrize("origin", ["brewery", "taproom"])
    def test_branch_of_another_dossier(self, scenes, origin):
        """Deleted here, new there; and back again."""
        main, shop = scenes["brewery"], scenes["shop"]
        move_id, ids = scenes[origin].entry()
        shop.pull()
        self.move_to(scenes, move_id, "shop")
        assert main.pull() == deletes(*ids)
        assert shop.pull() == upserts(*ids)
        self.move_to(scenes, move_id, origin)
        assert main.pull() == upserts(*ids)
        assert shop.pull() == deletes(*ids)

    def test_nothing_is_told_of_what_became_of_it(self, scenes):
        """A delete does not draw along the other dossier's partners, journals and accounts."""
        main = scenes["brewery"]
        move_id, ids = main.entry()
        self.move_to(scenes, move_id, "shop")
        with scenes["shop"].books() as books, redrafted(books.move(move_id)) as move:
            move.line_ids.partner_id = books.partner("A secret of the shop")
        complete, actions = main.copy.pull_page(), summary(main.copy.actions)
        assert (complete, actions) == (True, deletes(*ids))
        assert main.copy.received == []

    def test_there_and_back_between_two_pulls(self, scenes):
        main, shop = scenes["brewery"], scenes["shop"]
        move_id, ids = main.entry()
        shop.pull()
        self.move_to(scenes, move_id, "shop")
        self.move_to(scenes, move_id, "brewery")
        assert main.pull() == upserts(*ids)
        assert shop.pull() == deletes(*ids)

    def test_strangers_entries_deliver_nothing(self, scenes, odoo_env):
        main = scenes["brewery"]
        main.pull()
        with odoo_env() as env:
            stranger = company(env, "Stranger").id
        with main.books(stranger) as books:
            books.entry()
        assert main.pull_page() == ([], [])

    def test_renumbered_by_another_company(self, scenes):
        """A branch uses its root's numbers, a record shared with it is the same."""
        _move_id, (item, _other) = scenes["taproom"].entry()
        account = int(scenes["brewery"].copy.items[str(item)]["account"])
        with scenes["brewery"].books() as books:
            books.env["account.account"].browse(account).code = "619999"
        records, actions = scenes["brewery"].pull_page()
        assert ("account", str(account)) in records
        assert actions == []
        scenes["shop"].pull()

    def test_opening_entry(self, scenes):
        """It is marked, whenever it becomes that."""
        scene = scenes["brewery"]
        (first, ids), (second, others) = scene.entry(), scene.entry()
        with scene.books() as books:
            books.company.account_opening_move_id = first
        assert scene.pull() == upserts(*ids)
        assert scene.copy.items[str(ids[0])]["entry"]["opening"]
        with scene.books() as books:
            books.company.account_opening_move_id = second
        assert scene.pull() == upserts(*ids, *others)
        with scene.books() as books:
            books.company.account_opening_move_id = False
        assert scene.pull() == upserts(*others)

    def test_opening_entry_of_odoo(self, scenes):
        """The one that Odoo makes from the balances in the chart of accounts."""
        scene = scenes["brewery"]
        scene.pull()
        with scene.books() as books:
            books.account(RENT).opening_debit = 250
        with scene.books() as books:
            move = books.company.account_opening_move_id
            move_id = move.id
            move.action_post()
            ids = move.line_ids.ids
        assert scene.pull() == upserts(*ids)
        assert {
            item["entry"]["opening"]
            for item in scene.copy.items.values()
            if item["entry"]["id"] == str(move_id)
        } == {True}

    # Nothing before the start date leaves but the opening balances.

    @pytest.fixture(scope="class")
    def late(self, odoo_env, server):
        """A company whose dossier has a start date."""
        with odoo_env() as env:
            own = company(env, "Cidery").id
            dossier = open_dossier(env, own, start_date=START)
        return Scene(odoo_env, server, own, dossier)

    @pytest.fixture
    def scene(self, late):
        late.begin()
        return late

    def pull(self, scene):
        """Pull; return the actions and the opening where one came."""
        scene.copy.opening = None
        return scene.pull(), self.balances(scene)

    def balances(self, scene):
        opening = scene.copy.opening
        if opening is None:
            return None
        assert opening["date"] == START.isoformat()
        assert [row["value"] for row in opening["balances"] if not row["value"]] == []
        with scene.odoo_env(commit=False) as env:
            wanted = expected.opening(env, scene.dossier.client_id)
        balances = {row["account"]: row["value"] for row in opening["balances"]}
        assert expected.exact(balances) == expected.exact(wanted)
        assert balances.keys() <= scene.copy.records["account"].keys()
        return sum(value for value in balances.values() if value > 0)

    def set_date(self, scene, move_id, day):
        with scene.books() as books, redrafted(books.move(move_id)) as move:
            move.name = False
            move.date = day

    def test_entry_before(self, scene):
        with scene.books() as books:
            move_id = books.entry((RENT, 30), (OTHER, -30), day=BEFORE).id
        actions, opening = self.pull(scene)
        assert actions == []
        assert opening == Decimal(30)
        with scene.books() as books:
            books.move(move_id).button_draft()
        assert self.pull(scene) == ([], 0)

    def test_entry_after(self, scene):
        """The opening is not sent again."""
        with scene.books() as books:
            ids = books.entry(day=START).line_ids.ids
        assert self.pull(scene) == (upserts(*ids), None)

    def test_across_the_start_date(self, scene):
        move_id, ids = scene.entry((RENT, 30), (OTHER, -30), day=AFTER)
        self.set_date(scene, move_id, BEFORE)
        assert self.pull(scene) == (deletes(*ids), Decimal(30))
        self.set_date(scene, move_id, AFTER)
        assert self.pull(scene) == (upserts(*ids), 0)

    def test_deleted_date_is_not_before(self, scene):
        """A delete does not tell a date before the start."""
        move_id, _ids = scene.entry(day=AFTER)
        self.set_date(scene, move_id, BEFORE)
        dates = {action["delete"]["date"] for action in scene.copy.pull()}
        assert min(dates) >= START.isoformat()
        with scene.books() as books:
            books.move(move_id).button_draft()

    def test_before_to_before(self, scene):
        with scene.books() as books:
            move_id = books.entry((RENT, 30), (OTHER, -30), day=BEFORE).id
        self.pull(scene)
        self.set_date(scene, move_id, date(2025, 6, 30))
        assert self.pull(scene) == ([], None)
        with scene.books() as books:
            books.move(move_id).line_ids[0].name = "Another label"
        assert self.pull(scene) == ([], None)
        with scene.books() as books:
            account = books.new_account("199000", "asset_current").id
            books.move(move_id).line_ids[1].account_id = account
        assert self.pull(scene) == ([], Decimal(30))
        assert str(account) in scene.copy.records["account"]

    def test_full_pull_has_no_item_before(self, scene, server):
        with scene.books() as books:
            books.entry((RENT, 7), (EQUITY, -7), day=BEFORE)
            books.entry(day=AFTER)
        copy = scene.dossier.copy(server)
        actions = copy.pull(limit=2)
        assert min(action["upsert"]["date"] for action in actions) >= START.isoformat()
        assert copy.opening["balances"]
        self.pull(scene)
        assert copy.items == scene.copy.items

    def test_opening_survives_a_run_that_control_prolongs(self, scene):
        """Totals have a run go on after its last page; the opening it changed comes as well."""
        with scene.books() as books:
            books.entry((RENT, 9), (EQUITY, -9), day=BEFORE)
            for _ in range(3):
                books.entry(day=AFTER)
        scene.copy.opening = None
        assert not scene.copy.pull_page(limit=2, control=True)
        with scene.books() as books:
            books.entry(day=AFTER)  # while the run is under way
        scene.copy.pull(limit=2, control=True)
        assert self.balances(scene)
        assert scene.copy.control == scene.copy.computed_control()

    def test_opening_comes_on_the_last_page_only(self, scene):
        with scene.books() as books:
            books.entry((RENT, 7), (EQUITY, -7), day=BEFORE)
            for _ in range(3):
                books.entry(day=AFTER)
        openings = []

        def note(copy):
            openings.append(copy.opening)

        scene.copy.opening = None
        scene.copy.pull(limit=2, after_page=note)
        assert openings == [None, None]
        assert self.balances(scene)
