"""Books of several companies beside each other, and whose each record is.

A client's company with a branch in its dossier; beside them a branch that has a dossier of its own
and a company of somebody else with a branch: the *foreign* ones. All share a currency, accounts and
a partner. Whatever else the foreign ones have carries :data:`SECRET` in its texts.
"""

import base64
from dataclasses import dataclass
from datetime import date

from dev.e2e import books, scene

SECRET = "zqsecretqz"
NOBODY = "zqnobodyqz"  # as long, and in no record
OWN = "zqownqz"
AMOUNT = 7654321.09  # only the foreign companies' entries move so much
VAT = "BE0477472701"
IBAN = "BE68 5390 0754 7034"


@dataclass
class World:
    """The companies by name, a key for the client, and the ids of its service user and client."""

    companies: dict
    secret: str
    login: str
    uid: int
    client: int
    shared: dict

    @property
    def own(self):
        """Ids of the companies of the dossier."""
        return [self.companies["brewery"], self.companies["taproom"]]

    @property
    def foreign(self):
        """Ids of the others."""
        return [self.companies[name] for name in ("shop", "garage", "workshop")]


def build(env):
    """Make the companies and their books."""
    companies = _companies(env)
    shared = _shared(env, companies)
    for name in ("brewery", "taproom"):
        Filling(env, companies[name], f"{OWN} {name}", shared, 100.0).fill()
    for name in ("shop", "garage", "workshop"):
        Filling(env, companies[name], f"{SECRET} {name}", shared, AMOUNT).fill()
    _unused(env)
    opened = scene.open_books(
        env, company=env["res.company"].browse(companies["brewery"]), scope="read"
    )
    user = env["silverfin.client"].browse(opened.client).user_id
    return World(companies, opened.secret, user.login, user.id, opened.client, shared)


def disturb(env, world, mark):
    """Let the foreign companies be busy: all they have, a second time."""
    for name in ("shop", "garage", "workshop"):
        values = {"amount": AMOUNT + 1, "mark": f"{SECRET} {mark} {name}"}
        Filling(env, world.companies[name], shared=world.shared, **values).fill()


def _companies(env):
    # The second company sorts before, the branch with its own dossier after the client's.
    brewery = books.company(env, f"{OWN} Brewery", vat="BE0202239951").id
    garage = books.company(env, f"{SECRET} Garage").id
    return {
        "brewery": brewery,
        "taproom": books.company(env, f"{OWN} Taproom", parent_id=brewery).id,
        "shop": books.company(env, f"{SECRET} Shop", parent_id=brewery, vat=VAT).id,
        "garage": garage,
        "workshop": books.company(env, f"{SECRET} Workshop", parent_id=garage).id,
    }


def _shared(env, companies):
    """Make what both sides use: a partner and an account with a number for each."""
    partner = env["res.partner"].create({"name": "Everybody's", "is_company": True, "vat": VAT})
    brewery, garage = (books.Books(env, companies[name]) for name in ("brewery", "garage"))
    account = brewery.new_account("699001", "expense", name="Everybody's")
    account.with_company(garage.company).code = "699999"
    account.sudo().company_ids = [(4, garage.company.id)]
    return {"partner": partner.id, "account": account.id}


def _unused(env):
    """Make partners in nobody's books: to a client, they are somebody else's."""
    # By name it comes before the client's partners that have the same numbers.
    values = {"name": f"A {SECRET} unused", "is_company": True, "vat": VAT}
    company = env["res.partner"].create({**values, "company_registry": "0477472701"})
    env["res.partner.bank"].create({"partner_id": company.id, "acc_number": IBAN})
    env["res.partner"].create({"name": f"{SECRET} unused contact", "parent_id": company.id})
    env["res.partner.category"].create({"name": f"{SECRET} unused tag"})
    env["res.bank"].create({"name": f"{SECRET} unused bank", "bic": f"{SECRET}3"})
    env["account.bank.statement"].create({"name": f"{SECRET} statement without a company"})


