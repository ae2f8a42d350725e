# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
import logging

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models

from ..tools import problem
from ..tools.feed import history, schema

_logger = logging.getLogger(__name__)


class SilverfinFeed(models.AbstractModel):
    """The feed's place in the registry: its tables, triggers and history."""

    _name = "silverfin.feed"
    _description = "Silverfin Feed"

    def init(self):
        """Create tables and triggers at installation; later only where they differ."""
        schema.install(self.env.cr)

    @api.model
    def _history(self):
        """Return the name of the present history, or None where a new one was just begun.

        In the second case the caller's snapshot is older than the new history.

        :raises problem.Maintenance: when the feed is not as it was made
        """
        try:
            name = history.current(self.env.cr)
            if name is None:
                self._begin_history()
            return name
        except history.NotReady:
            _logger.error("The Silverfin feed is incomplete: update the addon account_silverfin.")
            self._tell([])
            raise problem.Maintenance from None

    def _begin_history(self):
        with self.env.registry.cursor() as cr:
            faults = history.begin(cr)
        for source, sqlstate, message in faults:
            _logger.warning("Silverfin: %s failed (%s): %s", source, sqlstate, message)
        if faults:
            self._tell(faults)

    def _tell(self, faults):
        """Tell the administrators in a transaction of its own; whatever fails, the feed goes on."""
        try:
            with self.env.registry.cursor() as cr:
                self.with_env(self.env(cr=cr, user=SUPERUSER_ID))._notify(faults)
        except Exception:
            _logger.exception("The Silverfin administrators could not be told.")

    def _notify(self, faults):
        """Tell the administrators, once a day, what the triggers noted as gone wrong."""
        subject = self.env._("Silverfin: changes were not noted")
        if self._was_told(subject):
            return
        managers = self.env.ref("account_silverfin.group_manager").all_user_ids
        lines = Markup("").join(
            Markup("<li>%s (%s): %s</li>") % (source, sqlstate, message)
            for source, sqlstate, message in faults
        )
        self.env["mail.thread"].message_notify(
            partner_ids=managers.partner_id.ids,
            subject=subject,
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._(
                    "Entries were booked while the feed could not note them. Nothing is wrong with "
                    "the entries; closing software begins anew with its next pull. If this comes "
                    "again, update the addon account_silverfin."
                ),
                lines,
            ),
        )

    def _was_told(self, subject):
        self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext('silverfin_feed_tell'))")
        yesterday = fields.Datetime.now() - datetime.timedelta(days=1)
        told = [("subject", "=", subject), ("create_date", ">", yesterday)]
        return bool(self.env["mail.message"].search_count(told, limit=1))
