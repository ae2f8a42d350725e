# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A service user has the groups and companies of its client, and people never its groups."""

from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .test_service_user import REFUSED, ServiceUserCase


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
