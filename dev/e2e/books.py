"""Companies and their entries, made through the ORM as users make them."""

import functools
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date

from dev.e2e import expected
from dev.ledger_copy import LedgerCopy, Refused, Session

RECEIVABLE = "asset_receivable"
PAYABLE = "liability_payable"
SALES = "income"
RENT = "expense"
BANK = "asset_cash"
OTHER = "asset_current"
EQUITY = "equity"
DAY = date(2026, 3, 31)


def company(env, name, chart="generic_coa", country="base.be", currency="base.EUR", **values):
    """Create a company with a chart of accounts; one with a ``parent_id`` uses its parent's."""
    record = (
        env["res.company"]
        # Odoo would install, and commit, modules for the country.
        .with_context(install_mode=True)
        .create({"name": name, "country_id": env.ref(country).id, **values})
    )
    if "parent_id" not in values:
        record.currency_id = env.ref(currency)
        env["account.chart.template"].try_loading(chart, record, install_demo=False)
        record.currency_id = env.ref(currency)  # the chart brought its country's
    return record


@dataclass(frozen=True)
class Dossier:
    """A client and a key for it."""

    client_id: int
    secret: str

    def copy(self, server):
        """Return an empty copy of the ledger that reads from a server."""
        return LedgerCopy(Session(server.url, self.secret))


def open_dossier(env, company_id, **values):
    """Create a client of a company, with a key."""
    reference = f"{env['silverfin.client'].search_count([]) + 1:03}-{company_id}"
    client = env["silverfin.client"].create(
        {"name": reference, "reference": reference, "company_id": company_id, **values}
    )
    _key, secret = env["silverfin.api.key"]._generate(
        {"name": "Reader", "client_id": client.id, "scope": "sync"}
    )
    return Dossier(client.id, secret)


@contextmanager
def redrafted(move):
    """Reset an entry to draft, and post it again at the end."""
    move.button_draft()
    yield move
    move.action_post()


class Books:
    """One company's books, within one transaction.

    Accounts are named by their number or, where any will do, by their type.
    """

    def __init__(self, env, company_id):
        self.env = env(
            context={
                **env.context,
                "allowed_company_ids": [company_id],
                "tracking_disable": True,
                "lang": "en_US",
            }
        )
        self.company = self.env["res.company"].browse(company_id)
        self.account = functools.cache(self._account)
        self.journal = functools.cache(self._journal)

    def _account(self, name):
        """Return an account by its number or its type."""
        field = "code" if name[0].isdigit() else "account_type"
        owners = (self.company | self.company.parent_ids).ids
        return self._first("account.account", (field, "=", name), ("company_ids", "in", owners))

    def _journal(self, kind):
        """Return the first journal of a type."""
        owners = (self.company | self.company.parent_ids).ids
        return self._first(
            "account.journal", ("type", "=", kind), ("company_id", "in", owners), order="id"
        )

    def tax(self, use="sale", amount=None):
        """Return the first tax, or the first of a percentage."""
        domain = [("type_tax_use", "=", use), ("company_id", "=", self.company.root_id.id)]
        if amount is not None:
            domain.append(("amount", "=", amount))
        return self._first("account.tax", *domain)

    def _first(self, model, *domain, order=None):
        found = self.env[model].search(list(domain), limit=1, order=order)
        if not found:
            raise LookupError(f"{self.company.name}: no {model} for {domain}")
        return found

    def partner(self, name, **values):
        """Create a partner."""
        return self.env["res.partner"].create({"name": name, **values})

    def new_account(self, number, account_type, **values):
        """Create an account."""
        return self.env["account.account"].create(
            {"code": number, "name": f"Account {number}", "account_type": account_type, **values}
        )

    def move(self, move_id):
        """Return an entry of an earlier transaction."""
        return self.env["account.move"].browse(move_id)

    def item(self, item_id):
        """Return an item of an earlier transaction."""
        return self.env["account.move.line"].browse(item_id)

    def draft(self, *lines, day=DAY, **values):
        """Create a miscellaneous entry; lines are (account, balance) or with more values."""
        return self.env["account.move"].create(
            {
                "journal_id": self.journal("general").id,
                "date": day,
                "line_ids": [(0, 0, self._line(*line)) for line in lines],
                **values,
            }
        )

    def _line(self, account, balance, values=None):
        number = account if isinstance(account, int) else self.account(account).id
        return {"account_id": number, "balance": balance, "name": "Line", **(values or {})}

    def entry(self, *lines, **values):
        """Create and post a miscellaneous entry: by default rent on the suspense account."""
        move = self.draft(*(lines or ((RENT, 100), (OTHER, -100))), **values)
        move.action_post()
        return move

    def draft_invoice(self, *prices, partner, kind="out_invoice", taxes=(), day=DAY, **values):
        """Create an invoice with one line per price, or per dictionary of a line's values."""
        lines = [
            price if isinstance(price, dict) else {"name": "Beer", "price_unit": price}
            for price in prices
        ]
        taxes = [(6, 0, [tax.id for tax in taxes])]
        return self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": partner.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    (0, 0, line if "display_type" in line else {"tax_ids": taxes, **line})
                    for line in lines
                ],
                **values,
            }
        )

    def invoice(self, *prices, **values):
        """Create and post an invoice."""
        move = self.draft_invoice(*prices, **values)
        move.action_post()
        return move

    def rate(self, currency, rate, day=date(2026, 1, 1)):
        """Activate a currency and set its rate: so many of it for one of the company's."""
        currency = self.env.ref(f"base.{currency}")
        currency.active = True
        key = {"currency_id": currency.id, "company_id": self.company.root_id.id, "name": day}
        rates = self.env["res.currency.rate"]
        known = rates.search([(field, "=", value) for field, value in key.items()])
        if known:
            known.rate = rate
        else:
            rates.create({**key, "rate": rate})
        return currency

    def payment(self, item, amount, **values):
        """Book money on the bank against an open item, unreconciled; return its counterpart."""
        move = self.entry(
            (BANK, amount),
            (item.account_id.id, -amount, {"partner_id": item.partner_id.id, **values}),
        )
        return move.line_ids.filtered(lambda line: line.account_id == item.account_id)


