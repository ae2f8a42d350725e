# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.base.models.res_users import check_identity

_UNTIL_ANY_DATE, _FOR_EVER = "-1", "0"  # as Odoo has it for its own keys
_YEAR = 365


class SilverfinApiKeyNew(models.TransientModel):
    """Asks for a new key's settings; the key exists only once the identity was checked."""

    _name = "silverfin.api.key.new"
    _description = "New Silverfin API Key"

    name = fields.Char("Description", required=True)
    client_id = fields.Many2one("silverfin.client", help="Leave empty for a personal key.")
    scope = fields.Selection(
        [
            ("sync", "Sync: for software that reads the ledger feed, and opens nothing else"),
            ("read", "Read: for Silverfin, which reads through Odoo's external API; read-only"),
        ],
        required=True,
        default="sync",
    )
    duration = fields.Selection(
        "_selection_duration",
        compute="_compute_duration",
        compute_sudo=False,  # whose durations matters
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    durations = fields.Json(compute="_compute_durations", help="Those that may be chosen.")
    expires_at = fields.Datetime(
        "Expires", compute="_compute_expires_at", store=True, readonly=False, precompute=True
    )
    networks = fields.Char(
        "Allowed networks",
        help="Where the key may be used from. Leave empty for everywhere.",
    )

    @api.model
    def _selection_duration(self):
        return self.env["res.users.apikeys.description"].sudo()._selection_duration()

    @api.depends("client_id")
    @api.depends_context("uid")
    def _compute_durations(self):
        """For a client all of them, as for who may change Odoo's settings; else one's own."""
        for wizard in self:
            choices = self.env["res.users.apikeys.description"]
            choices = choices.sudo() if wizard.client_id else choices
            wizard.durations = [value for value, _label in choices._selection_duration()]

    @api.depends("durations")
    def _compute_duration(self):
        """Propose the longest up to a year."""
        for wizard in self.filtered(lambda wizard: wizard.duration not in wizard.durations):
            days = [int(value) for value in wizard.durations if 0 < int(value) <= _YEAR]
            wizard.duration = str(max(days)) if days else _UNTIL_ANY_DATE

    @api.depends("duration")
    def _compute_expires_at(self):
        now = fields.Datetime.now()
        for wizard in self.filtered(lambda wizard: wizard.duration != _UNTIL_ANY_DATE):
            days = datetime.timedelta(days=int(wizard.duration))
            wizard.expires_at = False if wizard.duration == _FOR_EVER else now + days

    @api.constrains("expires_at")
    def _check_expires_at(self):
        for wizard in self:
            self.env["silverfin.api.key"]._check_future(wizard.expires_at)

    @api.constrains("client_id")
    def _check_client(self):
        """Refuse clients that the user does not manage: their names are not for him either."""
        for wizard in self:
            client = wizard.client_id.sudo(flag=False)  # Odoo runs checks as superuser
            if client and not client.has_access("write"):
                raise AccessError(self.env._("You do not manage this client."))

    @check_identity
    def action_create(self):
        """Make the key and show its secret, once."""
        return self.env["silverfin.api.key.show"]._action(*self._make())

    @check_identity
    def action_create_next(self):
        """Make the key, show its secret, and ask for the next key."""
        following = self.env["ir.actions.act_window"]._for_xml_id(
            "account_silverfin.action_key_new"
        )
        return self.env["silverfin.api.key.show"]._action(*self._make(), following)

    def _make(self):
        self.ensure_one()
        made = self.env["silverfin.api.key"]._generate(
            {
                "name": self.name,
                "client_id": self.client_id.id,
                "scope": self.scope,
                "expires_at": self.expires_at,
                "networks": self.networks,
            }
        )
        self.unlink()
        return made


class SilverfinApiKeyShow(models.AbstractModel):
    """Shows a new secret: in a dialog that never sends it anywhere, without any table."""

    _name = "silverfin.api.key.show"
    _description = "Show Silverfin API Key"

    @api.model
    def _action(self, key, secret, following=None):
        """Return what shows a new secret; it passes through the browser's memory only.

        :param key: whose secret it is
        :param dict following: action to go on with once the dialog is closed
        """
        return {
            "type": "ir.actions.client",
            "tag": "silverfin_show_key",
            "params": {
                "secret": secret,
                "connection": self._connection(key.sudo()),
                "credentials": self.env["silverfin.api.key"]._credentials_to_show(secret),
                "following": following or {"type": "ir.actions.act_window_close"},
            },
        }

    def _connection(self, key):
        """Return what is asked for beside the key; an e-mail, where it is for Silverfin itself."""
        names = ("login", "url", "database") if key.scope == "read" else ("url", "database")
        connection = key.user_id._silverfin_connection()
        return {name: connection[name] for name in names}
