# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Neutralisation, views, menus and the manifest."""

from pathlib import Path

from lxml import etree

from odoo.modules import Manifest
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import Form, tagged
from odoo.tools import file_path

from ..tools import problem
from .common import SilverfinCase


@tagged("post_install", "-at_install")
class TestNeutralize(SilverfinCase):
    def test_a_copy_answers_to_no_key(self):
        key, secret = self.silverfin_key(self.client)
        _personal, personal_secret = self.silverfin_key(user=self.accountant)
        self.env.flush_all()
        queries = list(get_neutralization_queries(["account_silverfin"]))
        self.assertTrue(queries)
        for query in queries:
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual(key.status, "inactive")
        for text in (secret, personal_secret):
            with self.assertProblem(problem.KeyInactive):
                self.env["silverfin.api.key"]._authenticate(text, "192.0.2.7")


@tagged("post_install", "-at_install")
class TestScreens(SilverfinCase):
    def menus(self, user):
        """Return the addon's menus that a person sees."""
        own = self.env["ir.model.data"].search(
            [("module", "=", "account_silverfin"), ("model", "=", "ir.ui.menu")]
        )
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(debug=False)
        return self.env["ir.ui.menu"].browse(sorted({*own.mapped("res_id")} & menus.keys()))

    def names(self, user):
        return {
            name.removeprefix("account_silverfin.")
            for name in self.menus(user).get_external_id().values()
        }

    def test_menus(self):
        self.assertEqual(self.names(self.internal), set())
        self.assertLessEqual({"menu_root", "menu_clients", "menu_keys"}, self.names(self.user))
        self.assertNotIn("menu_configuration", self.names(self.user))
        self.assertLessEqual(
            self.names(self.user) | {"menu_configuration", "menu_events"}, self.names(self.manager)
        )

    def test_every_menu_opens(self):
        """As the web client asks: the views, then the records of a list."""
        self.silverfin_key(self.client)
        for user in (self.user, self.manager):
            for action in self.menus(user).mapped("action"):
                if action and action._name == "ir.actions.act_window":
                    with self.subTest(user=user.login, action=action.name):
                        self.open(action, user)

    def open(self, action, user):
        model = self.env[action.res_model].with_user(user)
        views = [(False, mode) for mode in action.view_mode.split(",")] + [(False, "search")]
        answer = model.get_views(views)
        self.assertEqual(answer["views"].keys(), {mode for _id, mode in views})
        if "list" in answer["views"]:
            tree = etree.fromstring(answer["views"]["list"]["arch"])
            names = {node.get("name") for node in tree.iterfind(".//field")}
            model.web_search_read([], {name: {} for name in names})

    def test_every_action_of_the_addon_opens(self):
        actions = self.env["ir.model.data"].search(
            [("module", "=", "account_silverfin"), ("model", "=", "ir.actions.act_window")]
        )
        self.assertTrue(actions)
        for action in self.env["ir.actions.act_window"].browse(actions.mapped("res_id")):
            user = self.env.ref("base.user_admin") if action.group_ids else self.manager
            with self.subTest(action=action.name):
                self.open(action, user)

    def test_form_of_a_key(self):
        key, _secret = self.silverfin_key(self.client)
        for user in (self.user, self.manager):
            with self.subTest(user=user.login):
                with Form(key.with_user(user)) as form:
                    form.name = f"Renamed by {user.login}"
                self.assertEqual(key.name, f"Renamed by {user.login}")

    def test_form_of_a_new_key(self):
        wizards = self.env["silverfin.api.key.new"]
        for user in (self.internal, self.user, self.manager):
            with self.subTest(user=user.login):
                form = Form(wizards.with_user(user), view="account_silverfin.key_new_view_form")
                form.name = "Mine"
                self.assertTrue(form.save())

    def test_keys_are_neither_made_nor_deleted_by_the_lists_own_buttons(self):
        for kind in ("list", "form"):
            view = self.env["silverfin.api.key"].with_user(self.manager).get_view(view_type=kind)
            tree = etree.fromstring(view["arch"])
            with self.subTest(kind=kind):
                self.assertEqual((tree.get("create"), tree.get("delete")), ("false", "false"))


@tagged("post_install", "-at_install")
class TestManifest(SilverfinCase):
    manifest = Manifest.for_addon("account_silverfin")

    def test_version_and_licence(self):
        self.assertRegex(self.manifest["version"], r"\A19\.0(\.[0-9]+){3}\Z")
        self.assertEqual(self.manifest["license"], "LGPL-3")
        self.assertTrue(self.manifest["summary"])

    def test_every_data_file_is_listed(self):
        """A file that was forgotten in the manifest is loaded by nobody."""
        root = Path(file_path("account_silverfin"))
        files = {
            str(path.relative_to(root))
            for folder in ("data", "security", "views", "wizards")
            for pattern in ("*.xml", "*.csv")
            for path in (root / folder).rglob(pattern)
        }
        self.assertEqual(files, set(self.manifest["data"]))

    def test_depends_on_accounting_only(self):
        """Nothing of Odoo Enterprise, no localisation."""
        self.assertLessEqual(set(self.manifest["depends"]), {"account", "base_setup", "web"})