class Scene:
    """A dossier, its company's books and a copy of its ledger.

    :param odoo_env: the fixture that gives environments
    :param server: the server to read from
    """

    def __init__(self, odoo_env, server, company_id, dossier):
        self.odoo_env = odoo_env
        self.server = server
        self.company_id = company_id
        self.dossier = dossier
        self.copy = dossier.copy(server)

    def begin(self):
        """Begin the copy anew, so that an earlier test's failure is not this one's."""
        self.copy.forget()
        self.copy.pull()

    def another(self):
        """Return a scene with an empty copy of the same dossier."""
        return Scene(self.odoo_env, self.server, self.company_id, self.dossier)

    @contextmanager
    def books(self, company_id=None):
        """Open the books for one transaction, which is committed at the end."""
        with self.odoo_env() as env:
            yield Books(env, company_id or self.company_id)

    @contextmanager
    def rolled_back(self):
        """Open the books for one transaction, which is rolled back at the end."""
        with self.odoo_env(commit=False) as env:
            books = Books(env, self.company_id)
            yield books
            books.env.flush_all()

    def entry(self, *lines, **values):
        """Book an entry and pull it; return its id and those of its items."""
        with self.books() as books:
            move = books.entry(*lines, **values)
            ids = move.id, move.line_ids.ids
        self.pull()
        return ids

    def pull(self, **options):
        """Pull, check the copy against the ORM, and return what came: see :func:`summary`."""
        actions = self.copy.pull(**options)
        self.check()
        return summary(actions)

    def pull_page(self):
        """Pull one page that must be the last; return (records received, summary)."""
        assert self.copy.pull_page()
        self.check()
        return self.copy.received, summary(self.copy.actions)

    def check(self):
        """Check that the copy is what the ORM says."""
        with self.odoo_env(commit=False) as env:
            differing = expected.differences(self.copy, env, self.dossier.client_id)
        assert not differing, "\n".join(differing)
        assert not self.copy.unbalanced_entries()


def group(odoo_env, server, chart="generic_coa"):
    """Create a company with a branch in its dossier and one with a dossier of its own.

    :return: scenes by name; that of the branch without a dossier shares its company's
    """
    with odoo_env() as env:
        brewery = company(env, "Brewery", chart=chart).id
        taproom = company(env, "Taproom", parent_id=brewery).id
        shop = company(env, "Shop", parent_id=brewery, vat="BE0477472701").id
        own, other = open_dossier(env, brewery), open_dossier(env, shop)
    scenes = {
        "brewery": Scene(odoo_env, server, brewery, own),
        "taproom": Scene(odoo_env, server, taproom, own),
        "shop": Scene(odoo_env, server, shop, other),
    }
    scenes["taproom"].copy = scenes["brewery"].copy
    return scenes


def multiply(books, move_id, count):
    """Copy a posted entry so many times, with SQL: thousands of entries take a second."""
    books.env.flush_all()
    cr = books.env.cr
    cr.execute("SELECT max(id) FROM account_move")
    last = cr.fetchone()[0]
    moves = _columns(cr, "account_move", id="nextval('account_move_id_seq')", name="'X/' || n")
    lines = _columns(
        cr, "account_move_line", id="nextval('account_move_line_id_seq')", move_id="m.id"
    )
    cr.execute(
        f"INSERT INTO account_move ({', '.join(moves)})"
        f" SELECT {', '.join(moves.values())} FROM account_move t, generate_series(1, %s) n"
        " WHERE t.id = %s",
        [count, move_id],
    )
    cr.execute(
        f"INSERT INTO account_move_line ({', '.join(lines)})"
        f" SELECT {', '.join(lines.values())} FROM account_move_line t, account_move m"
        " WHERE t.move_id = %s AND m.id > %s ORDER BY m.id",
        [move_id, last],
    )
    cr.execute(
        "UPDATE account_move_line l SET move_name = m.name FROM account_move m"
        " WHERE m.id = l.move_id AND m.id > %s",
        [last],
    )
    cr.execute("ANALYZE account_move, account_move_line")
    books.env.invalidate_all()


def _columns(cr, table, **others):
    """Return the columns of a table, each with what a copy of a row ``t`` gets."""
    cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    return {name: others.get(name, f"t.{name}") for (name,) in cr.fetchall()}


def stream(copy, **options):
    """Pull a stream, as soon as the server has noticed the end of the one before."""
    for _ in range(100):
        with suppress(Refused):
            return copy.pull_stream(**options)
        time.sleep(0.05)
    return copy.pull_stream(**options)


def summary(actions):
    """Return a list of ("upsert" or "delete", id of the item), sorted."""
    return sorted((kind, int(body["id"])) for action in actions for kind, body in action.items())


def upserts(*ids):
    """Return the summary of actions that bring these items."""
    return sorted(("upsert", id_) for id_ in ids)


def deletes(*ids):
    """Return the summary of actions that take these items away."""
    return sorted(("delete", id_) for id_ in ids)
