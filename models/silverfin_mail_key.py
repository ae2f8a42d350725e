# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from .silverfin_mail import MAX_LINES

_ENDED = ("deleted", "deactivated")

_OWNERS = """
    SELECT k.client_id IS NULL AS personal, k.company_id,
        CASE WHEN k.client_id IS NULL THEN k.user_id ELSE c.responsible_id END AS owner_id,
        array_agg(k.id ORDER BY k.id) AS keys
    FROM silverfin_api_key k LEFT JOIN silverfin_client c ON c.id = k.client_id
    WHERE k.id = ANY(%s) GROUP BY 1, 2, 3
"""


class SilverfinApiKey(models.Model):
    """Whom mails about keys go to, and what they say of one. Never is that the secret."""

    _inherit = "silverfin.api.key"

    def _log(self, event, **more):
        """Note what happened, and tell those whose key was ended by somebody else."""
        result = super()._log(event, **more)
        if event in _ENDED and self.env["silverfin.mail"]._template("ended"):
            self.sudo()._tell_ended(event)
        return result

    def write(self, vals):
        """Write; an expiry that was moved is news again."""
        result = super().write(vals)
        if "expires_at" in vals:
            told = [("kind", "=", "expiry"), ("key_id", "in", self.ids)]
            self.env["silverfin.mail"].sudo().search(told).unlink()
        return result

    def _tell_ended(self, event):
        """Queue a mail to each owner but the present user, however many of his keys it is."""
        last = self.env["silverfin.api.key.event"].search([("key_id", "in", self.ids)], limit=1)
        facts = {"event": event, "by": self.env.user.name, "address": last.address}
        mails = self.env["silverfin.mail"]
        for user, keys in self._by_reader(mails._manages).items():
            if user != self.env.user:
                with mails._harmless("ended", user):
                    lines = keys[:MAX_LINES]._mail_lines(user)
                    at = mails._when(user, last.create_date)
                    mails._queue("ended", user, lines, len(keys), at=at, **facts)

    def _by_reader(self, managers):
        """Return the keys by who reads of them: the owner of a personal key, a client's managers.

        :param managers: method of ``silverfin.mail``, of the responsible user and the company
        """
        mails = self.env["silverfin.mail"]
        self.flush_model(["client_id", "user_id", "company_id"])
        self.env["silverfin.client"].flush_model(["responsible_id"])
        found = defaultdict(list)
        for row in self.env.execute_query_dict(SQL(_OWNERS, self.ids)):
            owner = self.env["res.users"].browse(row["owner_id"])
            company = self.env["res.company"].browse(row["company_id"])
            readers = mails._reachable(owner) if row["personal"] else managers(owner, company)
            for reader in readers:
                found[reader] += row["keys"]
        return {reader: self.browse(ids) for reader, ids in found.items()}

    def _mail_lines(self, user):
        """Return what a mail to a user says of the keys."""
        mails = self.env["silverfin.mail"]
        url = mails._url(user, "keys")
        has_app = user.has_group("account_silverfin.group_user")
        return [
            {
                "name": key.name,
                "prefix": key.prefix,
                "client": key.client_id.name,
                "expires_at": mails._when(user, key.expires_at),
                "url": f"{url}/{key.id}" if has_app else url,
            }
            for key in self
        ]
