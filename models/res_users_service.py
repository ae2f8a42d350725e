# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

# Marks what the client itself does. An object, since a context that came by RPC can hold none.
_BY_CLIENT = object()

_GUARDED = frozenset(
    {
        "active",
        "company_id",
        "company_ids",
        "email",
        "group_ids",
        "login",
        "name",
        "new_password",
        "partner_id",
        "password",
        "role",
    }
)


class ResUsers(models.Model):
    """Service users: known by the client that has them, changed by nobody else.

    A user is a service user as long as a client, archived or not, has it; nothing is stored here.
    """

    _inherit = "res.users"

    def _silverfin_by_client(self):
        """Return the users for their client to write: with all rights, and without any mail."""
        return self.sudo().with_context(
            silverfin_by_client=_BY_CLIENT, no_reset_password=True, tracking_disable=True
        )

    @api.model
    def _silverfin_is_by_client(self):
        """Tell whether it is the client that writes."""
        return self.env.context.get("silverfin_by_client") is _BY_CLIENT

    def _silverfin_clients(self):
        """Return the clients whose service users are among these users."""
        clients = self.env["silverfin.client"].sudo().with_context(active_test=False)
        return clients.search([("user_id", "in", self.ids)])

    @api.model
    def _silverfin_service_users(self, domain=Domain.TRUE):
        """Return the service users in a domain, archived ones included."""
        users = self.sudo().with_context(active_test=False)
        return users.search(self._silverfin_service_domain() & Domain(domain))

    @api.model
    def _silverfin_service_domain(self, domain=Domain.TRUE):
        """Return the domain of the service users of all clients, or of those in a domain.

        It is a subquery, so that whoever may not read clients can search with it.
        """
        clients = self.env["silverfin.client"].sudo().with_context(active_test=False)
        query = clients._search(Domain([("user_id", "!=", False)]) & Domain(domain))
        return Domain("id", "in", query.subselect(SQL.identifier(clients._table, "user_id")))

    def _silverfin_refuse(self, advice=None):
        """Raise if there is a service user among these users.

        :param str advice: what to do instead, or why it cannot be
        :raises UserError:
        """
        client = self._silverfin_clients()[:1]
        if client:
            raise UserError(
                self.env._(
                    "%(user)s is the service user of the client %(client)s: %(advice)s",
                    user=client.user_id.name,
                    client=client.display_name,
                    advice=advice or self.env._("change it there."),
                )
            )

    def _silverfin_retire(self):
        """Archive service users, take their rights and free their logins for other clients."""
        for user in self._silverfin_by_client():
            user.write(
                {
                    "active": False,
                    "group_ids": [Command.clear()],
                    "login": f"retired-{user.id}-{user.login}",
                }
            )

    def write(self, vals):
        """Leave to the client who its service user is and what it may do."""
        guarded = _GUARDED | self._get_session_token_fields()  # other modules' ways to log in
        if guarded & vals.keys() and not self._silverfin_is_by_client():
            self._silverfin_refuse()
        return super().write(vals)

    def copy_data(self, default=None):
        """Copy people only."""
        self._silverfin_refuse(self.env._("make another client instead."))
        return super().copy_data(default)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_silverfin_service_users(self):
        self._silverfin_refuse(self.env._("delete the client, or archive it."))

    @api.constrains("partner_id")
    def _check_silverfin_partner(self):
        """Keep the contact of a service user from becoming a person's too."""
        service = self._silverfin_service_users([("partner_id", "in", self.sudo().partner_id.ids)])
        others = (self.sudo() - service).partner_id
        service.filtered(lambda user: user.partner_id in others)._silverfin_refuse(
            self.env._("its contact cannot have another user.")
        )

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Offer people only; lists can still be searched by the name of a service user."""
        people = ~self._silverfin_service_domain() & Domain(domain or Domain.TRUE)
        return super().name_search(name, people, operator, limit)
