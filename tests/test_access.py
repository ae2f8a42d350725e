# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import SilverfinCase

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"
NOTHING = frozenset()
ALL = frozenset({READ, WRITE, CREATE, UNLINK})

# What the access lists grant on each model of the addon; record rules come on top.
NOBODY = dict.fromkeys(
    ("public", "portal", "service", "internal", "settings", "user", "foreign_user", "manager"),
    NOTHING,
)
INSIDERS = ("internal", "settings", "user", "foreign_user", "manager")


def insiders(*operations):
    return {**NOBODY, **dict.fromkeys(INSIDERS, frozenset(operations))}


def owners(*operations):
    """Those who may have keys of their own, portal users where the settings allow it."""
    return {**insiders(*operations), "portal": frozenset(operations)}


def silverfin_people(*operations):
    people = ("user", "foreign_user", "manager")
    return {**NOBODY, **dict.fromkeys(people, frozenset(operations))}


GRANTED = {
    "silverfin.api.key": owners(READ, WRITE),
    "silverfin.api.key.event": insiders(READ),
    "silverfin.api.key.new": owners(READ, WRITE, CREATE, UNLINK),
    "silverfin.api.key.rotate": insiders(READ, WRITE, CREATE, UNLINK),
    "silverfin.api.key.show": NOBODY,
    "silverfin.attention": silverfin_people(READ),
    "silverfin.client": {
        **NOBODY,
        "user": frozenset({READ, WRITE, CREATE}),
        "foreign_user": frozenset({READ, WRITE, CREATE}),
        "manager": ALL,
    },
    "silverfin.client.confirm": silverfin_people(READ, WRITE, CREATE),
    "silverfin.client.new.many": silverfin_people(READ, WRITE, CREATE),
    "silverfin.delivery": silverfin_people(READ),
    "silverfin.feed": NOBODY,
    "silverfin.in.books": NOBODY,
    "silverfin.mail": NOBODY,
    "silverfin.pull": NOBODY,
}


