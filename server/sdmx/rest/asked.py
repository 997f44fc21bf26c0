"""A request as it is written: the parts of its path and its parameters, each taken once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import NoReturn
from urllib.parse import unquote

from queries.cubes import periods
from server.errors import ProblemError
from server.language import mark as _
from server.questions.parameters import LONGEST_SHOWN, refuse_repeated, refuse_unknown

# What is asked of one component: c[REF_AREA].
FILTER = re.compile(r"c\[([A-Za-z][A-Za-z0-9_\-]*)\]", re.ASCII)


class Asked:
    """The path below the kind of a query, and the parameters."""

    def __init__(self, path: str, query: bytes) -> None:
        parts = path.strip("/").split("/") if path.strip("/") else []
        self.path = parts
        self.given = pairs(query)
        self.parameters = dict(self.given)

    def part(self, place: int, default: str) -> str:
        """Return a part of the path; the default where it is left out or empty."""
        return (self.path[place] if place < len(self.path) else "") or default

    def check(self, known: Sequence[str], most: int, *, filtered: bool = False) -> None:
        """Refuse parameters that are unknown or repeated, and a path that is too long.

        Components are only asked for where ``filtered`` says so.
        """
        names = [name for name, _value in self.given]
        others = [one for one in names if not (filtered and FILTER.fullmatch(one))]
        refuse_unknown(others, [*known, *(["c[…]"] if filtered else [])])
        refuse_repeated(names)
        if len(self.path) > most:
            detail = _("%(part)s: the path has a part too many; it takes %(most)s.")
            raise ProblemError(
                "bad-request", detail, part=self.path[most][:LONGEST_SHOWN], most=most
            )

    def filters(self) -> dict[str, str]:
        """Return what is asked of single components."""
        found = ((FILTER.fullmatch(name), value) for name, value in self.given)
        return {match[1]: value for match, value in found if match}

    def text(self, name: str, default: str | None = None) -> str | None:
        """Return a parameter as it is written."""
        return self.parameters.get(name) or default

    def one_of(self, name: str, known: Sequence[str], default: str) -> str:
        """Return a parameter that is one of some words."""
        value = self.text(name, default) or default
        if value not in known:
            refuse(name, value, ", ".join(known))
        return value

    def count(self, name: str, least: int = 1) -> int | None:
        """Return a parameter that is a number of things."""
        value = self.text(name)
        if value is None:
            return None
        if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) >= least):
            refuse(name, value, str(least))
        return int(value)

    def flag(self, name: str) -> bool:
        """Return a parameter that is true or false."""
        return self.one_of(name, ("false", "true"), "false") == "true"

    def moment(self, name: str) -> datetime | None:
        """Return a parameter that is a moment, in UTC without a zone; a period is its beginning."""
        value = self.text(name)
        if value is None:
            return None
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            if not periods.is_period(value):
                refuse(name, value, "2026-11-30T12:00:00Z")
            found = datetime.combine(periods.read(value).start, time())
        return found if found.tzinfo else found.replace(tzinfo=UTC)


def pairs(query: bytes) -> list[tuple[str, str]]:
    """Return the parameters of a query; a plus is a plus, for SDMX means one by it.

    >>> pairs(b"c%5BTIME_PERIOD%5D=ge:2020+le:2023&limit=5")
    [('c[TIME_PERIOD]', 'ge:2020+le:2023'), ('limit', '5')]
    """
    try:
        parts = [one.partition("=") for one in query.decode("ascii").split("&") if one]
        return [
            (unquote(name, errors="strict"), unquote(value, errors="strict"))
            for name, _equal, value in parts
        ]
    except UnicodeDecodeError:
        detail = _("The parameters are not written in UTF-8.")
        raise ProblemError("encoding", detail) from None


def refuse(name: str, value: str, known: str) -> NoReturn:
    """Refuse the value of a parameter."""
    detail = _("%(parameter)s: %(value)s cannot be used; this can: %(known)s.")
    raise ProblemError(
        "bad-parameter", detail, parameter=name, value=value[:LONGEST_SHOWN], known=known
    )
