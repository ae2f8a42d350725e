# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""References made by a pattern, such as ``{registry}`` or ``BE-{number:04}``.

Not ``str.format``: a pattern is typed by a person, and must reach nothing but the values given.
"""

import re

_PLACEHOLDER = re.compile(r"\{(\w+)(?::0?([1-9]))?\}", re.ASCII)


class InvalidPattern(ValueError):
    """The pattern has something in braces that is no placeholder."""


def names(pattern):
    """Return the names of a pattern's placeholders, in their order.

    :raises InvalidPattern: when a brace is left that belongs to none
    """
    rest = _PLACEHOLDER.sub("", pattern)
    if "{" in rest or "}" in rest:
        raise InvalidPattern(rest.strip())
    return [name for name, _digits in _PLACEHOLDER.findall(pattern)]


def fill(pattern, values):
    """Return the pattern with its placeholders replaced.

    :param dict values: texts and numbers by name; numbers get zeros in front, as asked
    """

    def value(match):
        name, digits = match.groups()
        return str(values[name]).zfill(int(digits or 0))

    return _PLACEHOLDER.sub(value, pattern).strip()
