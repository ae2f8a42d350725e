"""Measure contenders in turn, and sum up what came."""

import statistics
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figure:
    """What one contender came to: the median of its samples, and the middle half of them."""

    contender: str
    metric: str
    median: float
    low: float
    high: float
    samples: int
    unit: str = "ms"


@dataclass(frozen=True)
class Target:
    """A figure that may not be above a limit, or not below it."""

    text: str
    actual: float
    limit: float
    at_least: bool = False

    @property
    def met(self):
        """Whether it is on the right side."""
        return self.actual >= self.limit if self.at_least else self.actual <= self.limit


@dataclass
class Result:
    """What a benchmark found out."""

    title: str
    figures: list = field(default_factory=list)
    targets: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def median(self, contender, metric):
        """Look up one figure's median.

        :raise KeyError: there is no such figure.
        """
        for figure in self.figures:
            if (figure.contender, figure.metric) == (contender, metric):
                return figure.median
        raise KeyError((contender, metric))

    def check_ratio(self, text, limit, metric, ours, theirs, *, at_least=False):
        """Add the target that our median is at most (or at least) ``limit`` times theirs."""
        ratio = self.median(ours, metric) / self.median(theirs, metric)
        self.targets.append(Target(text, ratio, limit, at_least))


def alternate(contenders, *, rounds, calls=1, warm_up=0, unit="ms"):
    """Measure contenders in turn, so that whatever slows the machine down slows them all.

    :param dict contenders: name -> function without arguments that does the work once and returns
        its measurements as ``{metric: value}``.
    :param int calls: in a row, in each round, of each contender.
    :param int warm_up: calls of each before anything counts.
    :return: list of :class:`Figure`.
    """
    for contender in contenders.values():
        for _ in range(warm_up):
            contender()
    samples = defaultdict(list)
    for number in range(rounds):
        for name in rotated(list(contenders), number):
            _sample(samples, name, contenders[name], calls)
    places = sorted(samples, key=_place_in(contenders))
    return [summary(*key, samples[key], unit) for key in places]


def rotated(names, number):
    """Begin each round with another contender, for the first one may have it harder.

    >>> rotated(["a", "b", "c"], 1)
    ['b', 'c', 'a']
    """
    begin = number % len(names)
    return names[begin:] + names[:begin]


def _sample(samples, name, contender, calls):
    for _ in range(calls):
        for metric, value in contender().items():
            samples[name, metric].append(value)


def _place_in(contenders):
    names = list(contenders)
    return lambda key: (names.index(key[0]), key[1])


def summary(contender, metric, values, unit="ms"):
    """Sum up samples.

    >>> summary("ours", "request", [1.0, 2.0, 3.0, 4.0, 5.0]).low
    2.0
    """
    few = len(values) < 2
    low, median, high = values * 3 if few else statistics.quantiles(values, method="inclusive")
    return Figure(contender, metric, median, low, high, len(values), unit)
