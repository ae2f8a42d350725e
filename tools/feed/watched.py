# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is noted as a change of the ledger, and when.

Cursors on ``write_date`` or ids lose what began earlier and committed later. Here every change
leaves a row with the id of the transaction that made it, so that a reader who kept his snapshot
(``pg_current_snapshot()``) can be told exactly what his snapshot did not see.

The triggers fire once a statement and look at its transition tables. They note only items that are
or were posted, and only when something changed that the feed shows. A row is per company and item,
because an item may move from a company to its branch; it keeps the earliest and the latest date
that the item had in the transaction, for dossiers that begin at a date.

Within a transaction a row is written once; rows of different transactions never meet, so booking
neither waits nor fails because of them.
An error in a trigger is swallowed and noted as a fault, which invalidates every sync point.
"""

# What an action of the feed shows of a journal item (state, account and company decide whether it
# is delivered at all).
ITEM_COLUMNS = (
    "move_id", "company_id", "parent_state", "account_id", "date", "name", "journal_id",
    "move_name", "ref", "invoice_date", "partner_id", "currency_id", "amount_currency", "balance",
    "date_maturity", "amount_residual", "matching_number", "full_reconcile_id", "tax_line_id",
    "tax_base_amount", "analytic_distribution",
)  # fmt: skip

_NOTE_ITEMS = """
    INSERT INTO silverfin_feed_item AS noted (company_id, item_id, entry_id, first_date, last_date)
    SELECT company_id, id, max(move_id), min(date), max(date) FROM ({rows}) AS changed
    WHERE company_id IS NOT NULL AND date IS NOT NULL
    GROUP BY company_id, id
    ON CONFLICT (company_id, xid, item_id) DO UPDATE
        SET first_date = least(noted.first_date, excluded.first_date),
            last_date = greatest(noted.last_date, excluded.last_date)
        WHERE noted.first_date > excluded.first_date OR noted.last_date < excluded.last_date;
"""

# Sections and notes have no account: for a reader they do not exist.
_DELIVERED = "{alias}.parent_state = 'posted' AND {alias}.account_id IS NOT NULL"

_ITEM = "SELECT {alias}.company_id, {alias}.id, {alias}.move_id, {alias}.date"


def _delivered(alias):
    return _DELIVERED.format(alias=alias)


def _note_items(rows):
    return _NOTE_ITEMS.format(rows=rows)


def _changed(columns):
    old = ", ".join(f"o.{column}" for column in columns)
    new = ", ".join(f"n.{column}" for column in columns)
    return f"({old}) IS DISTINCT FROM ({new})"


def _items_changed():
    old, new = _ITEM.format(alias="o"), _ITEM.format(alias="n")
    joined = "FROM old_rows o JOIN new_rows n USING (id)"
    shown = f"({_delivered('o')} OR {_delivered('n')}) AND {_changed(ITEM_COLUMNS)}"
    return _by_operation(
        INSERT=_note_items(f"{new} FROM new_rows n WHERE {_delivered('n')}"),
        UPDATE=_note_items(f"{old} {joined} WHERE {shown} UNION ALL {new} {joined} WHERE {shown}"),
        DELETE=_note_items(f"{old} FROM old_rows o WHERE {_delivered('o')}"),
    )


def _by_operation(**bodies):
    branches = [f"TG_OP = '{operation}' THEN {body}" for operation, body in bodies.items()]
    return f"    IF {'    ELSIF '.join(branches)}    END IF;"


def _related_changed(column):
    """Items whose relation table (taxes, grids) changed; rows of deleted items find no item."""
    rows = (
        f"{_ITEM.format(alias='l')} FROM {{rows}} r JOIN account_move_line l ON l.id = r.{column}"
        f" WHERE {_delivered('l')}"
    )
    new, old = rows.format(rows="new_rows"), rows.format(rows="old_rows")
    return _by_operation(
        INSERT=_note_items(new),
        UPDATE=_note_items(f"{new} UNION ALL {old}"),
        DELETE=_note_items(old),
    )


def _items_of_changed(columns, item_join, also=""):
    """Items that show a column of another table, when that column changes there."""
    return _note_items(
        f"{_ITEM.format(alias='l')} FROM old_rows o JOIN new_rows n USING (id)"
        f" JOIN account_move_line l ON {item_join}"
        f" WHERE {_delivered('l')} AND {_changed(columns)} {also}"
    )


def _record_changed(kind, columns):
    return f"""
    INSERT INTO silverfin_feed_record (kind, record_id)
    SELECT '{kind}', n.id FROM old_rows o JOIN new_rows n USING (id) WHERE {_changed(columns)}
    ON CONFLICT DO NOTHING;
