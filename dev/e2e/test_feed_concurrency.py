"""Nothing is lost, whatever the order of commits: real transactions, nothing simulated."""

import random
import threading
import time

import pytest
from psycopg2.errors import SerializationFailure

from dev.e2e.books import RENT, Scene, company, open_dossier, summary, upserts

JOURNALS = 6
WRITERS = 4
TRANSACTIONS = 12  # of each


@pytest.fixture(scope="class")
def scene(odoo_env, server):
    """A company with a journal per writer: two that use one wait for each other's numbers."""
    with odoo_env() as env:
        brewery = company(env, "Brewery").id
        dossier = open_dossier(env, brewery)
        for number in range(JOURNALS):
            env["account.journal"].create(
                {
                    "name": f"Writer {number}",
                    "code": f"W{number}",
                    "type": "general",
                    "company_id": brewery,
                }
            )
    scene = Scene(odoo_env, server, brewery, dossier)
    scene.entry()
    return scene


@pytest.fixture(autouse=True)
def pulled(scene):
    """Begin each test with nothing to pull."""
    scene.begin()


def book(books, writer, **values):
    """Book an entry in a writer's journal, and send it to the database; return its items' ids."""
    journal = books.env["account.journal"].search(
        [("code", "=", f"W{writer}"), ("company_id", "=", books.company.id)]
    )
    move = books.entry(journal_id=journal.id, **values)
    books.env.flush_all()
    return move.line_ids.ids


class TestTransactions:
    """Transactions that overlap, and those that were never committed."""

    def test_begun_earlier_and_committed_later(self, scene):
        """The hole of every cursor on ``write_date`` or ids."""
        with scene.books() as early:
            first = book(early, 1)
            with scene.books() as late:
                second = book(late, 2)
            assert scene.pull() == upserts(*second)
            assert scene.pull() == []
        assert scene.pull() == upserts(*first)

    def test_change_begun_earlier_and_committed_later(self, scene):
        """The same for a change and a deletion of what the reader has."""
        move_id, (first, second) = scene.entry()
        other_id, others = scene.entry()
        with scene.books() as early:
            early.item(first).name = "Changed early"
            early.env.flush_all()
            with scene.books() as late:
                late.move(other_id).button_draft()
            assert scene.pull() == [("delete", id_) for id_ in others]
        assert scene.pull() == upserts(first)
        with scene.books() as early:
            early.move(move_id).button_draft()
            early.move(move_id).unlink()
            early.env.flush_all()
            assert scene.pull() == []
        assert scene.pull() == [("delete", first), ("delete", second)]

    def test_record_renamed_earlier_and_committed_later(self, scene):
        with scene.books() as early:
            account = early.account(RENT)
            account.name = "Renamed early"
            early.env.flush_all()
            with scene.books() as late:
                items = book(late, 2)
            assert scene.pull() == upserts(*items)
        received, actions = scene.pull_page()
        assert received == [("account", str(account.id))]
        assert actions == []

    def test_out_of_order(self, scene):
        """Six begin in one order and commit in another, with a pull after each."""
        order = [3, 0, 5, 1, 4, 2]
        with Open(scene) as transactions:
            ids = {}
            for writer in range(JOURNALS):
                ids[writer] = book(transactions.begin(writer), writer)
            for writer in order:
                assert scene.pull() == []
                transactions.commit(writer)
                assert scene.pull() == upserts(*ids[writer])

    def test_committed_between_two_pages(self, scene):
        """Behind the place where the reader stands: it comes with the next run."""
        with scene.books() as early:
            first = book(early, 1)
            with scene.books() as late:
                second, third = book(late, 2), book(late, 3)
            assert not scene.copy.pull_page(limit=2)
            assert summary(scene.copy.actions) == upserts(*second)
        assert scene.copy.pull_page(limit=2)
        assert summary(scene.copy.actions) == upserts(*third)
        assert scene.pull() == upserts(*first)

    def test_open_transaction_before_a_full_pull(self, scene):
        """A first pull does not see it, and brings it as soon as it is there."""
        reader = scene.another()
        with scene.books() as early:
            first = book(early, 1)
            reader.copy.pull_page(limit=2)
            with scene.books() as late:
                book(late, 2)
            reader.copy.pull(limit=2)
            reader.check()
        assert reader.pull() == upserts(*first)

    def test_committed_during_a_full_pull(self, scene):
        """Begun before its first page, committed before its last: there when it is complete."""
        reader = scene.another()
        with scene.books() as early:
            book(early, 1)
            with scene.books() as late:
                book(late, 2)
            assert not reader.copy.pull_page(limit=2)
        reader.pull(limit=2)

    def test_rollback(self, scene):
        with scene.rolled_back() as books:
            book(books, 1)
        assert scene.pull_page() == ([], [])

    def test_rollback_while_others_commit(self, scene):
        with scene.rolled_back() as books:
            book(books, 1)
            with scene.books() as late:
                items = book(late, 2)
            assert scene.pull() == upserts(*items)
        assert scene.pull_page() == ([], [])

    def test_savepoints(self, scene):
        """Of a transaction's savepoints only those arrive that were not rolled back."""
        _move_id, (first, second) = scene.entry()
        with scene.books() as books:
            with books.env.cr.savepoint():
                books.item(first).name = "Kept"
            with books.env.cr.savepoint() as point:
                books.item(second).name = "Dropped"
                book(books, 1)
                point.rollback()
            with books.env.cr.savepoint():
                items = book(books, 2)
        assert scene.pull() == upserts(first, *items)
        assert scene.copy.items[str(second)]["description"] == "Line"

    def test_noted_twice_in_savepoints(self, scene):
        """What was noted in a savepoint that is gone is noted again."""
        _move_id, (first, _second) = scene.entry()
        with scene.books() as books:
            with books.env.cr.savepoint() as point:
                books.item(first).name = "Dropped"
                books.env.flush_all()
                point.rollback()
            books.item(first).name = "Kept"
        assert scene.pull() == upserts(first)

    def test_serialization_failure(self, scene, expect_log):
        """The loser's change is not there, his second attempt is; no sync point is lost."""
        expect_log("bad query")
        _move_id, (first, second) = scene.entry()
        with pytest.raises(SerializationFailure):
            self.lose(scene, first, second)
        assert scene.pull() == upserts(first)
        with scene.books() as loser:
            loser.item([first, second]).write({"name": "Loser"})
        assert scene.pull() == upserts(first, second)

    def lose(self, scene, first, second):
        """Change two items, the first of them after another transaction did."""
        with scene.books() as loser:
            loser.item(second).name = "Loser"
            loser.env.flush_all()
            with scene.books() as winner:
                winner.item(first).name = "Winner"
            loser.item(first).name = "Loser"
            loser.env.flush_all()

    def test_no_sync_point_in_a_transaction_that_wrote(self, scene, odoo_env):
        from odoo.addons.account_silverfin.tools.feed.reader import WritingTransaction

        with odoo_env(commit=False) as env:
            client = env["silverfin.client"].browse(scene.dossier.client_id)
            client._feed_page(None, 1)
            env.cr.execute("SELECT pg_current_xact_id()")
            with pytest.raises(WritingTransaction):
                client._feed_page(None, 1)

    def test_one_snapshot_per_page(self, scene, odoo_env):
        """What is committed while a page is read comes with the next one, however late it is."""
        with odoo_env(commit=False) as env:
            client = env["silverfin.client"].browse(scene.dossier.client_id)
            env.cr.execute("SELECT 1")
            with scene.books() as books:
                items = book(books, 1)
            page, point = client._feed_page(scene.copy.sync_point, 100)
            assert page.actions == []
        scene.copy.sync_point = point
        assert scene.pull() == upserts(*items)

    def test_many_writers(self, scene, expect_log):
        """Threads that book, change, delete and roll back while one reader pulls all the time."""
        expect_log("bad query")
        seed = random.randrange(10**6)
        print(f"seed {seed}")
        writers = [
            Writer(scene, number, random.Random(f"{seed} {number}"), TRANSACTIONS)
            for number in range(WRITERS)
        ]
        chance = random.Random(seed)
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers):
            pull_somehow(scene.copy, chance)
        for writer in writers:
            writer.join()
            assert writer.error is None
        scene.copy.pull()  # to the end of a run that was overtaken
        scene.pull()
        another = scene.another()
        another.pull()


