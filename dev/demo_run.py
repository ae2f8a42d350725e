"""What `make demo` shows once the server runs: the main job, a first full pull over HTTP."""

import json
import os
import time

from dev import settings
from dev.console import say
from dev.ledger_copy import LedgerCopy, Session


def main(server):
    """Write ``.dev/demo.json``, pull every client's ledger, print what came.

    :param server: the running :class:`dev.server.OdooServer`
    """
    access = {"url": server.url, **json.loads(settings.DEMO_ACCESS.read_text())}
    write_private(settings.DEMO_FILE, access)
    for client in access["clients"]:
        show_pull(Session(server.url, client["key"], access["database"]), client)
    say_how_to_go_on(access)


def write_private(path, document):
    """Write JSON to a file that only its owner may read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(document, file, indent=2, ensure_ascii=False)


def show_pull(session, client):
    """Pull one client's ledger and print a summary of it."""
    copy = LedgerCopy(session)
    begin = time.monotonic()
    copy.pull(control=True)
    seconds = time.monotonic() - begin
    items, debit, credit = copy.totals()
    agrees = copy.control == copy.computed_control()
    currency = session.get("/me")["clients"][0]["company"]["currency"]
    say(f"\n    {client['name']}: first full pull in {seconds:.2f} s")
    say(f"      accounts used  {len(copy.records['account']):>12,}")
    say(f"      items          {items:>12,}")
    say(f"      debit          {debit:>12,.2f} {currency}")
    say(f"      credit         {credit:>12,.2f} {currency}  {verdict(debit == credit)}")
    say(f"      control totals {verdict(agrees):>12}")
    say(f"      sync point     {copy.sync_point[:24]}… ({len(copy.sync_point)} characters)")


def verdict(right):
    """Say whether a check came out right."""
    return "agree" if right else "DIFFER"


def say_how_to_go_on(access):
    """Print the address, the login and ready calls."""
    client = access["clients"][0]
    say(f"\n    Address   {access['url']}   (database {access['database']})")
    say(f"    Login     {access['login']}     Password  {access['password']}")
    say(f"    Keys      {settings.DEMO_FILE}")
    say("    Try the feed:\n")
    say(f"      curl -H 'Authorization: Bearer {client['key']}' \\")
    say(f"        '{access['url']}/silverfin/v1/transactions?limit=2'\n")
    if "read_key" in client:  # a demo database may be older than these keys
        say_external_api(access["url"], client)
    say("    Change something in Odoo, pull with the sync point, and only the change comes.")
    say("    Ctrl-C ends the server; `make demo` goes on with this database.\n")


def say_external_api(url, client):
    """Print a ready call of Odoo's own API, and the login that its older protocols ask for."""
    fields = '{"fields": ["date", "account_id", "balance"], "limit": 2}'
    say("    Try Odoo's external API, read-only:\n")
    say(f"      curl -H 'Authorization: Bearer {client['read_key']}' \\")
    say(f"        -H 'Content-Type: application/json' --data '{fields}' \\")
    say(f"        '{url}/json/2/account.move.line/search_read'\n")
    say(f"    XML-RPC logs in as {client['login']} with the same key.")
