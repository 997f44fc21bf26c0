"""What the pages of maps show: the picture, its filters, its table, its measures, its downloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from queries.maps.facets import Facets, facets
from queries.maps.measures import Measure
from queries.maps.stored import Stored
from queries.maps.view import EGO, views
from server.address import root_of, with_addresses
from server.engine.published import Snapshot
from server.maps.format import Format, all_formats
from server.maps.looks import drawable, scripts
from server.maps.making import measured
from server.maps.palette import GROUNDS, SHADES
from server.maps.picture import Picture, summary
from server.maps.rows import EdgeRow, NodeRow, edge_rows, node_rows
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
) -> Response:
    """Return the page of a map."""
    ways = facets(found.map)
    nodes, edges = by_name(picture)
    known = measured(snapshot_of(request), picture)
    drawing = inline(request, picture)
    root, here = root_of(request).rstrip("/"), f"maps/{picture.view.id}"
    pairs = [*wish.pairs(), *([("lang", wish.language)] if wish.language else [])]
    site = f"{root}{prefix_of(request)}"
    answer = page(
        request, "map.html", 200, given,
        picture=picture, wish=wish, drawing=drawing, tall=is_tall(drawing),
        summary=summary(picture), choices=choices(picture, ways), days=ways.days, depths=DEPTHS,
        languages=NAMES, nodes=nodes[:MOST_LINES], edges=edges[:MOST_LINES],
        total=(len(nodes), len(edges)), measured=known, central=central(nodes, known),
        communities=communities(nodes, known), downloads=downloads(picture, wish),
        permalink=address(f"{site}/{here}", pairs),
        lasting=address(f"{site}/{here}", [*pairs, ("release", picture.release)]),
        embed=address(f"{root}/embed/{here}", pairs),
        oembed=address(f"{root}/oembed", [("url", address(f"{site}/{here}", pairs))]),
        data=data_of(request, picture, wish), path_to=path_to(request),
        fewer=fewer(picture), scripts=scripts(),
        is_network=picture.view.id == EGO,
    )  # fmt: skip
    return with_addresses(request, answer)


def embed_page(
    request: Request, given: Mapping[str, str], picture: Picture, found: Stored, wish: MapWish
) -> HTMLResponse:
    """Return a map without the rest of the site."""
    here = f"maps/{picture.view.id}"
    pairs = [*wish.pairs(), *([("lang", wish.language)] if wish.language else [])]
    full = address(f"/{here}", pairs)
    policy = (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {request.app.state.settings.embed_in}"
    )
    nodes, edges = by_name(picture)
    drawing = inline(request, picture, legend=wish.legend)
    return page(
        request, "embed.html", 200, {**given, "Content-Security-Policy": policy},
        picture=picture, wish=wish, drawing=drawing, summary=summary(picture),
        nodes=nodes[:MOST_LINES], edges=edges[:MOST_LINES], total=(len(nodes), len(edges)),
        full=full, data=data_of(request, picture, wish), path_to=path_to(request),
        scripts=scripts(), days=facets(found.map).days,
    )  # fmt: skip


def by_name(picture: Picture) -> tuple[list[NodeRow], list[EdgeRow]]:
    """Return the things and ties in the order in which people look for them."""
    order = {name: place for place, name in enumerate(picture.used_groups())}
    nodes = sorted(node_rows(picture), key=lambda one: (order[one.group], one.label.casefold()))
    edges = sorted(
        edge_rows(picture),
        key=lambda one: (one.source_label.casefold(), one.relation, one.target_label.casefold()),
    )
    return nodes, edges


def is_tall(drawing: str) -> bool:
    """Tell whether a drawing is higher than wide, for the paper that it is printed on."""
    box = drawing.split('viewBox="', 1)[1].split('"', 1)[0].split()
    return float(box[3]) > float(box[2])


def inline(request: Request, picture: Picture, *, legend: bool = True) -> Markup:
    """Return the picture as a part of a page, whose style sheet colours it."""
    drawn = svg(drawable(picture), "light", path_to(request), legend=legend)
    # It is made of escaped texts only: see server.maps.svg.
    return Markup(drawn)  # noqa: S704


def fewer(picture: Picture) -> str:
    """Return how much of a picture the page draws, where that is not all of it."""
    left = drawable(picture).map.left_out - picture.map.left_out
    return picture.said["left_out"].format(count=left) if left else ""


def data_of(request: Request, picture: Picture, wish: MapWish) -> str:
    """Return the address of what is seen as data, for scripts: in the same release and language."""
    release = request.scope.get("state", {}).get("release")
    pairs = [*wish.pairs(), ("lang", picture.language)]
    pairs += [("release", release)] if release else []
    return address(f"/maps/{picture.view.id}.json", pairs)


def snapshot_of(request: Request) -> Snapshot:
    """Return the release that answers."""
    found: Snapshot | None = request.scope.get("state", {}).get("snapshot")
    return found or request.app.state.pool.snapshot


def path_to(request: Request) -> Link:
    """Return what leads from a thing to its page on this server."""
    snapshot, prefix = snapshot_of(request), prefix_of(request)

    def path(iri: str) -> str | None:
        local = None if iri.startswith("urn:") else snapshot.local(iri)
        return prefix + quote(local, safe="/#:@!$&'()*+,;=~%") if local else None

    return path


def address(path: str, pairs: list[tuple[str, str]]) -> str:
    """Return an address with its parameters."""
    return f"{path}?{urlencode(pairs)}" if pairs else path


def downloads(picture: Picture, wish: MapWish) -> list[tuple[Format, str]]:
    """Return every format with the address of exactly what is seen."""
    pairs = [*wish.pairs(), ("lang", picture.language)]
    here = f"/maps/{picture.view.id}"
    return [(one, address(f"{here}{one.suffix}", pairs)) for one in all_formats()]


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
