"""Versions of artefacts, and the ways to ask for some of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PART = re.compile(r"(0|[1-9]\d*)?([+~*]?)", re.ASCII)
# A version that is no more than a draft says so at its end.
_DRAFT = re.compile(r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}-[0-9A-Za-z.\-]+", re.ASCII)
ALL, LATEST, STABLE = "*", "~", "+"
# What the first version of the web services calls them.
WORDS = {"all": ALL, "latest": LATEST}
Numbers = tuple[int, ...]


class VersionError(ValueError):
    """A text that asks for no version."""


def numbers(version: str) -> Numbers:
    """Return a version as numbers.

    >>> numbers("1.10.0")
    (1, 10, 0)
    """
    return tuple(int(part) for part in version.split("."))


def parted(wanted: str) -> list[tuple[int | None, str]]:
    """Return each part of what is wanted: its number and its sign.

    What stands behind a sign without a number must be zero: no other number would mean anything.
    """
    found: list[tuple[int | None, str]] = []
    for part in wanted.split("."):
        match = _PART.fullmatch(part)
        if match is None or part == "":
            raise VersionError(wanted)
        found.append((int(match[1]) if match[1] else None, match[2]))
    signs = [sign for _number, sign in found if sign]
    place = next((index for index, (number, _sign) in enumerate(found) if number is None), 3)
    behind = [number for number, _sign in found[place + 1 :] if number]
    if len(found) > 3 or len(signs) > 1 or behind:
        raise VersionError(wanted)
    if signs == [STABLE] and (len(found) == 2 or (len(found) == 1 and place == 3)):
        raise VersionError(wanted)
    return found


def matches(wanted: str, version: str) -> bool:
    """Tell whether a version is one of those that are wanted.

    >>> matches("1.2+.0", "1.3.5"), matches("1.2+.0", "2.0.0"), matches("1.0.0", "1.0.0")
    (True, False, True)
    >>> matches("*", "1.0"), matches("+", "0.9.0"), matches("2.*", "2.4")
    (True, False, True)
    """
    if _DRAFT.fullmatch(wanted):
        return wanted == version
    have = numbers(version)
    parts = parted(wanted)
    sign = next((sign for _number, sign in parts if sign), "")
    if not sign:
        return tuple(number for number, _sign in parts) == have
    if sign == STABLE and (len(have) < 3 or have[0] == 0):
        return False
    if len(parts) == 1 and parts[0][0] is None:
        return True
    if sign != STABLE and len(parts) != len(have):
        return False
    place = next(index for index, (_number, sign) in enumerate(parts) if sign)
    fixed = tuple(number or 0 for number, _sign in parts[:place])
    least = tuple(number or 0 for number, _sign in parts[place:])
    return have[:place] == fixed and have[place:] >= least


def selected(wanted: str, versions: Iterable[str]) -> set[str]:
    """Return which versions are wanted: all that match, or the last one of them.

    >>> sorted(selected("*", ["1.0.0", "1.1.0"])), selected("+", ["1.0.0", "1.1.0"])
    (['1.0.0', '1.1.0'], {'1.1.0'})
    """
    found: set[str] = set()
    known = list(versions)
    for one in wanted.split(","):
        asked = WORDS.get(one, one)
        matching = [version for version in known if matches(asked, version)]
        if ALL in asked or not matching:
            found |= set(matching)
        else:
            found.add(max(matching, key=numbers))
    return found
