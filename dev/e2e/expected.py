"""What the feed must say of a dossier, told by the ORM: nothing here is SQL."""

import json
from decimal import Decimal

from dev.ledger_copy import parse

_LINES = {"asset_receivable": "receivable", "liability_payable": "payable"}


def items(env, client_id):
    """Return every posted item of a dossier as the feed must deliver it, by id."""
    client = _client(env, client_id)
    lines = client.env["account.move.line"].search(_domain(client))
    openings = (client.company_id | client.branch_ids).account_opening_move_id
    return {str(line.id): _item(line, openings) for line in lines}


def records(env, client_id):
    """Return the reference records that these items use, by kind and id."""
    client = _client(env, client_id)
    lines = client.env["account.move.line"].search(_domain(client))
    lang = client.company_id.partner_id.lang or "en_US"
    used = {
        "account": lines.account_id.with_company(client.company_id.root_id),
        "partner": lines.partner_id,
        "journal": lines.journal_id,
        "tax": lines.tax_ids | lines.tax_line_id,
        "analytic_account": _analytic_accounts(lines),
    }
    return {
        kind: {str(record.id): _RECORDS[kind](record.with_context(lang=lang)) for record in found}
        for kind, found in used.items()
    }


def opening(env, client_id):
    """Return the opening balances of a dossier with a start date, by account."""
    client = _client(env, client_id)
    domain = [*_posted(client), ("date", "<", client.start_date)]
    balances = {}
    for line in client.env["account.move.line"].search(domain):
        account = str(line.account_id.id)
        balances[account] = balances.get(account, Decimal()) + _money(
            line.balance, line.company_currency_id
        )
    return {account: balance for account, balance in balances.items() if balance}


def exact(document):
    """Return a document in which two numbers are equal only with the same digits."""
    if isinstance(document, dict):
        return {name: exact(value) for name, value in document.items()}
    if isinstance(document, list):
        return [exact(value) for value in document]
    if isinstance(document, (int, Decimal)) and not isinstance(document, bool):
        return f"number {document}"
    return document


def differences(copy, env, client_id):
    """Return how a copy differs from what the ORM says, as a list of readable texts."""
    wanted = items(env, client_id)
    found = [f"item {id_} should not be there" for id_ in copy.items.keys() - wanted.keys()]
    found += _compare("item", copy.items, wanted)
    for kind, used in records(env, client_id).items():
        found += _compare(kind, copy.records[kind], used)
    return found


def _compare(kind, copied, wanted):
    found = []
    for id_, document in wanted.items():
        if id_ not in copied:
            found.append(f"{kind} {id_} is missing")
            continue
        left, right = exact(copied[id_]), exact(document)
        found += [
            f"{kind} {id_}, {name}: {left.get(name)!r} instead of {right.get(name)!r}"
            for name in left.keys() | right.keys()
            if left.get(name, "nothing") != right.get(name, "nothing")
        ]
    return found


def _client(env, client_id):
    client = env["silverfin.client"].browse(client_id)
    companies = client.company_id | client.branch_ids
    return client.with_context(
        allowed_company_ids=companies.ids, active_test=False, lang="en_US", tz="UTC"
    )


def _posted(client):
    return [
        ("parent_state", "=", "posted"),
        ("account_id", "!=", False),
        ("company_id", "in", (client.company_id | client.branch_ids).ids),
    ]


def _domain(client):
    start = [("date", ">=", client.start_date)] if client.start_date else []
    return _posted(client) + start


def _item(line, openings):
    move, currency = line.move_id, line.company_currency_id
    return {
        "id": str(line.id),
        "date": _date(line.date),
        "account": str(line.account_id.id),
        "value": _money(line.balance, currency),
        "description": line.name or "",
        "journal": str(move.journal_id.id),
        "entry": {
            "id": str(move.id),
            "number": move.name,
            "type": move.move_type,
            "reference": move.ref or "",
            "document_date": _date(move.invoice_date),
            "opening": move in openings,
        },
        "company": str(move.company_id.id),
        "partner": _id(line.partner_id),
        "currency": line.currency_id.name,
        "amount_currency": _money(line.amount_currency, line.currency_id),
        "due_date": _date(line.date_maturity),
        "open_transaction": _open_transaction(line),
        "matching": _matching(line),
        "taxes": [str(id_) for id_ in sorted(line.tax_ids.ids)],
        "tax": _tax_of(line),
        "grids": line.tax_tag_ids.sorted("id").mapped("name"),
        "analytic": _analytic(line),
    }


def _open_transaction(line):
    residual = _money(line.amount_residual, line.company_currency_id)
    if not line.account_id.reconcile or not residual:
        return None
    return {"value": residual, "category": _LINES.get(line.account_id.account_type, "other")}


def _matching(line):
    if not line.matching_number:
        return None
    return {"number": line.matching_number, "full": bool(line.full_reconcile_id)}


def _tax_of(line):
    if not line.tax_line_id:
        return None
    base = _money(line.tax_base_amount, line.company_currency_id)
    return {"id": str(line.tax_line_id.id), "base": base}


def _analytic(line):
    distribution = parse(json.dumps(line.analytic_distribution or {}))
    return [
        {"accounts": accounts.split(","), "percentage": share}
        for accounts, share in sorted(distribution.items())
    ]


def _analytic_accounts(lines):
    ids = {
        int(account)
        for line in lines
        for accounts in line.analytic_distribution or {}
        for account in accounts.split(",")
    }
    return lines.env["account.analytic.account"].browse(sorted(ids))


def _account(account):
    kind = account.account_type.split("_")[0]
    return {
        "id": str(account.id),
        "number": account.code,
        "name": account.name,
        "names": _translations(account),
        "type": None if account.account_type == "off_balance" else kind,
        "odoo_type": account.account_type,
        "carries_forward": account.include_initial_balance,
        "reconcile": account.reconcile,
        "currency": account.currency_id.name or None,
        "active": account.active,
    }


def _partner(partner):
    return {
        "id": str(partner.id),
        "name": partner.name or "",
        "vat": partner.vat or None,
        "company_registry": partner.company_registry or None,
        "country": partner.country_id.code or None,
    }


def _journal(journal):
    return {
        "id": str(journal.id),
        "code": journal.code,
        "name": journal.name,
        "type": journal.type,
    }


def _tax(tax):
    return {
        "id": str(tax.id),
        "name": tax.name,
        "amount": Decimal(f"{tax.amount:.4f}"),
        "amount_type": tax.amount_type,
        "use": tax.type_tax_use,
    }


def _analytic_account(account):
    return {
        "id": str(account.id),
        "code": account.code or None,
        "name": account.name,
        "plan": account.plan_id.name,
    }


_RECORDS = {
    "account": _account,
    "partner": _partner,
    "journal": _journal,
    "tax": _tax,
    "analytic_account": _analytic_account,
}


def _translations(record):
    installed = [code for code, _name in record.env["res.lang"].get_installed()]
    names = {code: record.with_context(lang=code).name for code in installed}
    return {code: name for code, name in names.items() if code == "en_US" or name != names["en_US"]}


def _money(amount, currency):
    if not currency.decimal_places:
        return round(amount)
    return Decimal(f"{amount:.{currency.decimal_places}f}") + 0  # no minus zero


def _date(day):
    return day.isoformat() if day else None


def _id(record):
    return str(record.id) if record else None
