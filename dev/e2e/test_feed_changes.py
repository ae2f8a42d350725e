"""Every change arrives with the next pull, as exactly the actions it needs and nothing else."""

from datetime import date, timedelta

import pytest

from dev.e2e.books import DAY, OTHER, RENT, deletes, group, redrafted, summary, upserts


@pytest.fixture(scope="class")
def scenes(odoo_env, server):
    return group(odoo_env, server, chart="be_comp")


@pytest.fixture
def scene(scenes):
    """The company's own dossier, pulled up to now."""
    scenes["brewery"].begin()
    return scenes["brewery"]


def set_label(books, item):
    item.name = "Another label"


def set_account(books, item):
    item.account_id = books.new_account("610999", RENT)


def set_partner(books, item):
    item.partner_id = books.partner("Newcomer")


def set_analytic(books, item):
    plan = books.env["account.analytic.plan"].search([], limit=1)
    account = books.env["account.analytic.account"].create({"name": "Bar", "plan_id": plan.id})
    item.analytic_distribution = {str(account.id): 40}


def set_due_date(books, item):
    item.date_maturity = DAY + timedelta(days=30)


def set_grids(books, item):
    item.tax_tag_ids = books.env["account.account.tag"].search(
        [("applicability", "=", "taxes")], limit=2
    )


def set_date(books, move):
    move.date = DAY - timedelta(days=1)


def set_reference(books, move):
    move.ref = "PO 77"


def set_journal(books, move):
    move.name = False
    move.journal_id = books.env["account.journal"].create(
        {"name": "Second", "code": "SECND", "type": "general", "company_id": books.company.id}
    )


def set_amounts(books, move):
    move.line_ids = [
        (1, line.id, {"balance": 2 * line.balance, "amount_currency": 2 * line.balance})
        for line in move.line_ids
    ]


def set_currency(books, move):
    dollar = books.rate("USD", 2).id
    move.line_ids = [
        (1, line.id, {"currency_id": dollar, "amount_currency": 2 * line.balance})
        for line in move.line_ids
    ]


def set_taxes(books, move):
    move.line_ids = [(1, move.line_ids[0].id, {"tax_ids": [(6, 0, books.tax("purchase", 21).ids)]})]


ON_POSTED_ITEM = (set_label, set_account, set_partner, set_analytic, set_due_date, set_grids)
ON_DRAFT = (set_date, set_reference, set_journal, set_amounts, set_currency)


