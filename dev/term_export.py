"""Odoo's export of the addon's terms: ``python -m dev.term_export DATABASE FILE ADDONS-PATH``."""

import io
import sys
from pathlib import Path

import polib

from dev import settings

VOLATILE = ("POT-Creation-Date", "PO-Revision-Date")


def main(database, output, addons_path):
    """Write the terms of the addon, as installed in ``database``, to the file ``output``."""
    from odoo.api import SUPERUSER_ID, Environment
    from odoo.modules.registry import Registry
    from odoo.tools import config
    from odoo.tools.translate import trans_export

    # Odoo turns the warnings of its libraries on again.
    quiet = ["--log-level=warn", "--log-handler=py.warnings:ERROR"]
    config.parse_config([f"--addons-path={addons_path}", *quiet], setup_logging=True)
    buffer = io.BytesIO()
    with Registry(database).cursor(readonly=True) as cursor:
        environment = Environment(cursor, SUPERUSER_ID, {})
        trans_export(None, [settings.ADDON], buffer, "po", environment)
    Path(output).write_text(normalised(buffer.getvalue().decode()))


def normalised(text):
    """Leave out what differs from one export to the next."""
    pot = polib.pofile(text)
    for name in VOLATILE:
        pot.metadata.pop(name, None)
    return str(pot) + "\n"


if __name__ == "__main__":
    main(*sys.argv[1:])
