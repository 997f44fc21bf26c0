"""What the pages of maps show: the picture, its filters, its table, its measures, its downloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from queries.maps.facets import Facets, facets
from queries.maps.measures import Measure, measures
from queries.maps.stored import Stored
from queries.maps.view import EGO, views
from server.engine.published import Snapshot
from server.maps.format import Format, all_formats
from server.maps.palette import GROUNDS, SHADES
from server.maps.picture import Picture, summary
from server.maps.rows import NodeRow, edge_rows, node_rows
from server.maps.svg import Link, svg
from server.maps.wishes import DEPTHS, MapWish
from server.pages.page import page
from server.speech import language_of, prefix_of

# Lines of a table; all are in the downloads.
MOST_LINES = 1_000
NAMES = {"fr": "français", "nl": "Nederlands", "de": "Deutsch", "en": "English"}


@dataclass(frozen=True)
class Choice:
    """A value that a filter offers."""

    value: str
    text: str
    count: int
    chosen: bool


def list_page(request: Request, given: Mapping[str, str], snapshot: Snapshot) -> HTMLResponse:
    """Return the page that lists the views."""
    listed = [view for view in views().values() if view.id != EGO]
    return page(
        request, "maps.html", 200, given, snapshot=snapshot, views=listed, ego=views()[EGO],
        language=language_of(request).code,
    )  # fmt: skip


def map_page(
    request: Request, given: Mapping[str, str], picture: Picture, found: Stored, wish: MapWish
) -> HTMLResponse:
    """Return the page of a map."""
    ways = facets(found.map)
    nodes, edges = node_rows(picture), edge_rows(picture)
    measured = measures(picture.map)
    prefix = prefix_of(request)
    state = language_pairs(wish)
    return page(
        request, "map.html", 200, given,
        picture=picture, wish=wish, drawing=inline(request, picture), summary=summary(picture),
        choices=choices(picture, ways), days=ways.days, depths=DEPTHS, languages=NAMES,
        nodes=nodes[:MOST_LINES], edges=edges[:MOST_LINES], total=(len(nodes), len(edges)),
        central=central(nodes, measured), measured=measured,
        communities=communities(nodes, measured), downloads=downloads(picture, state),
        permalink=address(f"{prefix}/maps/{picture.view.id}", [*wish.pairs(), *state]),
        embed=address(f"/embed/maps/{picture.view.id}", [*wish.pairs(), *state]),
        data=address(f"/maps/{picture.view.id}.json", [*wish.pairs(), *state]),
        path_to=path_to(request), is_network=picture.view.id == EGO,
    )  # fmt: skip


def embed_page(
    request: Request, given: Mapping[str, str], picture: Picture, wish: MapWish
) -> HTMLResponse:
    """Return a map without the rest of the site."""
    state = language_pairs(wish)
    full = address(f"/maps/{picture.view.id}", [*wish.pairs(), *state])
    policy = (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {request.app.state.settings.embed_in}"
    )
    return page(
        request, "embed.html", 200, {**given, "Content-Security-Policy": policy},
        picture=picture, wish=wish, drawing=inline(request, picture), summary=summary(picture),
        nodes=node_rows(picture)[:MOST_LINES], edges=edge_rows(picture)[:MOST_LINES], full=full,
        data=address(f"/maps/{picture.view.id}.json", [*wish.pairs(), *state]),
        path_to=path_to(request),
    )  # fmt: skip


def inline(request: Request, picture: Picture) -> Markup:
    """Return the picture as a part of a page, whose style sheet colours it."""
    # It is made of escaped texts only: see server.maps.svg.
    return Markup(svg(picture, "light", path_to(request)))  # noqa: S704


def path_to(request: Request) -> Link:
    """Return what leads from a thing to its page on this server."""
    state = request.scope.get("state", {})
    snapshot: Snapshot = state.get("snapshot") or request.app.state.pool.snapshot
    prefix = prefix_of(request)

    def path(iri: str) -> str | None:
        local = None if iri.startswith("urn:") else snapshot.local(iri)
        return prefix + quote(local, safe="/#:@!$&'()*+,;=~%") if local else None

    return path


def language_pairs(wish: MapWish) -> list[tuple[str, str]]:
    """Return the parameters beside those that name the graph."""
    return [("lang", wish.language)] if wish.language else []


def address(path: str, pairs: list[tuple[str, str]]) -> str:
    """Return an address with its parameters."""
    return f"{path}?{urlencode(pairs)}" if pairs else path


def downloads(picture: Picture, state: list[tuple[str, str]]) -> list[tuple[Format, str]]:
    """Return every format with the address of exactly what is seen."""
    lang = [] if state else [("lang", picture.language)]
    ego = picture.address.partition("?")[2]
    pairs = [*lang, *state]
    listed = []
    for one in all_formats():
        query = "&".join(part for part in (ego, urlencode(pairs)) if part)
        listed.append((one, f"/maps/{picture.view.id}{one.suffix}{'?' if query else ''}{query}"))
    return listed


def choices(picture: Picture, ways: Facets) -> dict[str, list[Choice]]:
    """Return the values that each filter offers."""
    view, wanted, code = picture.view, picture.wanted, picture.language
    groups = {one.id: one.title[code] for one in view.groups}
    relations = {one.id: one.title[code] for one in view.relations}
    return {
        "kind": [Choice(one, groups[one], ways.kind[one], one in wanted.kind)
                 for one in groups if one in ways.kind],
        "relation": [Choice(one, relations[one], ways.relation[one], one in wanted.relation)
                     for one in relations if one in ways.relation],
        "family": coded(picture, ways.family, wanted.family),
        "territory": coded(picture, ways.territory, wanted.territory),
    }  # fmt: skip


def coded(picture: Picture, counts: Mapping[str, int], chosen: tuple[str, ...]) -> list[Choice]:
    """Return codes as a filter offers them, those that are chosen in any case."""
    known = {**counts, **{one: 0 for one in chosen if one not in counts}}
    listed = [Choice(one, picture.code(one), known[one], one in chosen) for one in known]
    return sorted(listed, key=lambda one: (-one.count, one.text.casefold()))


def central(nodes: list[NodeRow], measured: Mapping[str, Measure]) -> list[NodeRow]:
    """Return the things with the most ties."""
    return sorted(nodes, key=lambda one: (-measured[one.id].degree, one.label.casefold()))[:15]


def communities(nodes: list[NodeRow], measured: Mapping[str, Measure]) -> list[list[NodeRow]]:
    """Return the things that hang together, the largest sets first; single things are none."""
    found: dict[int, list[NodeRow]] = {}
    for node in nodes:
        found.setdefault(measured[node.id].community, []).append(node)
    return [found[place] for place in sorted(found) if len(found[place]) > 1]


def style() -> str:
    """Return the rules of the style sheet that colour pictures where the page is dark."""
    ground = GROUNDS["dark"]
    rules = [
        f".map .paper {{ fill: {ground.paper}; }}",
        f".map .ink {{ fill: {ground.ink}; }}",
        f".map .muted {{ fill: {ground.muted}; }}",
        f".map .rule {{ stroke: {ground.rule}; }}",
        f".map .box, .map .panel {{ fill: {ground.panel}; }}",
        f".map .body .halo {{ stroke: {ground.panel}; }}",
    ]
    for name, shade in SHADES["dark"].items():
        rules.append(f".map .fill-{name} {{ fill: {shade.fill}; }}")
        rules.append(f".map .line-{name} {{ stroke: {shade.line}; }}")
        rules.append(f".map .head-{name} {{ fill: {shade.line}; }}")
    return "\n".join(f"  {rule}" for rule in rules)
