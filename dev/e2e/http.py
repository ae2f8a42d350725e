"""Raw HTTP: any bytes may be sent, and nothing of the answer is smoothed over."""

import json
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse

BASE = "/silverfin/v1"
PROBLEM = "application/problem+json"
SECONDS = 60
# What must never be in an answer: traces of Python, of SQL and of this machine.
REVEALING = (b"Traceback", b'File "', b"psycopg2", b"SELECT ", b"odoo.exceptions", b"site-packages")


@dataclass
class Answer:
    """What came back: status, headers in lower case (the last one wins) and the body's bytes."""

    status: int
    headers: dict
    body: bytes

    @property
    def document(self):
        """The body as JSON."""
        return json.loads(self.body)


def send(server, data, method="GET"):
    """Send bytes as they are and return the answer.

    :param str method: of the request, for HEAD has no body
    """
    with connect(server) as connection:
        connection.sendall(data)
        return receive(connection, method)


def connect(server, **options):
    """Return a connection to a server.

    :param int receive_buffer: keep the kernel from taking in more than so many bytes ahead
    """
    connection = socket.socket()
    if size := options.get("receive_buffer"):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
    connection.settimeout(SECONDS)
    connection.connect(("127.0.0.1", server.port))
    return connection


def receive(connection, method="GET"):
    """Read one answer to its end."""
    response = HTTPResponse(connection, method=method)
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, response.read())


def message(server, path, method="GET", headers=(), body=None):
    """Return the bytes of a request; texts are sent as UTF-8, bytes as they are.

    :param headers: (name, value) pairs; "Host" and "Content-Length" are added unless given
    """
    headers = list(headers)
    names = {_bytes(name).lower() for name, _value in headers}
    if b"host" not in names:
        headers.insert(0, ("Host", f"127.0.0.1:{server.port}"))
    if body is not None and not names & {b"content-length", b"transfer-encoding"}:
        headers.append(("Content-Length", str(len(_bytes(body)))))
    lines = [b"%s %s HTTP/1.1" % (_bytes(method), _bytes(path))]
    lines += [b"%s: %s" % (_bytes(name), _bytes(value)) for name, value in headers]
    return b"\r\n".join([*lines, b"Connection: close", b"", _bytes(body or b"")])


def call(server, path, method="GET", headers=(), body=None):
    """Send a request beneath the base and return the answer."""
    return send(server, message(server, BASE + path, method, headers, body), method)


def bearer(secret):
    """Return the header that presents a key."""
    return ("Authorization", f"Bearer {secret}")


def check_problem(answer, status, code, secret=None):
    """Check that an answer is the problem document that the contract names."""
    assert answer.status == status, (answer.status, answer.body[:500])
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["cache-control"] == "no-store"
    document = answer.document
    assert (document["status"], document["code"]) == (status, code), document
    assert document["title"]
    assert document["detail"]
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert ("retry-after" in answer.headers) == (status in (429, 503))
    check_discreet(answer, secret)
    return document


def check_discreet(answer, secret=None):
    """Check that an answer shows neither the key nor the inside of the server."""
    everything = answer.body + repr(answer.headers).encode()
    assert not [text for text in REVEALING if text in everything], answer.body[:500]
    assert secret is None or secret[12:].encode() not in everything


@contextmanager
def slow_stream(server, secret, path="/transactions"):
    """Begin a stream and take in only its first bytes, so that the server waits for us."""
    headers = [bearer(secret), ("Accept", "application/x-ndjson")]
    with connect(server, receive_buffer=4096) as connection:
        connection.sendall(message(server, BASE + path, headers=headers))
        assert connection.recv(64).startswith(b"HTTP/1.")
        yield connection


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode()
