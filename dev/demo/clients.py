"""A Silverfin client per top company, and a key of each scope for it."""

import json
import os
from pathlib import Path

REFERENCES = ("273-542-26244", "273-542-26251")


def create_clients(env) -> list[dict]:
    """Create a client and keys for every company that is no branch; return what opens them."""
    companies = env["res.company"].search([("parent_id", "=", False)], order="id")
    return [_client(env, *pair) for pair in zip(companies, REFERENCES, strict=True)]


def _client(env, company, reference: str) -> dict:
    values = {"name": company.name, "reference": reference, "company_id": company.id}
    client = env["silverfin.client"].create(values)
    return {
        "uuid": client.uuid,
        "name": client.name,
        "company": company.name,
        "login": client.login,
        "key": _secret(client, "sync"),
        "read_key": _secret(client, "read"),
    }


def _secret(client, scope: str) -> str:
    settings = {"name": f"Demo: {client.name}, {scope}", "client_id": client.id, "scope": scope}
    _key, secret = client.env["silverfin.api.key"]._generate(settings)
    return secret


def write_access(path: Path, database: str, clients: list[dict]) -> None:
    """Write what a reader of the demo needs to a file that nobody else may read."""
    access = {"database": database, "login": "admin", "password": "admin", "clients": clients}
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(access, file, indent=2, ensure_ascii=False)
        file.write("\n")
