# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Silverfin Synchronisation",
    "summary": "Ledger feed and least-privilege API keys for closing software",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "account_silverfin contributors",
    "license": "LGPL-3",
    "depends": ["account"],
    "data": [
        "security/silverfin_groups.xml",
        "security/ir.model.access.csv",
        "security/silverfin_rules.xml",
        "views/silverfin_api_key_new_views.xml",
        "views/silverfin_api_key_action_views.xml",
        "views/silverfin_api_key_views.xml",
        "views/silverfin_client_wizard_views.xml",
        "views/silverfin_api_key_event_views.xml",
        "views/silverfin_client_views.xml",
        "views/silverfin_overview_views.xml",
        "views/silverfin_menus.xml",
        "views/res_users_views.xml",
        "views/portal_templates.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "account_silverfin/static/src/key_dialog/*",
            "account_silverfin/static/src/connect/*",
            "account_silverfin/static/src/backend/*",
            "account_silverfin/static/src/client/**/*",
            "account_silverfin/static/src/keys/*",
        ],
        "web.assets_frontend": [
            "account_silverfin/static/src/key_dialog/*",
            "account_silverfin/static/src/connect/*",
            "account_silverfin/static/src/portal/*",
        ],
        "web.assets_tests": ["account_silverfin/static/tests/tours/**/*"],
    },
    "uninstall_hook": "uninstall_hook",
    "application": True,
}
