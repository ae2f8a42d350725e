"""What must hold of a feed after whatever happened to it."""

from dev.e2e import http, scene


def check_refused(server, books, point, code="sync_point_invalid", status=409):
    """Check that page and stream refuse a sync point."""
    for accept in ("application/json", "application/x-ndjson"):
        headers = [http.bearer(books.secret), ("Accept", accept)]
        answer = http.call(server, f"/transactions?sync_point={point}", headers=headers)
        http.check_problem(answer, status, code, books.secret)


def check_right(server, books, expected=None):
    """Check that a pull from nothing is the ledger, and that what follows arrives once.

    :param expected: ids of the journal items, where known
    :return: the copy
    """
    copy = pull_all(server, books)
    assert expected is None or set(copy.items) == {str(item) for item in expected}
    assert copy.pull() == [], "nothing comes back when nothing changed"
    user = scene.WebClient(server)
    entry = book_over_http(user)
    actions = copy.pull(control=True)
    assert {action["upsert"]["entry"]["id"] for action in actions} == {str(entry)}
    assert copy.pull() == [], "nothing comes back for ever"
    assert copy.items == pull_all(server, books).items
    return copy


def pull_all(server, books):
    """Return a copy pulled from nothing, checked against the control totals."""
    copy = books.copy(server)
    copy.pull(control=True)
    assert copy.control == copy.computed_control()
    streamed = books.copy(server)
    assert streamed.pull_stream(control=True)
    assert streamed.items == copy.items
    return copy


def book_over_http(user, amount=33.0):
    """Post an invoice in the web client; return the entry's id."""
    found = user.call("res.partner", "search", [], limit=1)
    return user.book(
        {
            "move_type": "out_invoice",
            "partner_id": found[0],
            "invoice_date": scene.DATE,
            "invoice_line_ids": [[0, 0, {"name": "x", "price_unit": amount, "tax_ids": []}]],
        }
    )


def posted(env):
    """Return the ids of the items that a reader should have, says the ORM."""
    return (
        env["account.move.line"]
        .search([("parent_state", "=", "posted"), ("account_id", "!=", False)])
        .ids
    )
