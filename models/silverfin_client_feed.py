# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import hmac

from ..tools import problem
from ..tools.feed.reader import Reader, SnapshotAhead
from ..tools.sync_point import InvalidSyncPoint, SyncPoint


class SilverfinClient(models.Model):
    """The feed of a client's ledger; see ``tools/feed`` for how it works."""

    _inherit = "silverfin.client"

    def _feed_page(self, text, limit, *, control=False):
        """Return the page that follows a sync point.

        :param str text: the sync point, or None to start from nothing
        :param int limit: greatest number of actions
        :param bool control: add control totals to the last page
        :return: (page, its sync point as text)
        :raises problem.Problem: sync_point_invalid, maintenance
        """
        reader = self._feed_reader(bool(text))
        page = reader.page(self._feed_point(reader, text), limit, control=control)
        return page, page.point.encode(self._feed_secret(reader.dossier.uuid))

    def _feed_reader(self, resuming):
        """Return a reader on the present cursor, in a history that its snapshot belongs to."""
        self.ensure_one()
        name = self.env["silverfin.feed"]._history()
        if name is None:
            if resuming:
                raise problem.SyncPointInvalid
            self.env.cr.rollback()  # nothing was written; the new history needs a newer snapshot
            name = self.env["silverfin.feed"]._history()
        if name is None:
            raise problem.Maintenance
        return Reader(self.env.cr, self._dossier(), name)

    def _feed_point(self, reader, text):
        if not text:
            return reader.start()
        point = self._parse_sync_point(text, reader.dossier.uuid)
        if (point.history, point.dossier) != (reader.history, reader.dossier.fingerprint):
            raise problem.SyncPointInvalid
        try:
            reader.check(point)
        except SnapshotAhead:
            raise problem.SyncPointInvalid from None
        return point

    def _parse_sync_point(self, text, uuid):
        try:
            return SyncPoint.decode(text, self._feed_secret(uuid))
        except InvalidSyncPoint:
            raise problem.SyncPointInvalid from None

    def _feed_secret(self, uuid):
        return hmac(self.env(su=True), "account_silverfin.sync_point", uuid).encode()

    def _report_status(self, text, result, code, message):
        """Note what the reader made of a sync point, or why he could not even begin.

        :raises problem.SyncPointInvalid: if it is none of this client's
        """
        if text:
            self._parse_sync_point(text, self.uuid)
        now = fields.Datetime.now()
        outcome = {"reader_failing_since": self.reader_failing_since or now}
        if result == "ok":
            outcome = {"reader_failing_since": False, "reader_ok_at": now}
        self.write(
            {
                "reader_result": result,
                "reader_code": code,
                "reader_message": message,
                "reader_reported_at": now,
                **outcome,
            }
        )
