"""Pages and the stream: the same ledger, cut in whole entries, whoever writes meanwhile."""

import itertools

import pytest

from dev.e2e.books import (
    OTHER,
    RENT,
    Scene,
    company,
    group,
    multiply,
    open_dossier,
    stream,
    summary,
)
from dev.e2e.expected import exact
from dev.ledger_copy import NDJSON, Refused, parse

SIZES = (2, 3, 2, 7, 2, 4, 2, 2)  # items of the entries in the main company
BRANCH_SIZES = (2, 5, 3)
LARGEST = max(SIZES)
LONG = 30_000


def book(books, size):
    """Book an entry of so many items; return its id."""
    return books.entry(*[(RENT, 10)] * (size - 1), (OTHER, -10 * (size - 1))).id


@pytest.fixture(scope="class")
def scenes(odoo_env, server):
    """A company and its branch with entries of several sizes."""
    scenes = group(odoo_env, server)
    for name, sizes in (("brewery", SIZES), ("taproom", BRANCH_SIZES)):
        with scenes[name].books() as books:
            for size in sizes:
                book(books, size)
    return scenes


@pytest.fixture
def scene(scenes):
    """The company's dossier with an empty copy."""
    scenes["brewery"].copy.forget()
    return scenes["brewery"]


def entries(copy):
    """Return (entry, count of actions) of a page, in their order."""
    found = [
        action["upsert"]["entry"]["id"] if "upsert" in action else action["delete"]["entry"]
        for action in copy.actions
    ]
    return [(entry, len(list(group))) for entry, group in itertools.groupby(found)]


def whole(scene):
    """Return the copy's items by another reader, who takes everything in one page."""
    copy = type(scene.copy)(scene.copy.session)
    copy.pull()
    return copy.items


