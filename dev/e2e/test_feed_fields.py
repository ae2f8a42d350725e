"""What an action says, field by field, against what the ORM says (:mod:`dev.e2e.expected`)."""

from datetime import date
from decimal import Decimal

import pytest

from dev.e2e.books import DAY, OTHER, RECEIVABLE, RENT, group, upserts
from dev.e2e.expected import exact

DUE = date(2026, 4, 30)


@pytest.fixture(scope="class")
def scene(odoo_env, server):
    return group(odoo_env, server, chart="be_comp")["brewery"]


def number(text):
    return f"number {text}"


class TestFields:
    """``scene.pull()`` compares all fields of all items and of all records they use."""

    def analytic(self, books, plan, *names):
        """Create a plan and its accounts; return the accounts' ids."""
        plan = books.env["account.analytic.plan"].create({"name": plan})
        accounts = books.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in names]
        )
        return accounts.ids

    def test_invoice_to_the_letter(self, scene):
        """Once without :mod:`dev.e2e.expected`: the contract's own words."""
        with scene.books() as books:
            partner = books.partner(
                "Ann", vat="BE0477472701", country_id=books.env.ref("base.be").id
            )
            tax = books.tax("sale", 21)
            move = books.invoice(
                {"name": "Beer", "price_unit": 100},
                partner=partner,
                taxes=tax,
                ref="PO 77",
                invoice_date_due=DUE,
            )
            receivable = move.line_ids.filtered(lambda line: line.account_type == RECEIVABLE)
            sale = move.invoice_line_ids
            vat = move.line_ids - receivable - sale
            entry = {
                "id": str(move.id),
                "number": move.name,
                "type": "out_invoice",
                "reference": "PO 77",
                "document_date": "2026-03-31",
                "opening": False,
            }
            common = {
                "date": "2026-03-31",
                "journal": str(books.journal("sale").id),
                "entry": entry,
                "company": str(books.company.id),
                "partner": str(partner.id),
                "currency": "EUR",
                "due_date": None,
                "open_transaction": None,
                "matching": None,
                "taxes": [],
                "tax": None,
                "grids": [],
                "analytic": [],
            }
            wanted = [
                {
                    **common,
                    "id": str(sale.id),
                    "account": str(books.account("700000").id),
                    "value": number("-100.00"),
                    "amount_currency": number("-100.00"),
                    "description": "Beer",
                    "taxes": [str(tax.id)],
                    "grids": ["03"],
                },
                {
                    **common,
                    "id": str(vat.id),
                    "account": str(books.account("451000").id),
                    "value": number("-21.00"),
                    "amount_currency": number("-21.00"),
                    "description": "21%",
                    "tax": {"id": str(tax.id), "base": number("-100.00")},
                    "grids": ["54"],
                },
                {
                    **common,
                    "id": str(receivable.id),
                    "account": str(books.account("400000").id),
                    "value": number("121.00"),
                    "amount_currency": number("121.00"),
                    "description": receivable.name or "",
                    "due_date": "2026-04-30",
                    "open_transaction": {"value": number("121.00"), "category": "receivable"},
                },
            ]
            account, partner = str(books.account("700000").id), str(partner.id)
        scene.pull()
        for item in wanted:
            assert exact(scene.copy.items[item["id"]]) == item
        assert scene.copy.records["partner"][partner] == {
            "id": partner,
            "name": "Ann",
            "vat": "BE0477472701",
            "company_registry": scene.copy.records["partner"][partner]["company_registry"],
            "country": "BE",
        }
        record = scene.copy.records["account"][account]
        assert record["number"] == "700000"
        assert record["type"] == "income"
        assert record["odoo_type"] == "income"
        assert record["carries_forward"] is False

    @pytest.mark.parametrize("kind", ["out_invoice", "out_refund", "in_invoice", "in_refund"])
    def test_documents(self, scene, kind):
        with scene.books() as books:
            use = "sale" if kind.startswith("out") else "purchase"
            move = books.invoice(
                100,
                19.99,
                {"name": "Three", "price_unit": 0.333, "quantity": 7},
                kind=kind,
                partner=books.partner("Ann"),
                taxes=books.tax(use, 21) | books.tax(use, 6),
            )
            ids = move.line_ids.ids
        assert scene.pull() == upserts(*ids)
        assert any(scene.copy.items[str(id_)]["grids"] for id_ in ids)
        open_ = [scene.copy.items[str(id_)]["open_transaction"] for id_ in ids]
        assert [item["category"] for item in open_ if item] == [
            "receivable" if use == "sale" else "payable"
        ]

    def test_several_due_dates(self, scene):
        with scene.books() as books:
            term = books.env["account.payment.term"].create(
                {
                    "name": "Half now",
                    "line_ids": [
                        (0, 0, {"value": "percent", "value_amount": 50, "nb_days": days})
                        for days in (0, 30)
                    ],
                }
            )
            move = books.invoice(
                99.99, partner=books.partner("Ann"), invoice_payment_term_id=term.id
            )
            due = {str(line.id): line.date_maturity for line in move.line_ids}
        scene.pull()
        dates = {scene.copy.items[id_]["due_date"] for id_ in due}
        assert dates == {None, "2026-03-31", "2026-04-30"}

    def test_cash_rounding(self, scene):
        with scene.books() as books:
            rounding = books.env["account.cash.rounding"].create(
                {
                    "name": "Five cents",
                    "rounding": 0.05,
                    "strategy": "add_invoice_line",
                    "profit_account_id": books.account("754000").id,
                    "loss_account_id": books.account("654000").id,
                }
            )
            move = books.invoice(
                99.98, partner=books.partner("Ann"), invoice_cash_rounding_id=rounding.id
            )
            ids = move.line_ids.ids
        assert scene.pull() == upserts(*ids)
        assert "0.02" in {str(abs(scene.copy.items[str(id_)]["value"])) for id_ in ids}

    @pytest.mark.parametrize(
        ("currency", "rate", "digits"), [("USD", 1.1, 2), ("JPY", 160.37, 0), ("TND", 3.379, 3)]
    )
    def test_currencies(self, scene, currency, rate, digits):
        """An invoice in another currency, paid in part, and the rest of it."""
        with scene.books() as books:
            foreign = books.rate(currency, rate)
            partner = books.partner("Ann")
            move = books.invoice(
                1234, 5, partner=partner, currency_id=foreign.id, taxes=books.tax("sale", 21)
            )
            receivable = move.line_ids.filtered(lambda line: line.account_type == RECEIVABLE)
            paid = books.payment(
                receivable,
                3.33,
                currency_id=foreign.id,
                amount_currency=-round(3.33 * rate, digits),
            )
            (receivable | paid).reconcile()
            open_item = str(receivable.id)
        scene.pull()
        item = scene.copy.items[open_item]
        assert item["currency"] == currency
        assert len(str(item["amount_currency"]).partition(".")[2]) == digits
        assert len(str(item["value"]).partition(".")[2]) == 2
        assert 0 < item["open_transaction"]["value"] < item["value"]
        assert item["matching"]["full"] is False

    def test_minus_and_zero(self, scene):
        """Neither exponents nor minus zeros nor digits that are none."""
        with scene.books() as books:
            account = books.account(OTHER).id
            move = books.entry((RENT, 0.01), (account, 0), (account, -0.01), day=DUE)
            large = books.entry((RENT, 123456789012.34), (account, -123456789012.34))
            ids = [*move.line_ids.ids, *large.line_ids.ids]
        scene.pull()
        assert [str(scene.copy.items[str(id_)]["value"]) for id_ in ids] == [
            "0.01",
            "0.00",
            "-0.01",
            "123456789012.34",
            "-123456789012.34",
        ]

    def test_analytic_of_two_plans(self, scene):
        with scene.books() as books:
            bar, terrace = self.analytic(books, "Place", "Bar", "Terrace")
            beer, wine = self.analytic(books, "Sort", "Beer", "Wine")
            shares = {f"{bar},{beer}": 60, f"{terrace},{wine}": 33.33, f"{bar}": 6.67}
            move = books.entry((RENT, 50, {"analytic_distribution": shares}), (OTHER, -50))
            item = str(move.line_ids[0].id)
        scene.pull()
        analytic = scene.copy.items[item]["analytic"]
        assert {tuple(part["accounts"]): part["percentage"] for part in analytic} == {
            (str(bar), str(beer)): 60,
            (str(terrace), str(wine)): Decimal("33.33"),
            (str(bar),): Decimal("6.67"),
        }
        known = scene.copy.records["analytic_account"]
        assert {known[str(id_)]["plan"] for id_ in (bar, terrace, beer, wine)} == {
            "Place",
            "Sort",
        }

    def test_off_balance(self, scene):
        with scene.books() as books:
            pair = [books.new_account(f"0{n}0000", "off_balance") for n in (1, 2)]
            books.entry((pair[0].id, 500), (pair[1].id, -500))
            account = str(pair[0].id)
        assert len(scene.pull()) == 2
        assert scene.copy.records["account"][account]["type"] is None

    @pytest.mark.parametrize(
        ("odoo_type", "kind", "carries_forward"),
        [
            ("asset_fixed", "asset", True),
            ("asset_prepayments", "asset", True),
            ("liability_credit_card", "liability", True),
            ("equity", "equity", True),
            ("income_other", "income", False),
            ("expense_depreciation", "expense", False),
            ("expense_direct_cost", "expense", False),
        ],
    )
    def test_account_types(self, scene, odoo_type, kind, carries_forward):
        with scene.books() as books:
            account = books.new_account(f"69{len(odoo_type):04}", odoo_type).id
            books.entry((account, 1), (OTHER, -1))
        scene.pull()
        record = scene.copy.records["account"][str(account)]
        assert (record["type"], record["odoo_type"]) == (kind, odoo_type)
        assert record["carries_forward"] is carries_forward

    def test_texts(self, scene):
        """Whatever JSON needs escaped, and what is empty."""
        text = 'Café "Zoë" \\ \n\t 🍺 </script> \u2028'
        with scene.books() as books:
            partner = books.partner(text)
            move = books.entry(
                (RENT, 1, {"name": text, "partner_id": partner.id}),
                (OTHER, -1, {"name": False}),
                ref=text,
            )
            named, empty = map(str, move.line_ids.ids)
            kept = move.line_ids[0].name, move.ref
        scene.pull()
        item = scene.copy.items[named]
        assert (item["description"], item["entry"]["reference"]) == kept
        assert scene.copy.items[empty]["description"] == ""
        assert scene.copy.records["partner"][item["partner"]]["name"] == text

    def test_contact_without_a_name(self, scene):
        with scene.books() as books:
            ann = books.partner("Ann", vat="BE0477472701")
            address = books.partner(None, type="invoice", parent_id=ann.id)
            books.entry((RENT, 1, {"partner_id": address.id}), (OTHER, -1))
            address = str(address.id)
        scene.pull()
        assert scene.copy.records["partner"][address]["name"] == ""

    def test_translated_names(self, scene):
        with scene.books() as books:
            books.env["res.lang"]._activate_lang("nl_BE")
            account = books.new_account("619500", RENT, name="Gas")
            account.with_context(lang="nl_BE").name = "Aardgas"
            books.entry((account.id, 1), (OTHER, -1))
            account = str(account.id)
        scene.pull()
        record = scene.copy.records["account"][account]
        assert record["name"] == "Gas"
        assert record["names"] == {"en_US": "Gas", "nl_BE": "Aardgas"}

    def test_account_of_the_results_not_allocated(self, scene):
        """Belgium has many of this type."""
        with scene.books() as books:
            account = books.account("790000").id
            books.entry((account, 1), (OTHER, -1))
        scene.pull()
        record = scene.copy.records["account"][str(account)]
        assert (record["type"], record["carries_forward"]) == ("equity", False)

    def test_storno(self, scene):
        """Where a company books reversals as negative debits, the sign is the balance's."""
        with scene.books() as books:
            books.company.account_storno = True
            move = books.entry((RENT, 10), (OTHER, -10))
            move._reverse_moves([{"date": DAY}], cancel=True)
            books.company.account_storno = False
        assert len(scene.pull()) == 4
        assert exact(scene.copy.computed_control()["debit"])
