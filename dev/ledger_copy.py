"""A reader of the feed, as closing software would write one.

It keeps a copy of one client's ledger in memory and applies pages or a stream to it. The demo and
the end-to-end tests read through it.
"""

import json
from decimal import Decimal

import requests

NDJSON = "application/x-ndjson"
KINDS = {
    "account": "accounts",
    "partner": "partners",
    "journal": "journals",
    "tax": "taxes",
    "analytic_account": "analytic_accounts",
}


class Refused(Exception):
    """The server answered with a problem document.

    :ivar int status: the HTTP status
    :ivar str code: the stable machine code
    :ivar dict document: the whole document
    """

    def __init__(self, response):
        self.status = response.status_code
        self.document = response.json()
        self.code = self.document["code"]
        self.headers = response.headers
        super().__init__(f"{self.status} {self.code}: {self.document['detail']}")


class Session:
    """HTTP calls with one key.

    :param str url: of the server, without a path
    :param str key: the secret
    :param str database: name, where the server has several
    :param str client: uuid of the client, where the key reaches several
    """

    def __init__(self, url, key, database=None, client=None):
        self.base = url + "/silverfin/v1"
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {key}"
        if database:
            self.http.headers["X-Odoo-Database"] = database
        if client:
            self.http.headers["X-Silverfin-Company"] = client

    def get(self, path, **parameters):
        """Return the document at a path.

        :raises Refused: on any problem
        """
        return parse(self.request("GET", path, params=parameters).text)

    def request(self, method, path, **options):
        """Return a response.

        :raises Refused: on any problem
        """
        response = self.http.request(method, self.base + path, timeout=120, **options)
        if response.status_code >= 400:
            raise Refused(response)
        return response


class LedgerCopy:
    """A copy of a client's ledger: items by id, records by kind and id.

    :ivar list actions: of the last page
    :ivar list received: (kind, id) of the records of the last page
    """

    def __init__(self, session):
        self.session = session
        self.forget()

    def forget(self):
        """Begin anew."""
        self.sync_point = None
        self.items = {}
        self.records = {kind: {} for kind in KINDS}
        self.opening = None
        self.control = None
        self.actions = []
        self.received = []

    def pull(self, limit=5000, *, control=False, after_page=None):
        """Pull page by page until the run is complete; return the actions received.

        :param after_page: called with this copy after each page
        """
        received = []
        while not self.pull_page(limit, control=control):
            received += self.actions
            if after_page:
                after_page(self)
        return received + self.actions

    def pull_page(self, limit=5000, *, control=False):
        """Pull one page; return whether the run is complete."""
        parameters = {"limit": limit, "control": int(control)}
        if self.sync_point:
            parameters["sync_point"] = self.sync_point
        page = self.session.get("/transactions", **parameters)
        self.received = [(kind, record["id"]) for kind in KINDS for record in page[KINDS[kind]]]
        for kind, name in KINDS.items():
            for record in page[name]:
                self._apply({kind: record})
        self.actions = page["actions"]
        for action in self.actions:
            self._apply(action)
        self._apply(page)
        return page["complete"]

    def pull_stream(self, *, control=False, stop_after=None):
        """Pull as one stream; return whether it ran to its end.

        Lines are applied when the sync point that follows them is there: what a cut stream left
        behind it comes again, and until then the copy is whole.

        :param int stop_after: cut the connection after so many lines
        """
        parameters = {"control": int(control)}
        if self.sync_point:
            parameters["sync_point"] = self.sync_point
        complete, lines = False, []
        with self.session.request(
            "GET", "/transactions", params=parameters, headers={"Accept": NDJSON}, stream=True
        ) as response:
            for number, line in enumerate(response.iter_lines(chunk_size=65536), 1):
                lines.append(parse(line))
                if "sync_point" in lines[-1]:
                    complete = lines[-1]["complete"]
                    self._apply_all(lines)
                    lines = []
                if number == stop_after:
                    break
        return complete

    def _apply_all(self, lines):
        for line in lines:
            self._apply(line)

    def _apply(self, line):
        for kind in KINDS:
            if kind in line:
                self.records[kind][line[kind]["id"]] = line[kind]
        if "upsert" in line:
            self.items[line["upsert"]["id"]] = line["upsert"]
        elif "delete" in line:
            self.items.pop(line["delete"]["id"], None)
        elif "sync_point" in line:
            self.sync_point = line["sync_point"]
            self.opening = line.get("opening", self.opening)
            self.control = line.get("control")

    def totals(self):
        """Return (items, debit, credit) of the copy, exact."""
        values = [item["value"] for item in self.items.values()]
        debit = sum((value for value in values if value > 0), Decimal())
        credit = sum((-value for value in values if value < 0), Decimal())
        return len(values), debit, credit

    def computed_control(self):
        """Return what ``control`` should say of this copy."""
        accounts = {}
        for item in self.items.values():
            count, balance = accounts.get(item["account"], (0, Decimal()))
            accounts[item["account"]] = (count + 1, balance + item["value"])
        items, debit, credit = self.totals()
        return {
            "items": items,
            "debit": debit,
            "credit": credit,
            "accounts": [
                {"account": account, "items": count, "balance": balance}
                for account, (count, balance) in sorted(
                    accounts.items(), key=lambda pair: int(pair[0])
                )
            ],
        }

    def unbalanced_entries(self):
        """Return the ids of entries whose items in the copy do not add up to zero.

        Off-balance items keep to themselves: Odoo balances them among each other.
        """
        sums = {}
        for item in self.items.values():
            entry = item["entry"]["id"]
            sums[entry] = sums.get(entry, Decimal()) + item["value"]
        return [entry for entry, value in sums.items() if value]


def parse(text):
    """Return the document with exact amounts."""
    return json.loads(text, parse_float=Decimal)
