# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which fields of the books a key of scope *read* may not read.

Odoo computes many fields as superuser, or with SQL of its own, and lets some relations be searched
without a look at rights. Through such a field, an answer, a condition or an order would tell of
records that the key does not reach.
"""

import re

ENTRY = "account.move"
ATTACHMENT = "ir.attachment"
CONTENT = "datas"  # the others are of bytes, which no protocol here carries
_ALWAYS = ("id", "display_name")
# They look at the journal's other entries, which may be of a branch with a dossier of its own.
_NEVER = {
    (ENTRY, "highest_name"),
    (ENTRY, "name_placeholder"),
    ("account.journal", "accounting_date"),
}
# What opens something by itself, a customer's portal or another service; as Odoo's modules call it.
_CREDENTIAL = re.compile(
    r"token|secret|passw|credential|reservation_code|(?<!sort)_key$|(api|aade|license|private)_?key"
)
_ADMINISTRATORS = ("base.group_system", "base.group_erp_manager")


def hidden(env, models):
    """Return the fields out of reach of whoever may read these models only.

    :param models: names of models
    :return: frozenset of pairs: name of a model, name of a field
    """
    reach = _Reach(env, models)
    return frozenset(
        (name, field.name)
        for name in models
        for field in env[name]._fields.values()
        if not reach.includes(field)
    )


class _Reach:
    """Looks at fields, and at what they are computed from; at each once."""

    def __init__(self, env, models):
        self.env = env
        self.models = models
        self.known = {}

    def includes(self, field):
        if field not in self.known:
            self.known[field] = True  # a field that is computed from itself
            self.known[field] = self._includes(field)
        return self.known[field]

    def _includes(self, field):
        if (field.model_name, field.name) in _NEVER or _is_secret(field):
            return False
        if _is_file(field):
            return ATTACHMENT in self.models and _is_of_entry(field)
        if field.relational and not self._is_searched_with_rights(field):
            return False
        if field.type == "properties":  # may link to anything; Odoo wants their definition too
            return self._is_within(field.model_name, field.definition_record)
        if field.type == "one2many" and field.inverse_name:
            return self._is_within(field.comodel_name, field.inverse_name)
        return field.store or field.name in _ALWAYS or self._is_computed_within(field)

    def _is_searched_with_rights(self, field):
        """Tell whether conditions on a relation see no more than the key does.

        A reference to a record out of reach may stay: it is a number and a name.
        """
        if field.comodel_name in self.models:
            return field.type == "many2one" or not field.bypass_search_access
        return field.type == "many2one" and not field.bypass_search_access

    def _is_computed_within(self, field):
        """Tell whether an unstored field comes from fields within reach.

        One that names none is searched for by code: counts, dashboards, similar records.
        """
        paths = self.env.registry.field_depends[field]
        return bool(paths) and all(self._is_within(field.model_name, path) for path in paths)

    def _is_within(self, model, path):
        for name in path.split("."):
            if model not in self.models:
                return False
            field = self.env[model]._fields[name]
            if not self.includes(field):
                return False
            model = field.comodel_name
        return True


def _is_secret(field):
    textual = field.type in ("char", "text", "json", "html")
    if textual and _CREDENTIAL.search(field.name):
        return True
    return any(group in (field.groups or "") for group in _ADMINISTRATORS)


def _is_file(field):
    return field.type == "binary" or field.comodel_name == ATTACHMENT


def _is_of_entry(field):
    """Tell whether a field shows files of entries; other models have logos, portraits, mails."""
    if field.model_name == ATTACHMENT:
        return field.name == CONTENT
    return field.model_name == ENTRY and (field.store or field.type != "binary")
