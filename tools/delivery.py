# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a use of a key delivered."""

import dataclasses

from .sync_point import FULL


@dataclasses.dataclass(frozen=True)
class Delivery:
    """Of whose books, by which way; and whether it is a part of a first full pull.

    :param str way: "feed" or "external"; None where no books left, as at login
    :param int client: id; otherwise the key's, if it has one
    :param bool full: a page of a first full pull
    :param bool begins: its first page
    :param bool ends: its last page, after which only changes remain
    """

    way: str | None
    client: int | None = None
    full: bool = False
    begins: bool = False
    ends: bool = False

    @classmethod
    def of_page(cls, client, page):
        """Return what a page of the feed delivers.

        :param int client: id
        :param page: a :class:`.feed.reader.Page`
        """
        full = page.asked.phase == FULL
        begins = full and not page.asked.company
        return cls("feed", client, full=full, begins=begins, ends=page.point.phase != FULL)
