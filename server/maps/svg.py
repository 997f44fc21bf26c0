"""The drawing of a picture as SVG: what every image and every printed page is made from.

Colours stand in attributes, so that any program reads them; classes let a page lay a dark style
over them. The same picture gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from queries.maps.graph import Edge, Node
from queries.maps.sizes import CARDS, LEADING, TYPE
from queries.maps.stored import Box
from server.maps.legend import Legend
from server.maps.order import reading
from server.maps.palette import GROUNDS, SHADES, Ground, Shade, Theme
from server.maps.picture import Picture, summary
from server.maps.pieces import attribute, dark_style, metadata, rect, text
from server.maps.text import ELLIPSIS, clean, lines, width
from server.maps.ties import number, paths

FONT = "'DejaVu Sans', Verdana, Arial, sans-serif"
MARGIN = 28.0
NARROWEST = 980.0
# Of more ties than this, each is fainter, so that what lies under them can be seen.
MANY = 600
# How much wider bold type is.
BOLD = 1.08
# How far the name of a group may stand out beyond the column under it.
BEYOND = 30.0
# What type a name is set in that is too long for its box in the usual one.
SMALLER = 0.87 * TYPE
Link = Callable[[str], str | None]


class Drawing:
    """One picture being drawn."""

    def __init__(self, picture: Picture, theme: Theme, link: Link, *, legend: bool = True) -> None:
        self.picture = picture
        self.ground: Ground = GROUNDS[theme]
        self.shades = SHADES[theme]
        self.link = link
        self.with_legend = legend
        self.parts: list[str] = []
        self.radii = radii_of(picture)

    def shade(self, colour: str) -> Shade:
        """Return a colour as it is drawn."""
        return self.shades[colour]

    def group_shade(self, group: str) -> tuple[str, Shade]:
        """Return the colour of a group, by name and as it is drawn."""
        colour = self.picture.view.group(group).colour
        return colour, self.shades[colour]

    def draw(self, style: str = "") -> str:
        """Return the whole drawing."""
        picture = self.picture
        left, top, right, bottom = bounds(picture, self.radii)
        wide = max(right - left, NARROWEST)
        head, head_height = self.header(wide)
        legend = Legend(picture, self.shades, self.ground, wide)
        body_top = MARGIN + head_height
        shift_x = MARGIN - left + (wide - (right - left)) / 2
        shift_y = body_top - top
        legend_top = body_top + (bottom - top) + 30
        foot_top = legend_top + (legend.height + 18 if self.with_legend else 0)
        foot, foot_height = self.footer(wide)
        total = (wide + 2 * MARGIN, foot_top + foot_height + MARGIN)
        said = escape(summary(picture), quote=False)
        out = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="map" lang="{picture.language}"'
            f' viewBox="0 0 {number(total[0])} {number(total[1])}" width="{number(total[0])}"'
            f' height="{number(total[1])}" role="graphics-document document"'
            f' aria-label="{attribute(picture.heading())}" aria-describedby="map-summary"'
            f' data-view="{picture.view.id}" data-release="{attribute(picture.release)}"'
            f' font-family="{FONT}" font-size="{number(TYPE)}">',
            f"<title>{escape(picture.heading(), quote=False)}</title>",
            f'<desc id="map-summary">{said}</desc>',
            metadata(picture), style, self.markers(),
            f'<rect class="paper" width="100%" height="100%" fill="{self.ground.paper}"/>',
            f'<g transform="translate({number(MARGIN)} {number(MARGIN)})">{head}</g>',
            f'<g class="body" transform="translate({number(shift_x)} {number(shift_y)})">',
            *self.boxes(), *self.ties(), *self.headings(), *self.things(), "</g>",
            f'<g class="legend" transform="translate({number(MARGIN)} {number(legend_top)})">',
            legend.drawn if self.with_legend else "", "</g>",
            f'<g class="foot" transform="translate({number(MARGIN)} {number(foot_top)})">',
            foot, "</g>",
            "</svg>\n",
        ]  # fmt: skip
        return "".join(out)

    def header(self, wide: float) -> tuple[str, float]:
        """Return the title and what it is about, and how high they are."""
        picture = self.picture
        parts = [text(0, 22, [picture.title], 24, self.ground.ink, "ink", weight="700")]
        y = 46.0
        for line in lines(picture.text, min(wide, 1_150), TYPE, 4):
            parts.append(text(0, y, [line], TYPE, self.ground.muted, "muted"))
            y += 19
        about = " · ".join(part for part in (picture.moment(), picture.selection()) if part)
        for line in lines(about, wide, TYPE, 3):
            parts.append(text(0, y + 3, [line], TYPE, self.ground.ink, "ink", weight="700"))
            y += 19
        for notice in picture.notices():
            for line in lines(notice, wide, TYPE, 2):
                parts.append(text(0, y + 3, [line], TYPE, self.ground.ink, "ink"))
                y += 19
        return "".join(parts), y + 22

    def footer(self, wide: float) -> tuple[str, float]:
        """Return release, date, sources, licence and address, and how high they are."""
        parts = [
            f'<path class="rule" d="M0 0H{number(wide)}" stroke="{self.ground.rule}" fill="none"/>'
        ]
        y = 20.0
        for said in (*self.picture.credits(), self.picture.address):
            for line in lines(said, wide, TYPE, 3):
                parts.append(text(0, y, [line], TYPE, self.ground.muted, "muted"))
                y += 17
        return "".join(parts), y

    def markers(self) -> str:
        """Return an arrow head for each colour that has arrows."""
        colours = sorted(
            {one.colour for one in self.picture.view.relations
             if one.directed and one.id in self.picture.used_relations()}
        )  # fmt: skip
        heads = "".join(
            f'<marker id="head-{colour}" viewBox="0 0 8 8" refX="6.5" refY="4" markerWidth="8"'
            f' markerHeight="8" markerUnits="userSpaceOnUse" orient="auto-start-reverse">'
            f'<path class="head-{colour}" d="M0 0.6 8 4 0 7.4z" fill="{self.shade(colour).line}"/>'
            "</marker>"
            for colour in colours
        )
        return f"<defs>{heads}</defs>" if heads else ""

    def boxes(self) -> Iterable[str]:
        """Yield the boxes of groups, with their names."""
        used = set(self.picture.used_groups())
        for name, box in sorted(self.picture.places.boxes.items()):
            group = name.partition("+")[0]
            if group in used:
                yield self.box(group, box)

    def box(self, group: str, box: Box) -> str:
        """Return one box."""
        colour, shade = self.group_shade(group)
        return rect(
            (box.x, box.y), (box.width, box.height), f"box line-{colour}", self.ground.panel,
            shade.line, radius="8",
        )  # fmt: skip

    def box_titles(self) -> Iterable[str]:
        """Yield the names of the boxes, which lie over the ties."""
        used = set(self.picture.used_groups())
        for name, box in sorted(self.picture.places.boxes.items()):
            group = name.partition("+")[0]
            if group in used:
                title = self.picture.view.group(group).title[self.picture.language]
                found, size = title_lines(title, box.width - 20)
                first = box.y + (21 if len(found) == 1 else 15)
                wide = max(width(line, size * BOLD) for line in found)
                high = len(found) * LEADING + 3
                # Ways that come in from above pass behind the name, and not through it.
                yield rect((box.x + 8, first - 12), (wide + 8, high), "panel", self.ground.panel,
                           "none", radius="3")  # fmt: skip
                yield text(box.x + 12, first, found, size, self.ground.ink, "ink", weight="700",
                           step=LEADING)  # fmt: skip

    def headings(self) -> Iterable[str]:
        """Yield the name of each group above the first of its things, in columns."""
        picture = self.picture
        if picture.view.layout != "layers":
            return
        card = CARDS["layers"]
        columns: dict[float, list[tuple[float, str]]] = {}
        for name, node in picture.map.nodes.items():
            x, y = picture.places.points[name]
            columns.setdefault(x, []).append((y, node.group))
        for x, found in sorted(columns.items()):
            above = ""
            for y, group in sorted(found):
                if group != above:
                    title = picture.view.group(group).title[picture.language]
                    said, size = title_lines(title, card.width + BEYOND)
                    first = y - card.height / 2 - 8 - LEADING * (len(said) - 1)
                    yield text(x - card.width / 2, first, said, size, self.ground.ink, "ink halo",
                               weight="700", step=LEADING, halo=self.ground.paper)  # fmt: skip
                above = group

    def ties(self) -> Iterable[str]:
        """Yield the ties, under the things."""
        found = paths(self.picture, self.radii)
        faint = (MANY / max(MANY, len(found))) ** 0.5
        yield f'<g stroke-opacity="{faint:.2f}">' if faint < 1 else "<g>"
        order = {name: place for place, name in enumerate(self.picture.used_relations())}
        for edge in sorted(self.picture.map.edges, key=lambda one: (-order[one.relation], one.key)):
            yield self.tie(edge, found[edge.key])
        yield "</g>"
        yield from self.box_titles()

    def tie(self, edge: Edge, path: str) -> str:
        """Return one tie."""
        picture = self.picture
        relation = picture.view.relation(edge.relation)
        nodes = picture.map.nodes
        ends = [picture.name(nodes[one]) for one in (edge.source, edge.target)]
        said = f"{ends[0]} {picture.relation(edge)} {ends[1]}"
        if edge.count > 1:
            said += f" (×{edge.count})"
        dashes = ' stroke-dasharray="5 4"' if relation.dashed else ""
        head = f' marker-end="url(#head-{relation.colour})"' if relation.directed else ""
        thick = (1.0 if relation.dashed else 1.4) + min(2.2, 0.5 * (edge.count - 1))
        return (
            f'<path class="tie line-{relation.colour}" d="{path}" fill="none"'
            f' stroke="{self.shade(relation.colour).line}" stroke-width="{number(thick)}"'
            f"{dashes}{head}"
            f' data-from="{attribute(edge.source)}" data-to="{attribute(edge.target)}"'
            f' data-relation="{relation.id}" data-count="{edge.count}">'
            f"<title>{escape(clean(said), quote=False)}</title></path>"
        )

    def things(self) -> Iterable[str]:
        """Yield the things, each a link to what is known of it."""
        dots = not CARDS[self.picture.view.layout].width
        for node in reading(self.picture):
            drawn = self.dot(node) if dots else self.card(node)
            said = f"{self.picture.full_name(node)} · {self.picture.group(node)}"
            inner = f"<title>{escape(said, quote=False)}</title>{drawn}"
            target = self.link(node.id)
            marks = (
                f'class="thing" data-id="{attribute(node.id)}" data-group="{node.group}"'
                f' data-count="{node.count}"'
            )
            yield (
                f'<a href="{attribute(target)}" {marks}>{inner}</a>'
                if target
                else f"<g {marks}>{inner}</g>"
            )

    def card(self, node: Node) -> str:
        """Return a thing as a card with its name in it."""
        card = CARDS[self.picture.view.layout]
        colour, shade = self.group_shade(node.group)
        x, y = self.picture.places.points[node.id]
        left, top = x - card.width / 2, y - card.height / 2
        found = lines(self.picture.full_name(node), card.width - 10, TYPE, card.lines)
        first = y - (len(found) - 1) * LEADING / 2 + 4.5
        strong = "2.4" if node.id == self.picture.centre else "1.2"
        kind, size = f"fill-{colour} line-{colour}", (card.width, card.height)
        stack = ""
        if node.count > 1:
            stack = rect((left + 4, top + 4), size, kind, shade.fill, shade.line)
        front = rect((left, top), size, f"card {kind}", shade.fill, shade.line, thick=strong)
        words = text(x, first, found, TYPE, self.ground.ink, "ink", anchor="middle", step=LEADING)
        return stack + front + words

    def dot(self, node: Node) -> str:
        """Return a thing as a dot with its name below."""
        colour, shade = self.group_shade(node.group)
        x, y = self.picture.places.points[node.id]
        radius = self.radii[node.id]
        strong = node.id == self.picture.centre
        found = lines(self.picture.short_name(node), 136, TYPE, 3)
        # Around a middle, ties come from there: names stand on the other side.
        above = self.picture.view.layout == "rings" and y < -radius
        first = y - radius - 6 - LEADING * (len(found) - 1) if above else y + radius + 14
        circle = (
            f'<circle class="card fill-{colour} line-{colour}" cx="{number(x)}" cy="{number(y)}"'
            f' r="{number(radius)}" fill="{shade.fill}" stroke="{shade.line}"'
            f' stroke-width="{"3" if strong else "1.6"}"/>'
        )
        return circle + text(
            x, first, found, TYPE, self.ground.ink, "ink halo", anchor="middle", step=LEADING,
            halo=self.ground.paper, weight="700" if strong else "400",
        )  # fmt: skip


def title_lines(title: str, room: float) -> tuple[list[str], float]:
    """Return the name of a group as at most two lines, and the size of type in which it fits."""
    found = lines(title, room, TYPE * BOLD, 2)
    if found[-1].endswith(ELLIPSIS):
        return lines(title, room, SMALLER * BOLD, 2), SMALLER
    return found, TYPE


def radii_of(picture: Picture) -> dict[str, float]:
    """Return how large the dot of each thing is: by its number of ties."""
    degree: dict[str, int] = dict.fromkeys(picture.map.nodes, 0)
    for edge in picture.map.edges:
        degree[edge.source] += 1
        degree[edge.target] += 1
    return {name: round(6 + min(16, 2.6 * count**0.5), 1) for name, count in degree.items()}


def bounds(picture: Picture, radii: dict[str, float]) -> tuple[float, float, float, float]:
    """Return the room that things and boxes take: left, top, right, bottom."""
    card = CARDS[picture.view.layout]
    half = (card.width / 2 or 70, card.height / 2)
    xs, ys = [], []
    for name in picture.map.nodes:
        x, y = picture.places.points[name]
        above, below = (half[1], half[1]) if half[1] else (radii[name] + 46, radii[name] + 46)
        xs += [x - half[0], x + half[0] + (60 if picture.view.layout == "layers" else 0)]
        ys += [y - above - (34 if picture.view.layout == "layers" else 0), y + below]
    used = set(picture.used_groups())
    for name, box in picture.places.boxes.items():
        if name.partition("+")[0] in used:
            xs += [box.x, box.x + box.width]
            ys += [box.y, box.y + box.height]
    if xs:
        for pair, way in picture.places.ways.items():
            if set(pair) <= used:
                xs += [x for corner in way for x in (corner[0] - 8, corner[0] + 8)]
                ys += [y for corner in way for y in (corner[1] - 8, corner[1] + 8)]
    return (min(xs), min(ys), max(xs), max(ys)) if xs else (0.0, 0.0, NARROWEST, 60.0)


def svg(
    picture: Picture, theme: Theme | None = "light", link: Link = lambda iri: iri, *,
    legend: bool = True,
) -> str:  # fmt: skip
    """Return a picture as SVG; without a theme it follows the one of whoever looks at it."""

    def target(iri: str) -> str | None:
        return None if iri.startswith("urn:") else link(iri)

    style = dark_style() if theme is None else ""
    return Drawing(picture, theme or "light", target, legend=legend).draw(style)
