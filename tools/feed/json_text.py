# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""SQL expressions that write JSON (RFC 8259) by putting texts together.

PostgreSQL's ``json_build_object`` finds out the type of each argument again for each row; for the
actions of a ledger, plain concatenation takes half the time. No expression here is ever null: one
that were would take the whole document with it.
"""


def text(expression):
    """Return the expression of a string, escaped, or null."""
    return f"coalesce(to_json({expression})::text, 'null')"


def name(expression):
    """Return the expression of a value that needs no escape, in quotes: an id, a date, a code."""
    return f"""coalesce('"' || ({expression}) || '"', 'null')"""


def number(expression):
    """Return the expression of a number, or null; numeric values keep their decimals."""
    return f"coalesce(({expression})::text, 'null')"


def boolean(condition):
    """Return the expression of a condition; an unknown one is false."""
    return f"CASE WHEN {condition} THEN 'true' ELSE 'false' END"


def array(subquery):
    """Return the expression of an array: a subquery's one column of JSON texts, in its order."""
    return f"'[' || array_to_string(ARRAY({subquery}), ', ') || ']'"


def when(condition, expression, otherwise="null"):
    """Return the expression of a value that only some rows have."""
    return f"CASE WHEN {condition} THEN {expression} ELSE '{otherwise}' END"


def members(**expressions):
    """Return the expression of an object.

    >>> print(members(id=name("l.id")))
    '{"id": ' || coalesce('"' || (l.id) || '"', 'null') || '}'
    """
    parts = [f'"{key}": \' || {value}' for key, value in expressions.items()]
    return "'{" + " || ', ".join(parts) + " || '}'"
