# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import VAT, SilverfinCase


@tagged("post_install", "-at_install")
class TestNewMany(SilverfinCase):
    """A fiduciary's companies: one has a client already, the others none yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.baker = cls.silverfin_company("Baker", company_registry="0401", vat="BE0403170701")
        cls.dentist = cls.silverfin_company("Dentist", company_registry="0402")
        cls.florist = cls.silverfin_company("Florist")
        cls.new = cls.baker + cls.dentist + cls.florist
        cls.user.company_ids += cls.new

    def wizard(self, pattern="{registry}", user=None, **values):
        wizards = self.env["silverfin.client.new.many"].with_user(user or self.user)
        wizards = wizards.with_context(allowed_company_ids=wizards.env.user.company_id.ids)
        return wizards.create({"pattern": pattern, **values})

    def skipped(self, wizard):
        return {plan.company.name: plan.skipped for plan in wizard._plans() if plan.skipped}

    def made(self, wizard):
        wizard.action_create()
        clients = self.env["silverfin.client"].search([("company_id", "in", self.new.ids)])
        return {client.company_id: client.reference for client in clients}

    def test_makes_what_is_missing(self):
        wizard = self.wizard()
        self.assertEqual((wizard.new_count, wizard.skipped_count), (2, 2))
        self.assertEqual(self.made(wizard), {self.baker: "0401", self.dentist: "0402"})
        client = self.env["silverfin.client"].search([("company_id", "=", self.baker.id)])
        self.assertEqual((client.name, client.responsible_id), ("Baker", self.user))
        self.assertEqual(client.user_id.company_ids, self.baker)

    def test_says_why_others_are_skipped(self):
        skipped = self.skipped(self.wizard())
        self.assertEqual(set(skipped), {"Brasserie", "Florist"})
        self.assertIn("100-001", skipped["Brasserie"])
        self.assertIn("registry", skipped["Florist"])
        preview = self.wizard().preview
        self.assertIn("Skipped", preview)
        self.assertIn("Baker", preview)

    def test_archived_client(self):
        self.client.active = False
        self.assertIn("archived", self.skipped(self.wizard())["Brasserie"])

    def test_again_makes_nothing_twice(self):
        self.made(self.wizard())
        with self.assertRaisesRegex(UserError, "no client to make"):
            self.wizard().action_create()

    def test_number(self):
        made = self.made(self.wizard("B-{number:04}", first_number=7))
        self.assertEqual(sorted(made.values()), ["B-0007", "B-0008", "B-0009"])

    def test_first_number_follows_the_clients(self):
        clients = self.env["silverfin.client"].with_context(active_test=False)
        self.assertEqual(self.wizard("{number}").first_number, clients.search_count([]) + 1)

    def test_several_placeholders(self):
        made = self.made(self.wizard("{vat}/{name}"))
        self.assertEqual(made, {self.baker: "BE0403170701/Baker"})

    def test_bad_patterns(self):
        for pattern in (
            "{oops}",
            "{name",
            "name}",
            "{}",
            "{0}",
            "{name.__class__}",
            "{name[0]}",
            "{name!r}",
            "{number:>100000000}",
            "{number:0999999999d}",
            "fixed",
        ):
            wizard = self.wizard(pattern)
            with self.subTest(pattern=pattern):
                self.assertIn("{registry}", wizard.problem)
                self.assertFalse(wizard.new_count)
                with self.assertRaises(UserError):
                    wizard.action_create()

    def test_duplicates_among_them(self):
        self.dentist.company_registry = "0401"
        skipped = self.skipped(self.wizard())
        self.assertIn("another company", skipped["Baker"])
        self.assertIn("another company", skipped["Dentist"])

    def test_duplicate_of_a_client_one_may_not_see(self):
        self.other_client.reference = "0401"
        reason = self.skipped(self.wizard())["Baker"]
        self.assertIn("0401", reason)
        self.assertNotIn(self.other_client.name, reason)

    def test_branches(self):
        shop = self.silverfin_company("Shop", parent_id=self.baker.id)
        cafe = self.silverfin_company("Café", parent_id=self.baker.id, vat=VAT)
        self.user.company_ids += shop + cafe
        wizard = self.wizard("{name}")
        self.assertIn("Baker", self.skipped(wizard)["Shop"])
        self.new += cafe
        self.assertEqual(
            self.made(wizard),
            {company: company.name for company in self.new},
        )
        client = self.env["silverfin.client"].search([("company_id", "=", self.baker.id)])
        self.assertEqual(client.branch_ids, shop)
        self.assertIn("Baker", self.skipped(self.wizard())["Shop"])

    def test_branch_out_of_reach(self):
        self.silverfin_company("Shop", parent_id=self.baker.id)
        wizard = self.wizard("{name}")
        self.assertIn("Shop", self.skipped(wizard)["Baker"])
        self.assertNotIn(self.baker, self.made(wizard))

    def test_preview_escapes(self):
        self.baker.name = "<b>Baker</b>"
        self.assertNotIn("<b>Baker</b>", self.wizard("{name}").preview)

    def test_form(self):
        with Form(self.env["silverfin.client.new.many"].with_user(self.user)) as form:
            self.assertEqual(form.new_count, 2)
            form.pattern = "{nothing}"
            self.assertIn("nothing", form.problem)
            form.pattern = "{number:03}"
            self.assertFalse(form.problem)
            self.assertEqual(form.new_count, 3)

    def test_who_chooses_the_responsible(self):
        """Administrators only: others would not see the clients they make for somebody else."""
        self.manager.company_ids = self.user.company_ids
        wizards = self.env["silverfin.client.new.many"]
        for user, chooses in ((self.user, False), (self.manager, True)):
            arch = wizards.with_user(user).get_view(view_type="form")["arch"]
            with self.subTest(user=user.login):
                self.assertEqual('name="responsible_id"' in arch, chooses)
        with self.assertRaises(AccessError):
            self.wizard(responsible_id=self.manager.id).action_create()
        self.wizard(user=self.manager, responsible_id=self.user.id).action_create()
        made = self.env["silverfin.client"].search([("company_id", "in", self.new.ids)])
        self.assertEqual(made.responsible_id, self.user)

    def test_shows_what_was_made(self):
        """Those of companies that are not chosen at the top of the screen are at least told of."""
        params = self.wizard().action_create()["params"]
        self.assertIn("New clients: 2", params["message"])
        self.assertIn("Of these, 2", params["message"])
        made = self.env["silverfin.client"].search(params["next"]["domain"])
        self.assertEqual(made.company_id, self.baker + self.dentist)

    def test_says_nothing_of_chosen_companies(self):
        wizard = self.wizard().with_context(allowed_company_ids=self.user.company_ids.ids)
        self.assertNotIn("Of these", wizard.action_create()["params"]["message"])

    def test_who_may_not(self):
        for user in (self.internal, self.client.user_id):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.wizard(user=user)
        other = self.silverfin_user(
            "sf.foreign", "account_silverfin.group_user", self.other_company
        )
        self.assertEqual(set(self.skipped(self.wizard(user=other))), {"Garage"})
        wizard = self.wizard()
        with self.assertRaises(AccessError):
            wizard.with_user(other).action_create()

    def test_companies_of_another(self):
        """What the user has no access to is neither made nor named."""
        self.user.company_ids = [Command.unlink(self.florist.id)]
        self.assertNotIn("Florist", self.wizard("{name}").preview)
