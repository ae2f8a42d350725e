"""HTTPS in front of a server, with a certificate of its own: as a customer's browser sees Odoo."""

import asyncio
import contextlib
import ssl
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class FrontDoor(threading.Thread):
    """Passes on to ``port`` what comes in encrypted; its own port is ``.port`` once entered."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.target = port
        self.port = None
        self.opened = threading.Event()

    def __enter__(self):
        self.start()
        self.opened.wait()
        return self

    def __exit__(self, *failure):
        """Nothing to do: the thread ends with the program."""

    def run(self):
        """Serve until the program ends."""
        asyncio.run(self._serve())

    async def _serve(self):
        server = await asyncio.start_server(self._welcome, "127.0.0.1", 0, ssl=certified())
        self.port = server.sockets[0].getsockname()[1]
        self.opened.set()
        await server.serve_forever()

    async def _welcome(self, reader, writer):
        with contextlib.suppress(OSError):
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.target)
            await asyncio.gather(pass_on(reader, inner_writer), pass_on(inner_reader, writer))


async def pass_on(reader, writer):
    """Copy bytes until there are no more."""
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


def certified():
    """Make a TLS context with a certificate that nobody has to trust."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "certificate.pem"
        path.write_bytes(_certificate())
        context.load_cert_chain(path)
    return context


def _certificate():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pictures")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(pem, *plain) + certificate.public_bytes(pem)
