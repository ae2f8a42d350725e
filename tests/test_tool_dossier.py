# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import dataclasses
import datetime

from odoo.tests import BaseCase, tagged

from ..tools.feed.reader import MAX_SNAPSHOT, Dossier, _bounded
from ..tools.sync_point import MAX_LENGTH, SyncPoint

DOSSIER = Dossier(uuid="u", companies=(1, 2), ancestors=(1, 2), root=1, lang="nl_BE")


@tagged("post_install", "-at_install")
class TestDossier(BaseCase):
    def test_fingerprint_is_stable(self):
        """Sync points that readers hold depend on it: a change needs a new version of those."""
        self.assertEqual(DOSSIER.fingerprint, dataclasses.replace(DOSSIER).fingerprint)
        self.assertRegex(DOSSIER.fingerprint, r"\A[0-9a-f]{16}\Z")

    def test_every_field_counts(self):
        changes = {
            "uuid": "v",
            "companies": (1,),
            "ancestors": (1, 2, 3),
            "root": 2,
            "lang": "fr_BE",
            "start_date": datetime.date(2026, 1, 1),
        }
        self.assertEqual(changes.keys(), {field.name for field in dataclasses.fields(Dossier)})
        fingerprints = {DOSSIER.fingerprint}
        fingerprints |= {
            dataclasses.replace(DOSSIER, **{name: value}).fingerprint
            for name, value in changes.items()
        }
        self.assertEqual(len(fingerprints), 1 + len(changes))

    def test_company_and_root_are_not_mixed_up(self):
        one = dataclasses.replace(DOSSIER, companies=(12,), ancestors=(1,))
        other = dataclasses.replace(DOSSIER, companies=(1,), ancestors=(21,))
        self.assertNotEqual(one.fingerprint, other.fingerprint)

    def test_parameters(self):
        parameters = DOSSIER.parameters(limit=5)
        self.assertEqual(
            parameters,
            {
                "companies": [1, 2],
                "ancestors": [1, 2],
                "root": "1",
                "lang": "nl_BE",
                "start_date": "-infinity",
                "limit": 5,
            },
        )

    def test_parameters_with_a_start_date(self):
        start = datetime.date(2026, 1, 1)
        dossier = dataclasses.replace(DOSSIER, start_date=start)
        self.assertEqual(dossier.parameters()["start_date"], start)


@tagged("post_install", "-at_install")
class TestBoundedSnapshot(BaseCase):
    def test_short_ones_stay(self):
        for snapshot in ("700:700:", "700:712:700,705", "1:2:" + "1" * (MAX_SNAPSHOT - 4)):
            self.assertEqual(_bounded(snapshot), snapshot)

    def test_long_ones_begin_at_the_oldest_transaction(self):
        running = ",".join(str(xid) for xid in range(700, 1700))
        self.assertEqual(_bounded(f"700:1700:{running}"), "700:700:")

    def test_a_sync_point_stays_within_its_own_limit(self):
        """Whatever may be issued is accepted again: two snapshots at their longest."""
        longest = "9" * MAX_SNAPSHOT
        point = SyncPoint("h" * 32, "d" * 16, longest, "changes", longest, 2**31, 2**31, "o" * 16)
        self.assertLess(len(point.encode(b"secret")), MAX_LENGTH)
