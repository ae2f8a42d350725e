"""Fill a database for a benchmark: ``python -m bench.fill BENCHMARK DATABASE OUTPUT``.

A process of its own, so that the one that measures has no Odoo in it.
"""

import importlib
import json
import sys
from pathlib import Path

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config


def main(name, database, output):
    """Call the benchmark's ``fill(env)``, commit, write what it returned where the caller reads."""
    config.parse_config([], setup_logging=True)
    with Registry(database).cursor() as cr:
        facts = importlib.import_module(f"bench.suite.{name}").fill(
            Environment(cr, SUPERUSER_ID, {})
        )
    Path(output).write_text(json.dumps(facts))


if __name__ == "__main__":
    main(*sys.argv[1:])
