"""A whole ledger of a million items: as a stream, in pages, by Odoo's external API, by psql."""

from dataclasses import asdict

from bench import measure
from bench.pull import PAGE, ExternalApi, Feed, psql_copy, rate
from bench.suite.authentication import Caller, core_caller

SAMPLE = 50_000  # items, of what takes minutes for a million
PROBE = 10_000
PAGE_SIZES = (1000, 5000, 20_000)
STREAM, PAGES = "feed, stream", f"feed, pages of {PAGE:,}"
COPY, COPY_OURS = "psql COPY, row_to_json", "psql COPY, the feed's own query"
METRIC = "items/s"

# The facts of an action, joined and aggregated as the feed does, and written by row_to_json.
ROWS = """
    SELECT row_to_json(item) FROM (
        SELECT l.id, l.date, l.account_id, round(l.balance, cc.decimal_places) AS value, l.name,
            l.journal_id, l.move_id, l.move_name, m.move_type, l.ref, l.invoice_date,
            m.id = o.account_opening_move_id AS opening, l.company_id, l.partner_id,
            ic.name AS currency, round(l.amount_currency, ic.decimal_places) AS amount_currency,
            l.date_maturity, round(l.amount_residual, cc.decimal_places) AS open, a.account_type,
            l.matching_number, l.full_reconcile_id, l.tax_line_id, l.tax_base_amount,
            l.analytic_distribution,
            (SELECT array_agg(account_tax_id) FROM account_move_line_account_tax_rel
             WHERE account_move_line_id = l.id) AS taxes,
            (SELECT array_agg(t.name->>'en_US')
             FROM account_account_tag_account_move_line_rel r
             JOIN account_account_tag t ON t.id = r.account_account_tag_id
             WHERE account_move_line_id = l.id) AS grids
        FROM account_move_line l
        JOIN account_move m ON m.id = l.move_id
        JOIN account_account a ON a.id = l.account_id
        JOIN res_company o ON o.id = l.company_id
        JOIN res_currency cc ON cc.id = l.company_currency_id
        JOIN res_currency ic ON ic.id = l.currency_id
        WHERE l.company_id = {company} AND l.parent_state = 'posted'
    ) AS item
"""
NOTES = (
    (
        "Nobody parses what comes: bytes are counted. The external API is asked for the same facts "
        "with Odoo's own key, in the order of ids, beginning after the last one, on a sample of "
        f"{SAMPLE:,} items with the fastest of several page sizes."
    ),
    (
        "The feed delivers more than psql copies: accounts, partners, journals, taxes and analytic "
        "accounts too, a new snapshot for every page, and sync points."
    ),
)


def run(bench):
    """Measure; return a :class:`bench.measure.Result`."""
    result = measure.Result("A whole ledger", notes=list(NOTES))
    with (
        bench.database("full_pull", books="beside") as (database, facts),
        bench.server(database) as server,
    ):
        _large(bench, server, facts, result)
    return result


def fill(env):
    """Make a client with a key of the large and of the medium company, and a core user."""
    from odoo import Command

    facts = {"core": asdict(core_caller(env, "account.group_account_manager"))}
    user = env["res.users"].browse(facts["core"]["user"])
    for name in ("Large", "Medium"):
        company = env["res.company"].search([("name", "=", name)])
        user.company_ids = [Command.link(company.id)]
        facts[name] = {"company": company.id, **client(env, company)}
    large = env["res.company"].browse(facts["Large"]["company"])
    user.company_id = large
    return facts


def client(env, company):
    """Make a client with a key; return the secret and the query of its ledger for psql."""
    from odoo.addons.account_silverfin.tools.feed import sql

    made = env["silverfin.client"].create(
        {"name": company.name, "reference": company.name, "company_id": company.id}
    )
    values = {"name": "Bench", "client_id": made.id, "scope": "sync"}
    secret = env["silverfin.api.key"]._generate(values)[1]
    parameters = made._dossier().parameters(company=company.id, entry=0, limit=None)
    return {"key": secret, "query": env.cr.mogrify(sql.FULL, parameters).decode()}


def _large(bench, server, facts, result):
    feed = Feed(server, facts["Large"]["key"])
    company = facts["Large"]["company"]
    external = ExternalApi(server, Caller(**facts["core"]), company)
    contenders = {
        STREAM: lambda: rate(feed.stream),
        PAGES: lambda: rate(lambda: feed.pages(PAGE)[0]),
        COPY: lambda: rate(psql_copy, bench.place, server.database, ROWS.format(company=company)),
        COPY_OURS: lambda: rate(psql_copy, bench.place, server.database, facts["Large"]["query"]),
    }
    for name, read in (
        ("JSON-2 search_read", external.json2),
        ("XML-RPC search_read", external.xmlrpc),
    ):
        size = best_size(read)
        contenders[f"{name}, pages of {size:,}"] = lambda read=read, size=size: rate(
            read, SAMPLE, size
        )
    rounds = 1 if bench.quick else 3
    result.figures += measure.alternate(contenders, rounds=rounds, unit="")
    *_, json2, xmlrpc = contenders
    for text, limit, ours, theirs in (
        ("stream / XML-RPC", 50, STREAM, xmlrpc),
        ("stream / JSON-2", 20, STREAM, json2),
        ("stream / COPY", 0.9, STREAM, COPY),
        ("pages / COPY", 0.5, PAGES, COPY),
    ):
        result.check_ratio(text, limit, METRIC, ours, theirs, at_least=True)


def best_size(read):
    """Return the page size with which a way of the external API is fastest."""
    return max(PAGE_SIZES, key=lambda size: rate(read, PROBE, size)[METRIC])
