# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the tests share; other addons may use ``SilverfinMixin`` in theirs."""

import json
import logging
from contextlib import contextmanager
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, TransactionCase, new_test_user

BASE = "/silverfin/v1"
VAT = "BE0477472701"
COMPANY_VAT = "BE0202239951"

ACCOUNTS = {
    "bank": ("550000", "asset_cash"),
    "receivable": ("400000", "asset_receivable"),
    "payable": ("440000", "liability_payable"),
    "capital": ("100000", "equity"),
    "undistributed": ("999999", "equity_unaffected"),
    "carried": ("140000", "equity"),
    "income": ("700000", "income"),
    "expense": ("600000", "expense"),
    "appropriation": ("693000", "expense"),
    "off_balance": ("000001", "off_balance"),
    "off_balance_2": ("000002", "off_balance"),
}


class Books:
    """A company with a small chart of accounts and a journal, and a way to post into it."""

    def __init__(self, company, parent=None):
        self.company = company
        self.env = company.with_context(allowed_company_ids=company.ids).env
        self.journal = self.env["account.journal"].create(
            {"name": "Memorial", "code": "MEM", "type": "general", "company_id": company.id}
        )
        self.accounts = parent.accounts if parent else self._make_accounts()

    def _make_accounts(self):
        accounts = self.env["account.account"]
        existing = {account.code: account for account in accounts.search([])}
        return {
            name: existing.get(code)
            or accounts.create(
                {
                    "name": f"Account {name}",
                    "code": code,
                    "account_type": account_type,
                    "company_ids": [Command.set(self.company.ids)],
                }
            )
            for name, (code, account_type) in ACCOUNTS.items()
        }

    def __getitem__(self, name):
        return self.accounts[name]

    def post(self, date, **balances):
        """Post an entry: a balance (debit positive) for each account."""
        move = self.draft(date, **balances)
        move.action_post()
        return move

    def draft(self, date, **balances):
        """Make an entry without posting it."""
        return self.env["account.move"].create(
            {
                "date": date,
                "journal_id": self.journal.id,
                "company_id": self.company.id,
                "line_ids": [
                    Command.create({"account_id": self[name].id, "balance": balance, "name": name})
                    for name, balance in balances.items()
                ],
            }
        )


class SilverfinMixin:
    """Helpers for any ``TransactionCase``: companies, books, clients, keys, users."""

    @classmethod
    def silverfin_company(cls, name, **vals):
        return cls.env["res.company"].create({"name": name, **vals})

    @classmethod
    def silverfin_client(cls, company, reference, **vals):
        return cls.env["silverfin.client"].create(
            {
                "name": company.name,
                "reference": reference,
                "company_id": company.id,
                "responsible_id": False,
                **vals,
            }
        )

    @classmethod
    def silverfin_key(cls, client=None, user=None, **vals):
        """Return a new key of a client, or a user's personal one, and its secret."""
        env = user.with_user(user).env if user else cls.env
        keys = env["silverfin.api.key"]
        if user and not client:  # which must end, as Odoo's own keys must
            vals.setdefault("expires_at", fields.Datetime.now() + timedelta(days=30))
        vals = {"name": "A key", "scope": "sync", "client_id": client and client.id, **vals}
        return keys._generate(vals)

    @classmethod
    def silverfin_user(cls, login, groups, companies):
        return new_test_user(
            cls.env,
            login,
            groups,
            context={"no_reset_password": True, "tracking_disable": True},
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
        )

    def let_pass(self, interval):
        """Let time pass for keys: the database's clock stands still within a transaction."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE silverfin_api_key SET expires_at = expires_at - %s::interval", [interval]
        )
        self.env.invalidate_all()

    @contextmanager
    def assertProblem(self, problem_class):  # noqa: N802 - like unittest's own
        """Expect a refusal of exactly this class; yields an object with ``exception``."""
        with self.assertRaises(problem_class) as caught:
            yield caught
        self.assertIs(type(caught.exception), problem_class)


class SilverfinCase(SilverfinMixin, TransactionCase):
    """Two companies with a client each, and the people around them."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()  # refusals are noted in transactions of their own

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(tracking_disable=True, no_reset_password=True).env
        cls.company = cls.silverfin_company("Brasserie", vat=COMPANY_VAT)
        cls.other_company = cls.silverfin_company("Garage")
        cls.client = cls.silverfin_client(cls.company, "100-001")
        cls.other_client = cls.silverfin_client(cls.other_company, "100-002")
        cls.user = cls.silverfin_user("sf.user", "account_silverfin.group_user", cls.company)
        cls.manager = cls.silverfin_user(
            "sf.manager", "account_silverfin.group_manager", cls.company
        )
        cls.internal = cls.silverfin_user("sf.internal", "base.group_user", cls.company)
        cls.accountant = cls.silverfin_user(
            "sf.accountant", "account.group_account_user", cls.company
        )


class SilverfinHttpCase(SilverfinMixin, HttpCase):
    """Calls over HTTP, each with or without a key."""

    def call(self, path, secret=None, method="GET", **options):
        """Call the endpoint; never with a session of an earlier call."""
        headers = {**options.pop("headers", {})}
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        return self.url_open(BASE + path, headers=headers, method=method, **options)

    def assert_problem(self, response, problem_class):
        """Expect a problem document as the contract has it."""
        self.assertEqual(response.status_code, problem_class.code, response.text[:300])
        self.assertEqual(response.headers["Content-Type"], "application/problem+json")
        document = response.json()
        self.assertEqual(document["code"], problem_class.problem_code)
        self.assertEqual(document["status"], problem_class.code)
        return document

    def assert_json(self, response):
        """Expect an answer with a JSON body, and return it."""
        self.assertEqual(response.status_code, 200, response.text[:300])
        self.assertEqual(response.headers["Content-Type"].partition(";")[0], "application/json")
        return json.loads(response.text)


@contextmanager
def everything_logged():
    """Yield a list of all that is logged: INFO and above, of this addon DEBUG too."""
    texts = []
    handler = logging.Handler()
    handler.emit = lambda record: texts.append(handler.format(record))
    root = logging.getLogger()
    loggers = {logging.getLogger(name): logging.INFO for name in ("", "odoo", "werkzeug")}
    loggers[logging.getLogger("odoo.addons.account_silverfin")] = logging.DEBUG
    levels = {logger: logger.level for logger in loggers}
    root.addHandler(handler)
    try:
        for logger, level in loggers.items():
            logger.setLevel(level)
        yield texts
    finally:
        root.removeHandler(handler)
        for logger, level in levels.items():
            logger.setLevel(level)
