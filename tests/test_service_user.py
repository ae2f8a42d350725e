# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import ast
import json
from unittest.mock import patch

from lxml import etree

from odoo import http
from odoo.exceptions import AccessDenied, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.auth_signup.models.res_partner import SignupError

from .common import VAT, SilverfinCase, SilverfinHttpCase

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
class TestServiceLogin(ServiceUserCase):
    def clients(self):
        return self.env["silverfin.client"].with_user(self.manager)

    def test_proposed(self):
        self.assertEqual(self.client.login, "silverfin+100-001@silverfin.invalid")
        self.assertEqual(self.service.login, self.client.login)

    def test_domain_of_the_company(self):
        self.company.email = "Books <books@Brasserie.example>"
        client = self.silverfin_client(self.company, "200 / 1")
        self.assertEqual(client.login, "silverfin+200-1@brasserie.example")

    def test_companies_with_an_odd_email(self):
        for number, email in enumerate(
            ("books", "books@localhost", "a@x.be, b@y.be", "b@bücher.de")
        ):
            self.company.email = email
            client = self.silverfin_client(self.company, f"300-{number}")
            with self.subTest(email=email):
                self.assertEqual(client.login, f"silverfin+300-{number}@silverfin.invalid")

    def test_form_shows_it_before_it_is_saved(self):
        form = Form(self.clients())
        self.assertFalse(form.login)
        form.name = "Taproom"
        form.reference = "400-00"
        form.reference = "400-001"
        self.assertEqual(form.login, "silverfin+400-001@silverfin.invalid")
        self.assertEqual(form.save().sudo().user_id.login, form.login)

    def test_form_takes_another(self):
        with Form(self.clients()) as form:
            form.name = "Taproom"
            form.reference = "400-001"
            form.login = " Taproom@Fiduciary.example "
        self.assertEqual(form.record.login, "taproom@fiduciary.example")
        self.assertEqual(form.record.sudo().user_id.login, "taproom@fiduciary.example")

    def test_never_changes_by_itself(self):
        login = self.client.login
        with Form(self.client.with_user(self.manager)) as form:
            form.reference = "400-002"
            self.assertEqual(form.login, login)
        self.client.reference = "400-003"
        self.company.email = "books@brasserie.example"
        self.client.company_id = self.other_company
        self.client.name = "Renamed"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((self.client.login, self.service.login), (login, login))

    def test_changed(self):
        self.client.with_user(self.user).login = " Silverfin@Fiduciary.EXAMPLE\n"
        self.assertEqual(self.client.login, "silverfin@fiduciary.example")
        self.assertEqual(self.service.login, "silverfin@fiduciary.example")

    def test_must_be_one_address(self):
        for text in (
            "",
            False,
            " ",
            "x",
            "x@y",
            "x y@z.be",
            "x@y.be, z@y.be",
            "X <x@y.be>",
            "@y.be",
        ):
            with self.subTest(text=text):
                with self.assertRaises(ValidationError):
                    self.client.login = text
                self.env.invalidate_all()
                if text and text.strip():
                    with self.assertRaises(ValidationError), self.env.cr.savepoint():
                        self.silverfin_client(self.company, "500-001", login=text)

    def test_must_be_free(self):
        archived = self.silverfin_user("archived@people.example", "base.group_user", self.company)
        archived.active = False
        self.silverfin_user("people@people.example", "base.group_user", self.company)
        self.other_client.active = False
        for login in (archived.login, "PEOPLE@people.example", self.other_client.login):
            with self.subTest(login=login):
                with self.assertRaisesRegex(ValidationError, "Choose another"):
                    self.client.with_user(self.manager).login = login
                self.env.invalidate_all()
                taken = self.assertRaisesRegex(ValidationError, "Choose another")
                with taken, self.env.cr.savepoint():
                    self.silverfin_client(self.company, "500-002", login=login)

    def test_must_be_free_within_one_call(self):
        vals = {"name": "x", "login": "x@people.example"}
        with self.assertRaisesRegex(ValidationError, "Choose another"), self.env.cr.savepoint():
            self.clients().create([{**vals, "reference": "1"}, {**vals, "reference": "2"}])
        with self.assertRaisesRegex(ValidationError, "Choose another"):
            (self.client | self.other_client).login = "x@people.example"

    def test_proposals_differ_within_one_call(self):
        references = ("600/1", "600 1", "600_1", "É", "È", "--")
        clients = self.clients().create([{"name": "x", "reference": one} for one in references])
        self.assertEqual(len(set(clients.mapped("login"))), len(references))
        self.assertEqual(clients.sudo().user_id.mapped("login"), clients.mapped("login"))

    def test_copy_has_its_own(self):
        copy = self.client.copy()
        self.assertNotEqual(copy.login, self.client.login)
        self.assertEqual(copy.user_id.login, copy.login)

    def test_free_again_after_deletion(self):
        login = self.client.login
        self.client.with_user(self.manager).unlink()
        again = self.silverfin_client(self.company, "100-001")
        self.assertEqual(again.login, login)
        self.assertNotEqual(again.user_id, self.service)

    def test_import(self):
        rows = [["A", "700-1", "A@People.example"], ["B", "700-2", ""]]
        result = self.clients().load(["name", "reference", "login"], rows)
        self.assertFalse(result["messages"])
        clients = self.env["silverfin.client"].browse(result["ids"])
        expected = ["a@people.example", "silverfin+700-2@silverfin.invalid"]
        self.assertEqual(clients.mapped("login"), expected)
        self.assertEqual(clients.user_id.mapped("login"), expected)

    def test_import_of_a_taken_one(self):
        with mute_logger("odoo.sql_db"):
            result = self.clients().load(
                ["name", "reference", "login"], [["A", "700-1", self.client.login]]
            )
        self.assertFalse(result["ids"])
        self.assertIn("Choose another", result["messages"][0]["message"])


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
class TestNeverMailed(ServiceUserCase):
    MAILS = ("mail.mail", "mail.notification", "mail.followers")

    def mails(self):
        return {model: self.env[model].sudo().search([]) for model in self.MAILS}

    def test_nothing_comes_of_what_the_client_does(self):
        before = self.mails()
        client = self.env["silverfin.client"].with_user(self.manager)
        client = client.create({"name": "Taproom", "reference": "100-003"})
        client.name = "Renamed"
        client.login = "x@people.example"
        client.action_archive()
        client.action_unarchive()
        client.unlink()
        self.env.flush_all()
        self.assertEqual(self.mails(), before)

    def test_has_no_email(self):
        contact = self.service.partner_id
        self.assertFalse(self.service.email)
        self.assert_refused(contact.with_user(self.settings).write, {"email": "x@people.example"})
        self.assert_refused(contact.write, {"email": "x@people.example"})
        self.assert_refused(self.service.write, {"email": "x@people.example"})
        self.assertFalse(contact.email)

    def test_message_to_it(self):
        before = self.mails()
        thread = self.internal.partner_id
        contact = self.service.partner_id
        thread.message_post(body="Hello", partner_ids=contact.ids, subtype_xmlid="mail.mt_comment")
        thread.message_notify(body="Hello", partner_ids=contact.ids)
        thread.message_subscribe(contact.ids)
        thread.message_post(body="Hello", subtype_xmlid="mail.mt_comment")
        self.env.flush_all()
        after = self.mails()
        self.assertEqual(after["mail.mail"], before["mail.mail"])
        new = after["mail.notification"] - before["mail.notification"]
        self.assertNotIn(contact, new.res_partner_id)

    def test_reset_of_the_password(self):
        before = self.mails()
        for user in (self.service, self.service.with_user(self.settings)):
            self.assert_refused(user.action_reset_password)
            self.assert_refused(user.with_context(create_user=1).action_reset_password)
        self.assertFalse(self.service.partner_id.signup_type)
        self.assertEqual(self.mails(), before)

    def test_reset_by_login(self):
        """The answer is the one for a login that nobody has."""
        with self.assertRaises(UserError) as caught:
            self.users.reset_password(self.service.login)
        with self.assertRaises(Exception) as unknown:
            self.users.reset_password("nobody@people.example")
        self.assertEqual(str(caught.exception), str(unknown.exception))

    def test_security_updates(self):
        self.internal.email = "x@people.example"
        before = self.env["mail.mail"].search([])
        both = self.service | self.internal
        mails = both._notify_security_setting_update("Subject", "Content")
        self.assertEqual(
            (mails.exists() - before).mapped("email_to"), [self.internal.email_formatted]
        )

    def test_portal_invitation(self):
        contact = self.service.partner_id
        for active in (True, False):
            self.client.active = active
            wizard = self.env["portal.wizard"].create({"partner_ids": [Command.set(contact.ids)]})
            self.assertFalse(wizard.user_ids)
            line = wizard.user_ids.create(
                {"wizard_id": wizard.id, "partner_id": contact.id, "email": "x@people.example"}
            )
            before = self.mails()
            with self.subTest(active=active):
                self.assert_refused(line.action_grant_access)
                self.assertEqual(self.mails(), before)
                self.assertFalse(contact.email)


