"""Requests by chance, as a curious owner of a key might try them."""

from hypothesis import strategies as st

from dev.e2e import bounds

TEXTS = ("=", "!=", "in", "not in", "like", "ilike", "not ilike", "=like", "=ilike", "<", ">=")
NUMBERS = ("=", "!=", "in", "not in", "<", ">", "<=", ">=")
RELATIONS = ("=", "!=", "in", "not in", "child_of", "parent_of", "ilike", "any", "not any")
WORDS = (bounds.SECRET, f"%{bounds.SECRET}%", bounds.OWN, "a", "", False)
DAYS = ("2026-03-31", "2025-01-01", "2026-04-01", False)


class Chance:
    """Strategies over the models and fields that a key is told of.

    :param fields: what ``fields_get`` answers, by model
    :param world: the companies
    """

    def __init__(self, fields, world):
        self.fields = fields
        self.world = world
        self.models = st.sampled_from(sorted(fields))
        self.ids = st.integers(1, 400)

    def domains(self, model, depth=2):
        """Draw a domain in Polish notation."""
        leaf = self.conditions(model, depth).map(lambda condition: [condition])
        return st.recursive(
            leaf,
            lambda inner: st.one_of(
                inner.map(lambda one: ["!", *one]),
                st.tuples(st.sampled_from("&|"), inner, inner).map(
                    lambda drawn: [drawn[0], *drawn[1], *drawn[2]]
                ),
            ),
            max_leaves=3,
        )

    @st.composite
    @staticmethod
    def _condition(draw, self, model, depth):
        path = []
        while True:
            name = draw(st.sampled_from(self.searchable(model)))
            path.append(name)
            field = self.fields[model][name]
            if field.get("relation") not in self.fields or len(path) == 3 or draw(st.booleans()):
                break
            model = field["relation"]
        return (".".join(path), *draw(self.tests(field, depth)))

    def conditions(self, model, depth):
        """Draw a condition; its path goes through two relations at most."""
        return self._condition(self, model, depth)

    def searchable(self, model):
        """Return the names of fields that conditions may name."""
        return sorted(
            name for name, field in self.fields[model].items() if field.get("searchable", True)
        )

    def tests(self, field, depth):
        """Draw an operator and a value that go with a field."""
        if relation := field.get("relation"):
            return self.relation_tests(relation, depth)
        if field["type"] in ("integer", "float", "monetary"):
            values, operators = st.sampled_from((0, 1, 9.0, 100.0, bounds.AMOUNT)), NUMBERS
        elif field["type"] in ("date", "datetime"):
            values, operators = st.sampled_from(DAYS), NUMBERS
        elif field["type"] == "boolean":
            values, operators = st.booleans(), ("=", "!=")
        else:
            values, operators = st.sampled_from(WORDS), TEXTS
        return st.sampled_from(operators).flatmap(lambda operator: _with(operator, values))

    def relation_tests(self, relation, depth):
        """Draw an operator and a value for a relation."""
        values = st.one_of(self.ids, st.sampled_from((False,)))

        def test(operator):
            if not operator.endswith("any"):
                words = st.sampled_from(WORDS[:3]) if operator == "ilike" else values
                return _with(operator, words)
            if not depth or relation not in self.fields:
                return _with("in", values)
            return self.domains(relation, depth - 1).map(lambda domain: (operator, domain))

        return st.sampled_from(RELATIONS).flatmap(test)

    def contexts(self):
        """Draw a context: what Odoo knows, what it knew, and nonsense."""
        company = st.sampled_from([*self.world.own, *self.world.foreign, 1, 99999])
        return st.fixed_dictionaries(
            {},
            optional={
                "allowed_company_ids": st.one_of(
                    st.lists(company, max_size=3), st.sampled_from((None, "all", [[]], ["1"]))
                ),
                "active_test": st.booleans(),
                "lang": st.sampled_from(("en_US", None)),
                "company_id": company,
                "force_company": company,
                "default_company_id": company,
                "bin_size": st.booleans(),
                "skip_res_field_check": st.booleans(),
                "filter_function_reset_sudo": st.booleans(),
                "prefetch_fields": st.booleans(),
            },
        )

    @st.composite
    @staticmethod
    def _request(draw, self):
        model = draw(self.models)
        names = sorted(self.fields[model])
        domain = draw(self.domains(model))
        some = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
        method, arguments = draw(
            st.sampled_from(
                (
                    ("search", {"domain": domain, "limit": 50}),
                    # rows that tie have no order in PostgreSQL
                    ("search", {"domain": domain, "order": f"{some[0]}, id"}),
                    ("search_read", {"domain": domain, "fields": some, "limit": 50}),
                    ("search_count", {"domain": domain}),
                    ("read", {"ids": draw(st.lists(self.ids, max_size=4)), "fields": some}),
                    ("formatted_read_group", _grouping(domain, some)),
                    ("read_group", {"domain": domain, "fields": ["__count"], "groupby": some[:1]}),
                    ("name_search", {"name": draw(st.sampled_from(WORDS[:4])), "domain": domain}),
                )
            )
        )
        return model, method, {**arguments, "context": draw(self.contexts())}

    def requests(self):
        """Draw a model, a method and its arguments by name."""
        return self._request(self)


def _with(operator, values):
    if operator in ("in", "not in"):
        values = st.lists(values, min_size=1, max_size=3)
    return values.map(lambda value: (operator, value))


def _grouping(domain, names):
    aggregates = [f"{name}:array_agg" for name in names[1:]]
    return {"domain": domain, "groupby": names[:1], "aggregates": ["__count", *aggregates]}
