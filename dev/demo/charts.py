"""Charts of accounts, and what each company adds to its own."""

from .books import Books

GUARANTEES = (
    (
        "000000",
        "Creditors of the company, beneficiaries of third-party guarantees",
        "Crediteuren van de onderneming, houders van zekerheden door derden gesteld",
        "Créanciers de l'entreprise, bénéficiaires de garanties de tiers",
    ),
    (
        "001000",
        "Third parties, guarantors on behalf of the company",
        "Derden, stellers van zekerheden voor rekening van de onderneming",
        "Tiers constituants de garanties pour compte de l'entreprise",
    ),
)
DEPRECIATION = (
    ("151900", "Fixed Asset, accumulated depreciation", "asset_fixed"),
    ("615000", "Depreciation", "expense_depreciation"),
)
TAXED_PURCHASES = ("500000", "612000")


def load_belgian(books: Books) -> None:
    """Load the chart of Belgian companies and add two off-balance accounts."""
    _load(books, "be_comp")
    for code, name, dutch, french in GUARANTEES:
        account = _add_account(books, code, name, "off_balance")
        account.update_field_translations("name", {"nl_BE": dutch, "fr_BE": french})


def load_british(books: Books) -> None:
    """Load the generic chart and make its American settings British."""
    _load(books, "generic_coa")
    for row in DEPRECIATION:
        _add_account(books, *row)
    british = books.env.ref("base.uk")
    books.company.write(
        {"currency_id": books.env.ref("base.GBP").id, "account_fiscal_country_id": british.id}
    )
    books.chart("template_generic_domestic_fiscal_position").country_id = british
    _make_taxes_british(books, british)


def _make_taxes_british(books: Books, british) -> None:
    taxes = books.env["account.tax"].search([])
    taxes.tax_group_id.country_id = british
    taxes.country_id = british
    default = books.company.account_sale_tax_id + books.company.account_purchase_tax_id
    default.write({"name": "20%", "amount": 20})
    # Unlike the Belgian ones, the generic chart's accounts bring no tax along.
    for code in TAXED_PURCHASES:
        books.account(code).tax_ids = books.company.account_purchase_tax_id
    default.tax_group_id.name = "VAT 20%"


def _add_account(books: Books, code: str, name: str, kind: str):
    values = {"code": code, "name": name, "account_type": kind}
    return books.env["account.account"].create(values)


def _load(books: Books, template: str) -> None:
    books.env["account.chart.template"].try_loading(template, books.company)


def add_branch_journals(books: Books) -> str:
    """Give the branch the journals of its own that a till needs."""
    names = [("TAP", "Taproom sales", "sale"), ("TAPB", "Taproom purchases", "purchase")]
    names += [("TAPC", "Taproom cash", "cash"), ("MISC", "Taproom miscellaneous", "general")]
    journals = books.env["account.journal"].create(
        [{"code": code, "name": name, "type": kind} for code, name, kind in names]
    )
    income, expense = books.account("700000"), books.account("604000")
    journals[0].default_account_id = income
    journals[1].default_account_id = expense
    return f"{len(journals)} journals"