@tagged("post_install", "-at_install")
class TestNoLogin(ServiceUserCase):
    def test_every_way_to_a_password(self):
        wizard = self.env["change.password.wizard"]
        wizard = wizard.with_context(active_model="res.users", active_ids=self.service.ids).create(
            {}
        )
        wizard.user_ids.new_passwd = PASSWORD
        settings = self.service.with_user(self.settings)
        for call in (
            lambda: self.service.write({"password": PASSWORD}),
            lambda: settings.write({"new_password": PASSWORD}),
            lambda: settings.write({"password": ""}),
            wizard.change_password_button,
            wizard.with_user(self.settings).sudo().change_password_button,
            lambda: settings._change_password(PASSWORD),
            lambda: self.service._silverfin_by_client().write({"password": PASSWORD}),
            lambda: self.users._set_encrypted_password(
                self.service.id, self.users._crypt_context().hash(PASSWORD)
            ),
        ):
            self.assert_refused(call)
            self.assertIsNone(self.password())

    def test_signup(self):
        """A link of an invitation, made before or by force, opens nothing either."""
        contact = self.service.partner_id
        contact.signup_type = "signup"
        token = contact._generate_signup_token()
        self.assert_refused(self.users.signup, {"password": PASSWORD}, token)
        self.client.active = False
        contact.signup_type = "signup"
        token = contact._generate_signup_token()
        vals = {"login": "x@people.example", "password": PASSWORD}
        with self.assertRaisesRegex(SignupError, REFUSED):
            self.users.signup(vals, token)
        self.assertIsNone(self.password())

    def test_people_get_passwords(self):
        before = self.password(self.internal)
        self.internal.with_user(self.settings).password = PASSWORD
        self.assertNotEqual(self.password(self.internal), before)

    def test_interactive_login_whoever_accepts_the_credentials(self):
        """As a module for single sign-on would."""
        for environment in ({"interactive": True}, {}, None):
            with self.subTest(environment=environment), self.accepting_anything():
                self.assertRaises(AccessDenied, self.authenticate, self.service, environment)
                self.assertEqual(self.authenticate(self.internal, environment), self.internal.id)

    def test_programs_are_not_refused_here(self):
        with self.accepting_anything():
            uid = self.authenticate(self.service, {"interactive": False})
        self.assertEqual(uid, self.service.id)

    def authenticate(self, user, environment):
        credential = {"login": user.login, "type": "token", "token": "x"}
        return self.users.authenticate(credential, environment)["uid"]

    def accepting_anything(self):
        def accept(users, _credential, _env):
            return {"uid": users.env.uid, "auth_method": "token", "mfa": "skip"}

        return patch.object(type(self.users), "_check_credentials", accept)


