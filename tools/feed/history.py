# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which history of the database a sync point belongs to.

A transaction id means something only within one history. A restored dump, a copied database, a
promoted standby, a recovery to a point in time, a re-installed addon and a trigger that failed or
had been switched off each begin another one; sync points of the former are then refused.

A history is named by the digest of: the cluster's system identifier, its timeline, the database's
oid, the addon's install id, and the definition and identity of the feed's tables, columns, triggers
and functions. The timeline comes from the position in the write-ahead log, since the control file
lags a promotion.
The system columns ``xmin`` tell a catalogue row that was altered and altered back.
"""

import psycopg2.errors

from . import schema
from .watched import WATCHED_TABLES

_CURRENT = """
SELECT md5(concat_ws('/',
        (SELECT system_identifier FROM pg_control_system()),
        left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
        (SELECT oid FROM pg_database WHERE datname = current_database()),
        (SELECT install_id FROM silverfin_feed_state),
        %(definitions)s,
        (SELECT string_agg(concat_ws(':', relname, c.oid, c.xmin, columns), ',' ORDER BY relname)
           FROM pg_class c, LATERAL (
                SELECT string_agg(concat_ws(':', attnum, a.xmin), ',' ORDER BY attnum) AS columns
                FROM pg_attribute a WHERE attrelid = c.oid AND attnum > 0
           ) AS a
          WHERE relkind = 'r' AND relname = ANY(%(tables)s)
            AND relname <> 'silverfin_feed_state'
            AND relnamespace = current_schema::regnamespace),
        (SELECT string_agg(
                    concat_ws(':', tgname, tgrelid, t.oid, t.xmin, p.xmin), ',' ORDER BY tgname)
           FROM pg_class c
           JOIN pg_trigger t ON t.tgrelid = c.oid AND tgname LIKE 'silverfin\\_feed\\_%%'
           JOIN pg_proc p ON p.oid = t.tgfoid
          WHERE relname = ANY(%(watched)s) AND relnamespace = current_schema::regnamespace)
    )),
    (SELECT history FROM silverfin_feed_state),
    EXISTS (SELECT FROM silverfin_feed_fault)
"""

_FAULTS = "SELECT source, sqlstate, message FROM silverfin_feed_fault ORDER BY noted_at LIMIT 20"


class NotReady(Exception):
    """A table, function or trigger of the feed is missing, altered or switched off.

    Only an update of the addon, or who switched it off, mends that.
    """


def current(cr):
    """Return the name of the present history, or None when a new one must begin.

    It is read in the transaction that reads the ledger: its answer holds for that snapshot.

    :raises NotReady: when the feed is not as it was made
    """
    name, recorded, faulty = _identity(cr)
    if name == recorded and not faulty:
        return name
    if not schema.is_sound(cr):
        raise NotReady
    return None


def faults(cr):
    """Return what the triggers noted as gone wrong: (source, sqlstate, message)."""
    cr.execute(_FAULTS)
    return cr.fetchall()


def begin(cr):
    """Begin a new history, unless another process just did; return the faults that ended the old.

    All rows that are visible now are dropped: no reader of the new history needs them, and ids of
    another cluster's transactions would come back for ever. Rows of transactions still running
    stay. The caller commits before anybody reads.

    :param cr: a writable cursor on which nothing was executed yet
    :raises NotReady: when the feed is not as it was made
    """
    # Under "repeatable read" the wait for the lock would leave an old snapshot behind.
    cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    cr.execute("SELECT pg_advisory_xact_lock(hashtext('silverfin_feed_state'))")
    if current(cr):
        return []  # another process was faster
    reasons = faults(cr)
    cr.execute("DELETE FROM silverfin_feed_item")
    cr.execute("DELETE FROM silverfin_feed_record")
    cr.execute("DELETE FROM silverfin_feed_fault")
    cr.execute(
        "UPDATE silverfin_feed_state"
        " SET install_id = gen_random_uuid(), begun_at = now() AT TIME ZONE 'UTC'"
    )
    # Named first and compared then: whatever changes after the naming changes the name.
    name = _identity(cr)[0]
    if not schema.is_sound(cr):
        raise NotReady
    cr.execute("UPDATE silverfin_feed_state SET history = %s", [name])
    return reasons


def _identity(cr):
    """Return the name that the present history should have, the one it has, and any faults.

    The name covers every column of our tables, all triggers and functions: while it stays, they are
    as they were when :func:`begin` compared them with their definitions.
    """
    made = {
        "definitions": schema.digest(),
        "tables": list(schema.TABLES),
        "watched": list(WATCHED_TABLES),
    }
    try:
        cr.execute(_CURRENT, made, log_exceptions=False)
    except (psycopg2.errors.UndefinedTable, psycopg2.errors.UndefinedColumn):
        raise NotReady from None
    return cr.fetchone()
