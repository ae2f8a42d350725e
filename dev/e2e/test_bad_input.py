"""Whatever a caller sends: a problem document with the right status, and nothing in the log."""

import gzip
import json

import pytest

from dev.e2e import http, scene

GETS = (
    "/me",
    "/accounts",
    "/years",
    "/transactions",
    "/trial-balance?from=2025-01-01&to=2025-12-31",
)
OPEN = ("/health", "/openapi.json")
INJECTIONS = (
    "'",
    "1;DROP TABLE silverfin_client",
    "1' OR '1'='1",
    "%(companies)s",
    "{0}",
    "${jndi:x}",
    "<script>",
    "../../etc/passwd",
)
ENCODED = ("%00", "1%00", "%0d%0aX-Injected:%201", "%ff%fe", "%c3%28", "%ed%a0%80", "%f0%9f%92%a9")
# What does not get as far as Odoo, the HTTP server refuses and logs.
BY_HTTP_SERVER = r"ERROR werkzeug: .* code (400|414|431|505), message"
JSON = ("Content-Type", "application/json")


@pytest.fixture(scope="class")
def books(odoo_env):
    """A client with two entries."""
    with odoo_env() as env:
        scene.book(env)
        scene.invoice(env)
        return scene.open_books(env)


@pytest.fixture(scope="class")
def ask(server, books):
    """Call with the key; ``headers`` are added to it."""

    def call(path, method="GET", headers=(), body=None):
        return http.call(server, path, method, [http.bearer(books.secret), *headers], body)

    return call


@pytest.fixture(scope="class")
def refused(ask, books):
    """Call and check the refusal."""

    def check(code, path, method="GET", headers=(), body=None, status=400):
        answer = ask(path, method, headers, body)
        return http.check_problem(answer, status, code, books.secret)

    return check


def values(*wrong):
    """Return what no parameter may be: empty, of the wrong type, huge, injected."""
    return ["", "%20", "null", "true", "[]", "x" * 5000, *wrong, *map(quote, INJECTIONS), *ENCODED]


def quote(text):
    """Encode what would end a request line."""
    return text.replace("%", "%25").replace(" ", "%20").replace("#", "%23").replace("&", "%26")


class TestQuery:
    """Parameters of every resource."""

    def test_limit(self, refused):
        wrong = (
            "0",
            "-1",
            "5001",
            "9" * 30,
            "1.0",
            "1e3",
            "0x10",
            "%D9%A1",
            "+1",
            "%201",
            "1%20",
            "1_0",
        )
        for value in values(*wrong):
            refused("parameter_invalid", f"/transactions?limit={value}")

    @pytest.mark.parametrize("value", ["1", "5000"])
    def test_limit_bounds(self, ask, value):
        assert ask(f"/transactions?limit={value}").status == 200

    def test_control(self, refused):
        for value in values("2", "-1", "01", "yes", "True"):
            refused("parameter_invalid", f"/transactions?control={value}")

    @pytest.mark.parametrize("name", ["from", "to"])
    def test_dates(self, refused, name):
        other = "to=2025-12-31" if name == "from" else "from=2025-01-01"
        wrong = (
            "2025", "2025-1-1", "2025-02-30", "2025-13-01", "0000-01-01", "20250101", "01/01/2025",
            "2025-01-01T00:00", "-2025-01-01", "10000-01-01", "infinity", "now", "%D9%A2025-01-01",
        )  # fmt: skip
        for value in values(*wrong):
            refused("parameter_invalid", f"/trial-balance?{name}={value}&{other}")
        refused("parameter_invalid", f"/trial-balance?{other}")

    @pytest.mark.parametrize(
        "period",
        [
            "from=2025-12-31&to=2025-01-01",
            "from=2025-12-31&to=2026-01-01",
            "from=0001-01-01&to=9999-12-31",
        ],
    )
    def test_period(self, refused, period):
        refused("parameter_invalid", f"/trial-balance?{period}")

    @pytest.mark.parametrize("day", ["0001-01-01", "0001-12-31", "9999-01-01", "9999-12-31"])
    def test_edge_of_time(self, ask, day):
        """Where the calendar ends there may be no fiscal year, but never an error of ours."""
        assert ask(f"/trial-balance?from={day}&to={day}").status in (200, 400)

    def test_sync_point(self, refused):
        """Empty is a mistake of the caller's; whatever else is no sync point of ours."""
        refused("parameter_invalid", "/transactions?sync_point=")
        for value in values("A", "AAAA", "AAAAA", "A" * 22, "A" * 8192, "A" * 20000, "=", "====")[
            1:
        ]:
            answer_code = "parameter_invalid" if "%00" in value else "sync_point_invalid"
            status = 400 if "%00" in value else 409
            refused(answer_code, f"/transactions?sync_point={value}", status=status)

    def test_altered_sync_point(self, refused, books, server):
        """Any change of one character is found, wherever it is."""
        copy = books.copy(server)
        copy.pull()
        text = copy.sync_point
        for position in range(0, len(text) - 1, 7):
            other = "B" if text[position] == "A" else "A"
            altered = text[:position] + other + text[position + 1 :]
            refused("sync_point_invalid", f"/transactions?sync_point={altered}", status=409)
        for cut in (text[:-1], text[1:], text[:20], text * 2, text + "AAAA"):
            refused("sync_point_invalid", f"/transactions?sync_point={cut}", status=409)

    @pytest.mark.parametrize(
        "query",
        ["limit=1&limit=1", "limit=1&limit=2", "control=0&control=1", "sync_point=a&sync_point=b"],
    )
    def test_twice(self, refused, query):
        refused("parameter_invalid", f"/transactions?{query}")

    @pytest.mark.parametrize("path", [*GETS, *OPEN])
    @pytest.mark.parametrize(
        "name", ["x", "limit[]", "Limit", "company_id", "%00", "%ff", "x%0d%0ay", "", "key"]
    )
    def test_unknown(self, refused, path, name):
        joint = "&" if "?" in path else "?"
        refused("parameter_invalid", f"{path}{joint}{name}=1")

    @pytest.mark.parametrize(
        "query", ["&".join(f"a{n}=1" for n in range(3000)), "limit=1;control=1"]
    )
    def test_odd(self, refused, query):
        refused("parameter_invalid", f"/transactions?{query}")


