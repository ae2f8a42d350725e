# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One page of the feed after the other.

A first pull walks through the ledger, company by company in the order of entries, each page on the
newest snapshot. It ends where its first snapshot began: what changed since is read from the change
tables, as in every later run. A run's last page issues the snapshot of its *first* page, so that
whatever was overtaken meanwhile comes again with the next run. Entries are never cut.
"""

import dataclasses
import datetime
import hashlib

from ..sync_point import CHANGES, FULL, SyncPoint
from . import sql

MAX_SNAPSHOT = 2000  # characters


class WritingTransaction(Exception):
    """A transaction that wrote something must not issue a sync point."""


class SnapshotAhead(Exception):
    """The sync point knows transactions that this server has not begun."""


@dataclasses.dataclass(frozen=True)
class Dossier:
    """Whose ledger: the company, its branches, and from when.

    ``companies`` are ids in a fixed order, ``ancestors`` these and the companies above them,
    ``root`` the id of the root company, ``lang`` the language in which names are given.
    """

    uuid: str
    companies: tuple[int, ...]
    ancestors: tuple[int, ...]
    root: int
    lang: str
    start_date: datetime.date | None = None

    @property
    def fingerprint(self):
        """What a sync point says of its dossier: another composition needs a fresh start."""
        return hashlib.sha256(repr(dataclasses.astuple(self)).encode()).hexdigest()[:16]

    def parameters(self, **more):
        """Return the parameters that every query of :mod:`.sql` may use."""
        return {
            "companies": list(self.companies),
            "ancestors": list(self.ancestors),
            "root": str(self.root),
            "lang": self.lang,
            "start_date": self.start_date or "-infinity",
            **more,
        }


@dataclasses.dataclass
class Page:
    """What one call delivers; actions and records are JSON texts.

    ``asked`` is the sync point that the page follows, ``point`` its own.
    """

    asked: SyncPoint
    point: SyncPoint
    complete: bool = False
    actions: list[str] = dataclasses.field(default_factory=list)
    records: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    opening: str | None = None
    control: str | None = None


class Reader:
    """Reads pages of one dossier on one cursor, in the cursor's present snapshot.

    Records that a page of the same reader has delivered are not delivered again unless they
    changed: a stream has one reader, a page its own.

    :param cr: a cursor whose transaction is "repeatable read" and wrote nothing
    :param Dossier dossier: whose ledger
    :param str history: the name of the present history
    :raises WritingTransaction: when the transaction has an id of its own
    """

    def __init__(self, cr, dossier, history):
        self.cr = cr
        self.dossier = dossier
        self.history = history
        self.known = {kind: set() for kind in sql.RECORDS}
        self.refresh()

    def refresh(self):
        """Take the snapshot of the cursor's present transaction."""
        snapshot, writing, *_settings = self._row(sql.SNAPSHOT)
        if writing:
            raise WritingTransaction
        self.snapshot = _bounded(snapshot)

    def start(self):
        """Return the point from which a reader without a sync point begins."""
        return SyncPoint(self.history, self.dossier.fingerprint, self.snapshot, phase=FULL)

    def check(self, point):
        """Check that ``point`` lies in the past of this server.

        :raises SnapshotAhead: if not
        """
        if not self._row(sql.SNAPSHOT_IS_PAST, base=point.base)[0]:
            raise SnapshotAhead

    def page(self, point, limit, *, control=False):
        """Return the page that follows ``point``.

        :param int limit: greatest number of actions, unless one entry alone has more
        :param bool control: add control totals to the last page, which then has a run of its own:
            only what one snapshot delivers can be checked against the totals of that snapshot
        """
        page = Page(point, point)
        used, changed = {kind: set() for kind in sql.RECORDS}, {}
        if point.phase == FULL:
            self._read_full(page, limit, used)
        if page.point.phase == CHANGES and len(page.actions) < limit:
            if not page.point.entry:
                changed = self._changed_records(page.point)
            self._read_changes(page, limit, used, exact=control)
        if page.complete:
            used["account"].update(self._finish(page, point.opening, control=control))
        page.records = {
            name: self._records(kind, query, used[kind], set(changed.get(kind, ())))
            for kind, (name, query) in sql.RECORDS.items()
        }
        return page

    def _read_full(self, page, limit, used):
        point = page.point
        for company in self.dossier.companies:
            if company < point.company:
                continue
            entry = point.entry if company == point.company else 0
            rows, more = self._whole_entries(
                sql.FULL, sql.FULL_ENTRY, page, limit, company=company, entry=entry
            )
            self._add(page, rows, used)
            if more:
                last = rows[-1][0] if rows else entry
                page.point = dataclasses.replace(point, company=company, entry=last)
                return
        page.point = dataclasses.replace(point, phase=CHANGES, company=0, entry=0)

    def _read_changes(self, page, limit, used, *, exact):
        point = page.point
        begins_here = not point.started
        point = dataclasses.replace(point, started=point.started or self.snapshot)
        rows, more = [], False
        if self._row(sql.NEWS, base=point.base)[0]:
            rows, more = self._whole_entries(
                sql.CHANGES, sql.CHANGES_ENTRY, page, limit, base=point.base, entry=point.entry
            )
        self._add(page, rows, used)
        if more:
            last = rows[-1][0] if rows else point.entry
            page.point = dataclasses.replace(point, entry=last)
            return
        opening = "" if self._has_opening_changed(point) else point.opening
        page.point = dataclasses.replace(
            point, base=point.started, started="", entry=0, opening=opening
        )
        page.complete = begins_here or not exact

    def _has_opening_changed(self, point):
        """Tell whether the opening balances are to be compared anew."""
        starts = self.dossier.start_date
        return starts and self._row(sql.BEFORE_START_CHANGED, base=point.base)[0]

    def _add(self, page, rows, used):
        if not rows:
            return
        _entries, actions, *uses = zip(*rows, strict=True)
        page.actions += filter(None, actions)
        for ids, column in zip(used.values(), uses, strict=True):
            ids.update(_ids(column))

    def _whole_entries(self, query, entry_query, page, limit, **parameters):
        """Return rows that fill the page up in whole entries, and whether there are more.

        An entry that alone exceeds an empty page comes whole nevertheless.
        """
        room = limit - len(page.actions)
        if room <= 0:
            return [], True
        rows = self._rows(query, limit=room + 1, **parameters)
        if len(rows) <= room:
            return rows, False
        cut = rows[-1][0]
        whole = [row for row in rows if row[0] != cut]
        if whole or page.actions:
            return whole, True
        return self._rows(entry_query, **{**parameters, "entry": cut}), True

    def _finish(self, page, delivered, *, control):
        """Add what a run ends with; return the accounts that the opening balances use."""
        if control:
            page.control = self._row(sql.CONTROL)[0]
        if not self.dossier.start_date or page.point.opening:
            return []
        opening = self._row(sql.OPENING)[0]
        digest = hashlib.sha256(opening.encode()).hexdigest()[:16]
        page.point = dataclasses.replace(page.point, opening=digest)
        if digest == delivered:
            return []
        page.opening = opening
        return [account for (account,) in self._rows(sql.OPENING_ACCOUNTS)]

    def _changed_records(self, point):
        return dict(self._rows(sql.CHANGED_RECORDS, base=point.base))

    def _records(self, kind, query, used, changed):
        """Return what the page uses and the reader does not know, and what changed."""
        known = self.known[kind]
        wanted = used - (known - changed)
        if not wanted and not changed:
            return []
        rows = self._rows(query, used=list(wanted), changed=list(changed))
        known.update(id_ for id_, _record in rows)
        return [record for _id, record in rows]

    def _row(self, query, **parameters):
        return self._rows(query, **parameters)[0]

    def _rows(self, query, **parameters):
        self.cr.execute(query, self.dossier.parameters(**parameters))
        return self.cr.fetchall()


def _ids(column):
    """Return the ids in a column of uses.

    >>> sorted(_ids([7, None, 7, "5,8", "", "x"]))
    [5, 7, 8]
    """
    return {int(id_) for uses in {*column} for id_ in str(uses or "").split(",") if id_.isdecimal()}


def _bounded(snapshot):
    """Return a snapshot short enough for a sync point.

    With hundreds of transactions in progress their list gets long. Without it the reader is told
    again of whatever ended after the oldest of them began: that repeats, but loses nothing.
    """
    if len(snapshot) <= MAX_SNAPSHOT:
        return snapshot
    oldest = snapshot.split(":")[0]
    return f"{oldest}:{oldest}:"