@tagged("post_install", "-at_install")
class TestNoLoginOverHttp(SilverfinHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.silverfin_company("Brasserie")
        cls.client = cls.silverfin_client(company, "100-001")
        cls.service = cls.client.user_id
        cls.internal = cls.silverfin_user("sf.internal", "base.group_user", company)
        cls.settings = cls.silverfin_user("sf.settings", "base.group_system", company)
        cls.env.flush_all()
        hashed = cls.env["res.users"]._crypt_context().hash(PASSWORD)
        cls.env.cr.execute(
            "UPDATE res_users SET password = %s WHERE id IN %s",
            [hashed, (cls.service.id, cls.internal.id, cls.settings.id)],
        )
        cls.env.invalidate_all()

    def login(self, user):
        """Fill in the login page, and return the uid of the session."""
        self.authenticate(None, None)
        vals = {
            "login": user.login,
            "password": PASSWORD,
            "csrf_token": http.Request.csrf_token(self),
        }
        response = self.url_open("/web/login", data=vals)
        self.assertEqual(response.status_code, 200)
        return self.rpc("/web/session/get_session_info").get("result", {}).get("uid")

    def rpc(self, path, **params):
        response = self.url_open(
            path,
            data=json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()

    def test_login_page(self):
        """Although the database has a password for it, as after an UPDATE with SQL."""
        self.assertEqual(self.login(self.internal), self.internal.id)
        self.assertFalse(self.login(self.service))

    @mute_logger("odoo.http")
    def test_session(self):
        for user, expected in ((self.internal, self.internal.id), (self.service, None)):
            answer = self.rpc(
                "/web/session/authenticate", db=self.cr.dbname, login=user.login, password=PASSWORD
            )
            self.assertEqual(answer.get("result", {}).get("uid"), expected)

    def test_reset_page(self):
        self.env["ir.config_parameter"].set_param("auth_signup.reset_password", "True")
        self.authenticate(None, None)
        mails = self.env["mail.mail"].search([])
        for login in (self.service.login, "nobody@people.example"):
            vals = {"login": login, "csrf_token": http.Request.csrf_token(self)}
            text = self.url_open("/web/reset_password", data=vals).text
            self.assertIn("No account found for this login", text)
            self.assertNotIn(self.client.name, text)
        self.assertEqual(self.env["mail.mail"].search([]), mails)

    @mute_logger("odoo.http")
    def test_users_form(self):
        """What the form sends when a settings administrator saves it."""
        self.authenticate(self.settings.login, PASSWORD)
        internal = self.env.ref("base.group_user").id
        for vals in (
            {"login": "x"},
            {"group_ids": [[4, internal]]},
            {"company_ids": [[4, self.env.company.id]]},
            {"active": False},
            {"email": "x@people.example"},
        ):
            answer = self.save(self.service, vals)
            with self.subTest(vals=vals):
                self.assertIn(REFUSED, answer["error"]["data"]["message"])
        self.assertNotIn("error", self.save(self.internal, {"name": "Renamed"}))
        self.assertNotIn("error", self.save(self.service, {"tz": "Europe/Brussels"}))

    def save(self, user, vals):
        return self.rpc(
            "/web/dataset/call_kw/res.users/web_save",
            model="res.users",
            method="web_save",
            args=[user.ids, vals],
            kwargs={"specification": {"display_name": {}}},
        )


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


@tagged("post_install", "-at_install")
class TestNoOtherGroup(ServiceUserCase):
    def outsiders(self):
        """People of each type, and a user without any group."""
        nobody = self.users.create({"name": "Nobody", "login": "sf.nobody", "group_ids": []})
        public = self.env.ref("base.public_user")
        return self.internal | self.portal | public | nobody | self.settings

    def assert_person_refused(self, call, *args):
        with self.assertRaisesRegex(ValidationError, "is a person"), self.env.cr.savepoint():
            call(*args)
        self.env.invalidate_all()
        self.env.registry.clear_cache("groups")

    def test_service_user_from_the_user(self):
        """Nor does the client itself, which passes the guard on writing, get past the groups."""
        for name in ("base.group_user", "base.group_portal", "base.group_no_one"):
            commands = [Command.link(self.env.ref(name).id)]
            with self.subTest(group=name):
                self.assert_refused(self.service.write, {"group_ids": commands})
                self.assert_refused(
                    self.service._silverfin_by_client().write, {"group_ids": commands}
                )

    def test_service_user_from_the_group(self):
        for active in (True, False):
            self.client.active = active
            for name in ("base.group_user", "base.group_system", "base.group_public"):
                group = self.env.ref(name).with_user(self.settings)
                group = group.with_context(active_test=False)
                with self.subTest(group=name, active=active):
                    link = [Command.link(self.service.id)]
                    self.assert_refused(group.write, {"user_ids": link})
                    self.assert_refused(group.sudo().write, {"all_user_ids": link})

    def test_service_user_from_a_new_group(self):
        groups = self.env["res.groups"]
        self.assert_refused(
            groups.create, {"name": "x", "user_ids": [Command.link(self.service.id)]}
        )
        self.assertRaises(UserError, self.reader.copy)

    def test_service_user_by_implication(self):
        harmless = self.env["res.groups"].create({"name": "x"})
        implied = {"implied_ids": [Command.link(harmless.id)]}
        implying = {"implied_by_ids": [Command.link(self.reader.id)]}
        self.assertRaisesRegex(UserError, REFUSED, self.reader.write, implied)
        self.env.invalidate_all()
        self.assertRaisesRegex(UserError, REFUSED, harmless.write, implying)

    def test_service_user_by_multi_companies(self):
        """Odoo puts the service users of several companies into this group."""
        harmless = self.env["res.groups"].create({"name": "x"})
        multi = self.env.ref("base.group_multi_company")
        self.silverfin_company("Terrace", parent_id=self.company.id)
        self.assertEqual(self.service.group_ids, self.reader | multi)
        self.assert_refused(multi.write, {"implied_ids": [Command.link(harmless.id)]})

    def test_person_from_the_user(self):
        for user in self.outsiders():
            for group in (self.reader, self.attachments):
                with self.subTest(user=user.login, group=group.name):
                    link = {"group_ids": [Command.link(group.id)]}
                    self.assert_person_refused(user.write, link)
        only = {"name": "x", "login": "x", "group_ids": [Command.set(self.reader.ids)]}
        self.assert_person_refused(self.users.create, only)

    def test_person_from_the_group(self):
        archived = self.silverfin_user("sf.archived", "base.group_user", self.company)
        archived.active = False
        for user in self.outsiders() | archived:
            for group in (self.reader, self.attachments):
                with self.subTest(user=user.login, group=group.name):
                    link = [Command.link(user.id)]
                    self.assert_person_refused(group.write, {"user_ids": link})

    def test_person_by_implication(self):
        group_user = self.env.ref("base.group_user")
        for group in (self.reader, self.attachments):
            self.assert_person_refused(group_user.write, {"implied_ids": [Command.link(group.id)]})
            self.assert_person_refused(
                group.write, {"implied_by_ids": [Command.link(group_user.id)]}
            )
        implying = self.env["res.groups"].create(
            {"name": "x", "implied_ids": [Command.link(self.reader.id)]}
        )
        self.assert_person_refused(implying.write, {"user_ids": [Command.link(self.internal.id)]})

    def test_retired_counts_as_a_person(self):
        self.client.unlink()
        self.assert_person_refused(
            self.service.write, {"group_ids": [Command.link(self.reader.id)]}
        )

    def test_people_change_groups(self):
        group = self.env.ref("account.group_account_user")
        self.internal.with_user(self.settings).group_ids += group
        group.with_user(self.settings).user_ids -= self.internal
        self.assertNotIn(group, self.internal.group_ids)

    def test_users_of_a_group_are_not_loaded(self):
        """There can be ten thousand of them."""
        group = self.env["res.groups"].create({"name": "x"})
        group.user_ids = self.internal | self.portal
        self.env.flush_all()
        self.env.invalidate_all()
        fetched = []
        fetch = type(self.users)._fetch_query

        def spy(users, query, fields):
            fetched.extend(fields)
            return fetch(users, query, fields)

        with patch.object(type(self.users), "_fetch_query", spy):
            group._check_silverfin_users()
            self.assertFalse(fetched)
            self.assertTrue(self.internal.login)
            self.assertTrue(fetched)

    def test_attachments(self):
        self.assertEqual(self.service.group_ids, self.reader)
        self.client.with_user(self.user).allow_attachments = True
        self.assertEqual(self.service.group_ids, self.reader | self.attachments)
        self.client.name = "Renamed"
        self.assertEqual(self.service.group_ids, self.reader | self.attachments)
        self.client.allow_attachments = False
        self.assertEqual(self.service.group_ids, self.reader)
        client = self.silverfin_client(self.company, "900-2", allow_attachments=True)
        self.assertEqual(client.user_id.all_group_ids, self.reader | self.attachments)

    def test_attachments_from_the_group(self):
        link = {"user_ids": [Command.link(self.service.id)]}
        self.assert_refused(self.attachments.write, link)


@tagged("post_install", "-at_install")
class TestNoOtherCompany(ServiceUserCase):
    def test_from_the_user(self):
        for vals in (
            {"company_ids": [Command.link(self.other_company.id)]},
            {"company_ids": [Command.set(self.other_company.ids)]},
            {
                "company_ids": [Command.link(self.other_company.id)],
                "company_id": self.other_company.id,
            },
        ):
            self.assert_refused(self.service.write, vals)
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.service._silverfin_by_client().write(vals)
            self.env.invalidate_all()

    def test_from_the_company(self):
        for active in (True, False):
            self.client.active = active
            with self.subTest(active=active):
                link, unlink = (
                    {"user_ids": [to(self.service.id)]} for to in (Command.link, Command.unlink)
                )
                company = self.company.with_context(active_test=False)
                self.assert_refused(self.other_company.write, link)
                self.assert_refused(company.write, unlink)
                self.assert_refused(company.write, {"user_ids": [Command.clear()]})

    def test_from_a_branch(self):
        branch = self.silverfin_company("Terrace", parent_id=self.company.id)
        self.assert_refused(branch.write, {"user_ids": [Command.unlink(self.service.id)]})
        self.client.branch_ids = False
        self.assert_refused(branch.write, {"user_ids": [Command.link(self.service.id)]})

    def test_from_a_new_company(self):
        vals = {"name": "x", "user_ids": [Command.link(self.service.id)]}
        self.assert_refused(self.env["res.company"].create, vals)

    def test_people_change_companies(self):
        self.other_company.user_ids += self.internal
        self.internal.company_ids -= self.other_company
        self.assertEqual(self.internal.company_ids, self.company)
