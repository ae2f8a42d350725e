# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import dataclasses
import hashlib
import hmac
import json

from odoo.tests import BaseCase, tagged

from ..tools.sync_point import FULL, MAX_LENGTH, InvalidSyncPoint, SyncPoint

SECRET = b"the database's secret"
POINT = SyncPoint(
    history="h" * 32,
    dossier="d" * 16,
    base="700:712:701,705",
    phase=FULL,
    started="710:712:",
    company=3,
    entry=4711,
    opening="0" * 16,
)


def signed(payload):
    """Sign any payload as the database would."""
    raw = hmac.digest(SECRET, payload, hashlib.sha256)[:16] + payload
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@tagged("post_install", "-at_install")
class TestSyncPoint(BaseCase):
    def assert_invalid(self, text, secret=SECRET):
        with self.assertRaises(InvalidSyncPoint):
            SyncPoint.decode(text, secret)

    def test_round_trip(self):
        self.assertEqual(SyncPoint.decode(POINT.encode(SECRET), SECRET), POINT)

    def test_round_trip_of_every_length(self):
        """The padding that base64 leaves out is found again."""
        for length in range(8):
            point = dataclasses.replace(POINT, started="x" * length)
            self.assertEqual(SyncPoint.decode(point.encode(SECRET), SECRET), point)

    def test_safe_in_a_url(self):
        self.assertRegex(POINT.encode(SECRET), r"\A[A-Za-z0-9_-]+\Z")

    def test_every_alteration(self):
        """Changing any one character makes it invalid (but for unused bits of the last one)."""
        text = POINT.encode(SECRET)
        for position in range(len(text) - 1):
            other = "A" if text[position] != "A" else "B"
            self.assert_invalid(text[:position] + other + text[position + 1 :])

    def test_every_cut(self):
        text = POINT.encode(SECRET)
        for length in range(len(text)):
            self.assert_invalid(text[:length])

    def test_appended(self):
        self.assert_invalid(POINT.encode(SECRET) + "AAAA")

    def test_foreign_secret(self):
        self.assert_invalid(POINT.encode(b"another database's"))

    def test_another_version(self):
        fields = dataclasses.astuple(POINT)
        genuine = signed(json.dumps([1, *fields]).encode())
        self.assertEqual(SyncPoint.decode(genuine, SECRET), POINT)
        self.assert_invalid(signed(json.dumps([2, *fields]).encode()))

    def test_too_long(self):
        point = dataclasses.replace(POINT, started="9" * MAX_LENGTH)
        self.assert_invalid(point.encode(SECRET))

    def test_not_base64(self):
        for text in ("", "é", "not base64!", "=" * 8, "a b c d", "\0", "%00", "AAAA\n"):
            with self.subTest(text=text):
                self.assert_invalid(text)

    def test_frozen(self):
        with self.assertRaises(dataclasses.FrozenInstanceError):
            POINT.entry = 5