class TestChanges:
    """What users do to entries, items and their matching."""

    def test_life_of_an_entry(self, scene):
        with scene.books() as books:
            move = books.draft((RENT, 100), (OTHER, -100))
            move_id, ids = move.id, move.line_ids.ids
        assert scene.pull() == []
        for step, wanted in (
            ("action_post", upserts(*ids)),
            ("button_draft", deletes(*ids)),
            ("action_post", upserts(*ids)),
            ("button_cancel", deletes(*ids)),
            ("button_draft", []),
            ("action_post", upserts(*ids)),
            ("button_draft", deletes(*ids)),
            ("unlink", []),
        ):
            with scene.books() as books:
                getattr(books.move(move_id), step)()
            assert scene.pull() == wanted, step

    def test_posted_and_deleted_at_once(self, scene):
        """What left the ledger since the last pull is deleted, by its last transaction too."""
        move_id, ids = scene.entry()
        with scene.books() as books:
            books.move(move_id).button_draft()
            books.move(move_id).unlink()
        assert scene.pull() == deletes(*ids)

    def test_delete_names_entry_and_date(self, scene):
        move_id, ids = scene.entry()
        with scene.books() as books:
            books.move(move_id).button_draft()
        assert [action["delete"] for action in scene.copy.pull()] == [
            {"id": str(id_), "entry": str(move_id), "date": DAY.isoformat()} for id_ in ids
        ]

    @pytest.mark.parametrize("change", ON_POSTED_ITEM)
    def test_change_of_a_posted_item(self, scene, change):
        _move_id, (first, _second) = scene.entry()
        with scene.books() as books:
            change(books, books.item(first))
        assert scene.pull() == upserts(first)

    @pytest.mark.parametrize("change", ON_DRAFT)
    def test_change_of_an_entry(self, scene, change):
        move_id, ids = scene.entry()
        before = {id_: scene.copy.items[str(id_)] for id_ in ids}
        with scene.books() as books, redrafted(books.move(move_id)) as move:
            change(books, move)
        assert scene.pull() == upserts(*ids)
        assert all(scene.copy.items[str(id_)] != before[id_] for id_ in ids)

    def test_new_taxes_bring_new_items(self, scene):
        move_id, ids = scene.entry()
        with scene.books() as books, redrafted(books.move(move_id)) as move:
            set_taxes(books, move)
            after = move.line_ids.ids
        assert set(ids) < set(after)
        assert scene.pull() == upserts(*after)

    def test_removed_item(self, scene):
        move_id, (first, second, third) = scene.entry((RENT, 60), (RENT, 40), (OTHER, -100))
        with scene.books() as books, redrafted(books.move(move_id)) as move:
            move.line_ids = [
                (2, second),
                (1, first, {"balance": 100, "amount_currency": 100}),
            ]
        assert scene.pull() == sorted(upserts(first, third) + deletes(second))

    def test_sections_and_notes_do_not_exist(self, scene):
        with scene.books() as books:
            move = books.draft_invoice(
                100,
                {"display_type": "line_section", "name": "Section"},
                {"display_type": "line_note", "name": "Note"},
                partner=books.partner("Ann"),
            )
            move_id = move.id
            move.action_post()
            ids = move.line_ids.filtered("account_id").ids
            note = move.line_ids.filtered(lambda line: line.display_type == "line_note").id
        assert scene.pull() == upserts(*ids)
        with scene.books() as books:
            books.item(note).name = "Another note"
        assert scene.pull() == []
        with scene.books() as books:
            books.move(move_id).button_draft()
        assert scene.pull() == deletes(*ids)

    def test_draft_changes_deliver_nothing(self, scene):
        with scene.books() as books:
            move_id = books.draft((RENT, 100), (OTHER, -100)).id
        with scene.books() as books:
            set_amounts(books, books.move(move_id))
            set_label(books, books.move(move_id).line_ids[0])
        assert scene.pull() == []
        with scene.books() as books:
            books.move(move_id).unlink()
        assert scene.pull() == []

    def test_same_value_delivers_nothing(self, scene):
        _move_id, (first, _second) = scene.entry()
        with scene.books() as books:
            books.item(first).write({"name": "Line", "partner_id": False, "date_maturity": False})
            books.env.cr.execute(
                "UPDATE account_move_line SET name = name, balance = balance WHERE id = %s", [first]
            )
        assert scene.pull() == []

    def test_what_the_feed_does_not_show_delivers_nothing(self, scene):
        move_id, ids = scene.entry()
        with scene.books() as books:
            books.item(ids[0]).sequence = 99
            books.move(move_id).narration = "For the file"
            books.item(ids[1]).discount_date = DAY
        assert scene.pull() == []

    def test_rolled_back(self, scene):
        with scene.rolled_back() as books:
            books.entry()
        assert scene.pull() == []

    def test_one_transaction_changes_twice(self, scene):
        """Many statements in a transaction are one action per item."""
        _move_id, (first, _second) = scene.entry()
        with scene.books() as books:
            for label in ("One", "Two"):
                books.item(first).name = label
                books.env.flush_all()
        actions = scene.copy.pull()
        assert summary(actions) == upserts(first)
        assert scene.copy.items[str(first)]["description"] == "Two"

    def test_several_transactions(self, scene):
        """What several transactions changed is one action per item too."""
        _move_id, (first, second) = scene.entry()
        for label in ("One", "Two"):
            with scene.books() as books:
                books.item(first).name = label
        with scene.books() as books:
            books.item(second).name = "Three"
        assert scene.pull() == upserts(first, second)

    def invoice(self, scene, **values):
        with scene.books() as books:
            move = books.invoice(100, partner=books.partner("Ann"), **values)
            receivable = move.line_ids.filtered(lambda line: line.date_maturity)
            ids = receivable.id
        scene.pull()
        return ids

    def pay(self, scene, item, amount, **values):
        with scene.books() as books:
            paid = books.payment(books.item(item), amount, **values).id
        scene.pull()
        return paid

    def test_partial_then_full_then_undone(self, scene):
        invoice = self.invoice(scene)
        payments = [self.pay(scene, invoice, amount) for amount in (40, 60)]
        with scene.books() as books:
            books.item([invoice, payments[0]]).reconcile()
        assert scene.pull() == upserts(invoice, payments[0])
        assert str(scene.copy.items[str(invoice)]["open_transaction"]["value"]) == "60.00"
        with scene.books() as books:
            books.item([invoice, payments[1]]).reconcile()
        assert scene.pull() == upserts(invoice, *payments)
        assert scene.copy.items[str(invoice)]["open_transaction"] is None
        assert scene.copy.items[str(invoice)]["matching"]["full"]
        with scene.books() as books:
            books.item(payments[0]).remove_move_reconcile()
        assert scene.pull() == upserts(invoice, *payments)
        assert str(scene.copy.items[str(invoice)]["open_transaction"]["value"]) == "40.00"

    def test_exchange_difference(self, scene):
        """It books an entry, and undoing reverses it."""
        with scene.books() as books:
            dollar = books.rate("USD", 2).id
            books.rate("USD", 4, day=date(2026, 4, 1))
        invoice = self.invoice(scene, currency_id=dollar)
        paid = self.pay(scene, invoice, 25, currency_id=dollar, amount_currency=-100)
        with scene.books() as books:
            books.item([invoice, paid]).reconcile()
            exchange = books.item(invoice).matched_credit_ids.exchange_move_id
            exchange |= books.item(paid).matched_debit_ids.exchange_move_id
            difference = exchange.line_ids.ids
        assert difference
        assert scene.pull() == upserts(invoice, paid, *difference)
        with scene.books() as books:
            books.item(paid).remove_move_reconcile()
        pulled = {id_ for kind, id_ in scene.pull() if kind == "upsert"}
        assert {invoice, paid} < pulled
