"""Calls over HTTP, timed from connecting to the last byte."""

import json
import re
import time
import xmlrpc.client
from http.client import HTTPConnection

SECONDS = 60
JSON = {"Content-Type": "application/json"}
TIMING = re.compile(r"(\w+);dur=([\d.]+)")


class Client:
    """One caller of a server.

    A connection is made for each call: a prefork server closes it after the answer, whatever it
    is asked to do.
    """

    def __init__(self, server, **headers):
        self.port = server.port
        self.headers = headers

    def call(self, method, path, body=None, **headers):
        """Make one call.

        :return: answer's bytes, its headers, milliseconds.
        :raise AssertionError: the status is not 200.
        """
        begin = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        connection.request(method, path, body, {**self.headers, **headers})
        response = connection.getresponse()
        answer = response.read()
        took = (time.perf_counter() - begin) * 1000
        connection.close()
        if response.status != 200:
            raise AssertionError(f"{path}: {response.status} {answer[:500]}")
        return answer, response.headers, took

    def get(self, path):
        """GET; return the measurements."""
        _answer, headers, took = self.call("GET", path)
        return {"request": took, **server_timing(headers)}

    def json2(self, model, method, expected, **arguments):
        """Call a method by JSON-2; return the measurements."""
        body = json.dumps(arguments)
        answer, headers, took = self.call("POST", f"/json/2/{model}/{method}", body, **JSON)
        _compare(json.loads(answer), expected)
        return {"request": took, **server_timing(headers)}

    def xmlrpc(self, service, method, arguments, expected):
        """Call a method by XML-RPC; return the measurements."""
        body = xmlrpc.client.dumps(arguments, method)
        answer, _headers, took = self.call(
            "POST", f"/xmlrpc/2/{service}", body, **{"Content-Type": "text/xml"}
        )
        _compare(xmlrpc.client.loads(answer)[0][0], expected)
        return {"request": took}


def server_timing(headers):
    """Return what the server itself measured (W3C Server Timing).

    >>> server_timing({"Server-Timing": "authentication;dur=1.250"})
    {'authentication': 1.25}
    """
    return {name: float(value) for name, value in TIMING.findall(headers.get("Server-Timing", ""))}


def _compare(answer, expected):
    """Make sure that fast is not wrong."""
    if answer != expected:
        raise AssertionError(f"got {answer!r}, expected {expected!r}")
