# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import ConcurrencyError


class AccountJournal(models.Model):
    """What a careless or hostile addon could offer to whoever may read a journal."""

    _inherit = "account.journal"

    def silverfin_sudo(self):
        """Write as superuser."""
        self.sudo().name = "sudo"
        self.env.flush_all()

    def silverfin_sql(self):
        """Write beside the ORM."""
        self.env.cr.execute("UPDATE account_journal SET color = 7 WHERE id = %s", [self.id])

    def silverfin_commit_then_write(self):
        """Write in a second transaction of the same cursor."""
        self.env.cr.commit()
        self.silverfin_sql()

    def silverfin_rollback_then_write(self):
        """Write after a rollback."""
        self.env.cr.rollback()
        self.silverfin_sql()

    def silverfin_read_write_then_write(self):
        """Ask PostgreSQL for a transaction that may write, first thing in it."""
        self.env.cr.execute("SET TRANSACTION READ WRITE")
        self.silverfin_sql()

    def silverfin_retry_then_write(self):
        """Fail as a concurrent update does, which Odoo answers by calling again; then write."""
        tried = vars(self.env.cr).setdefault("silverfin_tried", [])
        tried.append(1)
        if len(tried) == 1:
            raise ConcurrencyError("once")
        self.silverfin_sql()

    def silverfin_second_cursor(self):
        """Write with a cursor of its own."""
        with self.env.registry.cursor() as cr:
            journal = api.Environment(cr, SUPERUSER_ID, {})[self._name].browse(self.id)
            journal.name = "second cursor"

    def silverfin_mail(self):
        """Queue a mail with a cursor of its own."""
        with self.env.registry.cursor() as cr:
            mails = api.Environment(cr, SUPERUSER_ID, {})["mail.mail"]
            mails.create({"email_to": "somebody@example.com", "subject": "Books"})
