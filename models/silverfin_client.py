# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..tools.feed.reader import Dossier

_FIXED = {
    "uuid",
    "user_id",
    "reader_result",
    "reader_code",
    "reader_message",
    "reader_reported_at",
    "reader_ok_at",
    "reader_failing_since",
}
_LOCKS = ("fiscalyear", "tax", "sale", "purchase", "hard")

# Asked with every pull: by the ORM, it would be a wide row of each of four models.
_COMPOSITION = """
    SELECT c.id, c.uuid, c.start_date, p.lang, split_part(o.parent_path, '/', 1)::integer AS root,
        dossier.companies, dossier.active, (
            SELECT array_agg(DISTINCT above::integer ORDER BY above::integer)
            FROM string_to_table(dossier.paths, '/') AS above
        ) AS ancestors
    FROM silverfin_client c
    JOIN res_company o ON o.id = c.company_id
    JOIN res_partner p ON p.id = o.partner_id
    CROSS JOIN LATERAL (
        SELECT array_agg(id ORDER BY id) AS companies,
            array_agg(id ORDER BY id) FILTER (WHERE active) AS active,
            string_agg(rtrim(parent_path, '/'), '/') AS paths
        FROM res_company WHERE id = c.company_id OR id IN (
            SELECT company_id FROM silverfin_client_branch_rel WHERE client_id = c.id
        )
    ) AS dossier
    WHERE c.id = ANY(%s)
"""


