# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The feed as one NDJSON stream."""

import json
import time

from odoo import api
from odoo.http import request
from odoo.tools import config

from ..tools import problem
from ..tools.delivery import Delivery
from ..tools.feed import sql

ITEMS_PER_POINT = 5000
_SHARE_OF_TIME_LIMIT = 0.7  # of the worker's ``limit_time_real``

_LINE_NAMES = {name: kind for kind, (name, _query) in sql.RECORDS.items()}


class LedgerStream:
    """Lines of JSON, read page by page on a cursor of its own; closing it ends the reading.

    The request's cursor is closed before the first line is asked for. Memory holds one page. The
    stream ends itself with a sync point before the worker's time limit would cut it. A client has
    one stream at a time: a second one would only make both slow.

    :raises problem.Problem: at construction, while a status can still be sent
    """

    def __init__(self, key, client, point, control):
        self.key = key
        self.address = request.httprequest.remote_addr
        self.agent = request.httprequest.user_agent.string
        self.control = control
        self.deadline = _deadline()
        self.cr = key.env.registry.cursor()
        try:
            env = api.Environment(self.cr, key.env.uid, {})
            self.client = client.with_env(env).sudo()
            self._lock()
            self.reader = self.client._feed_reader(bool(point))
            self.point = self.client._feed_point(self.reader, point)
            self.cr.rollback()
        except BaseException:
            self.close()
            raise

    def __iter__(self):
        last = False
        while not last and self._refresh():
            page = self.reader.page(self.point, ITEMS_PER_POINT, control=self.control)
            self.point = page.point
            lines = self._lines(page)
            last = page.complete or time.monotonic() > self.deadline
            if last:
                self.close()  # before the reader sees the end: he may call again at once
            else:
                self.cr.rollback()  # no transaction stays open while a slow reader reads
            self._record_use(page)
            yield lines

    def close(self):
        """Give the client's place and the cursor back, whoever ends the stream."""
        if self.cr.closed:
            return
        try:
            self.cr.rollback()
            self.cr.execute("SELECT pg_advisory_unlock_all()")
        finally:
            self.cr.close()

    def _record_use(self, page):
        delivery = Delivery.of_page(self.client.id, page)
        self.key._record_use(self.address, self.agent, len(page.actions), 0, delivery=delivery)

    def _lock(self):
        self.cr.execute(
            "SELECT pg_try_advisory_lock(hashtext('silverfin_stream'), %s)", [self.client.id]
        )
        if not self.cr.fetchone()[0]:
            raise problem.RateLimited

    def _refresh(self):
        """Go on in a new snapshot; False when the history ended meanwhile."""
        try:
            if self.client.env["silverfin.feed"]._history() != self.reader.history:
                return False
        except problem.Maintenance:
            return False
        self.reader.refresh()
        return True

    def _lines(self, page):
        lines = []
        for name, records in page.records.items():
            lines += [f'{{"{_LINE_NAMES[name]}": {record}}}' for record in records]
        lines += page.actions
        last = {
            "sync_point": json.dumps(
                page.point.encode(self.client._feed_secret(self.reader.dossier.uuid))
            ),
            "complete": json.dumps(page.complete),
            "opening": page.opening,
            "control": page.control,
        }
        members = (f'"{name}": {text}' for name, text in last.items() if text is not None)
        lines.append("{" + ", ".join(members) + "}\n")
        return "\n".join(lines).encode()


def _deadline():
    seconds = config["limit_time_real"]
    return time.monotonic() + seconds * _SHARE_OF_TIME_LIMIT if seconds > 0 else float("inf")
