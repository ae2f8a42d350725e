# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from http import HTTPStatus

from odoo.tests import BaseCase, tagged

from ..tools import problem

# The contract: code and HTTP status. v1 only ever adds.
CONTRACT = {
    "key_missing": 401,
    "key_malformed": 401,
    "key_unknown": 401,
    "key_expired": 401,
    "key_inactive": 401,
    "client_archived": 403,
    "network_refused": 403,
    "no_ledger_access": 403,
    "company_required": 400,
    "company_unreachable": 403,
    "parameter_invalid": 400,
    "sync_point_invalid": 409,
    "rate_limited": 429,
    "maintenance": 503,
}
# What HTTP itself asks for, in the same dress.
OF_HTTP = {
    "internal_error": 500,
    "not_found": 404,
    "method_not_allowed": 405,
    "not_acceptable": 406,
    "body_too_large": 413,
}
# What the external API answers in its own dress.
EXTERNAL = {"insufficient_scope": 403}


def all_problems():
    return [
        value
        for value in vars(problem).values()
        if isinstance(value, type)
        and issubclass(value, problem.Problem)
        and value is not problem.Problem
    ]


@tagged("post_install", "-at_install")
class TestProblem(BaseCase):
    def test_codes_are_those_of_the_contract(self):
        codes = {one.problem_code: one.code for one in all_problems()}
        self.assertEqual(codes, CONTRACT | OF_HTTP | EXTERNAL)

    def test_codes_are_unique(self):
        codes = [one.problem_code for one in all_problems()]
        self.assertEqual(len(codes), len(set(codes)))

    def test_body_is_a_problem_document(self):
        for one in all_problems():
            with self.subTest(one.__name__):
                response = one().get_response()
                self.assertEqual(response.status_code, one.code)
                self.assertEqual(response.content_type, "application/problem+json")
                self.assertEqual(response.headers["Cache-Control"], "no-store")
                document = json.loads(response.get_data())
                self.assertEqual(document["type"], "about:blank")
                self.assertEqual(document["status"], one.code)
                self.assertEqual(document["code"], one.problem_code)
                self.assertTrue(document["title"])
                self.assertTrue(document["detail"].endswith("."))

    def test_every_status_is_one_of_http(self):
        for one in all_problems():
            self.assertGreaterEqual(HTTPStatus(one.code), 400)

    def test_detail(self):
        document = json.loads(problem.ParameterInvalid('Say "when"\n').get_body())
        self.assertEqual(document["detail"], 'Say "when"\n')

    def test_headers_of_one_do_not_stay_for_the_next(self):
        problem.MethodNotAllowed(headers={"Allow": "GET"})
        self.assertNotIn("Allow", dict(problem.MethodNotAllowed().get_headers()))

    def test_unauthenticated_is_challenged(self):
        """RFC 9110, section 15.5.2: a 401 names the way to authenticate."""
        for one in all_problems():
            with self.subTest(one.__name__):
                headers = dict(one().get_headers())
                self.assertEqual("WWW-Authenticate" in headers, one.code == 401)

    def test_later_is_when(self):
        for one in (problem.RateLimited, problem.Maintenance):
            self.assertGreater(int(dict(one().get_headers())["Retry-After"]), 0)
