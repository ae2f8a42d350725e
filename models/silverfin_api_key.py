# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
import uuid
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.base.models.res_users import check_identity

from ..tools import key as key_tool
from ..tools import network

SOON = datetime.timedelta(days=14)  # before it expires, a key asks for attention


class SilverfinApiKey(models.Model):
    """A key for one client, or a personal one.

    The secret leaves :meth:`_generate` once. What is kept of it is a digest, in a column that is
    not a field: no read, export, search, grouping or copy of the ORM can reach it.
    """

    _name = "silverfin.api.key"
    _description = "Silverfin API Key"
    _order = "id desc"
    _rec_names_search = ("name", "uuid", "prefix")
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
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        index=True,
        help="The client's company, or the owner's: its administrators see the key.",
    )
    active = fields.Boolean(default=True, readonly=True)
    status = fields.Selection(
        [("active", "Active"), ("inactive", "Inactive"), ("expired", "Expired")],
        compute="_compute_status",
        search="_search_status",
    )
    uuid = fields.Char("UUID", required=True, readonly=True, copy=False)
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
    expires_soon = fields.Boolean(
        compute="_compute_expires_soon", help="The key stops working within 14 days."
    )
    networks = fields.Char(
        "Allowed networks",
        help="IPv4 or IPv6 networks, separated by commas, from which the key may be used, "
        "for example 192.0.2.0/24, 2001:db8::/32. Empty: from everywhere.",
    )
    rotated_to_id = fields.Many2one(
        "silverfin.api.key",
        "Replaced by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    event_ids = fields.One2many(
        "silverfin.api.key.event", "key_id", "History", readonly=True, groups="base.group_user"
    )
    _uuid_unique = models.Constraint("UNIQUE (uuid)", "Two keys cannot have the same ID.")

    def init(self):
        """Create the column that the ORM must not know."""
        self.env.cr.execute(
            """
            ALTER TABLE silverfin_api_key ADD COLUMN IF NOT EXISTS digest bytea;
            CREATE UNIQUE INDEX IF NOT EXISTS silverfin_api_key_digest_idx
                ON silverfin_api_key (digest);
            """
        )

    @api.depends("client_id.company_id", "user_id.company_id")
    def _compute_company_id(self):
        for key in self:
            key.company_id = key.client_id.company_id or key.user_id.company_id

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

    @api.depends("status", "expires_at")
    def _compute_expires_soon(self):
        limit = fields.Datetime.now() + SOON
        for key in self:
            expires_at = key.status == "active" and key.expires_at
            key.expires_soon = bool(expires_at) and expires_at < limit

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

    @api.constrains("networks")
    def _check_networks(self):
        for key in self:
            try:
                network.parse(key.networks)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "%s is not a network. Write networks like 192.0.2.0/24 or 2001:db8::/32, "
                        "separated by commas.",
                        error.args[0],
                    )
                ) from None

    @api.model
    def _check_future(self, expires_at):
        if expires_at and expires_at <= fields.Datetime.now():
            raise ValidationError(self.env._("Choose a date in the future."))

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
        if "expires_at" in vals and not self.env.su:
            self._check_may_extend()
        noted = [name for name in ("active", *self._EVENTS) if name in vals]
        before = [(key, name, key[name]) for name in noted for key in self]
        result = super().write(vals)
        self._log_changes(before)
        return result

    def _check_may_extend(self):
        """Keep dead secrets dead: whoever has an old one must not be helped by a changed date."""
        if self.filtered(lambda key: key.rotated_to_id or key.status == "expired"):
            raise UserError(
                self.env._("An expired or replaced key stays as it is. Make a new key instead.")
            )

    def _log_changes(self, before):
        """Note what became different: keys that changed alike in one go."""
        changes = defaultdict(list)
        for key, name, old in before:
            if key[name] != old:
                changes[key._change(name, old)].append(key.id)
        for (event, detail), ids in changes.items():
            self.browse(ids)._log(event, detail=detail)

    def _change(self, name, old):
        if name == "active":
            return ("activated" if self.active else "deactivated"), None
        none = self.env._("none")
        return self._EVENTS[name], f"{old or none} → {self[name] or none}"

    @check_identity
    def action_delete(self):
        """Delete the keys after the password was asked. Otherwise they go with their client only.

        What the user may not delete, or is gone, is skipped and not named.
        """
        keys = self._permitted("write")
        if not keys:
            raise AccessError(
                self.env._("None of these API keys can be deleted: they are gone, or not yours.")
            )
        skipped = len(set(self._ids)) - len(keys)
        keys.sudo().unlink()
        return self._notification(
            self.env._("%(done)s deleted, %(skipped)s skipped", done=len(keys), skipped=skipped)
        )

    def unlink(self):
        """Delete; the history survives. People get here by :meth:`action_delete` only."""
        self._log("deleted")
        return super().unlink()

    def _permitted(self, operation, domain=()):
        """Return those of the keys on which the present user may do that: in one query.

        :param domain: of those that matter
        """
        self.browse().check_access(operation)
        rules = self.env["ir.rule"]._compute_domain(self._name, operation)
        keys = self.sudo().with_context(active_test=False)
        domain = fields.Domain("id", "in", self.ids) & fields.Domain(domain) & rules
        return keys.search(domain).with_env(self.env)

    def _log(self, event, **more):
        self.env["silverfin.api.key.event"]._record(self, event, **more)
