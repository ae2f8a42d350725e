# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What tests in a browser share."""

from odoo.tests import HttpCase, new_test_user

PASSWORD = "tour-password"  # what the tours type where Odoo asks for it again


class TourCase(HttpCase):
    """Walks through the screens in headless Chromium.

    An error in the browser's console fails the test, a warning ends up in Odoo's log and fails the
    run.
    """

    PHONE = "375x812"  # CSS pixels

    @classmethod
    def new_person(cls, login, *groups, **values):
        """Create a user whom a tour may log in as.

        :param groups: external ids
        """
        return new_test_user(
            cls.env,
            login,
            ",".join(groups),
            password=PASSWORD,
            email=f"{login}@example.com",
            **values,
        )

    def walk(self, tour, login, path="/odoo", *, phone=False):
        """Run a tour of ``static/tests/tours``.

        :param bool phone: with a narrow screen that is touched
        """
        if phone:
            self.browser_size, self.touch_enabled = self.PHONE, True
        self.start_tour(path, tour, login=login)
