# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Service users are nobody's to see or change."""

import ast
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import VAT, SilverfinCase

PASSWORD = "Long enough 4 anybody"
REFUSED = "is the service user of the client"


class ServiceUserCase(SilverfinCase):
    """Odoo's mails and followers as they are: the other tests' context keeps them away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={})
        cls.client = cls.client.with_env(cls.env)
        cls.service = cls.client.user_id
        cls.users = cls.env["res.users"]
        cls.settings = cls.silverfin_user(
            "sf.settings", "base.group_system,base.group_partner_manager", cls.company
        )
        cls.portal = cls.silverfin_user("sf.portal", "base.group_portal", cls.company)
        cls.reader = cls.env.ref("account_silverfin.group_reader")
        cls.attachments = cls.env.ref("account_silverfin.group_reader_attachments")

    def assert_refused(self, call, *args, user=None, **kwargs):
        """Expect the message that names user and client, and nothing changed in the database."""
        user = user or self.service
        with self.assertRaisesRegex(UserError, REFUSED) as caught, self.env.cr.savepoint():
            call(*args, **kwargs)
        self.assertIn(user.name, str(caught.exception))
        self.env.invalidate_all()

    def password(self, user=None):
        """Return what the database has."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT password FROM res_users WHERE id = %s", [(user or self.service).id]
        )
        return self.env.cr.fetchone()[0]


