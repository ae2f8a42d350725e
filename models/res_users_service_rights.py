# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ResUsers(models.Model):
    """Service users have the groups and companies that follow from their client, and no others.

    Groups and companies are written from their own side too, see ``res_groups`` and
    ``res_company``; both end in the checks here.
    """

    _inherit = "res.users"

    @api.constrains("group_ids")
    def _check_silverfin_groups(self):
        """Check those who are in a group for service users: mostly nobody, and then at no cost.

        A service user that is in none any more was written by its client, or by the group.
        """
        readers = self.env["res.groups"]._silverfin_readers().all_implied_by_ids
        concerned = self.sudo().filtered(lambda user: user.group_ids & readers)
        if concerned:
            self._silverfin_check_groups(Domain("id", "in", concerned.ids))

    @api.model
    def _silverfin_check_groups(self, domain):
        """Check the groups of the users in a domain, in two queries however many they are.

        :raises UserError: when a person is in a group for service users, or a service user in
            a group that its client does not give it
        """
        readers = self.env["res.groups"]._silverfin_readers()
        if not readers:
            return  # the addon is being installed
        users = self.sudo().with_context(active_test=False)
        among_readers = Domain("group_ids", "in", readers.all_implied_by_ids.ids)
        people = among_readers & ~self._silverfin_service_domain()
        users.search(domain & people, limit=1)._silverfin_refuse_person()
        users.search(domain & self._silverfin_widened_domain(), limit=1)._silverfin_refuse(
            self.env._("it can have no other groups, not by implication either.")
        )

    def _silverfin_refuse_person(self):
        if self:
            raise ValidationError(
                self.env._(
                    "%s is a person: the groups of Silverfin's service users are not for people, "
                    "not by implication either. Give a Silverfin role instead.",
                    self.name,
                )
            )

    @api.model
    def _silverfin_widened_domain(self):
        groups = self.env["res.groups"]
        allowed = groups._silverfin_readers() | groups.sudo().env.ref("base.group_multi_company")
        harmless = allowed.filtered(lambda group: group.all_implied_ids <= allowed)
        attachments = self.env.ref("account_silverfin.group_reader_attachments").ids
        without = self._silverfin_service_domain([("allow_attachments", "=", False)])
        return (
            self._silverfin_service_domain()
            & Domain("group_ids", "any", [("id", "not in", harmless.ids)])
        ) | (without & Domain("group_ids", "in", attachments))

    @api.constrains("company_id", "company_ids")
    def _check_silverfin_companies(self):
        for client in self._silverfin_clients():
            user = client.user_id
            companies = (user.company_id, sorted(user.company_ids.ids))
            if companies != (client.company_id, client._company_ids()):
                user._silverfin_refuse(self.env._("it has the companies of the client."))
