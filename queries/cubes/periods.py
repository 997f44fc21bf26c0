"""Periods of time as SDMX writes them, as the days that they begin and end on."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

_YEAR = re.compile(r"(\d{4})(?:-A1)?")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T.*)?")
_PART = re.compile(r"(\d{4})-([STQMWD])(\d{1,3})")
# How many months each part of a year has, and how many of them there are.
_MONTHS = {"S": (6, 2), "T": (4, 3), "Q": (3, 4), "M": (1, 12)}


class Period(NamedTuple):
    """A period: its first day, and the first day after it."""

    start: date
    end: date


class PeriodError(ValueError):
    """A text that is no period of time."""


@lru_cache(4096)
def read(text: str) -> Period:
    """Return the days of a period; PeriodError when it is none.

    >>> read("2020").start.isoformat(), read("2020-Q2").end.isoformat()
    ('2020-01-01', '2020-07-01')
    >>> read("2020-02").end.isoformat(), read("2020-W01").start.isoformat()
    ('2020-03-01', '2019-12-30')
    """
    try:
        found = _read(text)
    except (ValueError, OverflowError) as error:
        raise PeriodError(text) from error
    if found is None:
        raise PeriodError(text)
    return found


def is_period(text: str) -> bool:
    """Tell whether a text is a period.

    >>> is_period("2024-Q1"), is_period("2024-Q5")
    (True, False)
    """
    try:
        read(text)
    except PeriodError:
        return False
    return True


def _read(text: str) -> Period | None:
    if match := _YEAR.fullmatch(text):
        return _months(int(match[1]), 0, 12)
    if match := _MONTH.fullmatch(text):
        return _months(int(match[1]), int(match[2]) - 1, 1)
    if match := _DAY.fullmatch(text):
        day = date(int(match[1]), int(match[2]), int(match[3]))
        return Period(day, day + timedelta(1))
    match = _PART.fullmatch(text)
    return _part(int(match[1]), match[2], int(match[3])) if match else None


def _part(year: int, kind: str, number: int) -> Period | None:
    if kind == "W":
        start = date.fromisocalendar(year, number, 1)
        return Period(start, start + timedelta(7))
    if kind == "D":
        start = date(year, 1, 1) + timedelta(number - 1)
        return Period(start, start + timedelta(1)) if number and start.year == year else None
    length, most = _MONTHS[kind]
    return _months(year, (number - 1) * length, length) if 1 <= number <= most else None


def _months(year: int, first: int, length: int) -> Period:
    start = date(year, first + 1, 1)
    after = first + length
    return Period(start, date(year + after // 12, after % 12 + 1, 1))


def compares(operator: str, text: str, bound: Period) -> bool:
    """Tell whether a period lies as an operator says of another one.

    >>> compares("ge", "2020-Q1", read("2020")), compares("gt", "2020-Q1", read("2020"))
    (True, False)
    >>> compares("le", "2020-12", read("2020")), compares("lt", "2020-12", read("2020"))
    (True, False)
    """
    try:
        found = read(text)
    except PeriodError:
        return False
    return {
        "ge": found.start >= bound.start,
        "gt": found.start >= bound.end,
        "le": found.end <= bound.end,
        "lt": found.end <= bound.start,
    }[operator]
