# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from .models.silverfin_mail import KINDS, parameter
from .tools.feed import schema


def uninstall_hook(env):
    """Leave nothing behind: no table, function or trigger, and nobody who could log in."""
    schema.uninstall(env.cr)
    env.cr.execute("DROP TABLE IF EXISTS silverfin_api_key_usage, silverfin_api_key_refusal")
    parameters = [parameter(kind) for kind in KINDS]
    env["ir.config_parameter"].search([("key", "in", parameters)]).unlink()
    users = env["silverfin.client"].with_context(active_test=False).search([]).user_id
    users._silverfin_retire()
