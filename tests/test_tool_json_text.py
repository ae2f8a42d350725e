# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from decimal import Decimal

from odoo.tests import TransactionCase, tagged

from ..tools.feed import json_text

NASTY = ('"', "\\", "a\nb\tc\r", "é 漢 🙂", "%s {x}", "</script>", "\x01\x1f\x7f", "", "\u2028")


@tagged("post_install", "-at_install")
class TestJsonText(TransactionCase):
    """What PostgreSQL writes with these expressions is the JSON that was meant."""

    def evaluate(self, expression, value=None, kind="text"):
        """Return what the expression makes of the column ``v``."""
        query = f"SELECT {expression} FROM (SELECT %s::{kind} AS v) AS r"  # pylint: disable=sql-injection
        self.env.cr.execute(query, [value])
        return json.loads(self.env.cr.fetchone()[0], parse_float=Decimal)

    def test_text(self):
        for text in NASTY:
            with self.subTest(text=text):
                self.assertEqual(self.evaluate(json_text.text("v"), text), text)

    def test_name(self):
        self.assertEqual(self.evaluate(json_text.name("v"), 42, "integer"), "42")
        self.assertEqual(self.evaluate(json_text.name("v"), "2026-03-31", "date"), "2026-03-31")

    def test_number_keeps_its_decimals(self):
        number = self.evaluate(json_text.number("v"), "121.00", "numeric")
        self.assertEqual(str(number), "121.00")

    def test_boolean(self):
        for value, expected in ((True, True), (False, False), (None, False)):
            self.assertIs(self.evaluate(json_text.boolean("v"), value, "boolean"), expected)

    def test_null(self):
        """Nothing is null as a whole: it would take the document around it along."""
        for helper in (json_text.text, json_text.name, json_text.number):
            document = self.evaluate(json_text.members(before=helper("v"), after="'1'"))
            self.assertEqual(document, {"before": None, "after": 1})

    def test_array(self):
        rows = "SELECT to_json(i)::text FROM generate_series(1, 3) AS i ORDER BY i DESC"
        self.assertEqual(self.evaluate(json_text.array(rows)), [3, 2, 1])
        self.assertEqual(self.evaluate(json_text.array(f"{rows} LIMIT 0")), [])

    def test_when(self):
        expression = json_text.when("v > 1", json_text.number("v"), otherwise="[]")
        for value, expected in ((2, 2), (1, []), (None, [])):
            self.assertEqual(self.evaluate(expression, value, "integer"), expected)

    def test_members_within_members(self):
        inner = json_text.members(name=json_text.text("v"))
        self.assertEqual(
            self.evaluate(json_text.members(a=inner, b=inner), '"'),
            {"a": {"name": '"'}, "b": {"name": '"'}},
        )
