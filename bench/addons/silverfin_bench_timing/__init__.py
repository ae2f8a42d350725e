# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Say in each answer how long its authentication took, in the header Server-Timing.

Loaded by a server (``--load``), never installed: the database is the one without it.
"""

import time

from odoo.http import request

from odoo.addons.base.models.ir_http import IrHttp

# From here Odoo calls the method of the route's kind of authentication, with all its extensions.
_authenticate = IrHttp._authenticate_explicit.__func__


def _timed(cls, auth):
    begin = time.perf_counter()
    _authenticate(cls, auth)
    took = (time.perf_counter() - begin) * 1000
    request.future_response.headers.add("Server-Timing", f"authentication;dur={took:.3f}")


IrHttp._authenticate_explicit = classmethod(_timed)
