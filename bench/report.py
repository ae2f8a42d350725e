"""The reports of a benchmark: Markdown for people, JSON to compare with."""

import json
from dataclasses import asdict
from datetime import UTC, datetime


def write(path, result, facts, *, quick):
    """Write both.

    :param path: without suffix.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    head = {"title": result.title, "time": now, "quick": quick}
    path.with_suffix(".json").write_text(json.dumps(document(head, result, facts), indent=2))
    path.with_suffix(".md").write_text(markdown(head, result, facts))


def document(head, result, facts):
    """Return the report as data."""
    return {
        **head,
        "machine": facts,
        "figures": [asdict(figure) for figure in result.figures],
        "targets": [{**asdict(target), "met": target.met} for target in result.targets],
        "notes": result.notes,
    }


def markdown(head, result, facts):
    """Return the report as text."""
    machine = ", ".join(f"{name} {value}" for name, value in facts.items())
    quick = " A quick run: not worth quoting." if head["quick"] else ""
    parts = [f"# {head['title']}", f"{head['time']}.{quick} {machine}.", figures(result.figures)]
    if result.targets:
        parts.append(targets(result.targets))
    parts += result.notes
    return "\n\n".join(parts) + "\n"


def figures(rows):
    """Return the table of figures."""
    cells = [
        (
            row.contender,
            row.metric,
            f"{number(row.median)} {row.unit}",
            spread(row),
            str(row.samples),
        )
        for row in rows
    ]
    return table(("", "measured", "median", "quartiles", "samples"), cells)


def spread(row):
    """Return between which values the middle half of the samples lies."""
    return f"{number(row.low)} to {number(row.high)}"


def number(value):
    """Write a number with no more digits than say something.

    >>> number(161234.5), number(1.234)
    ('161,235', '1.23')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}"


def targets(rows):
    """Return the table of targets."""
    cells = [
        (
            row.text,
            f"{'≥' if row.at_least else '≤'} {row.limit:g}",
            number(row.actual),
            "met" if row.met else "**not met**",
        )
        for row in rows
    ]
    return table(("target", "allowed", "measured", ""), cells)


def table(head, rows):
    """Return a table in Markdown that can be read as plain text too."""
    columns = list(zip(head, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines)
