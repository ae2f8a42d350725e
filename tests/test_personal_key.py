# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Personal keys: whom Odoo lets have them, for how long, and what their owner does with them."""

from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.http_routing.tests.common import MockRequest

from .common import SilverfinCase
from .test_key_http import WebClientCase

ALLOW_PORTAL = "portal.allow_api_keys"


def after(**period):
    return fields.Datetime.now() + timedelta(**period)


class PersonalCase(SilverfinCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls.silverfin_user("sf.portal", "base.group_portal", cls.company)
        cls.admin = cls.silverfin_user("sf.admin", "base.group_system", cls.company)

    def allow_portal(self, *, allowed):
        self.env["ir.config_parameter"].set_param(ALLOW_PORTAL, allowed)


@tagged("post_install", "-at_install")
class TestDuration(PersonalCase):
    """As long as Odoo lets its own keys last."""

    def test_bounded_by_the_groups(self):
        self.env.ref("base.group_user").api_key_duration = 30
        self.silverfin_key(user=self.accountant, expires_at=after(days=29))
        for expires_at in (after(days=31), False):
            with self.subTest(expires_at), self.assertRaises(ValidationError):
                self.silverfin_key(user=self.accountant, expires_at=expires_at)

    def test_not_bounded_for_administrators_and_clients(self):
        for user in (self.admin, None):
            client = None if user else self.client
            key, _secret = self.silverfin_key(client, user=user, expires_at=False)
            self.assertFalse(key.expires_at)

    def test_not_prolonged_beyond(self):
        key, _secret = self.silverfin_key(user=self.accountant)
        own = key.with_user(self.accountant)
        own.expires_at = after(days=89)
        for expires_at in (after(days=91), False, str(after(days=91))):
            with self.subTest(expires_at), self.assertRaises(ValidationError):
                own.expires_at = expires_at

    def test_rotation_begins_anew(self):
        key, _secret = self.silverfin_key(user=self.accountant, expires_at=after(days=5))
        self.let_pass("2 days")
        self.env.cr.execute(
            "UPDATE silverfin_api_key SET create_date = create_date - interval '2 days'"
        )
        self.env.invalidate_all()
        new, _secret = key.with_user(self.accountant)._rotate()
        self.assertAlmostEqual(new.expires_at, after(days=5), delta=timedelta(seconds=10))

    def test_rotation_is_bounded_by_the_groups(self):
        key, _secret = self.silverfin_key(user=self.accountant, expires_at=after(days=80))
        self.env.ref("base.group_user").api_key_duration = 30
        own = key.with_user(self.accountant)
        with self.assertRaises(ValidationError):
            own._rotate(expires_at=after(days=31))
        new, _secret = own._rotate()
        self.assertAlmostEqual(new.expires_at, after(days=30), delta=timedelta(seconds=10))

    def test_rotation_ends_a_key_without_end(self):
        """Once its owner may not have such keys any more."""
        key, _secret = self.silverfin_key(user=self.admin, expires_at=False)
        new, _secret = key.with_user(self.admin)._rotate()
        self.assertFalse(new.expires_at)
        self.admin.group_ids = self.env.ref("base.group_user")
        newer, _secret = new.with_user(self.admin)._rotate()
        self.assertTrue(newer.expires_at)

    def test_expires_soon(self):
        for days, soon in ((13, True), (15, False)):
            key, _secret = self.silverfin_key(user=self.accountant, expires_at=after(days=days))
            self.assertEqual(key.expires_soon, soon)
            key.active = False
            self.assertFalse(key.expires_soon)


@tagged("post_install", "-at_install")
class TestDialog(PersonalCase):
    def form(self, user, **context):
        wizards = self.env["silverfin.api.key.new"].with_user(user).with_context(**context)
        form = Form(wizards, view="account_silverfin.key_new_view_form")
        form.name = "A key"
        return form

    def test_durations_are_those_of_odoo(self):
        for user in (self.accountant, self.admin, self.user):
            choices = self.env["res.users.apikeys.description"].with_user(user)
            expected = [value for value, _label in choices._selection_duration()]
            with self.subTest(user=user.login):
                self.assertEqual(self.form(user).durations, expected)

    def test_longest_is_proposed(self):
        self.assertEqual(self.form(self.accountant).duration, "90")
        self.assertEqual(self.form(self.admin).duration, "365")
        self.assertEqual(self.form(self.user, default_client_id=self.client.id).duration, "365")

    def test_a_client_makes_more_durations_possible(self):
        form = self.form(self.user)
        self.assertNotIn("0", form.durations)
        form.client_id = self.client
        self.assertIn("0", form.durations)
        form.duration = "0"
        self.assertFalse(form.expires_at)
        form.client_id = self.env["silverfin.client"]
        self.assertEqual(form.duration, "90")

    def test_date_of_one_s_own(self):
        form = self.form(self.accountant)
        form.duration = "-1"
        form.expires_at = after(days=3)
        wizard = form.save()
        self.assertLess(wizard.expires_at, after(days=4))
        form = self.form(self.accountant)
        form.duration = "-1"
        form.expires_at = after(days=-1)
        with self.assertRaises(ValidationError):
            form.save()

    def test_buttons_of_the_app_only_there(self):
        names = ("action_create", "action_create_next")
        for user, expected in ((self.user, names), (self.accountant, names[:1])):
            wizards = self.env["silverfin.api.key.new"].with_user(user)
            arch = etree.fromstring(wizards.get_view(view_type="form")["arch"])
            found = arch.xpath("//footer/button[@type='object']/@name")
            self.assertEqual(tuple(found), expected)

    def test_what_is_shown_beside_the_key(self):
        """Silverfin's four values, where the key is for Silverfin; else what programs need."""
        show = self.env["silverfin.api.key.show"].with_user(self.user)
        place = {"url": self.client.get_base_url(), "database": self.env.cr.dbname}
        for scope, more in (("read", {"login": self.client.login}), ("sync", {})):
            key, secret = self.silverfin_key(self.client, scope=scope)
            shown = show._action(key, secret)["params"]
            self.assertEqual(shown["connection"], {**place, **more})
            self.assertEqual(
                {item["name"]: item["value"] for item in shown["credentials"]},
                {
                    "bearer_header": f"Authorization: Bearer {secret}",
                    "key_header": f"X-Silverfin-API-Key: {secret}",
                    "curl": f'curl -H "Authorization: Bearer {secret}"'
                    f' -H "X-Odoo-Database: {place["database"]}"'
                    f' "{place["url"]}/silverfin/v1/me"',
                },
            )
            self.assertTrue(all(item["label"] for item in shown["credentials"]))


@tagged("post_install", "-at_install")
class TestOwnKeys(PersonalCase):
    """What a person may do with keys: with his own, and with no other."""

    def test_fields_of_the_user(self):
        own, _secret = self.silverfin_key(user=self.internal)
        own.active = False
        self.silverfin_key(self.client)
        self.assertEqual(self.internal.with_user(self.internal).silverfin_key_ids, own)
        for other in (self.accountant, self.portal, self.admin):
            with self.subTest(who=other.login):
                user = self.internal.with_user(other)
                self.assertFalse(user.sudo().silverfin_connection)
                self.assertFalse(user.sudo().silverfin_has_ledger)

    def test_the_web_client_reads_them(self):
        for user in (self.accountant, self.internal, self.admin, self.manager, self.portal):
            self.env.invalidate_all()
            specification = {
                "silverfin_key_ids": {"fields": {"name": {}}},
                "silverfin_has_ledger": {},
                "silverfin_connection": {},
            }
            (values,) = user.with_user(user).web_read(specification)
            with self.subTest(who=user.login):
                self.assertEqual(values["silverfin_connection"]["login"], user.login)
                self.assertEqual(values["silverfin_has_ledger"], user == self.accountant)

    def test_clients_are_mentioned_to_whom_manages_some(self):
        def mentioned(user):
            return user.with_user(user).silverfin_connection["manages_clients"]

        self.assertTrue(mentioned(self.user))
        self.assertFalse(mentioned(self.accountant))
        self.client.responsible_id = self.manager
        self.env.invalidate_all()
        self.assertFalse(mentioned(self.user))

    def test_keys_are_not_written_through_the_user(self):
        """Neither one's own nor others': the field is for reading."""
        key, _secret = self.silverfin_key(user=self.accountant)
        vals = {"name": "x", "uuid": "x", "user_id": self.internal.id}
        for command in ((0, 0, vals), (4, key.id, 0), (2, key.id, 0), (1, key.id, {"name": "x"})):
            user = self.internal.with_user(self.internal)
            with self.subTest(command=command[0]), self.assertRaises(UserError):
                user.write({"silverfin_key_ids": [command]})
                self.env.flush_all()
        self.assertEqual((key.exists().user_id, key.name), (self.accountant, "A key"))

    def test_switch(self):
        key, _secret = self.silverfin_key(user=self.internal)
        for expected in ("inactive", "active"):
            key.with_user(self.internal).action_switch_own()
            self.assertEqual(key.status, expected)

    def test_not_other_people_s(self):
        key, _secret = self.silverfin_key(user=self.internal)
        of_client, _secret = self.silverfin_key(self.client)
        for who in (self.accountant, self.portal, self.user, self.manager, self.client.user_id):
            for one in (key, of_client):
                with self.subTest(who=who.login), self.assertRaises(AccessError):
                    one.with_user(who).action_switch_own()
        self.assertTrue(key.active and of_client.active)

    def test_both_forms_show_them(self):
        for view in ("base.view_users_form", "base.view_users_form_simple_modif"):
            arch = self.env["res.users"].get_view(self.env.ref(view).id, "form")["arch"]
            page = etree.fromstring(arch).xpath("//page[@name='page_security']")[0]
            with self.subTest(view=view):
                for path in (
                    "//div[@name='api_keys']/following-sibling::div[@name='silverfin_keys']",
                    "//field[@name='silverfin_key_ids']",
                    "//widget[@name='silverfin_connect']",
                ):
                    self.assertTrue(page.xpath("." + path), path)
        arch = self.env["res.users"].get_view(self.env.ref("base.view_users_form").id)["arch"]
        for name in ("silverfin_keys", "silverfin_connect"):
            (div,) = etree.fromstring(arch).xpath(f"//div[@name='{name}']")
            self.assertIn("id != uid", div.get("invisible"))


@tagged("post_install", "-at_install")
class TestPortalUsers(PersonalCase):
    def make(self, user):
        return self.silverfin_key(user=user, expires_at=after(hours=20))[0]

    def test_only_where_the_settings_allow(self):
        for allowed in (False, "True"):
            self.allow_portal(allowed=allowed)
            self.assertEqual(self.portal._silverfin_may_make_keys(), bool(allowed))
        self.assertEqual(self.make(self.portal).user_id, self.portal)
        self.allow_portal(allowed=False)
        with self.assertRaises(AccessError):
            self.make(self.portal)

    def test_no_rotation_once_it_is_not_allowed_any_more(self):
        self.allow_portal(allowed="True")
        key = self.make(self.portal)
        self.allow_portal(allowed=False)
        with self.assertRaises(AccessError):
            key.with_user(self.portal)._rotate()
        key.with_user(self.portal).action_switch_own()
        self.assertFalse(key.active)

    def test_rotation_offers_what_the_app_offers(self):
        env = self.env["base"].with_user(self.portal).env
        with MockRequest(env):
            html = env["ir.qweb"]._render("account_silverfin.portal_key_rotate")
        radios = etree.fromstring(html).xpath("//input[@name='grace']")
        wizard = self.env["silverfin.api.key.rotate"].new()
        choices = wizard._fields["grace"].get_values(self.env)
        self.assertEqual([radio.get("value") for radio in radios], choices)
        (chosen,) = (radio.get("value") for radio in radios if radio.get("checked"))
        self.assertEqual(chosen, wizard.grace)

    def test_others_never(self):
        self.allow_portal(allowed="True")
        for user in (self.env.ref("base.public_user"), self.client.user_id):
            self.assertFalse(user._silverfin_may_make_keys())
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.make(user)

    def test_see_their_own_only(self):
        self.allow_portal(allowed="True")
        other = self.silverfin_user("sf.portal2", "base.group_portal", self.company)
        key = self.make(self.portal)
        keys = self.env["silverfin.api.key"].with_user(other)
        self.assertFalse(keys.search([]))
        for access in ("read", "write", "unlink"):
            self.assertFalse(keys.browse(key.id).has_access(access))
        self.assertFalse(
            self.env["silverfin.api.key.event"].with_user(self.portal).has_access("read")
        )

    def test_they_open_no_ledger(self):
        self.allow_portal(allowed="True")
        key = self.make(self.portal)
        self.assertFalse(key._describe()["clients"])


@tagged("post_install", "-at_install")
class TestPersonalHttp(WebClientCase):
    """The web client's calls, and those that somebody else makes up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls.silverfin_user("sf.portal", "base.group_portal", cls.company)
        cls.portal.password = cls.portal.login
        cls.env["ir.config_parameter"].set_param(ALLOW_PORTAL, "True")

    def test_the_password_is_asked_first(self):
        key, _secret = self.silverfin_key(user=self.internal)
        self.log_in(self.internal, identity_checked=False)
        for records, method in (
            (self.internal, "action_silverfin_new_key"),
            (key, "action_rotate_own"),
            (key, "action_delete"),
        ):
            with self.subTest(method=method):
                action = self.rpc(records, method)
                self.assertEqual(action["res_model"], "res.users.identitycheck")
        self.assertEqual(self.internal.silverfin_key_ids, key)

    def test_another_person_s_key(self):
        key, _secret = self.silverfin_key(user=self.internal)
        for user in (self.portal, self.user, self.manager):
            self.log_in(user)
            methods = ["action_switch_own", "action_rotate_own"]
            if user != self.manager:  # who deletes any key, as he does in the app
                methods.append("action_delete")
            for method in methods:
                with self.subTest(user=user.login, method=method):
                    self.assert_refused("AccessError", key, method)
        self.assertTrue(key.exists().active)

    def test_delete(self):
        key, secret = self.silverfin_key(user=self.internal)
        self.log_in(self.internal)
        self.rpc(key, "action_delete")
        self.assertFalse(key.exists())
        self.assertEqual(self.call("/me", secret).json()["code"], "key_unknown")

    def test_rotate_with_grace(self):
        key, secret = self.silverfin_key(user=self.internal)
        self.log_in(self.internal)
        action = self.rpc(key, "action_rotate_own", 24)
        for one in (secret, action["params"]["secret"]):
            self.assertEqual(self.call("/me", one).status_code, 200)
        self.assert_refused("UserError", key.rotated_to_id, "action_rotate_own", 169)

    def test_somebody_else_s_dialog_for_a_client(self):
        """What the screen does not offer is refused, before it tells the client's name."""
        wizards = self.env["silverfin.api.key.new"]
        for user in (self.internal, self.portal):
            for vals in ({"client_id": self.client.id}, {}):
                with self.subTest(user=user.login, vals=vals), self.assertRaises(AccessError):
                    wizard = wizards.with_user(user).create({"name": "x", **vals})
                    wizard.client_id = self.client
        self.assertFalse(self.client.key_ids)

    def test_longer_than_allowed(self):
        vals = {"name": "x", "duration": "0"}
        wizard = self.env["silverfin.api.key.new"].with_user(self.internal).create(vals)
        self.log_in(self.internal)
        self.assert_refused("ValidationError", wizard, "action_create")
        self.assertFalse(self.internal.silverfin_key_ids)

    def test_nothing_of_the_dialog_is_kept(self):
        wizard = self.env["silverfin.api.key.new"].with_user(self.internal).create({"name": "x"})
        self.log_in(self.internal)
        self.rpc(wizard, "action_create")
        self.assertFalse(wizard.exists())
        self.assertEqual(self.internal.silverfin_key_ids.name, "x")

    def test_a_service_user_has_no_screen(self):
        """It cannot log in, and may make no key where it could."""
        service = self.client.user_id
        with self.assertRaises(AccessError):
            self.env["silverfin.api.key"].with_user(service)._check_may_own()
        self.assertFalse(self.env["silverfin.api.key.new"].with_user(service).has_access("create"))
