# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    base_partner_merge,
    silverfin_api_key_new,
    silverfin_api_key_rotate,
    silverfin_client_confirm,
    silverfin_client_new_many,
)