class TestRequest:
    """Paths, methods, and headers as no client library sends them."""

    @pytest.mark.parametrize("path", GETS)
    @pytest.mark.parametrize(
        "accept", ["text/html", "application/xml", "image/*", "application/json;q=0", "x", "/", "é"]
    )
    def test_not_acceptable(self, refused, path, accept):
        refused("not_acceptable", path, headers=[("Accept", accept)], status=406)

    @pytest.mark.parametrize(
        "accept", ["", "*/*", "application/*", "application/json", "text/html, */*;q=0.1"]
    )
    def test_acceptable(self, ask, accept):
        for path in GETS:
            answer = ask(path, headers=[("Accept", accept)])
            assert (answer.status, answer.headers["content-type"]) == (200, "application/json")

    def test_stream_only_where_offered(self, refused):
        for path in ("/me", "/accounts", "/years", GETS[-1]):
            headers = [("Accept", "application/x-ndjson")]
            refused("not_acceptable", path, headers=headers, status=406)

    @pytest.mark.parametrize("path", [*GETS, *OPEN])
    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    def test_method(self, ask, books, path, method):
        answer = ask(path, method, body="{}", headers=[JSON])
        http.check_problem(answer, 405, "method_not_allowed", books.secret)
        allowed = "GET" if path == "/transactions" else "GET, HEAD"
        assert answer.headers["allow"] == allowed

    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
    def test_method_of_status(self, ask, books, method):
        answer = ask("/status", method)
        assert answer.status == 405
        assert answer.headers["allow"] == "POST"

    @pytest.mark.parametrize("path", [*GETS, *OPEN, "/status", "/nothing"])
    @pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PROPFIND", "get", "X" * 100])
    def test_other_method(self, ask, path, method):
        """Never an answer with content, never an error of the server's."""
        answer = ask(path, method)
        assert answer.status in (200, 204, 400, 404, 405, 501), answer
        assert not answer.headers.get("access-control-allow-origin")
        http.check_discreet(answer)

    @pytest.mark.parametrize("path", [*GETS, *OPEN])
    def test_head(self, ask, path):
        """HEAD is GET without a body; a page of the feed is not read for nobody."""
        answer = ask(path, "HEAD")
        status = 405 if path == "/transactions" else 200
        assert (answer.status, answer.body) == (status, b"")

    def test_head_of_stream(self, ask, books, server):
        """A stream that nobody would read does not begin, and is in nobody's way."""
        for _time in range(3):
            answer = ask("/transactions", "HEAD", [("Accept", "application/x-ndjson")])
            assert (answer.status, answer.body) == (405, b"")
        assert books.copy(server).pull_stream()

    @pytest.mark.parametrize(
        "header",
        [
            ("X-Silverfin-Company", b"\xff\xfe"),
            ("If-None-Match", '"' + "x" * 5000 + '"'),
            ("If-None-Match", "W/"),
            ("Range", "bytes=5-2"),
            ("Accept-Language", "x" * 5000),
            ("Accept-Encoding", "gzip;q=x"),
            ("Content-Type", b"\xff"),
            ("Cookie", "session_id=" + "../" * 50),
            ("Cookie", b"session_id=\xff; ;=;;"),
            ("User-Agent", b"\xff\xfe" * 300),
            ("User-Agent", "x" * 5000),
            ("X-Forwarded-For", "not an address"),
            ("Forwarded", "for=_hidden"),
            ("Content-Length", "0"),
            ("If-Modified-Since", "yesterday"),
        ],
    )
    def test_odd_header(self, ask, header):
        """What a resource does not use does no harm; a wrong client's id is refused."""
        for path in ("/me", "/accounts", "/transactions"):
            answer = ask(path, headers=[header])
            assert answer.status in (200, 403), answer
            http.check_discreet(answer)

    @pytest.mark.parametrize(
        "headers",
        [
            [("X-Long", "x" * 70_000)],
            [("Authorization", "Bearer " + "x" * 70_000)],
            [(f"X-{number}", "1") for number in range(150)],
        ],
    )
    def test_oversized(self, server, expect_log, headers):
        """Beyond 64 KiB or 100 headers the HTTP server itself refuses."""
        expect_log(BY_HTTP_SERVER)
        answer = http.call(server, "/me", headers=headers)
        assert answer.status in (400, 413, 414, 431), answer

    @pytest.mark.parametrize("length", ["-1", "x", "1e3", "99999999999999999999"])
    def test_content_length(self, ask, length):
        """A wrong length of a body that is not there."""
        answer = ask("/me", headers=[("Content-Length", length)])
        assert answer.status in (200, 400, 413), answer

    @pytest.mark.parametrize(
        "path",
        [
            "/nothing", "/ME", "/me/1", "/me.json", "/m%65/x", "/transactions/1",
            "/%00", "/me%00", "/%ff", "/%c3%28", "/..%2fme/x", "/'", "/" + "x" * 5000,
            "/" + "a/" * 1000, "/accounts;x=1", "/{0}", "/%25s",
        ],
    )  # fmt: skip
    def test_unknown_path(self, refused, path):
        refused("not_found", path, status=404)

    @pytest.mark.parametrize(
        "path",
        [
            "//me",
            "/./me",
            "/../v1/me",
            "/x/../me",
            "/me/",
            "/me//",
            "//",
            "",
            "/",
            "/me?",
            "/me#x",
            "/me;",
            "/me%2F",
            "/%0d%0aX-Injected:%201",
            "/me%0a",
        ],
    )
    def test_tricks(self, ask, books, path):
        """Either the resource itself, or nothing; never more than the key's rights."""
        answer = ask(path)
        assert answer.status in (200, 301, 302, 303, 307, 308, 404), answer
        if answer.status == 200:
            assert [client["uuid"] for client in answer.document["clients"]] == [books.uuid]
        http.check_discreet(answer, books.secret)

    def test_trailing_slash_without_key(self, server):
        for path in ("/me/", "/accounts/", "//me", "/transactions/"):
            assert http.call(server, path).status in (301, 308, 401, 404)

    @pytest.mark.parametrize(
        "data",
        [
            b"GET /silverfin/v1/me HTTP/9.9\r\nHost: x\r\n\r\n",
            b"GET  /silverfin/v1/me HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /silverfin/v1/me HTTP/1.1\r\nHost: x\r\nHost\r\n\r\n",
            b"GET /silverfin/v1/me HTTP/1.1\r\nHost: x\r\n: x\r\n\r\n",
            b"GET /silverfin/v1/\xff HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET http://elsewhere/silverfin/v1/me HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /silverfin/v1/me HTTP/1.1\r\nHost: \xff\r\n\r\n",
            b"GET /silverfin/v1/me HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
            b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        ],
    )
    def test_broken_request(self, server, expect_log, data):
        """The HTTP server refuses, or the missing key is; the next request is served."""
        expect_log(BY_HTTP_SERVER)
        with http.connect(server) as connection:
            connection.sendall(data)
            status = connection.recv(4096)
        assert b" 200 " not in status.split(b"\r\n")[0], status
        assert b"Traceback" not in status
        assert http.call(server, "/health").document == {"status": "ok"}


