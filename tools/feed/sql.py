# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every query that reads the ledger for a dossier.

Values are always parameters, and every query names the dossier's companies. The parameters of all
of them come from :meth:`.reader.Dossier.parameters`: ``companies`` (list of ids), ``root`` (id of
the root company as text, the key under which account numbers are stored), ``ancestors``
(``companies`` and the companies above them), ``lang``, ``start_date`` (``-infinity`` without one).
PostgreSQL builds the JSON: an action never becomes a Python object.
"""

# Items without an account (sections, notes) never exist for a reader.
_POSTED = """
    l.parent_state = 'posted' AND l.account_id IS NOT NULL AND l.company_id = ANY(%(companies)s)
"""
_DELIVERED = f"{_POSTED} AND l.date >= %(start_date)s::date"

# The same as a filter on items already found by their entry or id. Without it the planner, where a
# bulk import was not analysed yet, walks through all items of the company for each of them.
_DELIVERED_ITEM = f"({_DELIVERED}) IS TRUE"

_ITEM_JOINS = """
    JOIN account_account a ON a.id = l.account_id
    JOIN res_currency cc ON cc.id = l.company_currency_id
    JOIN res_currency ic ON ic.id = l.currency_id
"""

_ITEM = """
json_build_object(
    'id', l.id::text,
    'date', l.date,
    'account', l.account_id::text,
    'value', round(l.balance, cc.decimal_places),
    'description', coalesce(l.name, ''),
    'journal', l.journal_id::text,
    'entry', json_build_object(
        'id', l.move_id::text,
        'number', l.move_name,
        'type', m.move_type,
        'reference', coalesce(l.ref, ''),
        'document_date', l.invoice_date,
        'opening', EXISTS (
            SELECT FROM res_company o
            WHERE o.id = ANY(%(companies)s) AND o.account_opening_move_id = l.move_id
        )
    ),
    'company', l.company_id::text,
    'partner', l.partner_id::text,
    'currency', ic.name,
    'amount_currency', round(l.amount_currency, ic.decimal_places),
    'due_date', l.date_maturity,
    'open_transaction', CASE WHEN a.reconcile AND l.amount_residual <> 0 THEN json_build_object(
        'value', round(l.amount_residual, cc.decimal_places),
        'category', CASE a.account_type WHEN 'asset_receivable' THEN 'receivable'
                                        WHEN 'liability_payable' THEN 'payable'
                                        ELSE 'other' END
    ) END,
    'matching', CASE WHEN l.matching_number IS NOT NULL THEN json_build_object(
        'number', l.matching_number,
        'full', l.full_reconcile_id IS NOT NULL
    ) END,
    'taxes', coalesce((
        SELECT json_agg(r.account_tax_id::text ORDER BY r.account_tax_id)
        FROM account_move_line_account_tax_rel r WHERE r.account_move_line_id = l.id
    ), '[]'),
    'tax', CASE WHEN l.tax_line_id IS NOT NULL THEN json_build_object(
        'id', l.tax_line_id::text,
        'base', round(l.tax_base_amount, cc.decimal_places)
    ) END,
    'grids', coalesce((
        SELECT json_agg(t.name->>'en_US' ORDER BY t.name->>'en_US', t.id)
        FROM account_account_tag_account_move_line_rel r
        JOIN account_account_tag t ON t.id = r.account_account_tag_id
        WHERE r.account_move_line_id = l.id
    ), '[]'),
    'analytic', coalesce((
        SELECT json_agg(json_build_object('accounts', string_to_array(d.key, ','),
                                          'percentage', d.value) ORDER BY d.key)
        FROM jsonb_each(l.analytic_distribution) d
    ), '[]')
)
"""

# Pages are short walks along an index: compiling them costs more than it saves.
SNAPSHOT = """
    SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned() IS NOT NULL,
        set_config('jit', 'off', true)
