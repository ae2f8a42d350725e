# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    account_move,
    ir_http,
    res_company,
    res_users,
    silverfin_api_key,
    silverfin_api_key_event,
    silverfin_api_key_use,
    silverfin_client,
    silverfin_client_feed,
    silverfin_client_ledger,
    silverfin_feed,
)
