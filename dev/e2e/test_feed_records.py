"""Reference records: complete, and delivered again when they change."""

import itertools

import pytest

from dev.e2e.books import OTHER, RECEIVABLE, RENT, company, group, open_dossier, upserts


@pytest.fixture(scope="class")
def scenes(odoo_env, server):
    return group(odoo_env, server)


@pytest.fixture
def scene(scenes):
    """The company's own dossier, pulled up to now."""
    scenes["brewery"].begin()
    return scenes["brewery"]


NUMBERS = itertools.count(1)


class TestRecords:
    """Changes of records that items refer to."""

    def booked(self, scene, account_type=RENT, **line):
        """Book on a new account; return the account's id and the ids of its two items."""
        with scene.books() as books:
            account = books.new_account(f"61{next(NUMBERS):04}", account_type)
            move = books.entry((account.id, 100, line), (OTHER, -100, line))
            ids = account.id, move.line_ids.ids
        scene.pull()
        return ids

    @pytest.mark.parametrize(
        "values",
        [
            {"code": "629000"},
            {"name": "Rent and more"},
            {"account_type": "expense_depreciation"},
            {"active": False},
        ],
        ids=str,
    )
    def test_account(self, scene, values):
        account, _items = self.booked(scene)
        with scene.books() as books:
            books.env["account.account"].browse(account).write(values)
        assert scene.pull_page() == ([("account", str(account))], [])

    def test_account_currency(self, scene):
        with scene.books() as books:
            dollar = books.rate("USD", 2).id
        account, _items = self.booked(scene, currency_id=dollar)
        with scene.books() as books:
            books.env["account.account"].browse(account).currency_id = dollar
        assert scene.pull_page() == ([("account", str(account))], [])

    def test_account_becomes_off_balance(self, scene):
        with scene.books() as books:
            pair = [books.new_account(f"09{n}000", RENT).id for n in range(2)]
            items = books.entry((pair[0], 100), (pair[1], -100)).line_ids.ids
        scene.pull()
        with scene.books() as books:
            accounts = books.env["account.account"].browse(pair)
            accounts.write({"account_type": "off_balance", "tax_ids": False})
        assert scene.pull_page() == ([("account", str(id_)) for id_ in pair], [])
        assert scene.copy.records["account"][str(pair[0])]["type"] is None
        assert str(items[0]) in scene.copy.items

    def test_receivable_becomes_other(self, scene):
        """An item's open transaction tells its category, so the open ones arrive."""
        account, (item, _other) = self.booked(scene, RECEIVABLE)
        with scene.books() as books:
            books.env["account.account"].browse(account).account_type = "asset_current"
        records, actions = scene.pull_page()
        assert ("account", str(account)) in records
        assert actions == upserts(item)
        assert scene.copy.items[str(item)]["open_transaction"]["category"] == "other"

    def test_no_longer_reconcilable(self, scene):
        account, (item, _other) = self.booked(scene, "asset_current")
        for reconcile in (True, False):
            with scene.books() as books:
                books.env["account.account"].browse(account).reconcile = reconcile
            _records, actions = scene.pull_page()
            assert actions == upserts(item)
            assert bool(scene.copy.items[str(item)]["open_transaction"]) is reconcile

    def test_accounts_merged(self, scene, odoo_env, server):
        """Accounts of two companies become one: its items arrive with the other id."""
        with odoo_env() as env:
            other = company(env, "Cidery").id
            cidery = open_dossier(env, other).copy(server)
        account, items = self.booked(scene)
        with scene.books(other) as books:
            elsewhere = books.new_account("777777", RENT).id
            moved = books.entry((elsewhere, 5), (OTHER, -5)).line_ids.ids[0]
        cidery.pull()
        with odoo_env() as env:
            env.user.company_ids = [(4, other), (4, scene.company_id)]
            wizard = (
                env["account.merge.wizard"]
                .with_context(
                    active_model="account.account",
                    active_ids=[account, elsewhere],
                    allowed_company_ids=[other, scene.company_id],
                )
                .create({})
            )
            wizard.wizard_line_ids.is_selected = True
            wizard.action_merge()
            kept = env["account.account"].browse([account, elsewhere]).exists().id
        assert {account, elsewhere} > {kept}
        cidery.pull()
        actions = scene.pull()
        assert actions == ([] if kept == account else upserts(items[0]))
        item = cidery.items[str(moved)]
        assert item["account"] == str(kept)
        assert cidery.records["account"][str(kept)]["number"] == "777777"
        assert len(cidery.items) == 2

    @pytest.mark.parametrize(
        "values",
        [
            {"name": "Ann & Co"},
            {"vat": "BE0477472701"},
            {"company_registry": "0477472701"},
            {"country_id": "base.nl"},
        ],
        ids=str,
    )
    def test_partner(self, scene, values):
        with scene.books() as books:
            partner = books.partner("Ann").id
        self.booked(scene, partner_id=partner)
        with scene.books() as books:
            if "country_id" in values:
                values = {"country_id": books.env.ref(values["country_id"]).id}
            books.env["res.partner"].browse(partner).write(values)
        assert scene.pull_page() == ([("partner", str(partner))], [])

    def test_partner_of_no_item(self, scene):
        """A customer of nobody's here is not this reader's business."""
        with scene.books() as books:
            books.partner("Ann").name = "Bea"
        assert scene.pull_page() == ([], [])

    def test_partners_merged(self, scene):
        with scene.books() as books:
            partners = [books.partner(name).id for name in ("Ann", "Anne")]
        items = [self.booked(scene, partner_id=partner)[1] for partner in partners]
        with scene.books() as books:
            wizard = books.env["base.partner.merge.automatic.wizard"].create({})
            wizard._merge(partners, books.env["res.partner"].browse(partners[0]))
        records, actions = scene.pull_page()
        assert actions == upserts(*items[1])
        assert ("partner", str(partners[0])) in records

    def test_journal(self, scene):
        self.booked(scene)
        for values in ({"code": "DIV"}, {"name": "Various"}):
            with scene.books() as books:
                journal = books.journal("general")
                journal.write(values)
            assert scene.pull_page() == ([("journal", str(journal.id))], [])

    def test_several_taxes(self, scene):
        """Also those that leave no tax item behind."""
        with scene.books() as books:
            none = books.tax("sale", 0)
            taxes = none | none.copy({"name": "None"}) | none.copy({"name": "Nothing"})
            books.invoice(100, partner=books.partner("Ann"), taxes=taxes)
            ids = {str(id_) for id_ in taxes.ids}
        scene.pull()
        assert any(set(item["taxes"]) == ids for item in scene.copy.items.values())
        assert ids <= scene.copy.records["tax"].keys()

    def test_tax(self, scene):
        with scene.books() as books:
            tax = books.tax().copy({"name": "Copy"}).id
        self.booked(scene, tax_ids=[(6, 0, [tax])])
        for values in ({"name": "New name"}, {"amount": 20.5}):
            with scene.books() as books:
                books.env["account.tax"].browse(tax).write(values)
            assert scene.pull_page() == ([("tax", str(tax))], [])

    def test_tag(self, scene):
        """A grid's name is part of its items, so they arrive."""
        with scene.books() as books:
            tag = books.env["account.account.tag"].create(
                {"name": "99", "applicability": "taxes", "country_id": books.env.ref("base.be").id}
            )
            tag_id = tag.id
        _account, items = self.booked(scene, tax_tag_ids=[(6, 0, [tag_id])])
        with scene.books() as books:
            books.env["account.account.tag"].browse(tag_id).name = "98"
        assert scene.pull_page()[1] == upserts(*items)
        assert scene.copy.items[str(items[0])]["grids"] == ["98"]

    def test_analytic_account_and_plan(self, scene):
        with scene.books() as books:
            plan = books.env["account.analytic.plan"].search([], limit=1).id
            account = books.env["account.analytic.account"].create({"name": "Bar", "plan_id": plan})
            account = account.id
        self.booked(scene, analytic_distribution={str(account): 100})
        for model, id_, values in (
            ("account.analytic.account", account, {"name": "Terrace"}),
            ("account.analytic.account", account, {"code": "T"}),
            ("account.analytic.plan", plan, {"name": "Places"}),
        ):
            with scene.books() as books:
                books.env[model].browse(id_).write(values)
            received, actions = scene.pull_page()
            assert ("analytic_account", str(account)) in received
            assert {kind for kind, _id in received} == {"analytic_account"}
            assert actions == []

    def test_what_the_feed_does_not_show(self, scene):
        with scene.books() as books:
            partner = books.partner("Ann").id
        account, _items = self.booked(scene, partner_id=partner)
        with scene.books() as books:
            books.env["res.partner"].browse(partner).phone = "+32 2 000 00 00"
            books.env["account.account"].browse(account).note = "Ask the owner"
            books.journal("general").sequence = 99
        assert scene.pull_page() == ([], [])
