# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    test_access,
    test_client,
    test_data,
    test_external,
    test_http,
    test_key,
    test_key_event,
    test_key_http,
    test_key_secrecy,
    test_ledger,
    test_ledger_access,
    test_personal_key,
    test_reader_partners,
    test_service_user,
    test_tool_dossier,
    test_tool_key,
    test_tool_problem,
    test_tool_sync_point,
    test_tour_security,
)
