"""One company's books, and the few verbs that every kind of entry shares."""

import random
from dataclasses import dataclass
from datetime import date
from functools import cache

from odoo.fields import Command

SEED = 20240101


class Books:
    """The accounts, journals and taxes of one company, by the names its users call them."""

    def __init__(self, env, company):
        """See one company alone, as a user does who has chosen it in the company menu."""
        self.env = env(context={**env.context, "allowed_company_ids": company.ids})
        self.company = company.with_env(self.env)
        self.account = cache(self._account)
        self.journal = cache(self._journal)

    def _account(self, code: str):
        return self._one("account.account", [("code", "=", code)])

    def _journal(self, code: str):
        domain = [("code", "=", code), ("company_id", "=", self.company.id)]
        return self._one("account.journal", domain)

    def _one(self, model: str, domain: list):
        record = self.env[model].search(domain)
        if len(record) != 1:
            raise LookupError(f"{self.company.name}: {len(record)} {model} for {domain}")
        return record

    def chart(self, name: str):
        """Return the record that the chart template calls `name`."""
        return self.env["account.chart.template"].ref(name)

    def chance(self, topic: str) -> random.Random:
        """Return a source of chance of its own per topic: one that grows shifts no other."""
        return random.Random(f"{SEED} {self.company.name} {topic}")

    def misc(self, day: date, ref: str, lines: list[tuple], **values) -> dict:
        """Return the values of a miscellaneous entry; `lines` are (account code, balance)."""
        commands = [
            Command.create({"account_id": self.account(code).id, "balance": amount, "name": ref})
            for code, amount in lines
            if amount
        ]
        journal = self.journal("MISC").id
        return {"journal_id": journal, "date": day, "ref": ref, "line_ids": commands, **values}

    def book(self, values: list[dict]):
        """Create entries in one call, post them in the order of their dates, return them."""
        moves = self.env["account.move"].create(values)
        moves.sorted(lambda move: (move.date, move.id)).action_post()
        return moves

    def posted(self, *domain):
        """Return this company's posted entries within `domain`, oldest first."""
        own = [("company_id", "=", self.company.id), ("state", "=", "posted")]
        return self.env["account.move"].search([*own, *domain], order="date, id")


@dataclass
class Demo:
    """What the steps work on."""

    env: object
    brewery: Books
    taproom: Books
    trading: Books

    @property
    def every(self) -> tuple[Books, ...]:
        """Return the books of every company, top companies first."""
        return self.brewery, self.trading, self.taproom
