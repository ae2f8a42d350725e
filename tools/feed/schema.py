# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The feed's tables, functions and triggers: made, checked, dropped."""

import functools
import hashlib

from odoo.tools import SQL

from .watched import FUNCTIONS

# Nothing in these tables is worth keeping: where one is not as it should be, an update of the addon
# makes it anew, and with it begins another history.
TABLES = {
    "silverfin_feed_item": """
        company_id integer NOT NULL,
        item_id integer NOT NULL,
        entry_id integer NOT NULL,
        first_date date NOT NULL,
        last_date date NOT NULL,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        PRIMARY KEY (company_id, xid, item_id)
    """,
    "silverfin_feed_record": """
        kind varchar NOT NULL,
        record_id integer NOT NULL,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        PRIMARY KEY (xid, kind, record_id)
    """,
    "silverfin_feed_fault": """
        source varchar NOT NULL,
        sqlstate varchar NOT NULL,
        message varchar NOT NULL,
        noted_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')
    """,
    "silverfin_feed_state": """
        id integer PRIMARY KEY CHECK (id = 1),
        install_id uuid NOT NULL DEFAULT gen_random_uuid(),
        history varchar,
        begun_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')
    """,
}

# Columns, primary key and checks of our tables. What they were when we made a table is kept in its
# comment, after the digest of the definition above, so that anybody's change is found.
_SHAPES = """
    SELECT c.relname, obj_description(c.oid, 'pg_class'), md5(concat(
        (SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull),
                           ',' ORDER BY attnum)
         FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
        (SELECT string_agg(pg_get_constraintdef(oid), ',' ORDER BY contype, conname)
         FROM pg_constraint WHERE conrelid = c.oid AND contype IN ('p', 'c'))
    ))
    FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema::regnamespace
    AND c.relname = ANY(%s)
"""

# A trigger's error must never stop a booking. It runs with our rights and our search path, whoever
# books; should even the fault not be noted, the check of tables and triggers finds what is missing.
_FUNCTION = """
CREATE FUNCTION %(name)s() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = %(schema)s, pg_temp AS $function$
BEGIN
%(body)s
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    BEGIN
        INSERT INTO silverfin_feed_fault (source, sqlstate, message)
        VALUES (TG_NAME, SQLSTATE, left(SQLERRM, 200));
    EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'account_silverfin: trigger %% failed: %%', TG_NAME, SQLERRM;
    END;
    RETURN NULL;
END
$function$;
"""

_TRIGGER = """
CREATE TRIGGER %(name)s AFTER %(operation)s ON %(table)s %(transition_tables)s
FOR EACH STATEMENT EXECUTE FUNCTION %(function)s()
"""

# Our functions with what calls them: (name, comment, digest of the source, [trigger and table]).
_INSTALLED = """
SELECT p.proname, obj_description(p.oid, 'pg_proc'), md5(p.prosrc),
       array_agg(t.tgname || ' ' || t.tgrelid::regclass)
FROM pg_proc p JOIN pg_trigger t ON t.tgfoid = p.oid
WHERE p.proname = ANY(%s) AND p.pronamespace = current_schema::regnamespace
AND t.tgenabled = 'O'
GROUP BY p.oid
"""

_TRANSITION_TABLES = {
    "INSERT": "REFERENCING NEW TABLE AS new_rows",
    "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "REFERENCING OLD TABLE AS old_rows",
    "TRUNCATE": "",
}


def install(cr, lock_timeout="10s"):
    """Create what is missing or differs; leave alone what is as it should be.

    :param cr: a writable cursor
    :param str lock_timeout: how long to wait for those who book, as PostgreSQL writes it
    """
    cr.execute("SELECT current_setting('lock_timeout')")
    before = cr.fetchone()[0]
    cr.execute("SELECT set_config('lock_timeout', %s, true)", [lock_timeout])
    sound = _sound_tables(cr)
    for name in TABLES:
        if name not in sound:
            _make_table(cr, name)
    cr.execute("INSERT INTO silverfin_feed_state (id) VALUES (1) ON CONFLICT DO NOTHING")
    sound = _sound_functions(cr)
    for name in FUNCTIONS:
        if name not in sound:
            _make_function(cr, name)
    cr.execute("SELECT set_config('lock_timeout', %s, true)", [before])


