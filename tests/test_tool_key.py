# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import string

from odoo.tests import BaseCase, tagged

from ..tools import key

ALPHABET = string.digits + string.ascii_letters


@tagged("post_install", "-at_install")
class TestKeyTool(BaseCase):
    def test_shape(self):
        for scope, prefix in (("sync", "sfs_"), ("read", "sfr_")):
            secret = key.generate(scope)
            with self.subTest(scope=scope):
                self.assertRegex(secret, rf"\A{prefix}[0-9A-Za-z]{{49}}\Z")
                self.assertTrue(key.is_well_formed(secret))
                self.assertEqual(key.scope_of(secret), scope)

    def test_unknown_scope(self):
        for scope in ("", "rpc", None):
            with self.subTest(scope=scope), self.assertRaises(KeyError):
                key.generate(scope)

    def test_never_the_same(self):
        self.assertEqual(len({key.generate("sync") for _n in range(500)}), 500)

    def test_every_typo_of_one_character_is_refused(self):
        """CRC32 finds every error burst of up to 32 bits: here all of them, not a sample."""
        secret = key.generate("sync")
        accepted = [
            typo
            for position, character in enumerate(secret)
            for other in ALPHABET + "_-"
            if other != character
            and key.is_well_formed(typo := secret[:position] + other + secret[position + 1 :])
        ]
        self.assertEqual(accepted, [])

    def test_every_swap_of_neighbours_is_refused(self):
        secret = key.generate("read")
        for at in range(len(secret) - 1):
            swapped = secret[:at] + secret[at + 1] + secret[at] + secret[at + 2 :]
            self.assertEqual(key.is_well_formed(swapped), swapped == secret, at)

    def test_the_other_scope_is_no_typo_away(self):
        secret = key.generate("sync")
        self.assertFalse(key.is_well_formed("sfr_" + secret[4:]))

    def test_not_well_formed(self):
        secret = key.generate("sync")
        for text in ("", "sfs_", secret[:-1], secret + "0", " " + secret, secret + "\n", "é" * 53):
            with self.subTest(text=text):
                self.assertFalse(key.is_well_formed(text))

    def test_checksum_by_hand(self):
        """The published algorithm, worked out without the code."""
        body = "sfs_" + "0" * 43
        self.assertTrue(key.is_well_formed(body + _base62(_crc32(body.encode()))))

    def test_what_is_meant_to_be_a_key(self):
        secret = key.generate("read")
        for text in (secret, secret[:-1], f" {secret}\n", secret[:-1] + "0", secret + "x"):
            self.assertTrue(key.is_meant(text), text)
        for text in ("", "sfr_", "sfr_secret", secret[4:], f"x{secret}", "correct horse", 7, None):
            self.assertFalse(key.is_meant(text), text)

    def test_digest_is_sha256(self):
        secret = key.generate("sync")
        self.assertEqual(key.digest(secret), hashlib.sha256(secret.encode()).digest())

    def test_shown_prefix(self):
        secret = key.generate("sync")
        self.assertEqual(key.shown_prefix(secret), secret[:12])


def _crc32(data):
    """Bit by bit, as in the definition (reflected, polynomial 0xEDB88320)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _bit in range(8):
            crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def _base62(number):
    alphabet = string.digits + string.ascii_uppercase + string.ascii_lowercase
    return "".join(alphabet[number // 62**power % 62] for power in range(5, -1, -1))
