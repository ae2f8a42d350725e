# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
import logging
from contextlib import contextmanager

import psycopg2.errors

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, format_datetime, str2bool

KINDS = ("expiry", "reuse", "ended", "digest")
MAX_LINES = 20

_logger = logging.getLogger(__name__)

# Where two try at once, one waits for the other, and gives up. A key that is gone is no news.
_CLAIM = """
    INSERT INTO silverfin_mail AS told (kind, user_id, key_id, until)
    SELECT %(kind)s, %(user)s, k.id, until
    FROM unnest(%(keys)s::integer[], %(until)s::timestamp[]) AS news (key_id, until)
    LEFT JOIN silverfin_api_key k ON k.id = news.key_id
    WHERE news.key_id = 0 OR k.id IS NOT NULL
    ON CONFLICT (kind, user_id, coalesce(key_id, 0)) DO UPDATE SET until = excluded.until
        WHERE told.until < excluded.until - %(gap)s
    RETURNING coalesce(key_id, 0)
"""


class SilverfinMail(models.Model):
    """Up to when somebody knows by mail, so that nobody is told twice.

    A row for each kind of mail that a cron gathers, reader and key; the digest's has no key. It is
    written in the transaction that queues the mail: there is neither without the other.
    """

    _name = "silverfin.mail"
    _description = "Silverfin Mail"
    _log_access = False
    _rec_name = "kind"

    kind = fields.Selection(
        [
            ("expiry", "Keys about to expire"),
            ("reuse", "Replaced keys still used"),
            ("digest", "Daily digest of failing clients"),
        ],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    key_id = fields.Many2one(
        "silverfin.api.key", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    until = fields.Datetime(required=True, readonly=True)

    _once = models.UniqueIndex("(kind, user_id, coalesce(key_id, 0))")

    # Settings -------------------------------------------------------------------------------

    @api.model
    def _is_on(self, kind):
        """Tell whether the database sends mails of a kind: it does until told otherwise."""
        on = self.env["ir.config_parameter"].sudo().get_param(parameter(kind))
        return not on or str2bool(on, default=True)

    @api.model
    def _switch(self, kind, *, on):
        self.env["ir.config_parameter"].sudo().set_param(parameter(kind), str(on))

    @api.model
    def _template(self, kind):
        """Return the template in use, or none: switched off, archived, or deleted."""
        template = self.env.ref(f"account_silverfin.mail_{kind}", raise_if_not_found=False)
        used = template and template.sudo().active and self._is_on(kind)
        return template if used else self.env["mail.template"]

    # Readers --------------------------------------------------------------------------------

    @api.model
    def _managers(self, responsible, company):
        """Return who is told of a client: whose it is, or else the administrators.

        Who left, has no e-mail address, or has lost the role or the company, is told nothing.
        """
        administrators = self.env.ref("account_silverfin.group_manager").sudo()
        return self._manages(responsible, company) or self._manages(
            administrators.all_user_ids, company
        )

    @api.model
    def _manages(self, users, company):
        return self._reachable(users).filtered(
            lambda user: (
                company in user.company_ids and user.has_group("account_silverfin.group_user")
            )
        )

    @api.model
    def _reachable(self, users):
        """Return the people who get mail; a service user is neither internal nor portal."""
        return users.filtered(
            lambda user: (
                user.active
                and user.email
                and (user._is_internal() or user.has_group("base.group_portal"))
            )
        )

    @api.model
    def _news(self, until):
        """Return news of keys by reader.

        :param dict until: key id → until when its readers will know
        """
        keys = self.env["silverfin.api.key"].browse(until)._by_reader(self._managers)
        return {user: {key: until[key] for key in own.ids} for user, own in keys.items()}

    # Mails ----------------------------------------------------------------------------------

    @api.model
    def _tell_each(self, kind, news, queue, gap=datetime.timedelta()):
        """Tell each reader what he does not know yet, each in a transaction of his own.

        :param str kind: of mail
        :param dict news: reader → {key id, or 0: until when he will know}
        :param queue: function of a reader and the keys that are news to him; it queues the mail
        :param datetime.timedelta gap: how much more than he knows is news
        """
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(news))
        for user, until in news.items():
            with self._harmless(kind, user):
                new = self._claim(kind, user, until, gap)
                if new:
                    queue(user, self.env["silverfin.api.key"].browse(new - {0}))
            if not progress(1):
                break

    @api.model
    def _claim(self, kind, user, until, gap):
        """Note what the user will know, and return the ids of what is news to him."""
        news = {"keys": [*until], "until": [*until.values()], "gap": gap}
        values = {"kind": kind, "user": user.id, **news}
        return {key for (key,) in self.env.execute_query(SQL(_CLAIM, **values))}

    @api.model
    def _queue(self, kind, user, lines, count, **facts):
        """Queue a mail to a user, in his language, and let the queue be sent.

        The context is a new one: what a caller has put into his decides nothing here. The message
        belongs to no record: who may read the user must not therefore read his mail.

        :param str kind: of mail
        :param list lines: dicts with what it lists
        :param int count: how many there would be if the list had no bound
        :param facts: what else the template says
        """
        url = self._url(user, "attention" if kind == "digest" else "keys")
        mail = {"lines": lines, "more": count - len(lines), "url": url, **facts}
        context = {"lang": user.lang, "silverfin": mail}
        template = self._template(kind).with_env(self.env(user=SUPERUSER_ID, context=context))
        template.send_mail(user.id, email_values={"model": False, "res_id": False})
        if queue := self.env.ref("mail.ir_cron_mail_scheduler_action", raise_if_not_found=False):
            queue.sudo()._trigger()

    @api.model
    def _url(self, user, action):
        """Return the address of a screen of the app, or where others have their keys."""
        has_app = user.has_group("account_silverfin.group_user")
        path = f"/odoo/action-account_silverfin.action_{action}" if has_app else "/my/security"
        return self.get_base_url() + path

    @api.model
    def _when(self, user, time):
        """Return a time as a user writes it, with the name of his time zone."""
        return format_datetime(
            self.env, time, tz=user.tz or "UTC", dt_format="long", lang_code=user.lang
        )

    @contextmanager
    def _harmless(self, kind, user):
        """Undo and log what goes wrong with a mail, such as a template that was edited badly.

        What the mail is about is done already, and stays so.
        """
        self.env.cr.flush()  # what goes wrong here is not the mail's
        try:
            with self.env.cr.savepoint():
                yield
        except psycopg2.errors.SerializationFailure:
            _logger.info("Another process told user %s of Silverfin's %r.", user.id, kind)
        except Exception:
            _logger.exception("The Silverfin mail %r to user %s was not queued.", kind, user.id)


def parameter(kind):
    """Return the name of the setting that switches a kind of mail."""
    return f"account_silverfin.mail_{kind}"
