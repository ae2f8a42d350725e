# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import dataclasses
import datetime
import logging

import psycopg2.errors

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import key as key_tool
from ..tools import network, problem
from ..tools.delivery import Delivery

MAX_REFUSALS = 20  # noted a day and key

# The use of a key; what it delivered of whose books, a row a day; how far a first full pull is.
# The first sub-statement leaves the other two nothing to write where they have nothing to say.
_NOTE_USE = """
    WITH used AS (
        SELECT k.id AS key_id, k.rotated_to_id, c.id AS client_id,
            coalesce(c.company_id, k.company_id) AS company_id, now() AT TIME ZONE 'UTC' AS at
        FROM silverfin_api_key k
        LEFT JOIN silverfin_client c ON c.id = coalesce(%(client)s, k.client_id)
        WHERE k.id = %(key)s
    ), delivered AS (
        INSERT INTO silverfin_delivery AS d
            (key_id, client_id, company_id, way, day, first_at, last_at, requests, items)
        SELECT key_id, client_id, company_id, %(way)s, at::date, at, at, %(requests)s, %(items)s
        FROM used WHERE %(way)s IS NOT NULL
        ON CONFLICT (key_id, coalesce(client_id, 0), way, day) DO UPDATE SET
            last_at = greatest(d.last_at, excluded.last_at),
            requests = d.requests + excluded.requests, items = d.items + excluded.items
    ), pulled AS (
        INSERT INTO silverfin_pull AS p (key_id, client_id, began_at, last_at, items, complete)
        SELECT key_id, client_id, at, at, %(items)s, %(ends)s
        FROM used WHERE %(full)s AND client_id IS NOT NULL
        ON CONFLICT (client_id, key_id) DO UPDATE SET
            began_at = CASE WHEN %(begins)s THEN excluded.began_at ELSE p.began_at END,
            items = excluded.items + CASE WHEN %(begins)s THEN 0 ELSE p.items END,
            last_at = excluded.last_at, complete = excluded.complete
    )
    INSERT INTO silverfin_api_key_usage AS u
    SELECT key_id, at, %(address)s, %(agent)s, %(requests)s, %(items)s FROM used
    ON CONFLICT (key_id) DO UPDATE SET
        last_used_at = greatest(u.last_used_at, excluded.last_used_at),
        last_address = excluded.last_address, last_agent = excluded.last_agent,
        request_count = u.request_count + excluded.request_count,
        item_count = u.item_count + excluded.item_count
    RETURNING (SELECT rotated_to_id FROM used)
"""
_NOTHING = Delivery(None)

_logger = logging.getLogger(__name__)

_NO_CLIENT = (
    "There is no client yet in the companies of the key's user. Make one in the app Silverfin."
)