class Filling:
    """Fills one company's books, each text with a mark."""

    def __init__(self, env, company_id, mark, shared, amount):
        self.books = books.Books(env, company_id)
        self.env = self.books.env
        self.company = self.books.company
        self.mark = mark
        self.amount = amount
        self.shared = {
            "partner": self.env["res.partner"].browse(shared["partner"]),
            "account": self.env["account.account"].browse(shared["account"]),
        }
        self.serial = self.env["account.move"].search_count([]) + company_id

    def fill(self):
        """Fill the books."""
        self.partners()
        self.settings()
        self.analytic()
        invoice = self.invoices()
        self.payments(invoice)
        self.statement()
        self.attachments(invoice)
        self.archive()
        self.env.flush_all()

    def partners(self):
        """Make partners of the company and partners of nobody that it uses."""
        tag = self.env["res.partner.category"].create({"name": f"{self.mark} tag"})
        tag = tag.create({"name": f"{self.mark} tag below", "parent_id": tag.id})
        self.customer = self.books.partner(
            f"{self.mark} customer", is_company=True, category_id=[(6, 0, tag.ids)], **self.texts()
        )
        self.contact = self.books.partner(
            f"{self.mark} contact", parent_id=self.customer.id, type="other", **self.texts()
        )
        self.supplier = self.books.partner(
            f"{self.mark} supplier", company_id=self.company.id, **self.texts()
        )
        bank = self.env["res.bank"].create(
            {"name": f"{self.mark} bank", "bic": f"{self.mark} bic", "city": self.mark}
        )
        for partner, number in (
            (self.customer, IBAN),
            (self.supplier, f"{self.mark} {self.serial}"),
        ):
            self.env["res.partner.bank"].create(
                {
                    "partner_id": partner.id,
                    "acc_number": number,
                    "acc_holder_name": f"{self.mark} holder",
                    "bank_id": bank.id,
                    "company_id": partner.company_id.id,
                }
            )

    def texts(self):
        """Return values of a partner; the number is one that another company's partner has too."""
        names = ("ref", "street", "city", "phone", "email", "website", "function", "comment")
        return {**dict.fromkeys(names, self.mark), "vat": VAT, "company_registry": "0477472701"}

    def settings(self):
        """Make journals, a tax, a term, a fiscal position and a rate."""
        owner = {"company_id": self.company.id}
        account = self.books.account("expense")
        for kind, use in (("asset_receivable", "receivable"), ("liability_payable", "payable")):
            field, owed = f"property_account_{use}_id", self.books.account(kind)  # branches lack it
            self.env["ir.default"].set("res.partner", field, owed.id, company_id=self.company.id)
        self.expense = self.books.new_account(
            f"6{self.serial:05}", "expense", name=f"{self.mark} account", note=self.mark
        )
        self.bank = self.env["account.journal"].create(
            {
                "name": f"{self.mark} bank",
                "code": f"B{self.serial}",
                "type": "bank",
                "suspense_account_id": self.books.account(books.OTHER).id,
                **owner,
            }
        )
        self.bank.inbound_payment_method_line_ids.name = f"{self.mark} method"
        self.env["account.group"].create(
            {"name": f"{self.mark} group", "code_prefix_start": f"6{self.serial:05}", **owner}
        )
        self.env["account.journal.group"].create({"name": f"{self.mark} journals", **owner})
        self.tax = self.env["account.tax"].create(
            {
                "name": f"{self.mark} tax",
                "amount": 21,
                "country_id": self.company.account_fiscal_country_id.id,
                "tax_group_id": self.env["account.tax.group"]
                .create({"name": f"{self.mark} taxes", **owner})
                .id,
                **owner,
            }
        )
        self.term = self.env["account.payment.term"].create(
            {"name": f"{self.mark} term", "note": self.mark, **owner}
        )
        self.env["account.fiscal.position"].create(
            {
                "name": f"{self.mark} position",
                "account_ids": [
                    (0, 0, {"account_src_id": account.id, "account_dest_id": self.expense.id})
                ],
                **owner,
            }
        )
        if self.company == self.company.root_id:  # branches have its rates
            self.rate()

    def rate(self):
        """Set a rate on a day of its own."""
        self.books.rate("USD", 1.0 + self.serial / 1000, date(2026, 1, 1 + self.serial % 28))

    def analytic(self):
        """Make an analytic account."""
        plan = self.env["account.analytic.plan"].search([], limit=1)
        self.project = self.env["account.analytic.account"].create(
            {
                "name": f"{self.mark} project",
                "code": self.mark,
                "plan_id": plan.id,
                "partner_id": self.customer.id,
                "company_id": self.company.id,
            }
        )

    def invoices(self):
        """Post and draft invoices, bills and entries; return an open invoice."""
        line = {
            "name": f"{self.mark} line",
            "price_unit": self.amount,
            "account_id": self.books.account("income").id,
            "tax_ids": [(6, 0, self.tax.ids)],
            "analytic_distribution": {str(self.project.id): 100},
        }
        values = {"ref": f"{self.mark} ref", "narration": self.mark, "invoice_origin": self.mark}
        self.books.draft_invoice(line, partner=self.contact, **values)
        self.books.invoice(line, partner=self.shared["partner"], **values)
        bill = {**line, "account_id": self.expense.id}
        values["ref"] = f"{self.mark} bill"
        self.books.invoice(bill, partner=self.supplier, kind="in_invoice", **values)
        memo = {"name": f"{self.mark} memo", "partner_id": self.shared["partner"].id}
        self.books.entry(
            (self.expense.id, self.amount, memo), (books.OTHER, -self.amount, memo), ref=self.mark
        )
        if self.company in self.shared["account"].company_ids:
            self.books.entry((self.shared["account"].id, 9.0, memo), (books.OTHER, -9.0, memo))
        return self.books.invoice(
            line, partner=self.contact, invoice_payment_term_id=self.term.id, **values
        )

    def payments(self, invoice):
        """Pay one invoice in part and one in full."""
        full = self.books.invoice(self.amount, partner=self.customer)
        for paid, share in ((invoice, 0.25), (full, 1.0)):
            wizard = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=paid.ids
            )
            amount = paid.amount_residual * share
            wizard = wizard.create({"journal_id": self.bank.id, "amount": amount})
            payment = wizard._create_payments()
            payment.memo = f"{self.mark} memo"
            if not payment.move_id:  # without an account for what is under way
                item = paid.line_ids.filtered(lambda item: item.amount_residual)
                (item | self.books.payment(item, amount, date_maturity=item.date)).reconcile()

    def statement(self):
        """Enter a bank statement."""
        line = {
            "journal_id": self.bank.id,
            "date": "2026-04-01",
            "payment_ref": f"{self.mark} payment",
            "partner_id": self.customer.id,
            "partner_name": self.mark,
            "account_number": self.mark,
            "amount": self.amount,
        }
        self.env["account.bank.statement"].create(
            {"name": f"{self.mark} statement", "line_ids": [(0, 0, line)]}
        )

    def attachments(self, invoice):
        """Attach files to an entry, to what is none, and to nothing."""
        for record, public in (
            (invoice, False),
            (invoice, True),
            (self.customer, True),
            (self.company, True),
        ):
            self.env["ir.attachment"].create(
                {
                    "name": f"{self.mark} file",
                    "raw": self.mark.encode(),
                    "res_model": record._name,
                    "res_id": record.id,
                    "public": public,
                    "description": self.mark,
                }
            )
        content = base64.b64encode(self.mark.encode())
        invoice.invoice_pdf_report_file = content
        invoice.message_main_attachment_id = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", invoice.id)], limit=1
        )

    def archive(self):
        """Archive a partner in use and a journal."""
        partner = self.books.partner(f"{self.mark} archived", **self.texts())
        self.books.invoice(self.amount, partner=partner)
        partner.active = False
        journal = {"name": f"{self.mark} old", "code": f"O{self.serial}", "type": "general"}
        self.env["account.journal"].create({**journal, "active": False})
