"""What a picture shows and what every file of it says: the one thing that all formats write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from queries.maps.filters import Filter
from queries.maps.folding import MOST_TIES, NEAR
from queries.maps.graph import Edge, Fact, Map, Node
from queries.maps.stored import Places
from queries.maps.view import View, words
from server.maps.text import clean


@dataclass(frozen=True)
class Source:
    """A graph that a picture rests on."""

    iri: str
    title: str
    publisher: str | None = None
    licence: str | None = None


@dataclass(frozen=True)
class Picture:
    """A map as it is wanted, in one language, of one release."""

    view: View
    wanted: Filter
    map: Map
    places: Places
    language: str
    release: str
    created: date
    address: str
    title: str
    text: str
    sources: tuple[Source, ...] = ()
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    centre: str | None = None
    theme: Literal["light", "dark"] | None = "light"

    @property
    def said(self) -> Mapping[str, str]:
        """The words of the picture, in its language."""
        return words()[self.language]

    def name(self, node: Node) -> str:
        """Return what a thing is called."""
        return clean(node.label(self.language)[1]) or node.id

    def full_name(self, node: Node) -> str:
        """Return what a thing is called, its acronym first."""
        name = self.name(node)
        known = node.short is None or node.short.casefold() in name.casefold()
        return name if known else f"{node.short} – {name}"

    def short_name(self, node: Node) -> str:
        """Return the shortest that a thing is called."""
        return node.short or self.name(node)

    def group(self, node: Node) -> str:
        """Return what the group of a thing is called."""
        return self.view.group(node.group).title[self.language]

    def relation(self, edge: Edge) -> str:
        """Return what a tie is called."""
        return self.view.relation(edge.relation).title[self.language]

    def code(self, code: str) -> str:
        """Return what a code is called."""
        known = self.codes.get(code, {})
        order = (self.language, "fr", "en", "nl", "de", "")
        return next((known[one] for one in order if one in known), code.rpartition("/")[2])

    def heading(self) -> str:
        """Return the title with the day as at which it is drawn."""
        return f"{self.title} · {self.moment()}"

    def moment(self) -> str:
        """Return as at which day the picture is drawn."""
        on = self.wanted.on
        return f"{self.said['on']} {on.isoformat()}" if on else self.said["always"]

    def selection(self) -> str:
        """Return what of the view was wanted, in words; nothing when all of it was."""
        parts = [
            *(self.view.group(one).title[self.language] for one in self.wanted.kind),
            *(self.code(one) for one in (*self.wanted.family, *self.wanted.territory)),
            *(self.view.relation(one).title[self.language] for one in self.wanted.relation),
        ]
        return f"{self.said['filtered']}{self.said['colon']}{', '.join(parts)}" if parts else ""

    def notices(self) -> list[str]:
        """Return what is not in the picture, in words."""
        found = []
        if not self.map.nodes:
            found.append(self.said["empty"])
        if any(name.startswith(NEAR) for name in self.map.nodes):
            found.append(self.said["near"])
        if self.map.left_out:
            found.append(self.said["left_out"].format(count=self.map.left_out))
        if self.map.cut:
            names = ", ".join(
                self.name(self.map.nodes[one]) for one in self.map.cut if one in self.map.nodes
            )
            found.append(self.said["cut"].format(count=MOST_TIES, names=names))
        if self.map.clipped:
            found.append(self.said["clipped"])
        if self.wanted.on and any(fact == Fact() or undated(fact) for edge in self.map.edges
                                  for fact in edge.facts):  # fmt: skip
            found.append(self.said["undated"])
        return found

    def credits(self) -> list[str]:
        """Return release, date, sources and licence as lines of text."""
        lines = [
            f"{self.said['release']} {self.release} {self.said['of']} {self.created.isoformat()}"
        ]
        named = [
            ", ".join(part for part in (one.title, one.publisher) if part) for one in self.sources
        ]
        licences = sorted({one.licence for one in self.sources if one.licence})
        if named:
            lines.append(f"{self.said['sources']}{self.said['colon']}{'; '.join(named)}")
        if licences:
            lines.append(f"{self.said['licence']}{self.said['colon']}{', '.join(licences)}")
        return lines

    def about(self) -> dict[str, str]:
        """Return what every file says of itself, by short English names."""
        return {
            "title": self.title,
            "view": self.view.id,
            "filter": self.wanted.query(),
            "on": self.wanted.on.isoformat() if self.wanted.on else "",
            "language": self.language,
            "release": self.release,
            "date": self.created.isoformat(),
            "sources": "; ".join(one.iri for one in self.sources),
            "source_titles": "; ".join(one.title for one in self.sources),
            "licence": ", ".join(sorted({one.licence for one in self.sources if one.licence})),
            "notices": " ".join(self.notices()),
            "address": self.address,
        }

    def used_groups(self) -> list[str]:
        """Return the groups that have a thing here, in the order of the view."""
        used = {node.group for node in self.map.nodes.values()}
        return [one.id for one in self.view.groups if one.id in used]

    def used_relations(self) -> list[str]:
        """Return the relations that have a tie here, in the order of the view."""
        used = {edge.relation for edge in self.map.edges}
        return [one.id for one in self.view.relations if one.id in used]


def undated(fact: Fact) -> bool:
    """Tell whether a fact has no date at all."""
    return fact.since is None and fact.until is None


def summary(picture: Picture) -> str:
    """Return in a few sentences what a picture shows, for those who do not see it."""
    drawn = picture.map
    degree: dict[str, int] = dict.fromkeys(drawn.nodes, 0)
    for edge in drawn.edges:
        degree[edge.source] += 1
        degree[edge.target] += 1
    most = sorted(drawn.nodes, key=lambda name: (-degree[name], name))[:3]
    counts: dict[str, int] = {}
    for node in drawn.nodes.values():
        counts[node.group] = counts.get(node.group, 0) + node.count
    said, colon = picture.said, picture.said["colon"]
    title = f"{picture.title}{colon}"
    parts = [
        f"{title}{drawn.things()} {said['things']}, {len(drawn.edges)} {said['ties']}",
        "; ".join(
            f"{picture.view.group(one).title[picture.language]}{colon}{counts[one]}"
            for one in picture.used_groups()
        ),
    ]
    if drawn.edges:
        named = (f"{picture.name(drawn.nodes[one])}{colon}{degree[one]}" for one in most)
        parts.append(f"{said['most']}{colon}{', '.join(named)}")
    return ". ".join(part for part in parts if part) + "."