class SilverfinApiKey(models.Model):
    """What a key opens when it is presented, and what is noted of its use."""

    _inherit = "silverfin.api.key"

    last_used_at = fields.Datetime("Last used", compute="_compute_usage")
    last_address = fields.Char("Last address", compute="_compute_usage")
    last_agent = fields.Char("Last software", compute="_compute_usage")
    request_count = fields.Integer("Requests", compute="_compute_usage")
    item_count = fields.Integer("Items delivered", compute="_compute_usage")

    def init(self):
        """Create the counters: they are written beside the ORM, in transactions of their own."""
        result = super().init()
        self.env.cr.execute(
            """
            CREATE TABLE IF NOT EXISTS silverfin_api_key_usage (
                key_id integer PRIMARY KEY REFERENCES silverfin_api_key (id) ON DELETE CASCADE,
                last_used_at timestamp NOT NULL,
                last_address varchar,
                last_agent varchar,
                request_count bigint NOT NULL,
                item_count bigint NOT NULL
            )
            """
        )
        return result

    def _compute_usage(self):
        rows = self.env.execute_query_dict(
            SQL("SELECT * FROM silverfin_api_key_usage WHERE key_id = ANY(%s)", self.ids)
        )
        usage = {row["key_id"]: row for row in rows}
        for key in self:
            row = usage.get(key.id, {})
            key.last_used_at = row.get("last_used_at")
            key.last_address = row.get("last_address")
            key.last_agent = row.get("last_agent")
            key.request_count = row.get("request_count", 0)
            key.item_count = row.get("item_count", 0)

    @api.model
    def _authenticate(self, secret, address):
        """Return the key of a presented secret, as the key's user.

        The look-up is a query on the primary server, never a cache: what was deleted, switched off
        or expired is refused on the next request in every worker.

        :param str secret: as presented
        :param str address: of the caller
        :raises problem.Problem: with the truth for the holder of a genuine key
        """
        if not key_tool.is_well_formed(secret):
            raise problem.KeyMalformed
        row = self._lookup(secret)
        if not row:
            raise problem.KeyUnknown
        key = self.with_user(row["user_id"]).browse(row["id"])
        if refusal := self._refusal(row, address):
            key._note_refusal(refusal.problem_code, address)
            raise refusal
        return key

    def _refusal(self, row, address):
        if not row["client_active"]:
            return problem.ClientArchived
        if not (row["active"] and row["user_active"]):
            return problem.KeyInactive
        if row["expired"]:
            return problem.KeyExpired
        if not network.is_allowed(address, row["networks"]):
            return problem.NetworkRefused
        return None

    def _lookup(self, secret):
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT k.id, k.user_id, k.active, k.networks, u.active AS user_active,
                       coalesce(c.active, true) AS client_active,
                       coalesce(k.expires_at <= now() AT TIME ZONE 'UTC', false) AS expired
                FROM silverfin_api_key k
                JOIN res_users u ON u.id = k.user_id
                LEFT JOIN silverfin_client c ON c.id = k.client_id
                WHERE k.digest = %s AND k.scope = %s
                """,
                key_tool.digest(secret),
                key_tool.scope_of(secret),
            )
        )
        return rows[0] if rows else None

    def _reachable_clients(self):
        """Return the clients whose ledger the key opens (as superuser)."""
        self.ensure_one()
        key = self.sudo()
        key.fetch(["client_id", "user_id"])  # not the whole row: this is asked with every request
        if key.client_id:
            return key.client_id
        companies = self.env["res.company"].browse(key.user_id._get_company_ids())
        clients = self.env["silverfin.client"].sudo().search([("company_id", "in", companies.ids)])
        parts = {id_: row["active"] or () for id_, row in clients._compositions().items()}
        return clients.filtered(lambda client: set(companies.ids).issuperset(parts[client.id]))

    def _describe(self):
        """Return what ``/me`` tells of the key, its user and its clients."""
        key = self.sudo()
        return {
            "key": {
                "uuid": key.uuid,
                "name": key.name,
                "prefix": key.prefix,
                "scope": key.scope,
                "expires_at": key.expires_at.isoformat() + "Z" if key.expires_at else None,
            },
            "user": {"login": key.user_id.login, "name": key.user_id.name},
            "clients": [
                client._describe()
                for client in self._reachable_clients()
                if client._is_ledger_readable(key.user_id.id)
            ],
        }

    def _client(self, reference):
        """Return the client that a request is about, after a check that its user may read it all.

        :param str reference: the client's uuid, or nothing where the key reaches only one
        :raises problem.Problem: company_required, company_unreachable, no_ledger_access
        """
        clients = self._reachable_clients()
        if reference:
            clients = clients.filtered(lambda client: client.uuid == reference)
        if not clients:
            raise problem.CompanyUnreachable(None if reference else _NO_CLIENT)
        if len(clients) > 1:
            raise problem.CompanyRequired
        if not clients._is_ledger_readable(self.env.uid):
            raise problem.NoLedgerAccess
        return clients

    def _record_use(self, address, agent, items=0, requests=1, *, delivery=_NOTHING, durable=True):
        """Note a use in a short transaction of its own; times only move forward.

        It is written after the ledger was read and before the answer leaves, and its commit waits
        for the disk. So whatever the reader's snapshot calls committed is on the disk as well: a
        crash could otherwise give the ids of lost transactions to new ones, which the reader would
        never be told of.

        :param int items: number of actions delivered
        :param Delivery delivery: of whose books, where the use delivered any
        :param bool durable: False where no sync point depends on it, and nobody needs to wait
        """
        self.ensure_one()
        use = {
            "key": self.id,
            "address": address,
            "agent": agent.replace("\0", "")[:200],
            "items": items,
            "requests": requests,
            **dataclasses.asdict(delivery),
        }
        for _attempt in range(10):
            try:
                return self._write_use(use, durable=durable)
            except psycopg2.errors.SerializationFailure:
                continue  # another worker noted a use of the same key
        _logger.info("A use of the Silverfin key %s was not counted.", self.id)
        return None

    def _write_use(self, use, *, durable):
        with self.env.registry.cursor() as cr:
            if not durable:
                cr.execute("SET LOCAL synchronous_commit TO off")
            cr.execute(_NOTE_USE, use, log_exceptions=False)
            if any(cr.fetchone() or ()):
                self.with_env(self.env(cr=cr, su=True))._note_use_after_rotation()

    def _note_use_after_rotation(self):
        """Note, once a day, that somebody still presents a key that was replaced."""
        if not self._events_of_today("used_after_rotation"):
            self._log("used_after_rotation")

    def _note_refusal(self, detail, address):
        """Note in the history what a genuine key was refused: once a day, and 20 things at most.

        In a transaction of its own, since the caller's is about to be rolled back.

        :param str detail: code of the problem, or model and method
        """
        with self.env.registry.cursor() as cr:
            key = self.with_env(self.env(cr=cr, su=True)).exists()
            key._remember_refusal(detail)
            noted = key._events_of_today("refused").mapped("detail")
            if key and detail not in noted and len(noted) < MAX_REFUSALS:
                key._log("refused", detail=detail, address=address)

    def _events_of_today(self, event):
        yesterday = fields.Datetime.now() - datetime.timedelta(days=1)
        return self.env["silverfin.api.key.event"].search(
            [("key_id", "=", self.id), ("event", "=", event), ("create_date", ">", yesterday)]
        )
