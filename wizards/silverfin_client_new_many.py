# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import collections
import dataclasses

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import reference as reference_tool

_PLACEHOLDERS = ("registry", "vat", "name", "number")


@dataclasses.dataclass
class Plan:
    """What becomes of a company: a client with a reference, or nothing, and why."""

    company: object
    reference: str = ""
    skipped: str = ""


class SilverfinClientNewMany(models.TransientModel):
    """Makes a client for each of the user's companies that is in no dossier yet."""

    _name = "silverfin.client.new.many"
    _description = "Create Silverfin Clients for All Companies"

    pattern = fields.Char(
        "Reference",
        required=True,
        default="{registry}",
        help="What the references are made of: {registry}, {vat}, {name}, or {number}, which "
        "counts; {number:04} gives it four digits. Anything else stays as it is.",
    )
    first_number = fields.Integer(default=lambda self: self._default_first_number())
    responsible_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        help="Who manages these clients. Without one, every Silverfin user of the company does.",
    )
    problem = fields.Char(compute="_compute_preview")
    new_count = fields.Integer(compute="_compute_preview")
    skipped_count = fields.Integer(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.model
    def _default_first_number(self):
        return self._all_clients().search_count([]) + 1

    @api.depends("pattern", "first_number")
    def _compute_preview(self):
        for wizard in self:
            wizard.problem = wizard._problem()
            plans = [] if wizard.problem else wizard._plans()
            wizard.new_count = len([plan for plan in plans if not plan.skipped])
            wizard.skipped_count = len(plans) - wizard.new_count
            wizard.preview = self.env["ir.qweb"]._render(
                "account_silverfin.client_new_many_preview",
                {"plans": sorted(plans, key=lambda plan: bool(plan.skipped))},
            )

    def _problem(self):
        """Return what is wrong with the pattern, if anything."""
        try:
            names = reference_tool.names(self.pattern or "")
        except reference_tool.InvalidPattern as error:
            return self.env._("“%s” is not a placeholder.", error) + " " + self._known()
        if unknown := [name for name in names if name not in _PLACEHOLDERS]:
            return self.env._("There is no placeholder {%s}.", unknown[0]) + " " + self._known()
        if not names:
            return self.env._("All references would be the same.") + " " + self._known()
        return False

    def _known(self):
        known = ", ".join(f"{{{name}}}" for name in _PLACEHOLDERS)
        return self.env._("You can use %s.", known)

    def _plans(self):
        """Return what becomes of each company of the user."""
        plans = [Plan(company) for company in self._companies().sudo().sorted("name")]
        self._skip_companies(plans)
        self._make_references([plan for plan in plans if not plan.skipped])
        self._skip_duplicates([plan for plan in plans if not plan.skipped])
        return plans

    def _skip_companies(self, plans):
        """Skip companies that are in a dossier, or belong into that of a company above them."""
        dossiers = self._dossiers(self._companies())
        for plan in plans:
            plan.skipped = self._why_no_client(plan.company, dossiers.get(plan.company))

    def _dossiers(self, companies):
        """Return the client in whose dossier a company is, by company."""
        within = Domain("company_id", "in", companies.ids) | Domain(
            "branch_ids", "in", companies.ids
        )
        found = {}
        for client in self._all_clients().search(within):
            for company in client.company_id | client.branch_ids:
                found.setdefault(company, client)
        return found

    def _why_no_client(self, company, client):
        if client and client.active:
            return self.env._("Has a client: %s", self._shown(client))
        if client:
            return self.env._("Has an archived client: %s", self._shown(client))
        if company.parent_id and not company.vat:
            return self.env._("Has no VAT number of its own: belongs to %s", company.parent_id.name)
        if missing := company._silverfin_default_branches() - self._companies():
            names = ", ".join(missing.mapped("name"))
            return self.env._("You have no access to its branches: %s", names)
        return ""

    def _shown(self, client):
        """Return the name of a client, provided that the user may see it."""
        companies = self._companies().ids  # also those that are not chosen at the top
        own = client.with_env(self.env).with_context(allowed_company_ids=companies)
        return client.display_name if own.has_access("read") else self.env._("(of somebody else)")

    def _make_references(self, plans):
        number = self.first_number
        for plan in plans:
            values = self._values(plan.company, number)
            names = reference_tool.names(self.pattern)
            if empty := [name for name in names if not values[name]]:
                plan.skipped = self.env._("The company has no {%s}", empty[0])
                continue
            plan.reference = reference_tool.fill(self.pattern, values)
            number += 1

    def _values(self, company, number):
        return {
            "registry": (company.company_registry or "").strip(),
            "vat": (company.vat or "").strip(),
            "name": company.name.strip(),
            "number": str(number),
        }

    def _skip_duplicates(self, plans):
        """Skip references that a client has already, and those that come twice here."""
        references = [plan.reference for plan in plans]
        taken = self._all_clients().search([("reference", "in", references)])
        owners = {client.reference: client for client in taken}
        times = collections.Counter(references)
        for plan in plans:
            if owner := owners.get(plan.reference):
                plan.skipped = self.env._(
                    "Its reference %(reference)s is that of %(client)s",
                    reference=plan.reference,
                    client=self._shown(owner),
                )
            elif times[plan.reference] > 1:
                plan.skipped = self.env._(
                    "Its reference %s would be that of another company too", plan.reference
                )

    def _companies(self):
        """Return the user's companies, not only those chosen at the top of the screen."""
        return self.env["res.company"].browse(self.env.user._get_company_ids())

    def _all_clients(self):
        """Return clients whoever may see them: none of them may come twice."""
        return self.env["silverfin.client"].sudo().with_context(active_test=False)

    def action_create(self):
        """Make the clients in one go, and show them."""
        self.ensure_one()
        if problem := self._problem():
            raise UserError(problem)
        plans = [plan for plan in self._plans() if not plan.skipped]
        if not plans:
            raise UserError(
                self.env._("There is no client to make: the preview says why of each company.")
            )
        clients = self.env["silverfin.client"].with_context(
            allowed_company_ids=self._companies().ids
        )
        return self._show(clients.create([self._client_values(plan) for plan in plans]))

    def _show(self, clients):
        """Return what shows the new clients, and says why some of them are not in the list."""
        message = self.env._("New clients: %s.", len(clients))
        if hidden := clients.company_id - self.env.companies:
            message += " " + self.env._(
                "Of these, %s are in companies that are not chosen at the top right: choose them "
                "there to see their clients.",
                len(hidden),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "sticky": bool(hidden),
                "next": {
                    "type": "ir.actions.act_window",
                    "name": self.env._("New Clients"),
                    "res_model": clients._name,
                    "views": [(False, "list"), (False, "kanban"), (False, "form")],
                    "domain": [("id", "in", clients.ids)],
                },
            },
        }

    def _client_values(self, plan):
        return {
            "name": plan.company.name,
            "reference": plan.reference,
            "company_id": plan.company.id,
            "responsible_id": self.responsible_id.id,
        }