class TestBody:
    """POST /status."""

    @pytest.fixture(scope="class")
    def point(self, books, server):
        """A sync point."""
        copy = books.copy(server)
        copy.pull()
        return copy.sync_point

    def test_accepted(self, ask, point):
        body = json.dumps({"sync_point": point, "result": "ok", "later": ["unknown", {}]})
        answer = ask("/status", "POST", [JSON], body)
        assert (answer.status, answer.body) == (204, b"")

    @pytest.mark.parametrize(
        "body",
        [
            None, "", " ", "null", "1", '"x"', "[]", "{", "{}x", "{'a': 1}", "x=1",
            b"\xff\xfe", '{"a": "\x00"}', "\ufeff{}", "[" * 20_000, '{"a":' * 9_000,
            "[" * 5_000 + "]" * 5_000, "9" * 20_000, '{"a": ' + "9" * 20_000 + "}", "NaN",
            '{"sync_point": NaN}', gzip.compress(b"{}"),
        ],
    )  # fmt: skip
    def test_not_an_object(self, refused, body):
        refused("parameter_invalid", "/status", "POST", [JSON], body)

    @pytest.mark.parametrize("name", ["sync_point", "result", "code", "message"])
    @pytest.mark.parametrize(
        "value", ["", 1, 1.5, True, [], {}, ["ok"], {"ok": 1}, "x" * 9000, "a\0b", "\ud800"]
    )
    def test_member(self, ask, point, name, value):
        document = {"sync_point": point, "result": "ok", "code": "1", "message": "m", name: value}
        answer = ask("/status", "POST", [JSON], json.dumps(document))
        code = "sync_point_invalid" if answer.status == 409 else "parameter_invalid"
        http.check_problem(answer, answer.status, code)
        assert answer.status == 400 or (name, value) == ("sync_point", "\ud800")

    def test_result_missing(self, refused, point):
        refused("parameter_invalid", "/status", "POST", [JSON], json.dumps({"sync_point": point}))

    def test_sync_point_missing(self, ask):
        """A reader may fail before it has one."""
        assert ask("/status", "POST", [JSON], json.dumps({"result": "failed"})).status == 204

    def test_injected(self, ask, odoo_env, books, point):
        """Texts are kept as texts."""
        for text in INJECTIONS:
            document = {"sync_point": point, "result": "failed", "code": text, "message": text}
            assert ask("/status", "POST", [JSON], json.dumps(document)).status == 204
            with odoo_env() as env:
                client = env["silverfin.client"].browse(books.client)
                assert (client.reader_code, client.reader_message) == (text, text)

    def test_foreign_sync_point(self, refused, odoo_env, server):
        """Only a sync point of this client."""
        with odoo_env() as env:
            other = scene.open_books(env, "foreign")
        copy = other.copy(server)
        copy.pull()
        body = json.dumps({"sync_point": copy.sync_point, "result": "ok"})
        refused("sync_point_invalid", "/status", "POST", [JSON], body, status=409)

    def test_too_large(self, refused):
        body = '{"sync_point": "%s"}' % ("x" * 70_000)
        refused("body_too_large", "/status", "POST", [JSON], body, status=413)

    def test_too_large_elsewhere(self, ask):
        """A body that a GET does not want."""
        answer = ask("/me", body="x" * 70_000)
        assert answer.status in (200, 413)

    @pytest.mark.parametrize(
        "kind",
        [
            "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
            "multipart/form-data", "application/xml", "application/json; charset=utf-16", "",
        ],
    )  # fmt: skip
    def test_content_type(self, ask, point, kind):
        """A body that says it is something else than JSON is taken as JSON or refused."""
        body = json.dumps({"sync_point": point, "result": "ok"})
        answer = ask("/status", "POST", [("Content-Type", kind)], body)
        assert answer.status in (204, 400, 415), answer

    def test_form(self, refused, point):
        """A form is no JSON."""
        headers = [("Content-Type", "application/x-www-form-urlencoded")]
        refused("parameter_invalid", "/status", "POST", headers, f"sync_point={point}&result=ok")

    def test_gzip(self, refused, point):
        """A compressed body is not unpacked: no bomb goes off."""
        body = gzip.compress(json.dumps({"sync_point": point, "result": "ok"}).encode())
        refused("parameter_invalid", "/status", "POST", [JSON, ("Content-Encoding", "gzip")], body)

    def test_chunked(self, ask, point):
        """A chunked body is read, or refused."""
        text = json.dumps({"sync_point": point, "result": "ok"})
        body = f"{len(text):x}\r\n{text}\r\n0\r\n\r\n"
        answer = ask("/status", "POST", [JSON, ("Transfer-Encoding", "chunked")], body)
        assert answer.status in (204, 400, 411, 501), answer

    def test_chunked_without_end(self, ask):
        """An endless chunk is cut at the limit."""
        body = "fffffff\r\n" + "x" * 100_000 + "\r\n0\r\n\r\n"
        answer = ask("/status", "POST", [JSON, ("Transfer-Encoding", "chunked")], body)
        assert answer.status in (400, 411, 413, 501), answer

    def test_query(self, refused, point):
        body = json.dumps({"sync_point": point, "result": "ok"})
        refused("parameter_invalid", f"/status?sync_point={point}", "POST", [JSON], body)
