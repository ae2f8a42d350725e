"""Callers that pull a ledger as fast as they can: they count what comes, and keep nothing."""

import json
import re
import subprocess
import time
import xmlrpc.client
from http.client import HTTPConnection

from bench.http import JSON, Client

SECONDS = 600
PAGE = 5000  # items; the greatest page there is
CHUNK = 1 << 18
NDJSON = "application/x-ndjson"
_POINT = re.compile(rb'"sync_point": "([^"]+)", *\n?"complete": (true|false)')

# What an item of the feed says, by the names of Odoo's external API.
FIELDS = (
    "date", "account_id", "balance", "name", "journal_id", "move_id", "move_name", "move_type",
    "ref", "invoice_date", "company_id", "partner_id", "currency_id", "amount_currency",
    "date_maturity", "amount_residual", "matching_number", "full_reconcile_id", "tax_ids",
    "tax_line_id", "tax_base_amount", "tax_tag_ids", "analytic_distribution",
)  # fmt: skip


class Feed:
    """A caller of ``/silverfin/v1/transactions``.

    :param server: :class:`dev.server.OdooServer`.
    :param key: a secret that opens one client.
    """

    def __init__(self, server, key):
        self.port = server.port
        self.headers = {"Authorization": f"Bearer {key}", "X-Odoo-Database": server.database}

    def stream(self):
        """Pull everything as one stream; return the number of items."""
        found, rest = 0, b""
        for chunk in self._read("", Accept=NDJSON):
            text = rest + chunk
            found += text.count(b'{"upsert"')
            rest = text[-8:]  # shorter than what is counted
        return found

    def pages(self, limit, point=None):
        """Pull page by page; return the number of items and the last sync point."""
        found, complete = 0, False
        while not complete:
            query = f"?limit={limit}" + (f"&sync_point={point}" if point else "")
            page = b"".join(self._read(query))
            found += page.count(b'{"upsert"')
            point, complete = _POINT.search(page).groups()
            point, complete = point.decode(), complete == b"true"
        return found, point

    def _read(self, query, **headers):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        connection.request(
            "GET", f"/silverfin/v1/transactions{query}", headers={**self.headers, **headers}
        )
        response = connection.getresponse()
        if response.status != 200:
            raise AssertionError(f"{response.status} {response.read(500)}")
        while chunk := response.read1(CHUNK):
            yield chunk
        connection.close()


class ExternalApi:
    """A caller of Odoo's external API: the same facts, page after page in the order of ids.

    :param caller: user, login and key of Odoo's own.
    """

    def __init__(self, server, caller, company):
        self.http = Client(server)
        self.database = server.database
        self.caller = caller
        self.company = company

    def json2(self, number, limit):
        """Read ``number`` items by JSON-2."""
        path = "/json/2/account.move.line/search_read"
        named = {"Authorization": f"bearer {self.caller.key}", **JSON}
        named["X-Odoo-Database"] = self.database

        def page(options):
            return self._post(path, json.dumps(options), named)

        return self._walk(page, number, limit, re.compile(rb'"id": (\d+)'))

    def xmlrpc(self, number, limit):
        """Read ``number`` items by XML-RPC."""

        def page(options):
            domain = options.pop("domain")
            arguments = (self.database, self.caller.user, self.caller.key)
            call = (*arguments, "account.move.line", "search_read", [domain], options)
            body = xmlrpc.client.dumps(call, "execute_kw")
            return self._post("/xmlrpc/2/object", body, {"Content-Type": "text/xml"})

        pattern = re.compile(rb"<name>id</name>\s*<value><int>(\d+)</int>")
        return self._walk(page, number, limit, pattern)

    def _walk(self, page, number, limit, id_pattern):
        found = last = 0
        while found < number:
            domain = [
                ("company_id", "=", self.company),
                ("parent_state", "=", "posted"),
                ("id", ">", last),
            ]
            options = {"fields": FIELDS, "limit": limit, "order": "id"}
            ids = id_pattern.findall(page({"domain": domain, **options}))
            found, last = found + len(ids), int(ids[-1])
        return found

    def _post(self, path, body, headers):
        answer, _headers, _took = self.http.call("POST", path, body, **headers)
        if b"<fault>" in answer[:300]:
            raise AssertionError(f"{path}: {answer[:500]}")
        return answer


def psql_copy(place, database, query):
    """Let psql copy a query's rows to nowhere; return how many there were."""
    command = ["psql", "-X", "-d", database, "-c", f"COPY ({query}) TO STDOUT"]
    with subprocess.Popen(
        command, env=place.variables(), stdout=subprocess.PIPE, bufsize=0
    ) as process:
        rows = 0
        while chunk := process.stdout.read(CHUNK):
            rows += chunk.count(b"\n")
    if process.returncode:
        raise AssertionError(f"psql failed: {process.returncode}")
    return rows


def rate(work, *arguments):
    """Return what a contender measures: items per second of a function that counts items."""
    begin = time.perf_counter()
    items = work(*arguments)
    return {"items/s": items / (time.perf_counter() - begin)}
