"""What the pictures show: ``python -m dev.pictures.scene DATABASE`` adds it to a demo database."""

import sys
from datetime import timedelta

from odoo import fields
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

from dev.pictures.names import ACCOUNTANT, FIDUCIARY, PASSWORD, URL

GROUPS = ("account.group_account_manager", "base.group_multi_company")
WITH_CLIENT = (
    ("Boulangerie Maes", "273-542-26268"),
    ("Dentist Dr Claes", "273-542-26275"),
    ("Florist Iris", "273-542-26282"),
)
WITHOUT_CLIENT = (("Garage Vandenberghe", "0457.892.113"), ("Studio Noord", "0674.415.827"))
AGENT = "closing-software/4.2"
# client, name, scope, age in days, last used so many hours ago, expires in so many days, active
KEYS = (
    ("273-542-26244", "Closing software", "sync", 210, 2, 155, True),
    ("273-542-26244", "Silverfin", "read", 96, 9, 12, True),
    ("273-542-26251", "Silverfin", "read", 88, 26, 277, True),
    ("273-542-26268", "Silverfin", "read", 74, 7, 291, True),
    ("273-542-26268", "Trial of last year", "sync", 390, 9000, -25, True),
    ("273-542-26275", "Silverfin", "read", 61, 30, 304, True),
    ("273-542-26275", "Former accountant", "read", 300, 4300, None, False),
    ("273-542-26282", "Silverfin", "read", 45, None, 320, True),
    ("273-542-26282", "Test of the connection", "sync", 44, 470, 321, True),
)


def main(database):
    """Add the scene to ``database``."""
    config.parse_config(["--log-level=error", "--log-handler=py.warnings:ERROR"])
    with Registry(database).cursor() as cr:
        root = Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "no_reset_password": True})
        show_public_address(root)
        companies = create_companies(root)
        forget_demo_keys(cr)
        brewery = companies.search([("id", "child_of", root.ref("base.main_company").id)])
        create_person(root, "Marc Dubois", ACCOUNTANT, brewery)
        anna = create_person(root, "Anna Peeters", FIDUCIARY, companies)
        anna.group_ids += root.ref("account_silverfin.group_manager")
        env = root(user=anna, context={**root.context, "allowed_company_ids": companies.ids})
        create_clients(env)
        for facts in KEYS:
            create_key(env, *facts)
        report(env)


def forget_demo_keys(cr):
    """Delete the demo's own keys, which were made just now; the ORM never deletes a history."""
    for table in ("silverfin_api_key", "silverfin_api_key_event", "silverfin_delivery"):
        cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))


def show_public_address(env):
    """Let Odoo believe that it is reached as a customer's would be."""
    parameters = env["ir.config_parameter"].sudo()
    parameters.set_param("web.base.url", URL)
    parameters.set_param("web.base.url.freeze", "True")


def create_companies(env):
    """Create more companies; those without books do for a list."""
    names = (*WITH_CLIENT, *WITHOUT_CLIENT)
    values = [{"name": name, "company_registry": number} for name, number in names]
    env["res.company"].with_context(install_mode=True).create(values)  # as the demo does
    return env["res.company"].search([])


def create_person(env, name, login, companies):
    """Create a user who speaks English, in Brussels."""
    values = {
        "name": name,
        "login": login,
        "email": login,
        "password": PASSWORD,
        "lang": "en_US",
        "tz": "Europe/Brussels",
        "company_id": env.ref("base.main_company").id,
        "company_ids": companies.ids,
        "group_ids": [env.ref(group).id for group in GROUPS],
    }
    return env["res.users"].create(values)


def create_clients(env):
    """Create the clients that the demo has not, and make all of them as old as a client is."""
    for name, reference in WITH_CLIENT:
        company = env["res.company"].search([("name", "=", name)])
        values = {"name": name, "reference": reference, "company_id": company.id}
        env["silverfin.client"].create(values)
    clients = env["silverfin.client"].search([])
    clients.responsible_id = env.user
    age(clients, 400)


def create_key(env, reference, name, scope, days, used_hours, expires_days, active):
    """Create one key with its past."""
    client = env["silverfin.client"].search([("reference", "=", reference)])
    values = {"name": name, "scope": scope, "client_id": client.id}
    key, _secret = env["silverfin.api.key"]._generate(values)
    age(key.event_ids, days)
    if expires_days is not None:
        # Set as when it was made, not as a change that the history tells of.
        end = fields.Datetime.now() + timedelta(days=expires_days)
        update(key, "expires_at", end)
    if used_hours is not None:
        use(key, used_hours)
    if not active:
        key.action_deactivate()
    age(key, days)


def age(records, days):
    """Make records older."""
    moment = fields.Datetime.now() - timedelta(days=days)
    update(records, "create_date", moment)


def update(records, field, value):
    """Write a field past the ORM."""
    records.env.flush_all()
    table, column = SQL.identifier(records._table), SQL.identifier(field)
    records.env.cr.execute(
        SQL("UPDATE %s SET %s = %s WHERE id = ANY(%s)", table, column, value, records.ids)
    )
    records.env.invalidate_all()


def use(key, hours):
    """Note that a key was used, the last time so many hours ago, and what it delivered."""
    last = fields.Datetime.now() - timedelta(hours=hours)
    row = (key.id, last, "198.51.100.24", AGENT, 214, 18340)
    key.env.cr.execute(
        SQL(
            """
            INSERT INTO silverfin_api_key_usage
                (key_id, last_used_at, last_address, last_agent, request_count, item_count)
            VALUES %s
            """,
            row,
        )
    )
    if hours < 100:
        deliver(key, last)


def deliver(key, last):
    """Note the deliveries of three weeks, fewer at weekends."""
    for days in range(21):
        moment = last - timedelta(days=days)
        items = (137 + key.id * 29 + days * 53) % 400 // (6 if moment.weekday() > 4 else 1) + 12
        values = {
            "key_id": key.id,
            "client_id": key.client_id.id,
            "way": "feed" if key.scope == "sync" else "external",
            "day": moment.date(),
            "first_at": moment - timedelta(hours=2),
            "last_at": moment,
            "requests": 9,
            "items": items,
        }
        key.env["silverfin.delivery"].sudo().create(values)


def report(env):
    """Let readers say what they made of it: one is content, one is not."""
    clients = {c.reference: c for c in env["silverfin.client"].sudo().search([])}
    clients["273-542-26244"]._report_status(None, "ok", None, None)
    failing = clients["273-542-26268"]
    failing._report_status(None, "failed", "account_unknown", "Account 613205 has no counterpart")
    update(failing, "reader_failing_since", fields.Datetime.now() - timedelta(days=2))


if __name__ == "__main__":
    main(*sys.argv[1:])