@tagged("post_install", "-at_install")
class TestNotAmongPeople(ServiceUserCase):
    def test_contact_is_archived_whatever_the_client_does(self):
        with Form(self.env["silverfin.client"].with_user(self.manager)) as form:
            form.name = "Taproom"
            form.reference = "100-003"
        client = form.record
        steps = (
            lambda: None,
            lambda: client.write({"name": "Renamed"}),
            client.action_archive,
            client.action_unarchive,
            lambda: client.write({"login": "x@people.example"}),
            lambda: client.write({"allow_attachments": True}),
            lambda: self.silverfin_company("Terrace", parent_id=self.company.id),
        )
        for number, step in enumerate(steps):
            step()
            user = client.sudo().user_id
            with self.subTest(step=number):
                self.assertEqual(user.active, client.active)
                self.assertFalse(user.partner_id.active)

    def test_contact_is_never_shown_not_for_a_moment(self):
        """Not even within the transaction, where modules could take it for a person's."""
        seen = []
        write = type(self.env["res.users"]).write

        def spy(users, vals):
            result = write(users, vals)
            seen.extend(users.filtered("active").partner_id.mapped("active"))
            return result

        with patch.object(type(self.env["res.users"]), "write", spy):
            self.silverfin_client(self.company, "100-003")
        self.assertTrue(seen)
        self.assertFalse(any(seen))

    def test_people_cannot_show_it(self):
        for users in (self.settings, self.env.user):
            contact = self.service.partner_id.with_user(users).sudo(users == self.env.user)
            self.assert_refused(contact.action_unarchive)
            self.assert_refused(contact.write, {"active": True})
        self.assertFalse(self.service.partner_id.active)

    def test_not_in_lists_and_suggestions_of_contacts(self):
        contacts = self.env["res.partner"].with_user(self.internal)
        self.assertNotIn(self.service.partner_id, contacts.sudo().search([]))
        self.assertFalse(contacts.name_search("Silverfin: Brasserie"))
        for contact, shown in ((self.internal.partner_id, True), (self.service.partner_id, False)):
            found = contacts.get_mention_suggestions(contact.name).get("res.partner", [])
            self.assertEqual(contact.id in [one["id"] for one in found], shown)

    def test_not_in_pickers_of_users(self):
        users = self.users.with_user(self.internal)
        for text in ("", "Silverfin", self.service.name, self.service.login):
            with self.subTest(text=text):
                found = users.name_search(text, limit=None)
                self.assertNotIn(self.service.id, [id_ for id_, _name in found])
                found = users.web_name_search(text, {"display_name": {}}, limit=None)
                self.assertNotIn(self.service.id, [one["id"] for one in found])
        self.client.active = False
        users = users.with_context(active_test=False)
        found = users.name_search("Silverfin: ", limit=None)
        self.assertFalse({self.service.id} & {id_ for id_, _name in found})

    def test_people_are_in_pickers(self):
        users = self.users.with_user(self.user)
        self.assertIn((self.internal.id, self.internal.name), users.name_search("sf.internal"))
        domain = [("id", "in", (self.internal | self.service).ids)]
        self.assertEqual(users.name_search("", domain), [(self.internal.id, self.internal.name)])

    def test_lists_are_searched_by_their_name(self):
        key, _secret = self.silverfin_key(self.client)
        keys = self.env["silverfin.api.key"].with_user(self.manager)
        for text in ("Silverfin: Brass", self.service.login):
            with self.subTest(text=text):
                self.assertIn(key.with_env(keys.env), keys.search([("user_id", "ilike", text)]))
        found = self.users.search([("display_name", "ilike", "Silverfin: Brass")])
        self.assertEqual(found, self.service)

    def test_not_in_the_list_of_users(self):
        """The list in Settings begins with a filter that leaves out share users."""
        self.assertTrue(self.service.share)
        action = self.env.ref("base.action_res_users")
        self.assertIn("search_default_filter_no_share", action.context)
        view = self.users.get_view(action.search_view_id.id, "search")
        [filter_] = etree.fromstring(view["arch"]).xpath("//filter[@name='filter_no_share']")
        domain = ast.literal_eval(filter_.get("domain"))
        shown = self.users.with_user(self.settings).search(domain)
        self.assertIn(self.internal, shown.with_env(self.env))
        self.assertNotIn(self.service, shown.with_env(self.env))
        everybody = self.users.with_user(self.settings).search([])
        self.assertIn(self.service, everybody.with_env(self.env))

    def test_contact_has_no_other_user(self):
        contact = self.service.partner_id
        for call in (
            lambda: self.users.create({"login": "x", "partner_id": contact.id}),
            lambda: self.internal.write({"partner_id": contact.id}),
            lambda: contact.write({"user_ids": [Command.create({"login": "x"})]}),
        ):
            self.assert_refused(call)

    def test_contact_cannot_be_merged(self):
        """Merging would move the service user to a contact that everybody sees."""
        person = self.env["res.partner"].create({"name": "Somebody", "email": "x@people.example"})
        both = person | self.service.partner_id
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        self.assert_refused(wizard._merge, both.ids, person)
        self.assertEqual(self.service.partner_id & both, both - person)
        other = self.env["res.partner"].create({"name": "Somebody", "email": "x@people.example"})
        wizard._merge((person | other).ids, person)
        self.assertFalse(other.exists())