"""


def _record_related(kind, column):
    """Records of ``kind`` that a relation table newly attaches to something (a company)."""
    return f"""
    INSERT INTO silverfin_feed_record (kind, record_id)
    SELECT DISTINCT '{kind}', n.{column} FROM new_rows n ON CONFLICT DO NOTHING;
"""


def _plan_changed():
    return f"""
    INSERT INTO silverfin_feed_record (kind, record_id)
    SELECT 'analytic_account', a.id FROM old_rows o JOIN new_rows n USING (id)
    JOIN account_analytic_account a ON a.plan_id = n.id WHERE {_changed(["name"])}
    ON CONFLICT DO NOTHING;
"""


def _truncated():
    return """
    INSERT INTO silverfin_feed_fault (source, sqlstate, message)
    VALUES (TG_NAME, '00000', 'The table was truncated.');
"""


_ACCOUNT_COLUMNS = ("name", "code_store", "account_type", "reconcile", "currency_id", "active")
_OPEN_ITEMS = "AND l.amount_residual <> 0"
_GRID_ITEMS = (
    "l.id IN (SELECT account_move_line_id FROM account_account_tag_account_move_line_rel"
    " WHERE account_account_tag_id = n.id)"
)
_TAX_REL = "account_move_line_account_tax_rel"
_GRID_REL = "account_account_tag_account_move_line_rel"

# table: (operations, body of its trigger function)
_WATCHED = {
    "account_move_line": (("INSERT", "UPDATE", "DELETE"), _items_changed()),
    _TAX_REL: (("INSERT", "UPDATE", "DELETE"), _related_changed("account_move_line_id")),
    _GRID_REL: (("INSERT", "UPDATE", "DELETE"), _related_changed("account_move_line_id")),
    "account_move": (("UPDATE",), _items_of_changed(["move_type"], "l.move_id = n.id")),
    "res_company": (
        ("UPDATE",),
        _items_of_changed(
            ["account_opening_move_id"],
            "l.move_id IN (o.account_opening_move_id, n.account_opening_move_id)",
        ),
    ),
    "account_account_tag": (("UPDATE",), _items_of_changed(["name->>'en_US'"], _GRID_ITEMS)),
    "account_account": (
        ("UPDATE",),
        _record_changed("account", _ACCOUNT_COLUMNS)
        + _items_of_changed(["account_type", "reconcile"], "l.account_id = n.id", _OPEN_ITEMS),
    ),
    "account_account_res_company_rel": (
        ("INSERT",),
        _record_related("account", "account_account_id"),
    ),
    "res_partner": (
        ("UPDATE",),
        _record_changed("partner", ("name", "vat", "company_registry", "country_id")),
    ),
    "account_journal": (("UPDATE",), _record_changed("journal", ("code", "name", "type"))),
    "account_tax": (
        ("UPDATE",),
        _record_changed("tax", ("name", "amount", "amount_type", "type_tax_use")),
    ),
    "account_analytic_account": (
        ("UPDATE",),
        _record_changed("analytic_account", ("code", "name", "plan_id")),
    ),
    "account_analytic_plan": (("UPDATE",), _plan_changed()),
}

# Relation tables hold what items show; emptied by TRUNCATE, they leave no rows to look at.
_TRUNCATE_WATCHED = ("account_move_line", _TAX_REL, _GRID_REL)

_SHORT_NAMES = {_TAX_REL: "item_tax", _GRID_REL: "item_grid", "account_move_line": "item"}

# name of a trigger function: (its body, tables, operations)
FUNCTIONS = {
    f"silverfin_feed_note_{_SHORT_NAMES.get(table, table)}": (body, (table,), operations)
    for table, (operations, body) in _WATCHED.items()
} | {"silverfin_feed_note_truncate": (_truncated(), _TRUNCATE_WATCHED, ("TRUNCATE",))}

WATCHED_TABLES = (*_WATCHED,)
