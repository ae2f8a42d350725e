# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import BaseCase, tagged

from ..tools import reference

VALUES = {"name": "A {number} B", "number": "7"}


@tagged("post_install", "-at_install")
class TestReference(BaseCase):
    def test_names(self):
        self.assertEqual(reference.names("{name}-{number:04}"), ["name", "number"])
        self.assertEqual(reference.names("plain"), [])

    def test_fill(self):
        self.assertEqual(reference.fill(" B-{number:04} ", VALUES), "B-0007")
        self.assertEqual(reference.fill("{number:3}", VALUES), "007")

    def test_values_are_not_patterns(self):
        self.assertEqual(reference.fill("{name}", VALUES), "A {number} B")

    def test_invalid(self):
        for pattern in ("{", "}", "{a.b}", "{a[0]}", "{a!r}", "{a:99}", "{{name}}", "{a:{b}}"):
            with self.subTest(pattern=pattern), self.assertRaises(reference.InvalidPattern):
                reference.names(pattern)
