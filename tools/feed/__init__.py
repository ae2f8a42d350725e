# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The feed of a ledger, without the ORM.

* :mod:`.watched`: what is noted as a change, and when;
* :mod:`.schema`: the tables and triggers for it, made, checked and dropped;
* :mod:`.history`: which history of the database a sync point belongs to;
* :mod:`.sql`: every query that reads the ledger;
* :mod:`.reader`: one page after the other.
"""