def pull_somehow(copy, chance):
    """Pull a page of any size; the copy balances whatever has happened meanwhile."""
    copy.pull_page(limit=chance.choice((1, 2, 3, 5, 50)))
    assert not copy.unbalanced_entries()


class Writer(threading.Thread):
    """Books in a journal of its own; one transaction in four is rolled back."""

    def __init__(self, scene, number, chance, transactions):
        super().__init__()
        self.scene, self.number, self.chance = scene, number, chance
        self.transactions = transactions
        self.moves = []
        self.error = None

    def run(self):
        """Work until done; an unexpected error is kept for the test."""
        try:
            for _ in range(self.transactions):
                self.transaction()
        except BaseException as error:  # noqa: BLE001
            self.error = error

    def transaction(self):
        """Do a few things, wait a little with all of it open, then commit or not."""
        made = list(self.moves)
        try:
            with self.scene.books() as books:
                for _ in range(self.chance.randint(1, 3)):
                    self.act(books, made)
                books.env.flush_all()
                time.sleep(self.chance.random() / 20)
                if self.chance.random() < 0.25:
                    raise RolledBackError
        except RolledBackError:
            return
        self.moves = made

    def act(self, books, made):
        """Book something new, or change or delete something of ours."""
        action = self.chance.choice(("book", "book", "relabel", "redraft", "delete"))
        if action == "book" or not made:
            ids = book(books, self.number)
            made.append(books.item(ids[0]).move_id.id)
            return
        move = books.move(self.chance.choice(made))
        if action == "relabel":
            move.line_ids[0].name = f"Label {self.chance.random()}"
        elif action == "redraft":
            move.button_draft()
            amount = self.chance.randint(1, 1000)
            move.line_ids = [
                (1, move.line_ids[0].id, {"balance": amount, "amount_currency": amount}),
                (1, move.line_ids[1].id, {"balance": -amount, "amount_currency": -amount}),
            ]
            move.action_post()
        else:
            move.button_draft()
            move.unlink()
            made.remove(move.id)


class RolledBackError(Exception):
    """Raised to leave a transaction without its commit."""


class Open:
    """Transactions that are open at the same time."""

    def __init__(self, scene):
        self.scene = scene
        self.running = {}

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        for writer in list(self.running):
            self.commit(writer)

    def begin(self, writer):
        """Begin one; return its books."""
        self.running[writer] = self.scene.books()
        return self.running[writer].__enter__()

    def commit(self, writer):
        """Commit one."""
        self.running.pop(writer).__exit__(None, None, None)
