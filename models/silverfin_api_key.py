# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
import ipaddress
import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.base.models.res_users import check_identity

from ..tools import key as key_tool
from ..tools import problem

MAX_GRACE = datetime.timedelta(days=7)


class SilverfinApiKey(models.Model):
    """A key for one client, or a personal one.

    The secret leaves :meth:`_generate` once. What is kept of it is a digest, in a column that is
    not a field: no read, export, search, grouping or copy of the ORM can reach it.
    """

    _name = "silverfin.api.key"
    _description = "Silverfin API Key"
    _order = "id desc"
    _allow_sudo_commands = False

    name = fields.Char(required=True)
    client_id = fields.Many2one(
        "silverfin.client",
        index=True,
        readonly=True,
        ondelete="cascade",
        help="The client whose ledger the key opens. A key without a client is personal.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Acts as",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The user whose rights the key has: the client's service user, or its owner.",
    )
    company_id = fields.Many2one(related="client_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)
    status = fields.Selection(
        [("active", "Active"), ("inactive", "Inactive"), ("expired", "Expired")],
        compute="_compute_status",
        search="_search_status",
    )
    uuid = fields.Char("UUID", required=True, readonly=True, copy=False, index=True)
    prefix = fields.Char(readonly=True, copy=False, help="How the key begins; safe to show.")
    scope = fields.Selection(
        [
            ("sync", "Sync: the Silverfin endpoint only"),
            ("read", "Read: also Odoo's external API, read-only"),
        ],
        required=True,
        default="sync",
        readonly=True,
    )
    expires_at = fields.Datetime("Expires")
    networks = fields.Char(
        "Allowed networks",
        help="IPv4 or IPv6 networks, separated by commas, from which the key may be used, "
        "for example 192.0.2.0/24, 2001:db8::/32. Empty: from everywhere.",
    )
    rotated_to_id = fields.Many2one(
        "silverfin.api.key", "Replaced by", readonly=True, copy=False, ondelete="set null"
    )
    last_used_at = fields.Datetime("Last used", compute="_compute_usage")
    last_address = fields.Char(compute="_compute_usage")
    last_agent = fields.Char(compute="_compute_usage")
    request_count = fields.Integer("Requests", compute="_compute_usage")
    item_count = fields.Integer("Items delivered", compute="_compute_usage")

    _uuid_unique = models.Constraint("UNIQUE (uuid)", "Two keys cannot have the same ID.")

    def init(self):
        """Create what the ORM must not know: the digest, and the counters written outside it."""
        self.env.cr.execute(
            """
            ALTER TABLE silverfin_api_key ADD COLUMN IF NOT EXISTS digest bytea;
            CREATE UNIQUE INDEX IF NOT EXISTS silverfin_api_key_digest_idx
                ON silverfin_api_key (digest);
            CREATE TABLE IF NOT EXISTS silverfin_api_key_usage (
                key_id integer PRIMARY KEY REFERENCES silverfin_api_key (id) ON DELETE CASCADE,
                last_used_at timestamp NOT NULL,
                last_address varchar,
                last_agent varchar,
                request_count bigint NOT NULL,
                item_count bigint NOT NULL
            );
            """
        )

    @api.depends("active", "expires_at")
    def _compute_status(self):
        now = fields.Datetime.now()
        for key in self:
            if not key.active:
                key.status = "inactive"
            elif key.expires_at and key.expires_at <= now:
                key.status = "expired"
            else:
                key.status = "active"

    @api.model
    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        domains = {
            "inactive": [("active", "=", False)],
            "expired": [("active", "=", True), ("expires_at", "<=", now)],
            "active": [
                ("active", "=", True),
                "|",
                ("expires_at", "=", False),
                ("expires_at", ">", now),
            ],
        }
        return fields.Domain.OR([domains[status] for status in value if status in domains])

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

    @api.constrains("networks")
    def _check_networks(self):
        for key in self:
            try:
                key._parsed_networks()
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "%s is not a network. Write networks like 192.0.2.0/24 or 2001:db8::/32, "
                        "separated by commas.",
                        error.args[0],
                    )
                ) from None

    def _parsed_networks(self):
        return parse_networks(self.networks)

    # Creation -------------------------------------------------------------------------------

    @api.model
    def _generate(self, vals):
        """Create a key and return it with its secret, which nothing can show again.

        :param dict vals: ``name``, ``scope`` and optionally ``client_id``, ``expires_at``
            (UTC), ``networks``; without a client the key is the present user's own
        :return: (key, secret)
        :raises AccessError: when the present user may not make such a key
        """
        client = self.env["silverfin.client"].browse(vals.get("client_id"))
        self._check_may_generate(client)
        user = client.sudo().user_id if client else self.env.user
        if not client and self.env["account.move.line"].has_access("read"):
            self.env["silverfin.client"].sudo()._ensure(self.env.company)
        return self.sudo()._insert(
            {
                "name": vals["name"],
                "scope": vals.get("scope") or "sync",
                "client_id": client.id,
                "user_id": user.id,
                "expires_at": vals.get("expires_at"),
                "networks": vals.get("networks"),
            }
        )

    def _check_may_generate(self, client):
        if client:
            client.check_access("write")
            if not client.active:
                raise UserError(self.env._("Unarchive the client before giving it a key."))
        elif not self.env.su and not self.env.user._is_internal():
            raise AccessError(self.env._("Only internal users can make personal Silverfin keys."))

    def _insert(self, vals):
        secret = key_tool.generate(vals["scope"])
        key = self.with_context(silverfin_generate=True).create(
            {**vals, "uuid": str(uuid.uuid4()), "prefix": key_tool.shown_prefix(secret)}
        )
        self.env.cr.execute(
            SQL(
                "UPDATE silverfin_api_key SET digest = %s WHERE id = %s",
                key_tool.digest(secret),
                key.id,
            )
        )
        key._log("created")
        return key, secret

    def _rotate(self, grace=datetime.timedelta()):
        """Replace the key: a new one with the same settings; this one works for ``grace`` more.

        :param datetime.timedelta grace: from 0 to 7 days
        :return: (new key, its secret)
        """
        self.ensure_one()
        self.check_access("write")
        if not datetime.timedelta() <= grace <= MAX_GRACE:
            raise UserError(self.env._("The old key can go on working for 0 to 7 days."))
        if self.status != "active":
            raise UserError(
                self.env._("Only an active key can be rotated. Make a new key instead.")
            )
        key = self.sudo()
        fields_copied = ("name", "scope", "expires_at", "networks")
        vals = {name: key[name] for name in fields_copied}
        new, secret = key._insert(
            {**vals, "client_id": key.client_id.id, "user_id": key.user_id.id}
        )
        end = fields.Datetime.now() + grace
        key.write(
            {
                "expires_at": min(filter(None, [key.expires_at, end])),
                "rotated_to_id": new.id,
            }
        )
        key._log("rotated")
        return new, secret

    @api.model_create_multi
    def create(self, vals_list):
        """Refused: a key without a secret opens nothing, and create() cannot return a secret."""
        if not (self.env.su and self.env.context.get("silverfin_generate")):
            raise UserError(
                self.env._("Make keys with the button New API Key: it shows the secret once.")
            )
        return super().create(vals_list)

    def copy(self, default=None):  # pylint: disable=method-required-super
        """Refused, as create() is."""
        raise UserError(self.env._("A key cannot be duplicated. Make a new one, or rotate it."))

    # Changes --------------------------------------------------------------------------------

    _FIXED = frozenset(
        {"client_id", "user_id", "company_id", "uuid", "prefix", "scope", "rotated_to_id"}
    )
    _EVENTS = {"name": "renamed", "networks": "networks", "expires_at": "expiry"}

    def write(self, vals):
        """Change name, state, expiry or networks; whom and what a key opens is fixed."""
        if self._FIXED & vals.keys() and not self.env.su:
            raise UserError(
                self.env._("Client, user and scope of a key are fixed. Make a new key instead.")
            )
        before = {(key, name): key[name] for key in self for name in vals}
        result = super().write(vals)
        for (key, name), value in before.items():
            if key[name] != value:
                key._log_change(name)
        return result

    def _log_change(self, name):
        if name == "active":
            self._log("activated" if self.active else "deactivated")
        elif name in self._EVENTS:
            self._log(self._EVENTS[name])

    @check_identity
    def action_delete(self):
        """Delete the keys after the password was asked; there is no other way to delete them."""
        self.check_access("write")
        self.sudo().unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def unlink(self):
        """Delete; the history survives. People get here by :meth:`action_delete` only."""
        self._log("deleted")
        return super().unlink()

    def _log(self, event, **values):
        self.env["silverfin.api.key.event"]._record(self, event, **values)

    # Use ------------------------------------------------------------------------------------

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
        if not row["client_active"]:
            raise problem.ClientArchived
        if not (row["active"] and row["user_active"]):
            raise problem.KeyInactive
        if row["expired"]:
            raise problem.KeyExpired
        if not is_allowed(address, row["networks"]):
            raise problem.NetworkRefused
        return self.with_user(row["user_id"]).browse(row["id"])

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
        if key.client_id:
            return key.client_id
        companies = key.user_id._get_company_ids()
        clients = self.env["silverfin.client"].sudo().search([("company_id", "in", companies)])
        return clients.filtered(lambda client: set(client._company_ids()) <= set(companies))

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
            "clients": [client._describe() for client in self._reachable_clients()],
        }

    def _client(self, reference):
        """Return the client that a request is about, after a check that its user may read it all.

        :param str reference: the client's uuid, or None where the key reaches only one
        :raises problem.Problem: company_required, company_unreachable, no_ledger_access
        """
        clients = self._reachable_clients()
        if reference:
            clients = clients.filtered(lambda client: client.uuid == reference)
        if not clients:
            raise problem.CompanyUnreachable if reference else problem.NoLedgerAccess
        if len(clients) > 1:
            raise problem.CompanyRequired
        clients._check_ledger_access(self.env.uid)
        return clients

    def _record_use(self, address, agent, items=0, requests=1):
        """Note a use in a short transaction of its own; times only move forward.

        :param int items: number of actions delivered
        """
        self.ensure_one()
        with self.env.registry.cursor() as cr:
            cr.execute("SET LOCAL synchronous_commit = off")
            cr.execute(
                """
                INSERT INTO silverfin_api_key_usage AS u
                SELECT id, now() AT TIME ZONE 'UTC', %(address)s, %(agent)s, %(requests)s, %(items)s
                FROM silverfin_api_key WHERE id = %(key)s
                ON CONFLICT (key_id) DO UPDATE SET
                    last_used_at = greatest(u.last_used_at, excluded.last_used_at),
                    last_address = excluded.last_address, last_agent = excluded.last_agent,
                    request_count = u.request_count + excluded.request_count,
                    item_count = u.item_count + excluded.item_count
                RETURNING (SELECT rotated_to_id FROM silverfin_api_key WHERE id = key_id)
                """,
                {
                    "key": self.id,
                    "address": address,
                    "agent": agent[:200],
                    "items": items,
                    "requests": requests,
                },
            )
            if any(cr.fetchone() or ()):
                self.with_env(self.env(cr=cr, su=True))._note_use_after_rotation()

    def _note_use_after_rotation(self):
        """Note, once a day, that somebody still presents a key that was replaced."""
        yesterday = fields.Datetime.now() - datetime.timedelta(days=1)
        events = self.env["silverfin.api.key.event"]
        noted = [
            ("key_id", "=", self.id),
            ("event", "=", "used_after_rotation"),
            ("create_date", ">", yesterday),
        ]
        if not events.search_count(noted, limit=1):
            self._log("used_after_rotation")


def parse_networks(text):
    """Return the networks in a comma-separated text.

    :raises ValueError: with the part that is not a network
    """
    networks = []
    for part in filter(None, (part.strip() for part in (text or "").split(","))):
        try:
            networks.append(ipaddress.ip_network(part))
        except ValueError:
            raise ValueError(part) from None
    return networks


def is_allowed(address, networks):
    """Tell whether an address lies in one of the networks; without networks every one does."""
    parsed = parse_networks(networks)
    if not parsed:
        return True
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return any(ip in network for network in parsed)
