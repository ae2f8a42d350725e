# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import itertools
import re

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_domain_extract, single_email_re

_FOLLOWED = {"name", "active", "company_id", "branch_ids", "login", "allow_attachments"}
_LOGIN_UNSAFE = re.compile(r"[^a-z0-9.-]+")
_NO_DOMAIN = "silverfin.invalid"


class SilverfinClient(models.Model):
    """The client's service user: made, changed and retired with it, and only by it."""

    _inherit = "silverfin.client"

    login = fields.Char(
        "E-mail for Silverfin",
        compute="_compute_login",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        copy=False,
        help="Paste it where Silverfin asks for the e-mail. It is the login of the client's keys "
        "and needs no mailbox: nobody receives mail there.",
    )
    allow_attachments = fields.Boolean(
        "Attachments of entries",
        help="Keys of scope Read may then also read the attachments of entries.",
    )

    @api.depends("reference", "company_id")
    def _compute_login(self):
        """Propose a login until there is one: then the closing software has it in its settings."""
        proposed = set()
        for client in self.filtered(lambda client: not client._origin.login):
            client.login = client.reference and client._free_login(proposed)
            proposed.add(client.login)

    def _free_login(self, taken):
        reference = _LOGIN_UNSAFE.sub("-", self.reference.lower()).strip("-")
        name = f"silverfin+{reference or 'client'}"
        domain = email_domain_extract(self.company_id.sudo().email)
        if not domain or not single_email_re.match(f"{name}@{domain}"):
            domain = _NO_DOMAIN
        names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
        logins = (f"{name}@{domain}" for name in names)
        return next(
            login for login in logins if login not in taken and not self._login_owners(login)
        )

    def _login_owners(self, login):
        """Return the users, archived ones included, who have a login."""
        users = self.env["res.users"].sudo().with_context(active_test=False)
        return users.search([("login", "=", login)])

    @api.constrains("login")
    def _check_login(self):
        for client in self:
            if not single_email_re.match(client.login or ""):
                raise ValidationError(
                    self.env._(
                        "“%s” is not one e-mail address. The e-mail for Silverfin looks like "
                        "silverfin+100-001@example.com; it needs no mailbox.",
                        client.login or "",
                    )
                )
            if not client.sudo()._is_login_free():
                raise ValidationError(
                    self.env._(
                        "Another user has the login %s already, archived ones included. Choose "
                        "another e-mail for Silverfin; it needs no mailbox.",
                        client.login,
                    )
                )

    def _is_login_free(self):
        """Tell whether nobody else has the login: neither a user nor a client about to get one."""
        clients = self.with_context(active_test=False)
        same = clients.search_count([("login", "=", self.login), ("id", "!=", self.id)], limit=1)
        return not same and not self._login_owners(self.login) - self.user_id

    @api.model_create_multi
    def create(self, vals_list):
        """Create clients with their service users."""
        for vals in vals_list:
            _clean_login(vals)
            if not vals.get("login"):  # an empty column of an import is no choice
                vals.pop("login", None)
        clients = super().create(vals_list)
        for client in clients.sudo():
            client._create_service_user()
        return clients

    def write(self, vals):
        """Write, and keep the service user in step."""
        _clean_login(vals)
        result = super().write(vals)
        if _FOLLOWED & vals.keys():
            for client in self.sudo():
                client._update_service_user()
        return result

    def unlink(self):
        """Delete; the service user is archived, since what it did keeps its author."""
        users = self.sudo().user_id
        result = super().unlink()
        users._silverfin_retire()
        return result

    def _create_service_user(self):
        """Make a user without rights, and give it those of the client once it is the client's.

        Until then nobody could tell it from a person. Made archived, its contact is so too.
        """
        users = self.env["res.users"]._silverfin_by_client()
        self.user_id = users.create(
            {
                "name": self.name,
                "login": self.login,
                "active": False,
                "company_id": self.company_id.id,
                "company_ids": [Command.set(self.company_id.ids)],
                "group_ids": [],
            }
        )
        self._update_service_user()

    def _update_service_user(self):
        self.user_id._silverfin_by_client().write(
            {
                "name": self.env._("Silverfin: %s", self.name),
                "login": self.login,
                "active": self.active,
                "company_id": self.company_id.id,
                "company_ids": [Command.set(self._company_ids())],
                "group_ids": self._service_group_commands(),
            }
        )

    def _service_group_commands(self):
        """Change only what the client decides: Odoo itself keeps "Multi Companies" in step."""
        reader = self.env.ref("account_silverfin.group_reader")
        attachments = self.env.ref("account_silverfin.group_reader_attachments")
        command = Command.link if self.allow_attachments else Command.unlink
        return [Command.link(reader.id), command(attachments.id)]


def _clean_login(vals):
    if isinstance(vals.get("login"), str):
        vals["login"] = vals["login"].strip().lower()
