"""The trial balance and the control totals of a million items, beside what anybody could ask."""

import json
import time
from dataclasses import asdict

from bench import measure
from bench.http import JSON, Client
from bench.pull import PAGE, Feed, psql_copy
from bench.suite.authentication import Caller, bearer, core_caller
from bench.suite.full_pull import client

YEAR = ("2025-01-01", "2025-12-31")
TRIAL, CONTROL = "/silverfin/v1/trial-balance", "control of a pull with nothing new"
BALANCES, COUNTS = "psql, sums up to a date", "psql, counts and sums"
GROUPED = "JSON-2 formatted_read_group"
SQL_LIMIT, GROUPED_LIMIT = 1.3, 5
METRIC = "request"

# What there is to add up for each, without any of what makes it a trial balance or a control.
_BALANCES = """
    SELECT account_id, sum(debit), sum(credit), sum(balance) FROM account_move_line
    WHERE company_id = {company} AND parent_state = 'posted' AND date <= '2025-12-31'
    GROUP BY account_id
"""
_COUNTS = """
    SELECT account_id, count(*), sum(debit), sum(credit), sum(balance) FROM account_move_line
    WHERE company_id = {company} AND parent_state = 'posted' GROUP BY account_id
"""


def run(bench):
    """Measure; return a :class:`bench.measure.Result`."""
    result = measure.Result("Trial balance and control totals of 1 M items")
    with (
        bench.database("aggregates", books="beside") as (database, facts),
        bench.server(database) as server,
    ):
        contenders = _contenders(bench, server, facts)
        rounds = 2 if bench.quick else 8
        result.figures += measure.alternate(contenders, rounds=rounds, warm_up=2)
    for ours, theirs in ((TRIAL, BALANCES), (CONTROL, COUNTS)):
        result.check_ratio(f"{ours} / {theirs}", SQL_LIMIT, METRIC, ours, theirs)
    text = f"{GROUPED} / {TRIAL}"
    result.check_ratio(text, GROUPED_LIMIT, METRIC, GROUPED, TRIAL, at_least=True)
    return result


def fill(env):
    """Make a client with a key of the large company, and an accountant with Odoo's own key."""
    from odoo import Command

    company = env["res.company"].search([("name", "=", "Large")])
    core = core_caller(env, "account.group_account_manager")
    user = env["res.users"].browse(core.user)
    user.company_ids = [Command.link(company.id)]
    user.company_id = company
    return {"company": company.id, "core": asdict(core), **client(env, company)}


def _contenders(bench, server, facts):
    feed, company = Feed(server, facts["key"]), facts["company"]
    point = feed.pages(PAGE)[1]
    ours = Client(server, **feed.headers)
    core = bearer(server, Caller(**facts["core"]))
    return {
        TRIAL: lambda: ours.get(f"{TRIAL}?from={YEAR[0]}&to={YEAR[1]}"),
        BALANCES: lambda: _psql(bench, server, _BALANCES.format(company=company)),
        GROUPED: lambda: _grouped(core, company),
        CONTROL: lambda: ours.get(
            f"/silverfin/v1/transactions?limit={PAGE}&control=1&sync_point={point}"
        ),
        COUNTS: lambda: _psql(bench, server, _COUNTS.format(company=company)),
    }


def _psql(bench, server, query):
    begin = time.perf_counter()
    psql_copy(bench.place, server.database, query)
    return {METRIC: (time.perf_counter() - begin) * 1000}


def _grouped(core, company):
    """Ask what a caller would need for the same: closing balances by account."""
    domain = [
        ("company_id", "=", company),
        ("parent_state", "=", "posted"),
        ("date", "<=", YEAR[1]),
    ]
    body = {
        "domain": domain,
        "groupby": ["account_id"],
        "aggregates": ["debit:sum", "credit:sum", "balance:sum"],
    }
    path = "/json/2/account.move.line/formatted_read_group"
    return {METRIC: core.call("POST", path, json.dumps(body), **JSON)[2]}