def uninstall(cr):
    """Drop every table, function and trigger of the feed."""
    for name in FUNCTIONS:
        _drop_function(cr, name)
    for name in TABLES:
        cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(name)))


def is_sound(cr):
    """Tell whether tables, functions and triggers are all there, as made, and switched on."""
    return _sound_tables(cr) == TABLES.keys() and _sound_functions(cr) == FUNCTIONS.keys()


def _sound_tables(cr):
    return {
        name
        for name, (comment, shape) in _shapes(cr).items()
        if comment == f"{_digest(TABLES[name])} {shape}"
    }


def _shapes(cr):
    cr.execute(_SHAPES, [list(TABLES)])
    return {name: (comment, shape) for name, comment, shape in cr.fetchall()}


def _make_table(cr, name):
    table = SQL.identifier(name)
    cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
    cr.execute(SQL("CREATE TABLE %s (%s)", table, SQL(TABLES[name])))
    _comment, shape = _shapes(cr)[name]
    cr.execute(SQL("COMMENT ON TABLE %s IS %s", table, f"{_digest(TABLES[name])} {shape}"))


def _sound_functions(cr):
    """Return the names of functions that are as made and that their triggers call.

    A comment outlives ``CREATE OR REPLACE``, therefore it names the function's source too.
    """
    cr.execute(_INSTALLED, [list(FUNCTIONS)])
    return {
        name
        for name, comment, source, triggers in cr.fetchall()
        if comment == f"{_definition_digest(name)} {source}"
        and sorted(triggers)
        == sorted(f"{trigger} {table}" for trigger, _, table in _triggers(name))
    }


def _make_function(cr, name):
    body, _tables, _operations = FUNCTIONS[name]
    _drop_function(cr, name)
    cr.execute("SELECT current_schema")
    schema = SQL.identifier(cr.fetchone()[0])
    function = SQL.identifier(name)
    cr.execute(SQL(_FUNCTION, name=function, schema=schema, body=SQL(body)))
    cr.execute(SQL("REVOKE EXECUTE ON FUNCTION %s() FROM PUBLIC", function))
    for trigger, operation, table in _triggers(name):
        _make_trigger(cr, name, trigger, operation, table)
    cr.execute("SELECT md5(prosrc) FROM pg_proc WHERE oid = %s::regproc", [name])
    comment = f"{_definition_digest(name)} {cr.fetchone()[0]}"
    cr.execute(SQL("COMMENT ON FUNCTION %s() IS %s", function, comment))


def _make_trigger(cr, function, trigger, operation, table):
    cr.execute(
        SQL(
            _TRIGGER,
            name=SQL.identifier(trigger),
            operation=SQL(operation),
            table=SQL.identifier(table),
            transition_tables=SQL(_TRANSITION_TABLES[operation]),
            function=SQL.identifier(function),
        )
    )


def _drop_function(cr, name):
    cr.execute(SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(name)))


def _definition_digest(name):
    return _digest(f"{_FUNCTION}{_TRIGGER}{FUNCTIONS[name]}")


@functools.cache  # asked with every pull
def digest():
    """Name the definitions of everything that is made here."""
    return _digest(repr((TABLES, FUNCTIONS, _FUNCTION, _TRIGGER)))


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def _triggers(name):
    """Return the triggers that call a function: (trigger, operation, table)."""
    _body, tables, operations = FUNCTIONS[name]
    return [
        (f"{name}_{operation.lower()}", operation, table)
        for table in tables
        for operation in operations
    ]