class SilverfinClient(models.Model):
    """A dossier: whose ledger may leave, and from when.

    Each client has a service user of its own: no user type, no password, only groups with
    read-only access (beside Odoo's own "Multi Companies" where there are branches), and only the
    client's companies. Its keys act as that user; see ``silverfin_client_user``.
    """

    _name = "silverfin.client"
    _description = "Silverfin Client"
    _order = "name, id"
    _rec_names_search = ("name", "reference")

    name = fields.Char(required=True)
    reference = fields.Char(
        required=True, copy=False, help="The dossier's number, e.g. 273-542-26244."
    )
    uuid = fields.Char("UUID", required=True, readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    branch_ids = fields.Many2many(
        "res.company",
        "silverfin_client_branch_rel",
        "client_id",
        "company_id",
        string="Branches",
        compute="_compute_branch_ids",
        store=True,
        readonly=False,
        domain="[('id', 'child_of', company_id), ('id', '!=', company_id)]",
        help="Branches whose entries belong to this dossier: by default those without a VAT "
        "number of their own.",
    )
    user_id = fields.Many2one(
        "res.users", "Service user", readonly=True, copy=False, ondelete="restrict"
    )
    responsible_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        help="Who manages this client. Without one, every Silverfin user of the company does.",
    )
    start_date = fields.Date(
        "Start date", help="Entries before this date leave only as opening balances."
    )
    active = fields.Boolean(default=True)
    key_ids = fields.One2many("silverfin.api.key", "client_id", "API keys")
    key_count = fields.Integer(compute="_compute_key_count")
    reader_result = fields.Selection(
        [("ok", "Succeeded"), ("failed", "Failed")], "Reader's result", readonly=True, copy=False
    )
    reader_code = fields.Char("Reader's code", readonly=True, copy=False)
    reader_message = fields.Char("Reader's message", readonly=True, copy=False)
    reader_reported_at = fields.Datetime("Reader reported", readonly=True, copy=False)
    reader_ok_at = fields.Datetime("Last success", readonly=True, copy=False)
    reader_failing_since = fields.Datetime("Failing since", readonly=True, copy=False)

    _reference_unique = models.Constraint(
        "UNIQUE (reference)", "Another client has this reference already."
    )
    _uuid_unique = models.Constraint("UNIQUE (uuid)", "Two clients cannot have the same ID.")
    _user_unique = models.Constraint(
        "UNIQUE (user_id)", "Two clients cannot have the same service user."
    )

    @api.depends("company_id")
    def _compute_branch_ids(self):
        for client in self:
            client.branch_ids = client.company_id.sudo()._silverfin_default_branches()

    @api.depends("key_ids")
    def _compute_key_count(self):
        counts = dict(
            self.env["silverfin.api.key"]
            .with_context(active_test=False)
            ._read_group([("client_id", "in", self.ids)], ["client_id"], ["__count"])
        )
        for client in self:
            client.key_count = counts.get(client, 0)

    @api.depends("name", "reference")
    def _compute_display_name(self):
        for client in self:
            known = client.name and client.reference
            client.display_name = f"{client.name} ({client.reference})" if known else client.name

    @api.constrains("company_id", "branch_ids")
    def _check_branches(self):
        companies = self.env["res.company"].sudo()
        for client in self:
            below = companies.search([("id", "child_of", client.company_id.id)])
            if client.branch_ids - below:
                raise ValidationError(
                    self.env._("A client's branches must lie beneath its company.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Create clients of companies that the present user has himself."""
        for vals in vals_list:
            self._check_fixed(vals)
        # An import tries the same values again, one by one, when they are refused together.
        clients = super().create([{"uuid": str(uuid.uuid4()), **vals} for vals in vals_list])
        for client in clients:
            client._check_companies_allowed(())
        return clients

    def write(self, vals):
        """Write; companies can be added only by who has them himself."""
        self._check_fixed(vals)
        companies = {client: client.sudo()._company_ids() for client in self}
        result = super().write(vals)
        for client in self:
            client._check_companies_allowed(companies[client])
        return result

    def copy_data(self, default=None):
        """Copy with a reference that can be told from the original's."""
        copies = super().copy_data(default)
        for client, vals in zip(self, copies, strict=True):
            vals.setdefault("reference", self.env._("%s (copy)", client.reference))
        return copies

    def unlink(self):
        """Delete with all keys; each leaves its history. People get here by a dialog that asks."""
        self.check_access("unlink")
        keys = self.sudo().with_context(active_test=False).key_ids
        self._check_was_asked(keys)
        keys.unlink()
        return super().unlink()

    def _check_was_asked(self, keys):
        """Refuse a deletion of keys that is not the dialog's, which asks for the password."""
        if keys and not self.env.su:
            raise UserError(
                self.env._(
                    "Delete clients that have API keys with the action Delete: it says what goes, "
                    "and asks for your password."
                )
            )

    @api.model
    def _ensure(self, company):
        """Make the dossier of a company that has none; a branch may belong to one above it."""
        company = company.sudo()
        while company.parent_id and not company.vat:
            company = company.parent_id
        if self.with_context(active_test=False).search_count([("company_id", "=", company.id)]):
            return
        self.create(
            {
                "name": company.name,
                "reference": self._free_reference(company),
                "company_id": company.id,
                "responsible_id": False,
            }
        )

    def _free_reference(self, company):
        proposals = [company.company_registry, company.vat, f"company-{company.id}"]
        taken = self.with_context(active_test=False).search([("reference", "in", proposals)])
        free = [proposal for proposal in proposals if proposal not in taken.mapped("reference")]
        return next(filter(None, free), str(uuid.uuid4()))

    def _check_fixed(self, vals):
        if _FIXED & vals.keys() and not self.env.su:
            raise UserError(
                self.env._("The ID, the service user and the reader's report are not for editing.")
            )

    def _check_companies_allowed(self, before):
        """Refuse to add companies to a dossier that the present user does not have himself."""
        added = set(self.sudo()._company_ids()).difference(before)
        missing = added.difference(self.env.user._get_company_ids())
        if missing and not self.env.su:
            names = self.env["res.company"].sudo().browse(sorted(missing)).mapped("name")
            raise AccessError(
                self.env._(
                    "The dossier includes companies that you have no access to: %s. Ask an "
                    "administrator for access, or leave these branches out.",
                    ", ".join(names),
                )
            )

    # The dossier ----------------------------------------------------------------------------

    def _company_ids(self):
        """Return the ids of the companies whose entries belong to the dossier, ascending."""
        self.ensure_one()
        branches = self.with_context(active_test=False).branch_ids
        return sorted((self.company_id | branches).ids)

    def _active_companies(self):
        return self.env["res.company"].browse(self._composition()["active"] or [])

    def _composition(self):
        self.ensure_one()
        return self._compositions()[self.id]

    def _compositions(self):
        """Return what dossiers are made of, by client, and what else the feed goes by."""
        self.env.flush_all()
        rows = self.env.execute_query_dict(SQL(_COMPOSITION, self.ids))
        return {row["id"]: row for row in rows}

    def _dossier(self):
        """Return whose ledger to read, in the terms of the feed."""
        row = self._composition()
        return Dossier(
            uuid=row["uuid"],
            companies=tuple(row["companies"]),
            ancestors=tuple(row["ancestors"]),
            root=row["root"],
            lang=row["lang"] or "en_US",
            start_date=row["start_date"],
        )

    def _describe(self):
        """Return what ``/me`` tells of the client."""
        company = self.company_id
        return {
            "uuid": self.uuid,
            "name": self.name,
            "reference": self.reference,
            "company": {
                "id": str(company.id),
                "name": company.name,
                "currency": company.currency_id.name,
                "country": company.country_id.code or None,
                "vat": company.vat or None,
                "company_registry": company.company_registry or None,
            },
            "branches": [{"id": str(branch.id), "name": branch.name} for branch in self.branch_ids],
            "start_date": _iso(self.start_date),
            "lock_dates": {name: _iso(company[f"{name}_lock_date"]) for name in _LOCKS},
        }

    def _is_ledger_readable(self, uid):
        """Tell whether a user may read all journal items of the dossier's companies.

        Archived branches stay in the dossier; since nobody can choose them, there the user's rights
        on the others decide.
        """
        companies = self._active_companies()
        return self.env["res.users"].browse(uid)._silverfin_reads_ledger(companies)


def _iso(date):
    return date.isoformat() if date else None