@tagged("post_install", "-at_install")
class TestChangedByItsClientOnly(ServiceUserCase):
    def guarded(self):
        group_user = self.env.ref("base.group_user").id
        return {
            "active": False,
            "company_id": self.other_company.id,
            "company_ids": [Command.link(self.other_company.id)],
            "email": "x@people.example",
            "group_ids": [Command.link(group_user)],
            "login": "x@people.example",
            "name": "Somebody",
            "new_password": PASSWORD,
            "notification_type": "inbox",
            "partner_id": self.internal.partner_id.id,
            "password": PASSWORD,
            "role": "group_system",
        }

    def test_by_nobody(self):
        self.settings.company_ids += self.other_company
        for who in (self.settings, self.env.user):
            user = self.service.with_user(who)
            for name, value in self.guarded().items():
                with self.subTest(who=who.login, name=name):
                    self.assert_refused(user.write, {name: value})
                    self.assert_refused((user | self.internal).sudo().write, {name: value})

    def test_name_of_the_contact(self):
        self.assert_refused(self.service.partner_id.write, {"name": "The Boss"})
        self.client.name = "Taproom"
        self.assertEqual(self.service.partner_id.name, "Silverfin: Taproom")

    def test_by_no_context(self):
        """The mark of the client is an object, which no caller from outside can send."""
        users = self.service.with_context(silverfin_by_client=True)
        self.assert_refused(users.write, {"login": "x@people.example"})

    def test_other_ways_to_log_in(self):
        """Fields that modules add for tokens and second factors."""
        fields = self.users._get_session_token_fields() | {"tz"}
        with patch.object(type(self.users), "_get_session_token_fields", lambda _users: fields):
            self.assert_refused(self.service.write, {"tz": "Europe/Brussels"})

    def test_users_form(self):
        form = Form(self.service.with_user(self.settings), "base.view_users_form")
        form.name = "Somebody"
        self.assert_refused(form.save)

    def test_archive_button(self):
        self.assert_refused(self.service.with_user(self.settings).action_archive)
        self.client.active = False
        self.assert_refused(self.service.with_user(self.settings).action_unarchive)

    def test_import(self):
        xmlid = self.service._export_rows([["id"]])[0][0]
        for name, value in (
            ("login", "x@people.example"),
            ("password", PASSWORD),
            ("email", "x@people.example"),
            ("active", "False"),
            ("group_ids/id", "base.group_user"),
            ("company_ids/.id", str(self.other_company.id)),
            ("partner_id/.id", str(self.internal.partner_id.id)),
        ):
            result = self.users.load(["id", name], [[xmlid, value]])
            with self.subTest(name=name):
                self.assertFalse(result["ids"])
                self.assertIn(REFUSED, result["messages"][0]["message"])

    def test_import_cannot_assign_it(self):
        """Columns with names of users are read as pickers are."""
        result = self.env["silverfin.client"].load(
            ["name", "reference", "responsible_id"], [["x", "800-1", self.service.name]]
        )
        self.assertFalse(result["ids"])

    def test_copy(self):
        self.assert_refused(self.service.copy)
        self.assert_refused(self.service.copy, {"login": "x@people.example"})

    def test_deletion(self):
        key, _secret = self.silverfin_key(self.client)
        for active in (True, False):
            self.client.active = active
            self.assert_refused(self.service.with_user(self.settings).unlink)
            self.assert_refused(self.service.unlink)
        self.assertTrue(key.exists())

    def test_harmless_settings(self):
        self.service.with_user(self.settings).write({"tz": "Europe/Brussels", "lang": "en_US"})
        self.assertEqual(self.service.tz, "Europe/Brussels")

    def test_client_of_a_manager_without_rights_on_users(self):
        clients = self.env["silverfin.client"].with_user(self.manager)
        self.assertFalse(clients.env["res.users"].has_access("write"))
        client = clients.create({"name": "Taproom", "reference": "900-1"})
        user = client.sudo().user_id
        client.write({"name": "Tap", "login": "x@people.example", "allow_attachments": True})
        self.assertIn("Tap", user.name)
        self.assertEqual(user.login, "x@people.example")
        branch = self.silverfin_company("Hotel", parent_id=self.company.id, vat=VAT)
        self.manager.company_ids += branch
        client.branch_ids = branch.with_user(self.manager)
        self.assertEqual(user.company_ids, self.company | branch)
        client.company_id = branch
        self.assertEqual((user.company_id, user.company_ids), (branch, branch))
        client.action_archive()
        self.assertFalse(user.active)
        client.unlink()
        self.assertFalse(user.group_ids)

    def test_retired_is_an_ordinary_archived_user(self):
        name = self.service.name
        self.client.unlink()
        self.assertEqual(self.service.name, name)
        self.assertFalse(self.service.active)
        self.assertFalse(self.service.group_ids)
        users = self.users.with_context(active_test=False)
        self.assertIn(self.service.id, [id_ for id_, _name in users.name_search(name)])
        user = self.service.with_user(self.settings)
        user.write({"name": "x", "email": "x@people.example", "active": True})
        self.assertTrue(user.partner_id.active)
        user.active = False
        user.unlink()
        self.assertFalse(user.exists())
