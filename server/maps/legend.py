"""The legend of a picture: the groups with their colours, the relations with their lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from queries.maps.sizes import TYPE
from queries.maps.view import Relation
from server.maps.palette import Ground, Shade
from server.maps.picture import Picture
from server.maps.pieces import rect
from server.maps.text import shortened
from server.maps.ties import number

ROW = 21.0
TITLE = 20.0
LEAST = 390.0


class Legend:
    """The legend, drawn, and how high it is."""

    def __init__(
        self, picture: Picture, shades: Mapping[str, Shade], ground: Ground, wide: float
    ) -> None:
        self.picture = picture
        self.shades = shades
        self.ground = ground
        self.columns = max(1, int(wide // LEAST))
        self.column = wide / self.columns
        entries = [*self.groups(), *self.relations()]
        rows = -(-len(entries) // self.columns) if entries else 0
        self.height = TITLE + rows * ROW
        title = escape(picture.said["legend"], quote=False)
        self.drawn = (
            f'<text class="ink" x="0" y="6" font-size="13" font-weight="700" fill="{ground.ink}">'
            f"{title}</text>{''.join(self.placed(entries, rows))}"
        )

    def placed(self, entries: list[tuple[str, str]], rows: int) -> Iterable[str]:
        """Yield the entries in columns, each below the one before."""
        for place, (sign, said) in enumerate(entries):
            x, y = place // rows * self.column, TITLE + place % rows * ROW + 8
            words = escape(shortened(said, self.column - 58, TYPE), quote=False)
            yield (
                f'<g transform="translate({number(x)} {number(y)})">{sign}'
                f'<text class="ink" x="44" y="4" font-size="{number(TYPE)}"'
                f' fill="{self.ground.ink}">{words}</text></g>'
            )

    def groups(self) -> Iterable[tuple[str, str]]:
        """Yield a sign and a name for each group in the picture."""
        counts: dict[str, int] = {}
        for node in self.picture.map.nodes.values():
            counts[node.group] = counts.get(node.group, 0) + node.count
        for name in self.picture.used_groups():
            group = self.picture.view.group(name)
            shade = self.shades[group.colour]
            kind = f"fill-{group.colour} line-{group.colour}"
            sign = rect((6, -8), (28, 16), kind, shade.fill, shade.line, radius="4")
            yield sign, f"{group.title[self.picture.language]} ({counts[name]})"

    def relations(self) -> Iterable[tuple[str, str]]:
        """Yield a sign and a name for each relation in the picture."""
        counts: dict[str, int] = {}
        for edge in self.picture.map.edges:
            counts[edge.relation] = counts.get(edge.relation, 0) + 1
        for name in self.picture.used_relations():
            relation = self.picture.view.relation(name)
            said = f"{relation.title[self.picture.language]} ({counts[name]})"
            yield self.line(relation), said

    def line(self, relation: Relation) -> str:
        """Return a line as the ties of a relation are drawn."""
        shade = self.shades[relation.colour]
        dashes = ' stroke-dasharray="5 4"' if relation.dashed else ""
        head = f' marker-end="url(#head-{relation.colour})"' if relation.directed else ""
        return (
            f'<path class="line-{relation.colour}" d="M4 0H36" fill="none" stroke="{shade.line}"'
            f' stroke-width="1.6"{dashes}{head}/>'
        )