class TestPages:
    """Pages of every size, and the stream."""

    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 7, 8, 24, 34, 35, 5000])
    def test_every_limit_gives_the_same(self, scene, limit):
        pages = []

        def note(copy):
            pages.append(entries(copy))
            assert not copy.unbalanced_entries()

        scene.copy.pull(limit=limit, after_page=note, control=True)
        note(scene.copy)
        scene.check()
        received = [entry for page in pages for entry, _count in page]
        assert len(received) == len(set(received)), "an entry was cut or came twice"
        for page in pages:
            size = sum(count for _entry, count in page)
            assert size <= limit or len(page) == 1

    @pytest.mark.parametrize("limit", [1, 3, 6])
    def test_pages_of_changes(self, scene, limit):
        """A run of changes is cut in whole entries too."""
        scene.copy.pull()
        with scene.books() as books:
            for size in (2, LARGEST, 3):
                book(books, size)
        pages = []

        def note(copy):
            pages.append(entries(copy))
            assert not copy.unbalanced_entries()

        scene.copy.pull(limit=limit, after_page=note)
        note(scene.copy)
        scene.check()
        assert sorted(count for page in pages for _entry, count in page) == [2, 3, LARGEST]

    def test_applied_twice(self, scene):
        """Each page asked for and applied twice: nothing changes."""
        complete = False
        while not complete:
            before = scene.copy.sync_point
            complete = scene.copy.pull_page(limit=5)
            items, after = dict(scene.copy.items), scene.copy.sync_point
            scene.copy.sync_point = before
            scene.copy.pull_page(limit=5)
            assert scene.copy.items == items
            scene.copy.sync_point = after
        scene.check()
        scene.copy.sync_point = None
        scene.copy.pull()
        scene.check()

    def test_nothing_new(self, scene):
        scene.copy.pull()
        for _ in range(2):
            assert scene.copy.pull_page(limit=1)
            assert scene.copy.actions == []
            assert scene.copy.received == []

    def test_an_old_sync_point_is_good_for_ever(self, scene):
        scene.copy.pull()
        old = scene.copy.sync_point
        with scene.books() as books:
            move_id = book(books, 2)
        first = scene.pull()
        for _ in range(2):
            scene.copy.sync_point = old
            assert summary(scene.copy.pull()) == first
        assert move_id

    def test_control(self, scene):
        """It comes when asked for, on the last page, and equals what the copy adds up to."""
        scene.copy.pull(limit=4)
        assert scene.copy.control is None
        with scene.books() as books:
            book(books, 3)
            book(books, 3)
        controls = []
        scene.copy.pull(
            limit=3, control=True, after_page=lambda copy: controls.append(copy.control)
        )
        assert controls
        assert not any(controls)
        assert exact(scene.copy.control) == exact(scene.copy.computed_control())

    def test_control_of_an_incomplete_copy(self, scene):
        scene.copy.pull()
        del scene.copy.items[next(iter(scene.copy.items))]
        scene.copy.pull(control=True)
        assert exact(scene.copy.control) != exact(scene.copy.computed_control())

    @pytest.mark.parametrize("stream", [False, True])
    def test_writers_between_pages(self, scene, stream):
        """Entries change before and after the place where the reader stands."""
        first, second, *_rest = sorted({int(item["entry"]["id"]) for item in whole(scene).values()})
        scene.copy.pull_page(limit=3)
        with scene.books() as books:  # behind the reader
            move = books.move(first)
            move.button_draft()
            line, other = move.line_ids[0], move.line_ids[-1]
            move.line_ids = [
                (1, line.id, {"balance": line.balance + 5}),
                (1, other.id, {"balance": other.balance - 5}),
            ]
            move.action_post()
            new = book(books, 2)  # before him
        scene.copy.pull_page(limit=3)
        assert not scene.copy.unbalanced_entries()
        with scene.books() as books:
            books.move(second).button_draft()
            books.move(new).button_draft()
            books.move(new).unlink()
        if stream:
            assert scene.copy.pull_stream(control=True)
        else:
            scene.copy.pull(limit=3, control=True)
        scene.check()
        assert exact(scene.copy.control) == exact(scene.copy.computed_control())
        with scene.books() as books:
            books.move(second).action_post()

    def test_complete_only_after_the_changes_since_the_start(self, scene):
        """What was booked during a first pull is in its last page."""
        scene.copy.pull_page(limit=30)
        with scene.books() as books:
            first = min(int(item["entry"]["id"]) for item in scene.copy.items.values())
            books.move(first).line_ids[0].name = "Changed meanwhile"
        while not scene.copy.pull_page(limit=30):
            pass
        scene.check()

    def test_overtaken_run(self, scene):
        """A run is complete though somebody writes all the time; the next one has the rest."""
        with scene.books() as books:
            entry = books.entry().line_ids.ids[0]
        scene.copy.pull()
        with scene.books() as books:
            for _ in range(3):
                book(books, 2)

        def write(_copy):
            with scene.books() as books:
                books.item(entry).name += "+"

        scene.copy.pull(limit=2, after_page=write)
        assert summary(scene.copy.pull())[0] == ("upsert", entry)
        scene.check()

    def test_another_dossiers_sync_point(self, scenes, scene):
        scene.copy.pull()
        shop = scenes["shop"].copy
        shop.sync_point = scene.copy.sync_point
        with pytest.raises(Refused, match="sync_point_invalid") as refusal:
            shop.pull()
        assert refusal.value.status == 409
        shop.forget()

    def test_currencies_decimals(self, odoo_env, server):
        """No decimals, and three."""
        for currency, digits in (("JPY", 0), ("TND", 3)):
            with odoo_env() as env:
                own = company(env, currency, currency=f"base.{currency}").id
                scene = Scene(odoo_env, server, own, open_dossier(env, own))
            with scene.books() as books:
                books.env.ref(f"base.{currency}").active = True
                books.entry((RENT, 1500), (OTHER, -1500))
            scene.pull(control=True)
            assert exact(scene.copy.control) == exact(scene.copy.computed_control())
            value = next(iter(scene.copy.items.values()))["value"]
            assert len(str(value).partition(".")[2]) == digits

    def lines(self, scene, stop_after=None):
        """Return the lines of a full stream."""
        options = {"headers": {"Accept": NDJSON}, "stream": True}
        with scene.copy.session.request("GET", "/transactions", **options) as response:
            lines = map(parse, response.iter_lines())
            return list(itertools.islice(lines, stop_after))

    def test_stream_has_the_same_content(self, scene):
        assert scene.copy.pull_stream(control=True)
        scene.check()
        assert exact(scene.copy.control) == exact(scene.copy.computed_control())
        assert exact(scene.copy.items) == exact(whole(scene))

    def test_stream_has_records_before_their_first_use(self, scene):
        known = {name: set() for name in ("account", "partner", "journal", "tax")}
        items = 0
        for line in self.lines(scene):
            for kind in known.keys() & line.keys():
                assert line[kind]["id"] not in known[kind], "delivered twice"
                known[kind].add(line[kind]["id"])
            if item := line.get("upsert"):
                items += 1
                assert item["account"] in known["account"]
                assert item["journal"] in known["journal"]
                assert item["partner"] is None or item["partner"] in known["partner"]
        assert items == len(whole(scene))

    def test_stream_ends_with_complete(self, scene):
        lines = self.lines(scene)
        assert lines[-1]["complete"] is True
        assert all("sync_point" not in line or not line["complete"] for line in lines[:-1])

    def test_stream_cut_anywhere(self, scene):
        """After a cut at any line the copy is a good place to go on from."""
        total = len(self.lines(scene))
        for stop in (1, total // 3, total // 2, total - 1):
            scene.copy.forget()
            assert not stream(scene.copy, stop_after=stop)
            assert stream(scene.copy)
            scene.check()

    def test_stream_alternating_with_pages(self, scene):
        for number in range(3):
            with scene.books() as books:
                book(books, 2)
                book(books, 3)
            scene.copy.pull_page(limit=2)
            if number != 1:
                assert stream(scene.copy)
            else:
                scene.copy.pull(limit=2)
            scene.check()

    def test_stream_of_changes(self, scene):
        scene.copy.pull()
        with scene.books() as books:
            move = books.move(book(books, 2))
            move_id, ids = move.id, move.line_ids.ids
        assert stream(scene.copy)
        scene.check()
        with scene.books() as books:
            books.move(move_id).button_draft()
        assert stream(scene.copy)
        assert not {str(id_) for id_ in ids} & scene.copy.items.keys()
        scene.check()

    @pytest.fixture(scope="class")
    def long(self, odoo_env, server):
        """A company whose stream has many parts."""
        with odoo_env() as env:
            own = company(env, "Cidery").id
            dossier = open_dossier(env, own)
        scene = Scene(odoo_env, server, own, dossier)
        with scene.books() as books:
            multiply(books, books.entry().id, LONG // 2 - 1)
        return scene

    def test_one_at_a_time(self, long, server):
        """A second stream is refused while one runs, another client's is not; then it is served."""
        session = long.copy.session
        options = {"headers": {"Accept": NDJSON}, "stream": True}
        with session.request("GET", "/transactions", **options) as response:
            lines = response.iter_lines(chunk_size=64)
            next(lines)
            with pytest.raises(Refused) as refusal:
                long.dossier.copy(server).pull_stream()
            assert (refusal.value.status, refusal.value.code) == (429, "rate_limited")
            assert int(refusal.value.headers["Retry-After"]) > 0
            assert long.dossier.copy(server).pull_page() is False
        assert stream(long.dossier.copy(server))

    def test_resumes_from_a_sync_point_within(self, long):
        """Cut late, it goes on in the midst: nothing comes twice."""
        long.copy.forget()
        assert not stream(long.copy, stop_after=LONG // 2)
        assert long.copy.sync_point
        first = set(long.copy.items)
        again = type(long.copy)(long.copy.session)
        again.sync_point = long.copy.sync_point
        assert stream(again)
        assert len(again.items) < LONG
        long.copy.items.update(again.items)
        assert len(long.copy.items) == LONG
        assert first
        assert not long.copy.unbalanced_entries()

    def test_points_every_few_thousand_items(self, long):
        """And memory on either side need not hold the ledger."""
        since, longest = 0, 0
        options = {"headers": {"Accept": NDJSON}, "stream": True}
        with long.copy.session.request("GET", "/transactions", **options) as response:
            for line in response.iter_lines(chunk_size=65536):
                since = 0 if line.startswith(b'{"sync_point"') else since + 1
                longest = max(longest, since)
        assert longest < 6000
