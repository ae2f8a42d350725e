"""Whose a record is, told by the ORM as superuser: what a client's key may see of a world."""

# Models of the list whose records have a company, by the path to it.
COMPANY = {
    "account.account": "company_ids",
    "account.fiscal.position.account": "position_id.company_id",
    "account.full.reconcile": "reconciled_line_ids.company_id",
    "account.payment.method.line": "journal_id.company_id",
    "account.payment.term.line": "payment_id.company_id",
    "account.tax.repartition.line": "tax_id.company_id",
    "res.company": "id",
}
# Those that may be everybody's: Odoo shows them to every company.
COMMON = {
    "account.analytic.account",
    "account.journal.group",
    "account.payment.term",
    "account.payment.term.line",
    "res.currency.rate",
}
USES = {
    "account.move.line": ("partner_id",),
    "account.move": ("partner_id", "commercial_partner_id"),
    "account.payment": ("partner_id",),
    "account.bank.statement.line": ("partner_id",),
}


def visible(env, companies, models):
    """Return the ids that may be seen, by model; all of those without a company.

    :param companies: ids of the companies of a client
    :param models: names of the models of the list
    """
    env = env(context={"active_test": False})
    found = {model: set(_of(env, model, companies)) for model in models if _has_company(env, model)}
    partners = _partners(env, companies)
    accounts = partners.bank_ids.filtered(
        lambda account: account.company_id.id in [False, *companies]
    )
    found["res.partner"] = set(partners.ids)
    found["res.partner.bank"] = set(accounts.ids)
    found["res.bank"] = set(accounts.bank_id.ids)
    found["res.partner.category"] = _with_parents(partners.category_id)
    files = [("res_model", "=", "account.move"), ("res_id", "in", sorted(found["account.move"]))]
    found["ir.attachment"] = set(
        env["ir.attachment"]
        .search([*files, ("res_field", "in", (False, "invoice_pdf_report_file"))])
        .ids
    )
    return found


def _has_company(env, model):
    return model in COMPANY or "company_id" in env[model]._fields


def _of(env, model, companies):
    path = COMPANY.get(model, "company_id")
    domain = [(path, "in", companies)]
    if model in COMMON:
        domain = ["|", (path, "=", False), *domain]
    return env[model].search(domain).ids


def _partners(env, companies):
    partners = env["res.partner"].search([("company_id", "in", companies)])
    partners |= env["res.company"].browse(companies).partner_id
    for model, fields in USES.items():
        records = env[model].search([("company_id", "in", companies)])
        for field in fields:
            partners |= records[field]
    return partners | partners.parent_id | partners.commercial_partner_id


def _with_parents(tags):
    ids = set()
    while tags:
        ids.update(tags.ids)
        tags = tags.parent_id
    return ids
