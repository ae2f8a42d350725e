"""Which companies a database to measure on has."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Company:
    """One company's size.

    :ivar int items: journal items; the generator books whole blocks of entries, 66 items each.
    :ivar int accounts: at most so many of the Belgian chart; beyond it, sub-accounts of it.
    """

    name: str
    items: int
    accounts: int
    partners: int


LARGE = Company("Large", 1_000_000, 3000, 5000)
MEDIUM = Company("Medium", 10_000, 400, 500)

SMALL = 100  # companies beside the one that is measured


def _small(number):
    return Company(f"Small {number:03}", 330, 80, 40)


def _neighbours(count):
    return tuple(_small(number) for number in range(1, count + 1))


# name of a database: its companies. The large one comes last: Odoo makes each slower after it.
DATABASES = {
    "alone": (MEDIUM, *_neighbours(SMALL)),
    "beside": (MEDIUM, *_neighbours(SMALL), LARGE),
    "night": _neighbours(600),
}