class AccessCase(SilverfinCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {
            "public": cls.env.ref("base.public_user"),
            "portal": cls.silverfin_user("sf.portal", "base.group_portal", cls.company),
            "service": cls.client.user_id,
            "internal": cls.internal,
            "settings": cls.silverfin_user("sf.settings", "base.group_system", cls.company),
            "user": cls.user,
            "foreign_user": cls.silverfin_user(
                "sf.foreign", "account_silverfin.group_user", cls.other_company
            ),
            "manager": cls.manager,
        }

    def visible(self, who, records):
        """Return those of the records that a person finds, also when they are archived."""
        model = records.browse().with_user(self.people[who]).with_context(active_test=False)
        if not model.has_access("read"):
            return records.browse()
        return model.search([("id", "in", records.ids)]).with_env(records.env)


@tagged("post_install", "-at_install")
class TestGranted(AccessCase):
    def test_every_model_is_listed(self):
        """A new model must be thought about here before anybody can use it."""
        models = {
            name
            for name, model in self.env.registry.items()
            if model._original_module == "account_silverfin"
        }
        self.assertEqual(models, set(GRANTED))

    def test_table(self):
        for model, expected in GRANTED.items():
            self.assertEqual(expected.keys(), self.people.keys())
            for who, operations in expected.items():
                records = self.env[model].with_user(self.people[who])
                granted = {one for one in ALL if records.has_access(one)}
                with self.subTest(model=model, who=who):
                    self.assertEqual(granted, operations)

    def test_every_model_with_a_table_has_a_rule(self):
        for name in GRANTED:
            model = self.env[name]
            if not model._abstract:
                rules = self.env["ir.rule"].search([("model_id.model", "=", name)])
                with self.subTest(model=name):
                    self.assertTrue(rules)

    def test_groups_imply_what_they_say(self):
        user = self.env.ref("account_silverfin.group_user")
        manager = self.env.ref("account_silverfin.group_manager")
        reader = self.env.ref("account_silverfin.group_reader")
        self.assertIn(user, manager.all_implied_ids)
        self.assertFalse(reader.implied_ids)
        self.assertNotIn(reader, manager.all_implied_ids)
        for group in (user, manager):
            names = group.all_implied_ids.mapped("full_name")
            self.assertFalse([name for name in names if "Settings" in name], names)

    def test_the_reader_groups_grant_reading_only(self):
        for name in ("group_reader", "group_reader_attachments"):
            group = self.env.ref(f"account_silverfin.{name}")
            self.assertFalse(group.all_implied_ids - group)
            lines = self.env["ir.model.access"].search([("group_id", "=", group.id)])
            self.assertTrue(lines)
            self.assertEqual(set(lines.mapped("perm_read")), {True})
            for right in ("perm_write", "perm_create", "perm_unlink"):
                self.assertFalse(any(lines.mapped(right)))


@tagged("post_install", "-at_install")
class TestClientRules(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = {
            "free": cls.client,
            "users": cls.silverfin_client(cls.company, "2", responsible_id=cls.user.id),
            "managers": cls.silverfin_client(cls.company, "3", responsible_id=cls.manager.id),
            "foreign": cls.other_client,
        }

    EXPECTED = {
        "public": set(),
        "portal": set(),
        "service": set(),
        "internal": set(),
        "settings": set(),
        "user": {"free", "users"},
        "foreign_user": {"foreign"},
        "manager": {"free", "users", "managers"},
    }

    def test_visible(self):
        records = self.env["silverfin.client"].union(*self.clients.values())
        self.assertEqual(self.EXPECTED.keys(), self.people.keys())
        for who, expected in self.EXPECTED.items():
            visible = self.visible(who, records)
            with self.subTest(who=who):
                self.assertEqual(
                    {name for name, client in self.clients.items() if client in visible}, expected
                )

    def test_written_only_where_visible(self):
        for who, expected in self.EXPECTED.items():
            for name, client in self.clients.items():
                client = client.with_user(self.people[who])
                with self.subTest(who=who, client=name):
                    self.assertEqual(client.has_access("write"), name in expected)

    def test_companies_that_are_not_ticked(self):
        """Who has both companies sees the clients of those that he ticked."""
        self.manager.company_ids += self.other_company
        clients = self.env["silverfin.client"].with_user(self.manager)
        ticked = clients.with_context(allowed_company_ids=self.other_company.ids)
        self.assertEqual(ticked.search([]), self.other_client)


@tagged("post_install", "-at_install")
class TestKeyRules(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        managed = cls.silverfin_client(cls.company, "3", responsible_id=cls.manager.id)
        cls.client_reference = cls.client.reference
        cls.keys = {
            "free": cls.silverfin_key(cls.client)[0],
            "managers": cls.silverfin_key(managed)[0],
            "foreign": cls.silverfin_key(cls.other_client)[0],
        }
        for who in INSIDERS:
            cls.keys[f"own {who}"] = cls.silverfin_key(user=cls.people[who])[0]

    EXPECTED = {
        "public": set(),
        "portal": set(),
        "service": set(),
        "internal": {"own internal"},
        "settings": {"own settings"},
        "user": {"own user", "free"},
        "foreign_user": {"own foreign_user", "foreign"},
        "manager": {
            "free",
            "managers",
            "own internal",
            "own settings",
            "own user",
            "own manager",
        },
    }

    def names(self, visible):
        return {name for name, key in self.keys.items() if key in visible}

    def all_keys(self):
        return self.env["silverfin.api.key"].union(*self.keys.values())

    def test_visible(self):
        self.assertEqual(self.EXPECTED.keys(), self.people.keys())
        for who, expected in self.EXPECTED.items():
            with self.subTest(who=who):
                self.assertEqual(self.names(self.visible(who, self.all_keys())), expected)

    def test_written_only_where_visible(self):
        for who, expected in self.EXPECTED.items():
            for name, key in self.keys.items():
                with self.subTest(who=who, key=name):
                    key_of = key.with_user(self.people[who])
                    self.assertEqual(key_of.has_access("write"), name in expected)
                    self.assertFalse(key_of.has_access("unlink"))

    def test_history(self):
        """The same for what happened to the keys."""
        events = self.env["silverfin.api.key.event"].search([("key_id", "in", self.all_keys().ids)])
        for who, expected in self.EXPECTED.items():
            with self.subTest(who=who):
                self.assertEqual(self.names(self.visible(who, events).sudo().key_id), expected)

    def test_history_of_deleted_keys(self):
        """Whoever managed a key, or had it, still sees what became of it; nobody else does."""
        names = {key.uuid: name for name, key in self.keys.items()}
        self.all_keys().unlink()
        events = self.env["silverfin.api.key.event"].search([("key_uuid", "in", list(names))])
        events.invalidate_recordset()
        self.assertFalse(events.key_id)
        for who, expected in self.EXPECTED.items():
            with self.subTest(who=who):
                seen = self.visible(who, events).mapped("key_uuid")
                self.assertEqual({names[uuid] for uuid in seen}, expected)

    def test_history_of_a_deleted_client(self):
        """Nobody is responsible for it any more: it is for administrators."""
        self.client.unlink()
        events = self.env["silverfin.api.key.event"].search(
            [("client_reference", "=", self.client_reference)]
        )
        events.invalidate_recordset()
        self.assertEqual(self.visible("manager", events), events)
        self.assertFalse(self.visible("user", events))

    def test_service_user_sees_no_key_not_even_its_own(self):
        key = self.keys["free"].with_user(self.client.user_id)
        self.assertFalse(key.has_access("read"))

    def test_new_key_forms_are_ones_own(self):
        wizard = self.env["silverfin.api.key.new"].with_user(self.user).create({"name": "x"})
        for who in ("internal", "settings", "manager"):
            with self.subTest(who=who):
                self.assertFalse(self.visible(who, wizard))
                self.assertFalse(wizard.with_user(self.people[who]).has_access("write"))
        self.assertEqual(self.visible("user", wizard), wizard.sudo())

    def test_rotations_are_ones_own(self):
        wizard = self.env["silverfin.api.key.rotate"].with_user(self.user).create({})
        for who in ("internal", "settings", "manager"):
            with self.subTest(who=who):
                self.assertFalse(self.visible(who, wizard))
                self.assertFalse(wizard.with_user(self.people[who]).has_access("write"))
