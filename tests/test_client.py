# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2 import IntegrityError
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessDenied, AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import VAT, SilverfinCase


@tagged("post_install", "-at_install")
class TestServiceUser(SilverfinCase):
    def test_has_no_user_type(self):
        user = self.client.user_id
        for group in ("base.group_user", "base.group_portal", "base.group_public"):
            with self.subTest(group=group):
                self.assertFalse(user.has_group(group))
        self.assertFalse(user._is_internal())
        self.assertFalse(user._is_admin())

    def test_has_one_group_only(self):
        reader = self.env.ref("account_silverfin.group_reader")
        self.assertEqual(self.client.user_id.group_ids, reader)
        self.assertEqual(self.client.user_id.all_group_ids, reader)

    def test_has_the_companies_of_its_dossier_only(self):
        self.assertEqual(self.client.user_id.company_ids, self.company)
        self.assertEqual(self.client.user_id.company_id, self.company)

    def test_has_no_password(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", self.client.user_id.ids)
        self.assertEqual(self.env.cr.fetchone(), (None,))

    @mute_logger("odoo.addons.base.models.res_users")
    def test_cannot_log_in(self):
        for password in ("", "x", self.client.user_id.login, "False", "None"):
            credential = {
                "login": self.client.user_id.login,
                "password": password,
                "type": "password",
            }
            with self.subTest(password=password), self.assertRaises(AccessDenied):
                self.env["res.users"].authenticate(credential, {"interactive": True})

    def test_each_client_has_its_own(self):
        self.assertNotEqual(self.client.user_id, self.other_client.user_id)

    def test_reads_the_books_and_nothing_else(self):
        """Of all models of the database, those of the reader group; and none can be written."""
        user = self.client.user_id
        self.env.flush_all()
        allowed = {operation: set() for operation in ("read", "write", "create", "unlink")}
        for name, model in self.env.items():
            if model._abstract:
                continue
            for operation, names in allowed.items():
                if model.with_user(user).has_access(operation):
                    names.add(name)
        models = self.env["silverfin.api.key"]._external_models(with_attachments=False)
        self.assertEqual(allowed["read"], models)
        self.assertFalse(allowed["write"] | allowed["create"] | allowed["unlink"])

    def test_its_page_lists_what_is_read(self):
        client = self.client.with_user(self.user)
        self.assertIn("<code>account.move.line</code>", client.reach)
        self.assertNotIn("ir.attachment", client.reach)
        client.allow_attachments = True
        self.assertIn("<code>ir.attachment</code>", client.reach)

    def test_archived_with_the_client(self):
        user = self.client.user_id
        self.client.action_archive()
        self.assertFalse(user.active)
        self.client.action_unarchive()
        self.assertTrue(user.active)

    def test_renamed_with_the_client(self):
        self.client.name = "Taproom"
        self.assertIn("Taproom", self.client.user_id.name)

    def test_follows_the_branches(self):
        branch = self.silverfin_company("Terrace", parent_id=self.company.id)
        self.assertEqual(self.client.user_id.company_ids, self.company + branch)
        self.client.branch_ids = False
        self.assertEqual(self.client.user_id.company_ids, self.company)

    def test_follows_the_company(self):
        self.client.company_id = self.other_company
        self.assertEqual(self.client.user_id.company_ids, self.other_company)
        self.assertEqual(self.client.user_id.company_id, self.other_company)

    def test_created_archived(self):
        client = self.silverfin_client(self.company, "100-009", active=False)
        self.assertFalse(client.user_id.active)

    def test_logins_do_not_collide(self):
        """References that differ only in what a login cannot hold."""
        clients = [
            self.silverfin_client(self.company, reference)
            for reference in ("200/1", "200 1", "200_1", "É", "È", "--")
        ]
        logins = {client.user_id.login for client in clients}
        self.assertEqual(len(logins), len(clients))


@tagged("post_install", "-at_install")
class TestClient(SilverfinCase):
    def test_form(self):
        """A Silverfin user makes a client with nothing but the form."""
        with Form(self.env["silverfin.client"].with_user(self.user)) as form:
            form.name = "Second set of books"
            form.reference = "300-001"
        client = form.record
        self.assertEqual(client.company_id, self.company)
        self.assertEqual(client.responsible_id, self.user)
        self.assertTrue(client.sudo().user_id)

    def test_display_name(self):
        self.assertEqual(self.client.display_name, "Brasserie (100-001)")

    def test_found_by_name_and_reference(self):
        clients = self.env["silverfin.client"]
        for text in ("Brasser", "100-001"):
            found = [id_ for id_, _name in clients.name_search(text)]
            self.assertIn(self.client.id, found)
            self.assertNotIn(self.other_client.id, found)

    def test_reference_is_unique(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.silverfin_client(self.other_company, "100-001")

    def test_reference_can_be_used_again(self):
        """After a deletion, of which the archived service user stays behind."""
        self.client.unlink()
        again = self.silverfin_client(self.company, "100-001")
        self.assertTrue(again.user_id.active)

    def test_fixed_fields(self):
        for user in (self.user, self.manager):
            client = self.client.with_user(user)
            for name, value in (("uuid", "chosen"), ("user_id", self.manager.id)):
                with self.subTest(user=user.login, name=name), self.assertRaises(UserError):
                    client.write({name: value})

    def test_fixed_fields_at_creation(self):
        clients = self.env["silverfin.client"].with_user(self.manager)
        for name, value in (("uuid", "chosen"), ("user_id", self.manager.id)):
            vals = {"name": "x", "reference": "300-002", name: value}
            with self.subTest(name=name), self.assertRaises(UserError):
                clients.create(vals)

    def test_fixed_fields_by_context(self):
        """Defaults in the context are values in disguise."""
        clients = self.env["silverfin.client"].with_user(self.manager)
        clients = clients.with_context(default_user_id=self.manager.id)
        client = clients.create({"name": "x", "reference": "300-002"})
        self.assertEqual(
            client.sudo().user_id.all_group_ids.mapped("name"), ["Silverfin service user"]
        )
        self.assertTrue(self.manager.has_group("account_silverfin.group_manager"))

    def test_copy(self):
        copy = self.client.copy({"reference": "100-010"})
        self.assertNotEqual(copy.uuid, self.client.uuid)
        self.assertNotEqual(copy.user_id, self.client.user_id)
        self.assertFalse(copy.key_ids)

    def test_deletion_takes_keys_along_and_archives_the_user(self):
        key, _secret = self.silverfin_key(self.client)
        inactive, _secret = self.silverfin_key(self.client)
        inactive.active = False
        user = self.client.user_id
        uuids = [key.uuid, inactive.uuid]
        self.client.with_user(self.manager).sudo().unlink()
        self.assertFalse((key + inactive).exists())
        self.assertFalse(user.active)
        self.assertFalse(user.all_group_ids)
        events = self.env["silverfin.api.key.event"].search(
            [("key_uuid", "in", uuids), ("event", "=", "deleted")]
        )
        self.assertEqual(len(events), 2)

    def test_deletion_is_for_administrators(self):
        with self.assertRaises(AccessError):
            self.client.with_user(self.user).unlink()

    def test_key_count(self):
        self.assertEqual(self.client.key_count, 0)
        self.silverfin_key(self.client)
        key, _secret = self.silverfin_key(self.client)
        key.active = False
        self.client.invalidate_recordset(["key_count"])
        self.assertEqual(self.client.key_count, 2)
        self.assertEqual(self.other_client.key_count, 0)

    def test_no_key_for_an_archived_client(self):
        self.client.active = False
        with self.assertRaises(UserError):
            self.silverfin_key(self.client)

    def test_company_cannot_be_deleted(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.company.unlink()

    def test_describe(self):
        self.company.write({"company_registry": "0202239951", "fiscalyear_lock_date": "2025-12-31"})
        self.company.country_id = self.env.ref("base.be")
        self.client.start_date = "2026-01-01"
        description = self.client._describe()
        self.assertEqual(
            description,
            {
                "uuid": self.client.uuid,
                "name": "Brasserie",
                "reference": "100-001",
                "company": {
                    "id": str(self.company.id),
                    "name": "Brasserie",
                    "currency": self.company.currency_id.name,
                    "country": "BE",
                    "vat": self.company.vat,
                    "company_registry": "0202239951",
                },
                "branches": [],
                "start_date": "2026-01-01",
                "lock_dates": {
                    "fiscalyear": "2025-12-31",
                    "tax": None,
                    "sale": None,
                    "purchase": None,
                    "hard": None,
                },
            },
        )


@tagged("post_install", "-at_install")
class TestBranches(SilverfinCase):
    """Brasserie has a terrace (no VAT number, with a bar in it) and a hotel of its own VAT."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terrace = cls.silverfin_company("Terrace", parent_id=cls.company.id)
        cls.bar = cls.silverfin_company("Bar", parent_id=cls.terrace.id)
        cls.hotel = cls.silverfin_company("Hotel", parent_id=cls.company.id, vat=VAT)
        cls.lobby = cls.silverfin_company("Lobby", parent_id=cls.hotel.id)

    def test_default_is_those_without_a_vat_number(self):
        client = self.silverfin_client(self.company, "400-001")
        self.assertEqual(client.branch_ids, self.terrace + self.bar)

    def test_a_branch_with_a_vat_number_has_its_own_dossier(self):
        client = self.silverfin_client(self.hotel, "400-002")
        self.assertEqual(client.branch_ids, self.lobby)

    def test_added_as_they_come(self):
        self.assertEqual(self.client.branch_ids, self.terrace + self.bar)

    def test_new_branch_beneath_the_hotel_is_the_hotels(self):
        hotel = self.silverfin_client(self.hotel, "400-002")
        spa = self.silverfin_company("Spa", parent_id=self.lobby.id)
        self.assertEqual(hotel.branch_ids, self.lobby + spa)
        self.assertNotIn(spa, self.client.branch_ids)

    def test_new_branch_with_a_vat_number_is_not_added(self):
        casino = self.silverfin_company("Casino", parent_id=self.terrace.id, vat="BE0403170701")
        self.assertNotIn(casino, self.client.branch_ids)

    def test_new_company_touches_no_client(self):
        before = self.client.branch_ids
        self.silverfin_company("Unrelated")
        self.assertEqual(self.client.branch_ids, before)
        self.assertFalse(self.other_client.branch_ids)

    def test_new_branch_is_added_to_archived_clients_too(self):
        self.client.active = False
        cellar = self.silverfin_company("Cellar", parent_id=self.company.id)
        self.assertIn(cellar, self.client.branch_ids)
        self.assertFalse(self.client.user_id.active)

    def test_removed_branch_stays_away(self):
        self.client.branch_ids = self.terrace
        self.client.name = "Renamed"
        self.silverfin_company("Cellar", parent_id=self.hotel.id)
        self.assertEqual(self.client.branch_ids, self.terrace)

    def test_another_company_has_other_branches(self):
        self.client.company_id = self.hotel
        self.assertEqual(self.client.branch_ids, self.lobby)

    def test_foreign_branch_is_refused(self):
        for company in (self.other_company, self.company.root_id.child_ids[0].parent_id):
            with self.subTest(company=company.name), self.assertRaises(ValidationError):
                self.silverfin_client(self.hotel, "400-003", branch_ids=[company.id])

    def test_branch_with_a_vat_number_may_be_chosen(self):
        self.client.branch_ids += self.hotel
        self.assertIn(self.hotel, self.client.user_id.company_ids)

    def test_company_ids_are_in_a_fixed_order(self):
        self.assertEqual(
            self.client._company_ids(), sorted([self.company.id, self.terrace.id, self.bar.id])
        )

    def test_dossier(self):
        dossier = self.silverfin_client(self.terrace, "400-004")._dossier()
        self.assertEqual(dossier.companies, (self.terrace.id, self.bar.id))
        self.assertEqual(dossier.ancestors, (self.company.id, self.terrace.id, self.bar.id))
        self.assertEqual(dossier.root, self.company.id)


@tagged("post_install", "-at_install")
class TestWhoseCompanies(SilverfinCase):
    """A dossier never opens what its maker may not see himself."""

    def test_create_in_another_company(self):
        for user in (self.user, self.manager):
            clients = self.env["silverfin.client"].with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                clients.create(
                    {"name": "x", "reference": "500-1", "company_id": self.other_company.id}
                )

    def test_move_to_another_company(self):
        for user in (self.user, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.client.with_user(user).write({"company_id": self.other_company.id})

    def test_with_a_branch_of_ones_own_only(self):
        branch = self.silverfin_company("Terrace", parent_id=self.other_company.id)
        self.other_client.branch_ids = False
        self.user.company_ids += self.other_company
        with self.assertRaises(AccessError):
            self.other_client.with_user(self.user).write({"branch_ids": [Command.link(branch.id)]})

    def test_branch_that_came_later_does_not_lock_the_client(self):
        """A colleague opened a branch: the client can still be renamed or archived."""
        self.silverfin_company("Terrace", parent_id=self.company.id)
        self.client.with_user(self.user).name = "Renamed"
        self.client.with_user(self.user).action_archive()
        self.assertFalse(self.client.user_id.active)

    def test_archived_branch_stays_in_the_dossier(self):
        """Its entries do not vanish from the books because nobody books there any more."""
        branch = self.silverfin_company("Closed terrace", parent_id=self.company.id)
        before = self.client._company_ids()
        self.assertIn(branch.id, before)
        branch.active = False
        self.assertEqual(self.client._company_ids(), before)
        self.assertTrue(self.client._is_ledger_readable(self.client.user_id.id))
        key, _secret = self.silverfin_key(user=self.accountant)
        self.assertEqual(key.with_user(self.accountant)._reachable_clients(), self.client)
