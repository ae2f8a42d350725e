# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The contract over HTTP, but for the feed: a transaction that wrote issues no sync point."""

import datetime
import json

from odoo import fields
from odoo.http import _generate_routing_rules
from odoo.tests import get_db_name, tagged
from odoo.tools import file_path

from ..tools import key as key_tool
from ..tools import problem
from ..tools.sync_point import SyncPoint
from .common import BASE, COMPANY_VAT, Books, SilverfinHttpCase, everything_logged

EXTERNAL = problem.ScopeInsufficient  # answered by Odoo's external API only
UNKNOWN = {"", "/<path:_path>"}


def routes():
    """Return the routing of each of the addon's paths, as Odoo has collected it."""
    rules = _generate_routing_rules(["account_silverfin"], nodb_only=False)
    return {
        url.removeprefix(BASE): endpoint.routing for url, endpoint in rules if url.startswith(BASE)
    }


class HttpCaseWithClients(SilverfinHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(tracking_disable=True, no_reset_password=True).env
        cls.company = cls.silverfin_company(
            "Brasserie", vat=COMPANY_VAT, country_id=cls.env.ref("base.be").id
        )
        cls.books = Books(cls.company)
        cls.books.post("2025-02-01", bank=1210.1, income=-1210.1)
        cls.client = cls.silverfin_client(cls.company, "100-001")
        cls.accountant = cls.silverfin_user(
            "sf.accountant", "account.group_account_user", cls.company
        )
        cls.key, cls.secret = cls.silverfin_key(cls.client, name="Production")


@tagged("post_install", "-at_install")
class TestOpen(HttpCaseWithClients):
    """What answers without a key, and what there is not."""

    def test_health(self):
        response = self.call("/health")
        self.assertEqual(self.assert_json(response), {"status": "ok"})
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_openapi(self):
        document = self.assert_json(self.call("/openapi.json"))
        with open(file_path("account_silverfin/static/openapi.json"), encoding="utf-8") as file:  # noqa: PTH123
            self.assertEqual(document, json.load(file))
        self.assertTrue(document["openapi"].startswith("3.1"))

    def test_openapi_lists_every_route_and_every_code(self):
        document = self.assert_json(self.call("/openapi.json"))
        paths = {path.removeprefix("/silverfin/v1") for path in document["paths"]}
        self.assertEqual(paths, set(routes()) - UNKNOWN)
        text = json.dumps(document)
        for one in vars(problem).values():
            if isinstance(one, type) and issubclass(one, problem.Problem) and one is not EXTERNAL:
                with self.subTest(code=one.problem_code):
                    self.assertIn(one.problem_code, text)

    def test_unknown_path(self):
        for path in ("", "/", "/nothing", "/me/more", "/Health", "/transactions/1"):
            for secret in (None, self.secret):
                with self.subTest(path=path, key=bool(secret)):
                    self.assert_problem(self.call(path, secret), problem.NotFound)

    def test_wrong_method(self):
        for path, method, allowed in (
            ("/health", "POST", "GET, HEAD"),
            ("/me", "POST", "GET, HEAD"),
            ("/accounts", "DELETE", "GET, HEAD"),
            ("/trial-balance", "PUT", "GET, HEAD"),
            ("/transactions", "PATCH", "GET"),
            ("/status", "GET", "POST"),
        ):
            with self.subTest(path=path, method=method):
                response = self.call(path, self.secret, method)
                self.assert_problem(response, problem.MethodNotAllowed)
                self.assertEqual(response.headers["Allow"], allowed)

    def test_unknown_path_of_every_method(self):
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            with self.subTest(method=method):
                self.assert_problem(self.call("/nothing", None, method), problem.NotFound)

    def test_head(self):
        response = self.call("/me", self.secret, "HEAD")
        self.assertEqual((response.status_code, response.content), (200, b""))

    def test_unknown_parameter(self):
        for path in ("/health", "/openapi.json", "/me", "/accounts", "/years"):
            with self.subTest(path=path):
                document = self.assert_problem(
                    self.call(path + "?verbose=1", self.secret), problem.ParameterInvalid
                )
                self.assertNotIn("verbose", document["detail"])

    def test_no_other_representation(self):
        for path in ("/me", "/accounts", "/years"):
            with self.subTest(path=path):
                response = self.call(path, self.secret, headers={"Accept": "text/csv"})
                self.assert_problem(response, problem.NotAcceptable)


@tagged("post_install", "-at_install")
class TestKeyOverHttp(HttpCaseWithClients):
    def assert_refused(self, problem_class, secret=None, **options):
        response = self.call("/me", secret, **options)
        self.assert_problem(response, problem_class)
        self.assertEqual("WWW-Authenticate" in response.headers, problem_class.code == 401)
        self.assertNotIn("session_id", response.cookies)
        return response

    def test_missing(self):
        self.assert_refused(problem.KeyMissing)
        for value in ("", "Basic dXNlcjpwYXNz", "Bearer", self.secret, f"Token {self.secret}"):
            with self.subTest(value=value[:8]):
                self.assert_refused(problem.KeyMissing, headers={"Authorization": value})

    def test_every_route_but_two_wants_a_key(self):
        """Known from the routing map, so that a new route cannot be forgotten."""
        without = {path for path, routing in routes().items() if routing["auth"] != "silverfin"}
        self.assertEqual(without, {"/health", "/openapi.json"} | UNKNOWN)
        for path, routing in routes().items():
            if path not in without:
                with self.subTest(path=path):
                    response = self.call(path, method=routing["verbs"][0])
                    self.assert_problem(response, problem.KeyMissing)

    def test_both_headers(self):
        headers = {"X-Silverfin-API-Key": self.secret}
        self.assert_json(self.call("/me", headers=headers))
        self.assert_json(self.call("/me", self.secret, headers=headers))
        other = {"X-Silverfin-API-Key": key_tool.generate("sync")}
        self.assert_refused(problem.KeyMalformed, self.secret, headers=other)

    def test_language_that_is_not_installed(self):
        """Browsers send theirs; it is no reason to refuse a key, by neither door."""
        headers = {"Accept-Language": "vi-VN, vi;q=0.9"}
        self.assert_json(self.call("/me", self.secret, headers=headers))
        _key, secret = self.silverfin_key(self.client, scope="read")
        headers["Authorization"] = f"Bearer {secret}"
        path = "/json/2/account.account/search_count"
        response = self.url_open(path, json={"domain": []}, headers=headers)
        self.assertEqual(response.status_code, 200, response.text[:300])

    def test_scheme_in_any_case(self):
        for scheme in ("bearer", "BEARER", "Bearer "):
            headers = {"Authorization": f"{scheme} {self.secret}"}
            self.assert_json(self.call("/me", headers=headers))

    def test_malformed(self):
        for secret in (self.secret[:-1], self.secret[:-1] + "!", "sfr_" + self.secret[4:]):
            response = self.assert_refused(problem.KeyMalformed, secret)
            self.assertNotIn(secret[4:20], response.text)

    def test_unknown_and_deleted_look_the_same(self):
        unknown = self.assert_refused(problem.KeyUnknown, key_tool.generate("sync"))
        self.key.unlink()
        deleted = self.assert_refused(problem.KeyUnknown, self.secret)
        self.assertEqual(unknown.text, deleted.text)

    def test_expired(self):
        self.key.expires_at = fields.Datetime.now() + datetime.timedelta(hours=1)
        self.assert_json(self.call("/me", self.secret))
        self.let_pass("2 hours")
        self.assert_refused(problem.KeyExpired, self.secret)

    def test_inactive(self):
        self.key.active = False
        self.assert_refused(problem.KeyInactive, self.secret)

    def test_archived_client(self):
        self.client.active = False
        self.assert_refused(problem.ClientArchived, self.secret)

    def test_network(self):
        self.key.networks = "192.0.2.0/24"
        self.assert_refused(problem.NetworkRefused, self.secret)
        self.key.networks = "192.0.2.0/24, 127.0.0.0/8"
        self.assert_json(self.call("/me", self.secret))

    def test_never_in_the_query(self):
        for name in ("key", "api_key", "access_token"):
            response = self.call(f"/me?{name}={self.secret}")
            self.assertIn(response.status_code, (400, 401))
            self.assertNotIn(self.secret[4:], response.text)

    def test_session_is_no_key(self):
        """Even the administrator's cookie opens nothing."""
        self.authenticate("admin", "admin")
        for path in ("/me", "/accounts", "/years", "/transactions"):
            with self.subTest(path=path):
                self.assert_problem(self.call(path), problem.KeyMissing)

    def test_session_lends_the_key_no_rights(self):
        self.authenticate("admin", "admin")
        document = self.assert_json(self.call("/me", self.secret))
        self.assertEqual(document["user"]["login"], self.client.user_id.login)
        internal = self.silverfin_user("sf.internal", "base.group_user", self.company)
        _key, secret = self.silverfin_key(user=internal)
        self.assert_problem(self.call("/accounts", secret), problem.NoLedgerAccess)

    def test_key_opens_no_session(self):
        response = self.call("/me", self.secret)
        self.assertNotIn("Set-Cookie", response.headers)

    def test_key_opens_nothing_else(self):
        """A sync key does not open Odoo's external API."""
        response = self.url_open(
            "/json/2/res.users/search_read",
            json={"domain": []},
            headers={"Authorization": f"Bearer {self.secret}"},
        )
        self.assertEqual(response.status_code, 403)

    def test_use_is_noted(self):
        for _time in range(2):
            self.call("/me", self.secret, headers={"User-Agent": "Reader/1.0"})
        self.key.invalidate_recordset()
        self.assertRecordValues(
            self.key,
            [{"request_count": 2, "last_agent": "Reader/1.0", "last_address": "127.0.0.1"}],
        )

    def test_log_holds_no_key(self):
        with everything_logged() as log:
            self.call("/me", self.secret)
            self.call("/nothing", self.secret)
            self.call("/trial-balance?from=x", self.secret)
            self.call("/me", self.secret[:-1])
        text = "\n".join(log)
        self.assertIn("/silverfin/v1/me", text)
        self.assertNotIn(self.secret[12:40], text)
        self.assertNotIn(key_tool.digest(self.secret).hex(), text)


@tagged("post_install", "-at_install")
class TestMe(HttpCaseWithClients):
    def test_client_key(self):
        document = self.assert_json(self.call("/me", self.secret))
        self.assertEqual(
            document["key"],
            {
                "uuid": self.key.uuid,
                "name": "Production",
                "prefix": self.secret[:12],
                "scope": "sync",
                "expires_at": None,
            },
        )
        self.assertEqual(document["clients"], [self.client._describe()])
        self.assertEqual(document["database"], get_db_name())
        self.assertEqual(document["user"]["login"], self.client.user_id.login)
        self.assertEqual(
            document.keys(), {"key", "user", "database", "versions", "clients", "limits"}
        )
        self.assertTrue(document["versions"]["addon"].startswith("19.0."))
        self.assertNotIn(self.secret[12:], json.dumps(document))

    def test_expiry(self):
        _key, secret = self.silverfin_key(self.client, expires_at="2100-01-31 12:00:00")
        document = self.assert_json(self.call("/me", secret))
        self.assertEqual(document["key"]["expires_at"], "2100-01-31T12:00:00Z")

    def test_personal_key(self):
        _key, secret = self.silverfin_key(user=self.accountant)
        document = self.assert_json(self.call("/me", secret))
        self.assertEqual(document["user"], {"login": "sf.accountant", "name": self.accountant.name})
        self.assertEqual([one["uuid"] for one in document["clients"]], [self.client.uuid])

    def test_personal_key_of_somebody_without_accounting(self):
        """Who may not read a ledger is not told whose there are."""
        waiter = self.silverfin_user("sf.waiter", "base.group_user", self.company)
        _key, secret = self.silverfin_key(user=waiter)
        document = self.assert_json(self.call("/me", secret))
        self.assertEqual(document["clients"], [])

    def test_company_header(self):
        other = self.silverfin_company("Garage")
        garage = self.silverfin_client(other, "100-002")
        Books(other)
        self.accountant.company_ids += other
        _key, secret = self.silverfin_key(user=self.accountant)

        def accounts(reference, secret=secret):
            headers = {"X-Silverfin-Company": reference} if reference else {}
            return self.call("/accounts", secret, headers=headers)

        self.assert_problem(accounts(None), problem.CompanyRequired)
        self.assert_problem(accounts("nonsense"), problem.CompanyUnreachable)
        self.assert_problem(accounts(garage.uuid, self.secret), problem.CompanyUnreachable)
        self.assert_json(accounts(self.client.uuid, self.secret))
        self.assert_json(accounts(self.client.uuid.upper() + " ", self.secret))
        ids = [
            {one["id"] for one in self.assert_json(accounts(one.uuid))["accounts"]}
            for one in (self.client, garage)
        ]
        self.assertTrue(all(ids))
        self.assertFalse(set.intersection(*ids))


@tagged("post_install", "-at_install")
class TestResources(HttpCaseWithClients):
    def test_accounts_and_etag(self):
        response = self.call("/accounts", self.secret)
        accounts = {one["number"]: one for one in self.assert_json(response)["accounts"]}
        self.assertEqual(accounts["550000"]["type"], "asset")
        etag = response.headers["ETag"]
        again = self.call("/accounts", self.secret, headers={"If-None-Match": etag})
        self.assertEqual((again.status_code, again.content), (304, b""))
        self.assertEqual(again.headers["ETag"], etag)
        self.books["bank"].name = "Renamed"
        changed = self.call("/accounts", self.secret, headers={"If-None-Match": etag})
        self.assertEqual(changed.status_code, 200)
        self.assertNotEqual(changed.headers["ETag"], etag)

    def test_etag_opens_nothing(self):
        etag = self.call("/accounts", self.secret).headers["ETag"]
        response = self.call("/accounts", headers={"If-None-Match": etag})
        self.assert_problem(response, problem.KeyMissing)

    def test_years(self):
        document = self.assert_json(self.call("/years", self.secret))
        self.assertEqual(document["years"][0], {"from": "2025-01-01", "to": "2025-12-31"})

    def test_trial_balance(self):
        response = self.call("/trial-balance?from=2025-01-01&to=2025-12-31", self.secret)
        document = self.assert_json(response)
        bank = str(self.books["bank"].id)
        [line] = [one for one in document["accounts"] if one["account"] == bank]
        self.assertEqual(line["closing"], 1210.1)
        self.assertIn("1210.10", response.text)
        self.assertEqual(document["unallocated_result"], 0)

    def test_trial_balance_parameters(self):
        for query in (
            "",
            "from=2025-01-01",
            "to=2025-12-31",
            "from=&to=2025-12-31",
            "from=2025-01-01&to=",
            "from=2025-01-01&to=2025-12-31&from=2025-01-02",
            "from=2025-01-01&to=2025-12-31&year=2025",
            "from=2026-02-30&to=2026-03-01",
            "from=2025-1-1&to=2025-12-31",
            "from=20250101&to=20251231",
            "from=2025-W01-1&to=2025-12-31",
            "from=0000-01-01&to=2025-12-31",
            "from=x&to=2025-12-31",
            "from=2025-01-01%00&to=2025-12-31",
            "from=%D9%A2025-01-01&to=2025-12-31",
            "from=2025-12-31&to=2025-01-01",
            "from=2025-01-01&to=2026-01-01",
            "from=" + "2" * 5000 + "&to=2025-12-31",
            "from[]=2025-01-01&to=2025-12-31",
        ):
            with self.subTest(query=query[:60]):
                response = self.call("/trial-balance?" + query, self.secret)
                document = self.assert_problem(response, problem.ParameterInvalid)
                self.assertNotIn("2222", document["detail"])

    def test_dates_at_the_ends_of_the_calendar(self):
        """Whatever a date says, the answer is one of the contract's."""
        for query in ("from=0001-01-01&to=0001-01-01", "from=9999-12-31&to=9999-12-31"):
            with self.subTest(query=query):
                response = self.call("/trial-balance?" + query, self.secret)
                self.assertIn(response.status_code, (200, 400), response.text)

    def test_transactions_parameters(self):
        """Refused before the feed is read."""
        for query in (
            "limit=0",
            "limit=5001",
            "limit=-1",
            "limit=1e3",
            "limit=" + "9" * 50,
            "limit=",
            "limit=1&limit=2",
            "control=2",
            "control=true",
            "sync_point=",
            "after=1",
        ):
            with self.subTest(query=query):
                response = self.call("/transactions?" + query, self.secret)
                self.assert_problem(response, problem.ParameterInvalid)

    def test_transactions_representation(self):
        response = self.call("/transactions", self.secret, headers={"Accept": "text/html"})
        self.assert_problem(response, problem.NotAcceptable)


@tagged("post_install", "-at_install")
class TestStatusReport(HttpCaseWithClients):
    def point(self, client=None):
        client = client or self.client
        point = SyncPoint("history", client._dossier().fingerprint, "1:1:")
        return point.encode(client._feed_secret(client.uuid))

    def report(self, document, **options):
        return self.call("/status", self.secret, "POST", json=document, **options)

    def valid(self, **members):
        return {"sync_point": self.point(), "result": "ok", **members}

    def test_ok(self):
        response = self.report(self.valid())
        self.assertEqual((response.status_code, response.content), (204, b""))
        self.client.invalidate_recordset()
        self.assertEqual(self.client.reader_result, "ok")
        self.assertTrue(self.client.reader_reported_at)

    def test_failed(self):
        self.report(self.valid(result="failed", code="E42", message="Account 999 is unmapped"))
        self.client.invalidate_recordset()
        self.assertRecordValues(
            self.client,
            [
                {
                    "reader_result": "failed",
                    "reader_code": "E42",
                    "reader_message": "Account 999 is unmapped",
                }
            ],
        )
        self.report(self.valid())
        self.client.invalidate_recordset()
        self.assertRecordValues(
            self.client,
            [{"reader_result": "ok", "reader_code": False, "reader_message": False}],
        )

    def test_invalid(self):
        for document in (
            {},
            [],
            "ok",
            None,
            {"result": "maybe"},
            self.valid(result="maybe"),
            self.valid(result=None),
            self.valid(result=["ok"]),
            self.valid(sync_point=7),
            self.valid(sync_point=""),
            self.valid(sync_point="x" * 9000),
            self.valid(code="x" * 101),
            self.valid(code=7),
            self.valid(code=""),
            self.valid(message="x" * 1001),
            self.valid(message="a\0b"),
            self.valid(message={"a": 1}),
        ):
            with self.subTest(document=str(document)[-60:]):
                self.assert_problem(self.report(document), problem.ParameterInvalid)
        self.assertFalse(self.client.reader_result)

    def test_longest(self):
        response = self.report(self.valid(code="x" * 100, message="€" * 1000))
        self.assertEqual(response.status_code, 204)

    def test_without_a_sync_point(self):
        """A reader that could not even begin has none."""
        for document in ({"result": "failed"}, {"result": "failed", "sync_point": None}):
            self.assertEqual(self.report(document).status_code, 204)
        self.client.invalidate_recordset()
        self.assertEqual(self.client.reader_result, "failed")

    def test_unknown_members_are_ignored(self):
        self.assertEqual(self.report(self.valid(more="later")).status_code, 204)

    def test_no_json(self):
        for body in (b"", b"{", b"\xff", b"[" * 30000, b'{"result": NaN}'):
            with self.subTest(body=body[:10]):
                response = self.call("/status", self.secret, "POST", data=body)
                self.assert_problem(response, problem.ParameterInvalid)

    def test_lone_surrogate(self):
        """JSON can write what UTF-8 cannot hold: it is refused, not a fault of the server."""
        document = json.dumps(self.valid(message="?")).replace("?", "\\ud800")
        response = self.call("/status", self.secret, "POST", data=document.encode())
        self.assert_problem(response, problem.ParameterInvalid)

    def test_too_large(self):
        response = self.report(self.valid(padding="x" * 70000))
        self.assert_problem(response, problem.BodyTooLarge)

    def test_a_sync_point_of_nobody(self):
        for point in ("nonsense", self.point()[:-4], "A" * 200):
            with self.subTest(point=point[:10]):
                response = self.report(self.valid(sync_point=point))
                self.assert_problem(response, problem.SyncPointInvalid)

    def test_a_sync_point_of_another_client(self):
        other = self.silverfin_client(self.silverfin_company("Garage"), "100-002")
        response = self.report(self.valid(sync_point=self.point(other)))
        self.assert_problem(response, problem.SyncPointInvalid)

    def test_needs_a_key(self):
        response = self.call("/status", None, "POST", json=self.valid())
        self.assert_problem(response, problem.KeyMissing)
