# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which history of the database a sync point belongs to.

A transaction id means something only within one history. A restored dump, a copied database, a
promoted standby, a recovery to a point in time, a re-installed addon and a trigger that failed or
had been switched off each begin another one; sync points of the former are then refused.

A history is named by the digest of: the cluster's system identifier, its timeline, the database's
oid, the addon's install id, and the identity of the feed's tables, triggers and functions. The
timeline comes from the position in the write-ahead log, since the control file lags a promotion.
The system columns ``xmin`` tell a catalogue row that was altered and altered back.
"""

from . import schema

_CURRENT = """
SELECT md5(concat_ws('/',
        (SELECT system_identifier FROM pg_control_system()),
        left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
        (SELECT oid FROM pg_database WHERE datname = current_database()),
        (SELECT install_id FROM silverfin_feed_state),
        (SELECT string_agg(concat_ws(':', relname, oid, xmin), ',' ORDER BY relname)
           FROM pg_class WHERE relkind = 'r' AND relname LIKE 'silverfin\\_feed\\_%%'
            AND relname <> 'silverfin_feed_state'
            AND relnamespace = current_schema::regnamespace),
        (SELECT string_agg(
                    concat_ws(':', tgname, tgrelid, t.oid, t.xmin, p.xmin), ',' ORDER BY tgname)
           FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
          WHERE tgname LIKE 'silverfin\\_feed\\_%%')
    )),
    (SELECT history FROM silverfin_feed_state)
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
    name, recorded = _identity(cr)
    if name != recorded or faults(cr):
        return None
    return name


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
        return []
    reasons = faults(cr)
    cr.execute("DELETE FROM silverfin_feed_item")
    cr.execute("DELETE FROM silverfin_feed_record")
    cr.execute("DELETE FROM silverfin_feed_fault")
    cr.execute(
        "UPDATE silverfin_feed_state"
        " SET install_id = gen_random_uuid(), begun_at = now() AT TIME ZONE 'UTC'"
    )
    cr.execute("UPDATE silverfin_feed_state SET history = %s", [_identity(cr)[0]])
    return reasons


def _identity(cr):
    if not schema.is_sound(cr):
        raise NotReady
    cr.execute(_CURRENT, [])
    return cr.fetchone()
