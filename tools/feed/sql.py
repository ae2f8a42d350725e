# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every query that reads the ledger for a dossier.

Values are always parameters, and every query names the dossier's companies. The parameters of all
of them come from :meth:`.reader.Dossier.parameters`: ``companies`` (list of ids), ``root`` (id of
the root company as text, the key under which account numbers are stored), ``ancestors``
(``companies`` and the companies above them), ``lang``, ``start_date`` (``-infinity`` without one).
PostgreSQL builds the JSON: an action never becomes a Python object.
"""

from . import json_text

# Items without an account (sections, notes) never exist for a reader.
_POSTED = """
    l.parent_state = 'posted' AND l.account_id IS NOT NULL AND l.company_id = ANY(%(companies)s)
"""
_DELIVERED = f"{_POSTED} AND l.date >= %(start_date)s::date"

# The same as a filter on items already found by their entry or id. Without it the planner, where a
# bulk import was not analysed yet, walks through all items of the company for each of them.
_DELIVERED_ITEM = f"({_DELIVERED}) IS TRUE"

# What an item shows of other tables; for a row without an item, nothing.
_ITEM_JOINS = """
    LEFT JOIN res_currency cc ON cc.id = l.company_currency_id
    LEFT JOIN res_currency ic ON ic.id = l.currency_id
    LEFT JOIN LATERAL (
        SELECT array_to_string(ARRAY(
            SELECT r.account_tax_id FROM account_move_line_account_tax_rel r
            WHERE r.account_move_line_id = l.id ORDER BY r.account_tax_id
        ), ',') AS ids OFFSET 0
    ) AS taxes ON true
"""

_OPENING_ENTRIES = """
    SELECT account_opening_move_id FROM res_company
    WHERE id = ANY(%(companies)s) AND account_opening_move_id IS NOT NULL
"""

_CATEGORY = """
    CASE a.account_type WHEN 'asset_receivable' THEN 'receivable'
                        WHEN 'liability_payable' THEN 'payable' ELSE 'other' END
"""

_OPEN = json_text.members(
    value=json_text.number("round(l.amount_residual, cc.decimal_places)"),
    category=json_text.name(_CATEGORY),
)

_ENTRY = json_text.members(
    id=json_text.name("l.move_id"),
    number=json_text.text("l.move_name"),
    type=json_text.name("m.move_type"),
    reference=json_text.text("coalesce(l.ref, '')"),
    document_date=json_text.name("l.invoice_date"),
    opening=json_text.boolean(f"l.move_id = ANY(ARRAY({_OPENING_ENTRIES}))"),
)

_ITEM = json_text.members(
    id=json_text.name("l.id"),
    date=json_text.name("l.date"),
    account=json_text.name("l.account_id"),
    value=json_text.number("round(l.balance, cc.decimal_places)"),
    description=json_text.text("coalesce(l.name, '')"),
    journal=json_text.name("l.journal_id"),
    entry=_ENTRY,
    company=json_text.name("l.company_id"),
    partner=json_text.name("l.partner_id"),
    currency=json_text.text("ic.name"),
    amount_currency=json_text.number("round(l.amount_currency, ic.decimal_places)"),
    due_date=json_text.name("l.date_maturity"),
    # Few items are open: only they look at their account.
    open_transaction=json_text.when(
        "l.amount_residual <> 0",
        f"""coalesce((SELECT {_OPEN} FROM account_account a
            WHERE a.id = l.account_id AND a.reconcile), 'null')""",
    ),
    matching=json_text.when(
        "l.matching_number IS NOT NULL",
        json_text.members(
            number=json_text.text("l.matching_number"),
            full=json_text.boolean("l.full_reconcile_id IS NOT NULL"),
        ),
    ),
    taxes=json_text.when(
        "taxes.ids <> ''", """'["' || replace(taxes.ids, ',', '", "') || '"]'""", otherwise="[]"
    ),
    tax=json_text.when(
        "l.tax_line_id IS NOT NULL",
        json_text.members(
            id=json_text.name("l.tax_line_id"),
            base=json_text.number("round(l.tax_base_amount, cc.decimal_places)"),
        ),
    ),
    grids=json_text.array(
        """SELECT (
            SELECT t.name->'en_US' FROM account_account_tag t WHERE t.id = r.account_account_tag_id
        ) FROM account_account_tag_account_move_line_rel r
        WHERE r.account_move_line_id = l.id ORDER BY r.account_account_tag_id"""
    ),
    analytic=json_text.when(
        "l.analytic_distribution IS NOT NULL",
        json_text.array(
            """SELECT json_build_object(
                'accounts', string_to_array(d.key, ','), 'percentage', d.value
            ) FROM jsonb_each(l.analytic_distribution) d ORDER BY d.key"""
        ),
        otherwise="[]",
    ),
)

# What an item uses of each kind of record: an id, or several with commas between them.
_USES = """
    l.account_id, l.partner_id, l.journal_id, concat_ws(',', l.tax_line_id, taxes.ids),
    CASE WHEN l.analytic_distribution IS NOT NULL
        THEN array_to_string(ARRAY(SELECT jsonb_object_keys(l.analytic_distribution)), ',') END
