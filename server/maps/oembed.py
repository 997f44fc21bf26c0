"""What a map is for sites that show pages of others by their address (oEmbed 1.0, type rich)."""

from __future__ import annotations

import re
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Request

from queries.maps.view import EGO, View, views
from server.address import root_of
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import LANGUAGES
from server.language import mark as _
from server.maps.wishes import EMBED_PARAMETERS, read

# How large a frame is that nobody limits, and the least in which a map can be seen.
WIDE, HIGH = 900, 700
LEAST, MOST = 120, 10_000
KEPT = 3_600
_PATH = re.compile(
    rf"/?(?:({'|'.join(LANGUAGES)})/)?(?:(?:embed/)?maps/([a-z-]{{1,40}})"
    r"|organisations/([0-9A-Za-z][0-9A-Za-z._:-]{0,120})/network)",
    re.ASCII,
)
PARAMETERS: list[dict[str, Any]] = [
    {"name": "url", "in": "query", "required": True,
     "schema": {"type": "string", "maxLength": 2000},
     "description": "the address of a map on this server, with its filters",
     "example": "https://w3id.org/maillage/maps/mandates?on=2019-12-31"},
    *({"name": name, "in": "query", "example": 600,
       "schema": {"type": "integer", "minimum": LEAST, "maximum": MOST},
       "description": f"how {how} the frame may be at most"}
      for name, how in (("maxwidth", "wide"), ("maxheight", "high"))),
    {"name": "format", "in": "query", "schema": {"type": "string", "enum": ["json"]},
     "description": "the format of the answer", "example": "json"},
]  # fmt: skip


def described(request: Request, snapshot: Snapshot, given: dict[str, str]) -> dict[str, object]:
    """Return the description of the map that an address leads to; ProblemError where it is none."""
    address = given.get("url", "")
    language, view, pairs = map_at(request, snapshot, address)
    known = {one["name"] for one in EMBED_PARAMETERS}
    query = urlencode([one for one in pairs if one[0] in known])
    root = root_of(request).rstrip("/")
    shown = f"{root}/embed/maps/{view.id}{'?' if query else ''}{query}"
    size = {
        "width": limit(given, "maxwidth", WIDE), "height": limit(given, "maxheight", HIGH),
    }  # fmt: skip
    title = view.title[language]
    frame = (
        f'<iframe src="{escape(shown)}" width="{size["width"]}" height="{size["height"]}"'
        f' title="{escape(title)}" loading="lazy"></iframe>'
    )
    return {
        "version": "1.0", "type": "rich", "title": title, "provider_name": "Maillage",
        "provider_url": f"{root}/", "cache_age": KEPT, "html": frame, **size,
    }  # fmt: skip


def map_at(
    request: Request, snapshot: Snapshot, address: str
) -> tuple[str, View, list[tuple[str, str]]]:
    """Return in which language an address shows which view, with which parameters."""
    starts = [one for one in (root_of(request), snapshot.base) if address.startswith(one)]
    parts = urlsplit(address)
    match = _PATH.fullmatch(address[len(starts[0]) :].partition("?")[0]) if starts else None
    view = views().get(match[2] or EGO) if match else None
    if match is None or view is None:
        raise ProblemError("not-found", _("url: not the address of a map on this server."))
    pairs = parse_qsl(parts.query)
    if match[3] and not any(name == "of" for name, _value in pairs):
        pairs = [("of", f"organisation/{match[3]}"), *pairs]
    wish = read([one for one in pairs if one[0] != "release"], view, {})
    if (view.id == EGO) != (wish.of is not None):
        raise ProblemError("not-found", _("url: not the address of a map on this server."))
    if match[1] and not wish.language:
        pairs.append(("lang", match[1]))
    return wish.language or match[1] or "fr", view, pairs


def limit(given: dict[str, str], name: str, usual: int) -> int:
    """Return a length of the frame: the usual one, or the most that is allowed."""
    text = given.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and LEAST <= int(text[:9]) <= MOST):
        detail = _("%(parameter)s: not a number from %(least)s to %(most)s")
        raise ProblemError("bad-parameter", detail, parameter=name, least=LEAST, most=MOST)
    return min(int(text), usual)
