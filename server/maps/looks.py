"""How a map is looked at: zoom, middle and way of drawing, which scripts read from the address.

The server only checks them: they change nothing of what is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from queries.maps.folding import cap
from server import assets
from server.errors import ProblemError
from server.language import mark as _
from server.maps.picture import Picture
from server.pages.page import asset

# Beyond so many things a page draws those with the most ties, and scripts all of them, as points.
MOST_DRAWN = 1_000
LIBRARIES = ("graphology.umd.min.js", "sigma.min.js")
ZOOMS = (0.01, 10.0)
WAYS = ("svg", "canvas")
_CENTRE = re.compile(
    r"-?\d{1,7}(\.\d{1,3})?,-?\d{1,7}(\.\d{1,3})?"
    r"|([\w.:/-]{0,200}/)?[a-z-]{1,40}/[0-9A-Za-z][0-9A-Za-z._:-]{0,120}",
    re.ASCII,
)
_ZOOM = re.compile(r"\d{1,2}(\.\d{1,4})?", re.ASCII)

PARAMETERS: list[dict[str, Any]] = [
    {"name": "zoom", "in": "query", "schema": {"type": "number", "minimum": 0.01, "maximum": 10},
     "description": "how large the page shows it; 1 is the size that names are made for",
     "example": 1},
    {"name": "centre", "in": "query", "schema": {"type": "string", "maxLength": 340},
     "description": "what the page shows in the middle: a place as x,y, or a thing",
     "example": "organisation/concertes-report-2019-1"},
    {"name": "draw", "in": "query", "schema": {"type": "string", "enum": list(WAYS)},
     "description": "whether scripts show the drawing or only points", "example": "canvas"},
]  # fmt: skip
EMBED_PARAMETERS: list[dict[str, Any]] = [
    {"name": "scroll", "in": "query", "schema": {"type": "string", "enum": ["0", "1"]},
     "description": "whether the wheel zooms", "example": "1"},
    {"name": "slider", "in": "query", "schema": {"type": "string", "enum": ["0", "1"]},
     "description": "whether scripts step through the days", "example": "0"},
    {"name": "legend", "in": "query", "schema": {"type": "string", "enum": ["0", "1"]},
     "description": "whether the legend is drawn", "example": "0"},
]  # fmt: skip


def check(single: Mapping[str, str]) -> None:
    """Refuse a zoom that is none, or a middle that is neither a place nor a thing."""
    zoom, centre = single.get("zoom"), single.get("centre")
    least, most = ZOOMS
    if zoom is not None and not (_ZOOM.fullmatch(zoom) and least <= float(zoom) <= most):
        detail = _("%(parameter)s: not a number from %(least)s to %(most)s")
        raise ProblemError("bad-parameter", detail, parameter="zoom", least=least, most=most)
    if centre is not None and not _CENTRE.fullmatch(centre):
        detail = _("%(parameter)s: neither a place nor a thing; for example: %(example)s")
        example = "120,-40"
        raise ProblemError("bad-parameter", detail, parameter="centre", example=example)


def drawable(picture: Picture) -> Picture:
    """Return what of a picture a page draws: all of it, or the things with the most ties."""
    if len(picture.map.nodes) <= MOST_DRAWN:
        return picture
    first = () if picture.centre is None else (picture.centre,)
    view = picture.view.model_copy(update={"limit": MOST_DRAWN})
    return replace(picture, map=cap(picture.map, view, first))


def scripts() -> dict[str, object]:
    """Return what scripts are told: from how many things on they draw points, and with what."""
    there = assets.present() and all((assets.VENDOR / name).is_file() for name in LIBRARIES)
    addresses = [asset(f"vendor/{name}") for name in LIBRARIES] if there else None
    return {"most": MOST_DRAWN, "vendor": addresses}