"""

# A sync point whose snapshot lies ahead of the server (a volume rolled back) is of another history.
SNAPSHOT_IS_PAST = """
    SELECT pg_snapshot_xmax(%(base)s::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
"""

_FULL = f"""
    SELECT m.id, item.id, item.action
    FROM (
        SELECT id, move_type FROM account_move
        WHERE company_id = %(company)s AND state = 'posted' AND date >= %(start_date)s::date
        AND id {{which}} ORDER BY id {{limit}}
    ) AS m
    LEFT JOIN LATERAL (
        SELECT l.id, json_build_object('upsert', {_ITEM})::text AS action
        FROM account_move_line l {_ITEM_JOINS}
        WHERE l.move_id = m.id AND {_DELIVERED_ITEM}
    ) AS item ON true
    ORDER BY m.id, item.id {{limit}}
"""

# (entry, item, action): what a first pull reads, one company after the other. Should an entry have
# nothing to deliver, it has a row without an item, so that fewer rows than asked for mean the end.
FULL = _FULL.format(which="> %(entry)s", limit="LIMIT %(limit)s")
FULL_ENTRY = _FULL.format(which="= %(entry)s", limit="")

_UNSEEN = """
    xid >= pg_snapshot_xmin(%(base)s::pg_snapshot)
    AND NOT pg_visible_in_snapshot(xid, %(base)s::pg_snapshot)
"""
_UNSEEN_ITEM = f"company_id = ANY(%(companies)s) AND {_UNSEEN}"

_CHANGES = f"""
    WITH changed AS (
        SELECT item_id, max(entry_id) AS entry_id, min(first_date) AS date
        FROM silverfin_feed_item
        WHERE {_UNSEEN_ITEM} AND last_date >= %(start_date)s::date AND entry_id {{which}}
        GROUP BY item_id ORDER BY entry_id, item_id {{limit}}
    )
    SELECT c.entry_id, item.id, coalesce(item.action, json_build_object(
        'delete', json_build_object(
            'id', c.item_id::text,
            'entry', c.entry_id::text,
            'date', greatest(c.date, nullif(%(start_date)s::date, '-infinity'))
        ))::text)
    FROM changed c LEFT JOIN LATERAL (
        SELECT l.id, json_build_object('upsert', {_ITEM})::text AS action
        FROM account_move_line l JOIN account_move m ON m.id = l.move_id {_ITEM_JOINS}
        WHERE l.id = c.item_id AND {_DELIVERED_ITEM}
    ) AS item ON true
    ORDER BY c.entry_id, c.item_id
"""

# (entry, item, action): what the snapshot ``base`` did not see. A delete names no item, so that
# nothing is told of what became of the item elsewhere.
CHANGES = _CHANGES.format(which="> %(entry)s", limit="LIMIT %(limit)s")
CHANGES_ENTRY = _CHANGES.format(which="= %(entry)s", limit="")

BEFORE_START_CHANGED = f"""
    SELECT EXISTS (
        SELECT FROM silverfin_feed_item
        WHERE {_UNSEEN_ITEM} AND first_date < %(start_date)s::date
    )
"""

OPENING = f"""
    SELECT json_build_object(
        'date', %(start_date)s::date,
        'balances', coalesce(json_agg(json_build_object(
            'account', b.account_id::text, 'value', b.value) ORDER BY b.account_id), '[]')
    )::text
    FROM (
        SELECT l.account_id, round(sum(l.balance), max(c.decimal_places)) AS value
        FROM account_move_line l JOIN res_currency c ON c.id = l.company_currency_id
        WHERE {_POSTED} AND l.date < %(start_date)s::date
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
               round(sum(greatest(l.balance, 0)), max(c.decimal_places)) AS debit,
               round(sum(greatest(-l.balance, 0)), max(c.decimal_places)) AS credit,
               round(sum(l.balance), max(c.decimal_places)) AS balance
        FROM account_move_line l JOIN res_currency c ON c.id = l.company_currency_id
        WHERE {_DELIVERED} GROUP BY l.account_id
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

_USED = f"l.id = ANY(%(items)s) AND {_DELIVERED_ITEM}"

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

_ANALYTIC_USED = f"""
    SELECT k::integer FROM account_move_line l,
        jsonb_object_keys(l.analytic_distribution) d, string_to_table(d, ',') k
    WHERE {_USED} AND k ~ '^[0-9]+$'
"""

_TAXES_USED = f"""
    SELECT l.tax_line_id FROM account_move_line l WHERE {_USED}
    UNION SELECT r.account_tax_id FROM account_move_line l
    JOIN account_move_line_account_tax_rel r ON r.account_move_line_id = l.id WHERE {_USED}
"""

_PARTNER_OF_COMPANIES = f"""
    EXISTS (SELECT FROM account_move_line l WHERE l.partner_id = p.id AND {_DELIVERED})
"""


def _records(select, table, used, of_companies):
    """(id, JSON) of the records that a page's items use, or that changed and are the dossier's."""
    alias = table.split()[1]
    return f"""
        {select} WHERE {alias}.id = ANY(ARRAY(
            {used}
            UNION SELECT {alias}.id FROM {table} WHERE {alias}.id = ANY(%(changed)s)
            AND {of_companies}
        )) ORDER BY {alias}.id
    """


def _used(column):
    return f"SELECT l.{column} FROM account_move_line l WHERE {_USED}"


# kind of record: (name of its list on a page, query)
RECORDS = {
    "account": (
        "accounts",
        _records(
            _ACCOUNT,
            "account_account a",
            _used("account_id") + " UNION SELECT unnest(%(accounts)s::int[])",
            _OF_COMPANIES,
        ),
    ),
    "partner": (
        "partners",
        _records(_PARTNER, "res_partner p", _used("partner_id"), _PARTNER_OF_COMPANIES),
    ),
    "journal": (
        "journals",
        _records(
            _JOURNAL,
            "account_journal j",
            _used("journal_id"),
            "j.company_id = ANY(%(ancestors)s)",
        ),
    ),
    "tax": (
        "taxes",
        _records(_TAX, "account_tax t", _TAXES_USED, "t.company_id = ANY(%(ancestors)s)"),
    ),
    "analytic_account": (
        "analytic_accounts",
        _records(
            _ANALYTIC_ACCOUNT,
            "account_analytic_account n",
            _ANALYTIC_USED,
            "(n.company_id IS NULL OR n.company_id = ANY(%(ancestors)s))",
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
    WITH balances AS (
        SELECT l.account_id, a.carries_forward, max(c.decimal_places) AS decimals,
            coalesce(sum(l.balance) FILTER (WHERE l.date < %(from)s::date
                AND (a.carries_forward OR l.date >= %(year_start)s::date)), 0) AS opening,
            coalesce(sum(l.debit) FILTER (WHERE l.date >= %(from)s::date), 0) AS debit,
            coalesce(sum(l.credit) FILTER (WHERE l.date >= %(from)s::date), 0) AS credit,
            coalesce(sum(l.balance) FILTER (WHERE l.date < %(year_start)s::date
                AND NOT a.carries_forward), 0) AS unallocated,
            bool_or(l.date >= %(year_start)s::date OR a.carries_forward) AS shown
        FROM account_move_line l
        JOIN (
            SELECT id, {_CARRIES_FORWARD.format(alias="")} AS carries_forward
            FROM account_account WHERE account_type <> 'off_balance'
        ) AS a ON a.id = l.account_id
        JOIN res_currency c ON c.id = l.company_currency_id
        WHERE {_POSTED} AND l.date <= %(to)s::date
        GROUP BY l.account_id, a.carries_forward
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
