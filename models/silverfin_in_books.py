# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Where the books name a partner. Each has an index on company and partner, so that one look tells
# whether a company uses a partner, however much the others do.
USES = (
    ("account_move_line", "partner_id"),
    ("account_move", "partner_id"),
    ("account_move", "commercial_partner_id"),
    ("account_payment", "partner_id"),
    ("account_bank_statement_line", "partner_id"),
)


class SilverfinInBooks(models.AbstractModel):
    """Records that belong to no company, and whether a company's books use them.

    Odoo shows such records to every company. Whoever keeps the books of many clients must not tell
    one client's customers to another: record rules of service users ask this field.
    """

    _name = "silverfin.in.books"
    _description = "Silverfin: Used by the Books of One's Companies"

    # For record rules, which superusers evaluate: nobody else gets to see it.
    silverfin_in_books = fields.Boolean(
        "In the books of one's companies",
        compute="_compute_silverfin_in_books",
        search="_search_silverfin_in_books",
        groups=fields.NO_ACCESS,
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_silverfin_in_books(self):
        books = self.sudo().with_context(active_test=False)
        found = books.search([("id", "in", self.ids), ("silverfin_in_books", "=", True)])
        for record in self:
            record.silverfin_in_books = record in found

    def _search_silverfin_in_books(self, operator, _value):
        if operator != "in":  # Odoo negates for itself
            return NotImplemented
        companies = self._silverfin_companies()
        return Domain.custom(
            to_sql=lambda model, alias, _query: model._silverfin_in_books(
                SQL.identifier(alias), companies
            )
        )

    @api.model
    def _silverfin_companies(self):
        """Return the user's companies that he chose; record rules ask as superuser."""
        chosen = set(self.env.companies.ids)
        return tuple(chosen.intersection(self.env.user._get_company_ids())) or (None,)

    @api.model
    def _silverfin_in_books(self, table, companies):
        """Return a condition on the rows of a table of this model.

        :param SQL table: its alias
        :param tuple companies: their ids
        """
        raise NotImplementedError


class AccountMoveLine(models.Model):
    """An index for the question."""

    _inherit = "account.move.line"

    _silverfin_partner_index = models.Index("(company_id, partner_id) WHERE partner_id IS NOT NULL")


class AccountPayment(models.Model):
    """An index for the question."""

    _inherit = "account.payment"

    _silverfin_partner_index = models.Index("(company_id, partner_id) WHERE partner_id IS NOT NULL")


class AccountBankStatementLine(models.Model):
    """An index for the question."""

    _inherit = "account.bank.statement.line"

    _silverfin_partner_index = models.Index("(company_id, partner_id) WHERE partner_id IS NOT NULL")


class ResPartner(models.Model):
    """Partners: those that entries name, their parents, those of the companies themselves."""

    _name = "res.partner"
    _inherit = ["res.partner", "silverfin.in.books"]

    @api.model
    def _silverfin_in_books(self, table, companies):
        below = SQL(
            "SELECT FROM res_partner below"
            " WHERE %(id)s IN (below.commercial_partner_id, below.parent_id)"
            " AND below.id != %(id)s AND %(used)s",
            id=SQL("%s.id", table),
            used=_is_used(SQL("below"), companies),
        )
        return SQL("(%s OR EXISTS (%s))", _is_used(table, companies), below)


class ResBank(models.Model):
    """Banks: those of the accounts of such partners."""

    _name = "res.bank"
    _inherit = ["res.bank", "silverfin.in.books"]

    @api.model
    def _silverfin_in_books(self, table, companies):
        return SQL(
            "EXISTS (SELECT FROM res_partner_bank account JOIN res_partner holder"
            " ON holder.id = account.partner_id WHERE account.bank_id = %s.id AND %s)",
            table,
            self.env["res.partner"]._silverfin_in_books(SQL("holder"), companies),
        )


class ResPartnerCategory(models.Model):
    """Tags: those of such partners, and those above them, whose names Odoo shows along."""

    _name = "res.partner.category"
    _inherit = ["res.partner.category", "silverfin.in.books"]

    @api.model
    def _silverfin_in_books(self, table, companies):
        return SQL(
            "EXISTS (SELECT FROM res_partner_category tag"
            " JOIN res_partner_res_partner_category_rel tagged ON tagged.category_id = tag.id"
            " JOIN res_partner partner ON partner.id = tagged.partner_id"
            " WHERE starts_with(tag.parent_path, %s.parent_path) AND %s)",
            table,
            self.env["res.partner"]._silverfin_in_books(SQL("partner"), companies),
        )


class IrAttachment(models.Model):
    """Attachments: those of the companies' entries, public or not."""

    _name = "ir.attachment"
    _inherit = ["ir.attachment", "silverfin.in.books"]

    @api.model
    def _silverfin_in_books(self, table, companies):
        return SQL(
            "(%(attachment)s.res_model = 'account.move' AND EXISTS (SELECT FROM account_move"
            " WHERE account_move.id = %(attachment)s.res_id AND company_id IN %(companies)s))",
            attachment=table,
            companies=companies,
        )


def _is_used(partner, companies):
    uses = [
        SQL("SELECT FROM %s WHERE company_id IN %s AND %s = %s.id", *names, partner)
        for table, column in USES
        for names in [(SQL.identifier(table), companies, SQL.identifier(table, column))]
    ]
    company = SQL(
        "SELECT FROM res_company WHERE id IN %s AND partner_id = %s.id", companies, partner
    )
    found = [SQL("EXISTS (%s)", query) for query in (*uses, company)]
    return SQL("(%s.company_id IN %s OR %s)", partner, companies, SQL(" OR ").join(found))
