"""Reads what of a map an address asks for: filters, language, theme and, of one thing, how far."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlencode

from queries.binding import YEARS
from queries.maps.filters import Filter
from queries.maps.view import LANGUAGES, View
from server.errors import ProblemError
from server.language import mark as _
from server.maps import looks
from server.maps.palette import Theme
from server.questions.parameters import duplicate
from server.sparql.protocol import Pairs

SEVERAL = ("kind", "family", "territory", "relation")
THEMES = ("light", "dark", "auto")
DEPTHS = ("1", "2", "3")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CODE = re.compile(r"[a-z0-9-]{1,40}/[0-9A-Za-z][0-9A-Za-z._-]{0,60}", re.ASCII)
_OF = re.compile(r"[a-z-]{1,40}/[0-9A-Za-z][0-9A-Za-z._:-]{0,120}", re.ASCII)


def listed(name: str, about: str, example: str) -> dict[str, Any]:
    """Return a parameter that may come several times."""
    return {
        "name": name, "in": "query", "description": about, "example": [example],
        "schema": {"type": "array", "items": {"type": "string", "maxLength": 100}},
    }  # fmt: skip


PARAMETERS = [
    listed("kind", "only things of these groups of the view", "umbrella"),
    listed("family", "only what belongs to these families, and what that is tied to",
           "federation-family/isp-operators"),
    listed("territory", "only what belongs to these territories, and what that is tied to",
           "refnis-region/03000"),
    listed("relation", "only ties of these relations of the view", "member"),
    {"name": "on", "in": "query", "schema": {"type": "string", "format": "date"},
     "description": "the day as at which the map is drawn", "example": "2019-12-31"},
    {"name": "lang", "in": "query", "schema": {"type": "string", "enum": list(LANGUAGES)},
     "description": "language of the names in the picture", "example": "nl"},
    {"name": "theme", "in": "query", "schema": {"type": "string", "enum": list(THEMES)},
     "description": "colours of an image; auto follows the one who looks", "example": "dark"},
    {"name": "of", "in": "query", "schema": {"type": "string", "maxLength": 200},
     "description": "the thing in the middle of the view network: kind and key, or IRI",
     "example": "organisation/concertes-report-2019-15"},
    {"name": "depth", "in": "query", "schema": {"type": "string", "enum": list(DEPTHS)},
     "description": "how many ties away the view network goes", "example": "2"},
    {"name": "release", "in": "query", "schema": {"type": "string"},
     "description": "a release of /releases that answers instead of the one being served"},
    *looks.PARAMETERS,
]  # fmt: skip
EMBED_PARAMETERS = [
    # The colours of a page follow the one who looks.
    *(one for one in PARAMETERS if one["name"] != "theme"),
    {"name": "title", "in": "query", "schema": {"type": "string", "enum": ["0", "1"]},
     "description": "whether the name of the map stands above it", "example": "0"},
    {"name": "table", "in": "query", "schema": {"type": "string", "enum": ["0", "1"]},
     "description": "whether the table stands below it", "example": "1"},
    *looks.EMBED_PARAMETERS,
]  # fmt: skip


@dataclass(frozen=True)
class MapWish:
    """What of a map is asked for."""

    wanted: Filter
    language: str | None = None
    theme: Theme | None = None
    themed: bool = False
    of: str | None = None
    depth: int = 1
    title: bool = True
    table: bool = True
    legend: bool = True
    slider: bool = True

    def pairs(self) -> list[tuple[str, str]]:
        """Return the parameters that name the same graph, in one order."""
        ego = [("of", self.of), ("depth", str(self.depth))] if self.of else []
        return [*ego, *self.wanted.pairs()]

    def query(self) -> str:
        """Return them as the query of an address."""
        return urlencode(self.pairs())


def read(given: Pairs, view: View, known: Mapping[str, Collection[str]]) -> MapWish:
    """Read the parameters of an address; ProblemError names the one at fault.

    Known are the families and territories of the map; a code that it does not have selects
    nothing there, but one that is not even written as a code is refused.
    """
    single: dict[str, str] = {}
    several: dict[str, list[str]] = {name: [] for name in SEVERAL}
    for name, value in given:
        if name in several:
            # A form sends what is not chosen as an empty text.
            several[name] += [value] if value else []
        elif name in single:
            raise duplicate(name)
        elif value:
            single[name] = value
    groups, relations = [one.id for one in view.groups], [one.id for one in view.relations]
    check_among("kind", several["kind"], groups)
    check_among("relation", several["relation"], relations)
    for name in ("family", "territory"):
        check_codes(name, several[name], known.get(name, ()))
    for name, values in (
        ("lang", LANGUAGES), ("theme", THEMES), ("depth", DEPTHS), ("draw", looks.WAYS),
        ("title", "01"), ("table", "01"), ("legend", "01"), ("scroll", "01"),
        ("slider", "01"),
    ):  # fmt: skip
        check_among(name, [single[name]] if name in single else [], values)
    looks.check(single)
    chosen = {name: tuple(dict.fromkeys(several[name])) for name in SEVERAL}
    wanted = Filter(
        chosen["kind"], chosen["family"], chosen["territory"], chosen["relation"],
        day(single.get("on")),
    )  # fmt: skip
    themes: dict[str, Theme] = {"light": "light", "dark": "dark"}
    return MapWish(
        wanted, single.get("lang"), themes.get(single.get("theme", "auto")), "theme" in single,
        of(single.get("of")), int(single.get("depth", "1")),
        single.get("title") != "0", single.get("table") != "0", single.get("legend") != "0",
        single.get("slider") != "0",
    )  # fmt: skip


def check_among(name: str, values: Collection[str], known: Collection[str]) -> None:
    """Refuse a value that is not one of a few."""
    for value in values:
        if value not in known:
            nearest = get_close_matches(value[:100], list(known), 1) or sorted(known)[:1]
            detail = _("%(parameter)s: not one of %(known)s; for example: %(example)s")
            raise bad(name, detail, known=", ".join(known), example=nearest[0] if nearest else "")


def check_codes(name: str, values: Collection[str], known: Collection[str]) -> None:
    """Refuse what is not written as a code of a list."""
    for value in values:
        if not _CODE.fullmatch(value):
            example = next(iter(sorted(known)), "refnis-region/03000")
            raise bad(name, _("%(parameter)s: not a list and a code; for example: %(example)s"),
                      example=example)  # fmt: skip


def day(text: str | None) -> date | None:
    """Read a day."""
    if text is None:
        return None
    try:
        found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise bad(
            "on", _("%(parameter)s: not a day; for example: %(example)s"), example="2019-12-31"
        )
    return found


def of(text: str | None) -> str | None:
    """Read which thing is in the middle: its kind and key, with or without what is before them."""
    if text is None:
        return None
    found = text.rpartition("/id/")[2] if "/id/" in text else text.removeprefix("id/")
    if not _OF.fullmatch(found):
        detail = _("%(parameter)s: not a thing; for example: %(example)s")
        raise bad("of", detail, example="organisation/concertes-report-2019-15")
    return found


def bad(name: str, detail: str, **values: object) -> ProblemError:
    """Return the refusal of a parameter."""
    return ProblemError("bad-parameter", detail).having({"parameter": name, **values})
