"""Make the companies of a database: ``python -m bench.ledger.generate NAME DATABASE``.

Odoo makes one company with the Belgian chart; SQL makes the others after it, and their entries.
A process of its own, so that the one that measures has no Odoo in it.
"""

import sys
from contextlib import closing
from pathlib import Path

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config

from bench.ledger.companies import DATABASES

ITEMS_PER_BLOCK = 66
STATEMENTS = [Path(__file__).with_name(name) for name in ("company.sql", "entries.sql")]


def main(name, database):
    """Make them all, one transaction each, and have PostgreSQL take its statistics."""
    config.parse_config([], setup_logging=True)
    with closing(Registry(database).cursor()) as cr:
        env = Environment(cr, SUPERUSER_ID, {"install_mode": True})
        model = _model(env)
        cr.commit()
        for company in DATABASES[name]:
            _company(env, model, company)
            cr.commit()
        cr._cnx.autocommit = True
        cr.execute("VACUUM ANALYZE")


def _model(env):
    model = _create(env, "Model")
    env["account.chart.template"].try_loading("be_comp", model, install_demo=False)
    env.ref("base.USD").active = True
    env.flush_all()
    return model


def _create(env, name):
    values = {"name": name, "country_id": env.ref("base.be").id}
    return env["res.company"].create({**values, "currency_id": env.ref("base.EUR").id})


def _company(env, model, company):
    made = _create(env, company.name)
    env.flush_all()
    parameters = {
        "model": model.id,
        "company": made.id,
        "name": company.name,
        "accounts": company.accounts,
        "partners": company.partners,
        "blocks": max(1, company.items // ITEMS_PER_BLOCK),
    }
    for path in STATEMENTS:
        env.cr.execute(path.read_text(), parameters)


if __name__ == "__main__":
    main(*sys.argv[1:])
