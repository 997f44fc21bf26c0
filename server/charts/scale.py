"""Scales: round ticks between which values stand, and how positions are written."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import floor, log10

STEPS = (1, 2, 2.5, 5, 10)
TICKS = 5


@dataclass(frozen=True)
class Scale:
    """Maps values to positions."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...] = ()

    def at(self, value: float | Decimal) -> float:
        """Return the position of a value, with one decimal."""
        share = (float(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def nice(values: Iterable[float | Decimal], start: float, end: float, *, zero: bool) -> Scale:
    """Return a scale with round ticks that holds some values, and zero where that is wanted.

    >>> nice([3, 97], 0, 100, zero=True).ticks
    (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
    >>> nice([], 0, 100, zero=True).ticks, nice([7, 7], 0, 1, zero=False).low
    ((0.0, 1.0), 6.0)
    """
    known = [float(value) for value in values]
    if not known:
        return Scale(0, 1, start, end, (0.0, 1.0))
    low, high = min(known), max(known)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = low - (0 if zero and low == 0 else 1), high + 1
    step = rounded((high - low) / TICKS)
    first = floor(low / step + 1e-9)
    ticks = [round(first * step, 10)]
    while ticks[-1] < high - step * 1e-9:
        ticks.append(round(ticks[-1] + step, 10))
    return Scale(ticks[0], ticks[-1], start, end, tuple(ticks))


def rounded(raw: float) -> float:
    """Return the round number that is not below one.

    >>> rounded(18.8), rounded(0.3), rounded(7)
    (20.0, 0.5, 10.0)
    """
    power = 10.0 ** floor(log10(raw))
    return next(step for step in STEPS if step * power >= raw - power * 1e-9) * power


def apart(positions: list[float], gap: float, low: float, high: float) -> list[float]:
    """Return positions moved so that none is nearer than a gap to the next, within bounds.

    >>> apart([10, 11, 50], 10, 0, 60)
    [5.5, 15.5, 50]
    """
    order = sorted(range(len(positions)), key=lambda place: positions[place])
    groups: list[list[int]] = [[place] for place in order]

    def spread(group: list[int]) -> list[float]:
        middle = sum(positions[one] for one in group) / len(group)
        first = middle - gap * (len(group) - 1) / 2
        first = max(low, min(first, high - gap * (len(group) - 1)))
        return [first + gap * number for number in range(len(group))]

    merged = True
    while merged:
        merged = False
        for number in range(len(groups) - 1):
            if spread(groups[number])[-1] + gap > spread(groups[number + 1])[0]:
                groups[number] += groups.pop(number + 1)
                merged = True
                break
    found = list(positions)
    for group in groups:
        if len(group) > 1:
            for one, position in zip(group, spread(group), strict=True):
                found[one] = round(position, 1)
    return found
