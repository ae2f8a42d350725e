# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Nothing shows a secret or its digest again: every way an administrator could try."""

import base64
import json

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools import key as key_tool
from ..tools import problem
from .common import SilverfinCase, everything_logged


@tagged("post_install", "-at_install")
class TestSecrecy(SilverfinCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.silverfin_user(
            "sf.admin", "base.group_system,account_silverfin.group_manager", cls.company
        )
        with everything_logged() as cls.log:
            cls.key, cls.secret = cls.silverfin_key(cls.client, user=cls.admin)
        cls.env.flush_all()
        digest = key_tool.digest(cls.secret)
        cls.needles = (
            cls.secret,
            cls.secret[12:],
            digest.hex(),
            repr(digest)[2:-1],
            base64.b64encode(digest).decode(),
        )
        cls.keys = cls.env["silverfin.api.key"].with_user(cls.admin)

    def assert_secret(self, text):
        for needle in self.needles:
            self.assertNotIn(needle, text)

    def attempt(self, function):
        """Try something; return all that it tells, the text of its error included."""
        try:
            with self.env.cr.savepoint():
                result = function()
        except Exception as error:  # noqa: BLE001 - whatever it is, its text matters
            return False, f"{error!r} {error.__context__!r}"
        return True, repr(result) + json.dumps(result, default=repr)

    def test_the_needles_would_be_found(self):
        """The digest is where we say: else the other tests looked for something else."""
        self.env.cr.execute("SELECT digest FROM silverfin_api_key WHERE id = %s", self.key.ids)
        self.assertEqual(bytes(self.env.cr.fetchone()[0]).hex(), self.needles[2])

    def test_no_field(self):
        self.assertNotIn("digest", self.keys._fields)
        self.assertNotIn("digest", self.keys.fields_get())
        fields = self.env["ir.model.fields"].search([("model", "=", "silverfin.api.key")])
        self.assertNotIn("digest", fields.mapped("name"))

    def test_asking_for_the_digest(self):
        """No method of the ORM takes the column's name."""
        key = self.key.with_user(self.admin)
        keys = self.keys
        ways = {
            "search": lambda: keys.search([("digest", "!=", False)]).ids,
            "search_like": lambda: keys.search([("digest", "=like", "\\x%")]).ids,
            "search_through": lambda: self.client.search([("key_ids.digest", "!=", False)]).ids,
            "order": lambda: keys.search([], order="digest").ids,
            "search_read": lambda: keys.search_read([], ["digest"]),
            "search_count": lambda: keys.search_count([("digest", "!=", False)]),
            "read": lambda: key.read(["digest"]),
            "item": lambda: key["digest"],
            "attribute": lambda: key.digest,
            "mapped": lambda: key.mapped("digest"),
            "filtered": lambda: key.filtered("digest").ids,
            "filtered_domain": lambda: key.filtered_domain([("digest", "!=", False)]).ids,
            "group": lambda: keys._read_group([], ["digest"]),
            "aggregate": lambda: keys._read_group([], [], ["digest:array_agg"]),
            "formatted_group": lambda: keys.formatted_read_group([], ["digest"]),
            "formatted_aggregate": lambda: keys.formatted_read_group([], [], ["digest:max"]),
            "write": lambda: key.write({"digest": b"x"}),
        }
        for name, way in ways.items():
            with self.subTest(name):
                succeeded, text = self.attempt(way)
                self.assertFalse(succeeded, text)
                self.assert_secret(text)

    def test_asking_for_everything(self):
        key = self.key.with_user(self.admin)
        keys = self.keys
        every = list(keys.fields_get())
        specification = {name: {} for name in every}
        ways = {
            "read": key.read,
            "search_read": lambda: keys.search_read([]),
            "web_read": lambda: key.web_read({**specification, "digest": {}}),
            "web_search_read": lambda: keys.web_search_read([], specification),
            "export": lambda: key.export_data(every),
            "export_digest": lambda: key.export_data(["id", "digest"]),
            "name_search": lambda: keys.name_search(self.secret),
            "search_secret": lambda: keys.search([("name", "ilike", self.secret[12:])]).ids,
            "display_name": lambda: key.display_name,
            "metadata": key.get_metadata,
            "onchange": lambda: key.onchange({}, [], specification),
            "default_get": lambda: keys.default_get([*every, "digest"]),
            "client": lambda: self.client.with_user(self.admin).read(),
            "events": lambda: (
                self.env["silverfin.api.key.event"]
                .with_user(self.admin)
                .search_read([("key_id", "=", key.id)])
            ),
            "view": lambda: keys.get_views([(False, "form"), (False, "list")]),
        }
        for name, way in ways.items():
            with self.subTest(name):
                _succeeded, text = self.attempt(way)
                self.assert_secret(text)

    def test_something_is_read_at_all(self):
        """The ways above do work: they find what may be shown."""
        self.assertIn(self.secret[:12], repr(self.key.with_user(self.admin).read()))
        exported = self.key.with_user(self.admin).export_data(["prefix"])
        self.assertEqual(exported["datas"], [[self.secret[:12]]])

    def test_export_template(self):
        template = (
            self.env["ir.exports"]
            .with_user(self.admin)
            .create(
                {
                    "name": "All of it",
                    "resource": "silverfin.api.key",
                    "export_fields": [(0, 0, {"name": "prefix"}), (0, 0, {"name": "digest"})],
                }
            )
        )
        names = template.export_fields.mapped("name")
        _succeeded, text = self.attempt(lambda: self.key.with_user(self.admin).export_data(names))
        self.assert_secret(text)

    def test_copy(self):
        succeeded, text = self.attempt(lambda: self.key.with_user(self.admin).copy())
        self.assertFalse(succeeded)
        self.assert_secret(text)

    def test_no_mail_and_no_chatter(self):
        self.assertFalse(hasattr(self.keys, "message_post"))
        self.assertFalse(hasattr(self.env["silverfin.api.key.event"], "message_post"))

    def test_log(self):
        self.assert_secret("\n".join(self.log))

    def test_log_of_every_use(self):
        with everything_logged() as log:
            self.env["silverfin.api.key"]._authenticate(self.secret, "192.0.2.7")
            self.attempt(
                lambda: self.env["silverfin.api.key"]._authenticate(self.secret[:-1], "192.0.2.7")
            )
            _new, secret = self.key._rotate()
            self.key.unlink()
        self.assert_secret("\n".join(log))
        self.assertNotIn(secret, "\n".join(log))

    def test_refusals_repeat_nothing(self):
        self.key.networks = "192.0.2.0/24"
        self.env.flush_all()
        for secret, address in (
            (self.secret, "198.51.100.1"),
            (self.secret[:-1] + "!", "192.0.2.7"),
            (key_tool.generate("sync"), "192.0.2.7"),
        ):
            with self.assertRaises(problem.Problem) as caught:
                self.env["silverfin.api.key"]._authenticate(secret, address)
            refusal = caught.exception
            text = f"{refusal} {refusal!r} {refusal.get_body()} {refusal.get_headers()}"
            self.assertNotIn(secret[4:], text)

    def test_the_database_does_not_hold_the_secret(self):
        """Not one row of any table does, and the digest is in one table only."""
        self.env.cr.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = current_schema::regnamespace"
        )
        found = {"secret": [], "digest": []}
        for (table,) in self.env.cr.fetchall():
            self.env.cr.execute(
                SQL(
                    "SELECT coalesce(bool_or(strpos(t::text, %s) > 0), false),"
                    " coalesce(bool_or(strpos(t::text, %s) > 0), false) FROM %s t",
                    self.needles[1],
                    self.needles[2],
                    SQL.identifier(table),
                )
            )
            secret, digest = self.env.cr.fetchone()
            found["secret"] += [table] if secret else []
            found["digest"] += [table] if digest else []
        self.assertEqual(found, {"secret": [], "digest": ["silverfin_api_key"]})

    def test_a_rotated_key_shows_no_more(self):
        _new, secret = self.key._rotate()
        _succeeded, text = self.attempt(lambda: self.keys.search_read([]))
        self.assert_secret(text)
        self.assertNotIn(secret, text)

    def test_the_show_screen_has_no_table(self):
        self.assertTrue(self.env["silverfin.api.key.show"]._abstract)
        self.assertNotIn("secret", self.env["silverfin.api.key.show"]._fields)
        self.env.cr.execute("SELECT to_regclass('silverfin_api_key_show')")
        self.assertEqual(self.env.cr.fetchone(), (None,))

    def test_the_wizard_stores_no_secret(self):
        columns = {
            name for name, field in self.env["silverfin.api.key.new"]._fields.items() if field.store
        }
        self.assertEqual(
            columns - {"id", "create_uid", "create_date", "write_uid", "write_date"},
            {"name", "client_id", "scope", "duration", "expires_at", "networks"},
        )

    def test_wizard_only_over_http(self):
        wizard = self.env["silverfin.api.key.new"].with_user(self.admin).create({"name": "x"})
        with self.assertRaises(UserError):
            wizard.action_create()
