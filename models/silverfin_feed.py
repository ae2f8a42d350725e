# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, models

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

        :raises problem.Maintenance: when the feed's tables are incomplete
        """
        try:
            name = history.current(self.env.cr)
            if name is None:
                self._begin_history()
            return name
        except history.NotReady:
            _logger.info("The Silverfin feed is incomplete: update the addon account_silverfin.")
            raise problem.Maintenance from None

    def _begin_history(self):
        with self.env.registry.cursor() as cr:
            faults = history.begin(cr)
        for source, sqlstate, message in faults:
            _logger.info(
                "Silverfin feed: trigger %s failed (%s: %s); all readers begin anew.",
                source,
                sqlstate,
                message,
            )
