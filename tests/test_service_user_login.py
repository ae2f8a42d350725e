# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The login of a service user, with which nobody logs in."""

import json
from unittest.mock import patch

from odoo import http
from odoo.exceptions import AccessDenied, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.auth_signup.models.res_partner import SignupError

from .common import SilverfinHttpCase
from .test_service_user import PASSWORD, REFUSED, ServiceUserCase


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