"""

_UPSERT = f"CASE WHEN l.id IS NOT NULL THEN {json_text.members(upsert=_ITEM)} END"

# Pages are short walks along an index: compiling them costs more than it saves, and reading a table
# to its end for a join is never worth it, whatever the planner makes of a table that a bulk import
# filled and nobody analysed yet. Dates are put into JSON as text: as ISO 8601 writes them.
SNAPSHOT = """
    SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned() IS NOT NULL,
        set_config('jit', 'off', true), set_config('datestyle', 'ISO', true),
        set_config('enable_mergejoin', 'off', true), set_config('enable_hashjoin', 'off', true)
"""

# A sync point whose snapshot lies ahead of the server (a volume rolled back) is of another history.
SNAPSHOT_IS_PAST = """
    SELECT pg_snapshot_xmax(%(base)s::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
"""


def _full(which, limit):
    return f"""
        SELECT m.id, {_UPSERT}, {_USES}
        FROM (
            SELECT id, move_type FROM account_move
            WHERE company_id = %(company)s AND state = 'posted' AND date >= %(start_date)s::date
            AND id {which} ORDER BY id {limit}
        ) AS m
        LEFT JOIN account_move_line l ON l.move_id = m.id AND {_DELIVERED_ITEM}
        {_ITEM_JOINS}
        ORDER BY m.id, l.id {limit}
    """


# (entry, action, uses…): what a first pull reads, one company after the other. Should an
# entry have nothing to deliver, it has a row without an item, so that fewer rows than asked for
# mean the end.
FULL = _full("> %(entry)s", "LIMIT %(limit)s")
FULL_ENTRY = _full("= %(entry)s", "")

_UNSEEN = """
    xid >= pg_snapshot_xmin(%(base)s::pg_snapshot)
    AND NOT pg_visible_in_snapshot(xid, %(base)s::pg_snapshot)
"""
_UNSEEN_ITEM = f"company_id = ANY(%(companies)s) AND {_UNSEEN}"

_DELETE = json_text.members(
    delete=json_text.members(
        id=json_text.name("c.item_id"),
        entry=json_text.name("c.entry_id"),
        date=json_text.name("greatest(c.date, nullif(%(start_date)s::date, '-infinity'))"),
    )
)


def _changes(which, limit):
    return f"""
        WITH changed AS (
            SELECT item_id, max(entry_id) AS entry_id, min(first_date) AS date
            FROM silverfin_feed_item
            WHERE {_UNSEEN_ITEM} AND last_date >= %(start_date)s::date AND entry_id {which}
            GROUP BY item_id ORDER BY entry_id, item_id {limit}
        )
        SELECT c.entry_id, coalesce({_UPSERT}, {_DELETE}), {_USES}
        FROM changed c
        LEFT JOIN account_move_line l ON l.id = c.item_id AND {_DELIVERED_ITEM}
        LEFT JOIN account_move m ON m.id = l.move_id
        {_ITEM_JOINS}
        ORDER BY c.entry_id, c.item_id
    """


# The same of what the snapshot ``base`` did not see. A delete names no item, so that nothing is
# told of what became of the item elsewhere.
CHANGES = _changes("> %(entry)s", "LIMIT %(limit)s")
CHANGES_ENTRY = _changes("= %(entry)s", "")

# Whether there is anything that the snapshot ``base`` did not see. Most pulls end here: planning
# the query above takes longer than answering this one.
NEWS = f"""
    SELECT EXISTS (
        SELECT FROM silverfin_feed_item
        WHERE {_UNSEEN_ITEM} AND last_date >= %(start_date)s::date
    )
"""

BEFORE_START_CHANGED = f"""
    SELECT EXISTS (
        SELECT FROM silverfin_feed_item
        WHERE {_UNSEEN_ITEM} AND first_date < %(start_date)s::date
    )
"""

# Of amounts in the currency of the dossier: a branch has that of the company above it.
_DECIMALS = """(
    SELECT max(c.decimal_places) FROM res_company o JOIN res_currency c ON c.id = o.currency_id
    WHERE o.id = ANY(%(companies)s)
)"""

OPENING = f"""
    SELECT json_build_object(
        'date', %(start_date)s::date,
        'balances', coalesce(json_agg(json_build_object(
            'account', b.account_id::text, 'value', b.value) ORDER BY b.account_id), '[]')
    )::text
    FROM (
        SELECT l.account_id, round(sum(l.balance), {_DECIMALS}) AS value
        FROM account_move_line l WHERE {_POSTED} AND l.date < %(start_date)s::date
        GROUP BY l.account_id HAVING sum(l.balance) <> 0
    ) AS b
"""

OPENING_ACCOUNTS = f"""
    SELECT DISTINCT l.account_id FROM account_move_line l
    WHERE {_POSTED} AND l.date < %(start_date)s::date
"""

CONTROL = f"""
    SELECT json_build_object(
        'items', coalesce(sum(b.items), 0),
        'debit', coalesce(sum(b.debit), 0),
        'credit', coalesce(sum(b.credit), 0),
        'accounts', coalesce(json_agg(json_build_object(
            'account', b.account_id::text, 'items', b.items, 'balance', b.balance
        ) ORDER BY b.account_id), '[]')
    )::text
    FROM (
        SELECT l.account_id, count(*) AS items,
               round(sum(greatest(l.balance, 0)), {_DECIMALS}) AS debit,
               round(sum(greatest(-l.balance, 0)), {_DECIMALS}) AS credit,
               round(sum(l.balance), {_DECIMALS}) AS balance
        FROM account_move_line l WHERE {_DELIVERED} GROUP BY l.account_id
    ) AS b
"""

CHANGED_RECORDS = f"""
    SELECT kind, array_agg(DISTINCT record_id) FROM silverfin_feed_record
    WHERE {_UNSEEN} GROUP BY kind
"""

_NAME = "coalesce({alias}.name->>%(lang)s, {alias}.name->>'en_US')"

_CARRIES_FORWARD = """
    (split_part({alias}account_type, '_', 1) NOT IN ('income', 'expense')
     AND {alias}account_type <> 'equity_unaffected')
"""

_ACCOUNT = f"""
    SELECT a.id, json_build_object(
        'id', a.id::text,
        'number', a.code_store->>%(root)s,
        'name', {_NAME.format(alias="a")},
        'names', a.name,
        'type', nullif(split_part(a.account_type, '_', 1), 'off'),
        'odoo_type', a.account_type,
        'carries_forward', {_CARRIES_FORWARD.format(alias="a.")},
        'reconcile', coalesce(a.reconcile, false),
        'currency', c.name,
        'active', coalesce(a.active, false)
    )::text
    FROM account_account a LEFT JOIN res_currency c ON c.id = a.currency_id
"""

_OF_COMPANIES = """
    EXISTS (SELECT FROM account_account_res_company_rel r
            WHERE r.account_account_id = a.id AND r.res_company_id = ANY(%(ancestors)s))
"""

ACCOUNTS = f"{_ACCOUNT} WHERE {_OF_COMPANIES} ORDER BY a.code_store->>%(root)s, a.id"

_PARTNER = """
    SELECT p.id, json_build_object(
        'id', p.id::text, 'name', coalesce(p.name, ''), 'vat', p.vat,
        'company_registry', p.company_registry, 'country', c.code
    )::text
    FROM res_partner p LEFT JOIN res_country c ON c.id = p.country_id
"""

_JOURNAL = f"""
    SELECT j.id, json_build_object(
        'id', j.id::text, 'code', j.code, 'name', {_NAME.format(alias="j")}, 'type', j.type
    )::text
    FROM account_journal j
"""

_TAX = f"""
    SELECT t.id, json_build_object(
        'id', t.id::text, 'name', {_NAME.format(alias="t")}, 'amount', t.amount,
        'amount_type', t.amount_type, 'use', t.type_tax_use
    )::text
    FROM account_tax t
"""

_ANALYTIC_ACCOUNT = f"""
    SELECT n.id, json_build_object(
        'id', n.id::text, 'code', n.code, 'name', {_NAME.format(alias="n")},
        'plan', {_NAME.format(alias="p")}
    )::text
    FROM account_analytic_account n JOIN account_analytic_plan p ON p.id = n.plan_id
"""

_PARTNER_OF_COMPANIES = f"""
    EXISTS (SELECT FROM account_move_line l WHERE l.partner_id = p.id AND {_DELIVERED})
"""


def _records(alias, select, of_companies):
    return f"""
        {select} WHERE {alias}.id = ANY(%(used)s::int[] || %(changed)s::int[])
        AND ({alias}.id = ANY(%(used)s) OR {of_companies}) ORDER BY {alias}.id
    """


# kind of record: (name of its list on a page, query for (id, JSON) of the records that are used, or
# that changed and are the dossier's), in the order of an item's uses
RECORDS = {
    "account": ("accounts", _records("a", _ACCOUNT, _OF_COMPANIES)),
    "partner": ("partners", _records("p", _PARTNER, _PARTNER_OF_COMPANIES)),
    "journal": ("journals", _records("j", _JOURNAL, "j.company_id = ANY(%(ancestors)s)")),
    "tax": ("taxes", _records("t", _TAX, "t.company_id = ANY(%(ancestors)s)")),
    "analytic_account": (
        "analytic_accounts",
        _records(
            "n", _ANALYTIC_ACCOUNT, "(n.company_id IS NULL OR n.company_id = ANY(%(ancestors)s))"
        ),
    ),
}

# How many items there are to deliver, for people: exact up to a limit, else as the planner thinks.
SOME_ITEMS = f"""
    SELECT count(*) FROM (
        SELECT FROM account_move_line l WHERE {_DELIVERED} LIMIT %(limit)s
    ) AS found
"""
PLANNED_ITEMS = f"EXPLAIN (FORMAT JSON) SELECT FROM account_move_line l WHERE {_DELIVERED}"

FIRST_DATE = f"""
    SELECT min(l.date) FROM account_move_line l
    WHERE {_DELIVERED} AND l.move_id NOT IN (
        SELECT o.account_opening_move_id FROM res_company o
        WHERE o.id = ANY(%(companies)s) AND o.account_opening_move_id IS NOT NULL
    )
"""

# Opening, debit, credit and closing of each account, and the earlier results not yet allocated.
# Accounts that do not carry forward open at the start of the fiscal year of ``from``.
TRIAL_BALANCE = f"""
    WITH sums AS (
        SELECT l.account_id,
            coalesce(sum(l.balance) FILTER (WHERE l.date < %(year_start)s::date), 0) AS earlier,
            coalesce(sum(l.balance) FILTER (WHERE l.date >= %(year_start)s::date
                AND l.date < %(from)s::date), 0) AS of_year,
            coalesce(sum(l.debit) FILTER (WHERE l.date >= %(from)s::date), 0) AS debit,
            coalesce(sum(l.credit) FILTER (WHERE l.date >= %(from)s::date), 0) AS credit,
            max(l.date) >= %(year_start)s::date AS in_year
        FROM account_move_line l WHERE {_POSTED} AND l.date <= %(to)s::date GROUP BY l.account_id
    ), balances AS (
        SELECT account_id, debit, credit, {_DECIMALS} AS decimals,
            of_year + CASE WHEN carries_forward THEN earlier ELSE 0 END AS opening,
            CASE WHEN carries_forward THEN 0 ELSE earlier END AS unallocated,
            in_year OR carries_forward AS shown
        FROM sums JOIN (
            SELECT id, {_CARRIES_FORWARD.format(alias="")} AS carries_forward
            FROM account_account WHERE account_type <> 'off_balance'
        ) AS a ON a.id = account_id
    )
    SELECT json_build_object(
        'from', %(from)s::date,
        'to', %(to)s::date,
        'accounts', coalesce(json_agg(json_build_object(
            'account', account_id::text,
            'opening', round(opening, decimals),
            'debit', round(debit, decimals),
            'credit', round(credit, decimals),
            'closing', round(opening + debit - credit, decimals)
        ) ORDER BY account_id) FILTER (WHERE shown), '[]'),
        'unallocated_result', round(coalesce(sum(unallocated), 0), coalesce(max(decimals), 2))
    )::text
    FROM balances
"""
