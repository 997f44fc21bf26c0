"""Arranges a description for reading: facts, what points to the thing, numbered sources."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import NamedNode

from ontology import superclasses
from ontology import terms as se
from ontology.outside import DCTERMS, RDF, RDFS, SKOS
from server.pages.description import Description, Row, by_precision, kind_of, said_anyway, title_of
from server.pages.display import Shower, Shown

MOST_SHOWN = 50
MOST_COLUMNS = 8
FEWEST_ALIKE = 4
FIRST = tuple(
    one.value
    for one in (
        SKOS.prefLabel, SKOS.altLabel, DCTERMS.title, SKOS.notation, SKOS.definition,
        DCTERMS.description, RDFS.comment,
    )
)  # fmt: skip
LAST = (se.note.value, se.certainty.value, se.locator.value)
TYPE = RDF.type.value
Cells = dict[str, list[Shown]]


@dataclass(frozen=True)
class Value:
    """One value of a fact, with the numbers of the sources that state it."""

    shown: Shown
    sources: tuple[int, ...]
    part: "Part | None" = None


@dataclass(frozen=True)
class Part:
    """A thing without a name, shown by what it says: an address, a membership."""

    kind: Shown | None
    facts: list["Fact"]


@dataclass(frozen=True)
class Fact:
    """A property with its values."""

    name: Shown
    values: list[Value]


@dataclass(frozen=True)
class Group:
    """Things of one kind that point here in one way, as a table or as a list of names."""

    way: Shown
    kind: Shown | None
    columns: list[Shown]
    alike: list[tuple[Shown, list[Shown]]]
    lines: list["Line"]
    total: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.lines)


@dataclass(frozen=True)
class Line:
    """One thing that points here."""

    thing: Shown
    named: bool
    cells: list[list[Shown]]
    sources: tuple[int, ...]

    def rank(self) -> list[str]:
        """Return what lines are sorted by."""
        return [self.thing.text.casefold() if self.named else "", *map(str, self.cells)]


@dataclass(frozen=True)
class Source:
    """A graph that says something here."""

    number: int
    graph: Shown
    title: str
    publisher: str | None
    period: str | None
    licence: Shown | None


def is_claim(kind: str | None) -> bool:
    """Tell what sources affirm of a thing from what ties it to others."""
    return kind is not None and se.Claim in (NamedNode(kind), *superclasses(NamedNode(kind)))


@dataclass
class Arrangement:
    """A description on its way to a page."""

    description: Description
    shower: Shower
    numbers: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.numbers = {iri: n for n, iri in enumerate(self.description.sources, 1)}

    def title(self) -> Shown:
        """Return what the thing is called."""
        return self.shower.iri(self.description.iri)

    def kinds(self) -> list[Shown]:
        """Return what the thing is, the most precise first."""
        classes = (value["value"] for value in self.description.values(RDF.type))
        return [self.shower.iri(one) for one in by_precision(classes, self.shower.snapshot)]

    def facts(self) -> list[Fact]:
        """Return what the release says of the thing."""
        return self.facts_of(self.description.outgoing, {TYPE}, inner=True)

    def facts_of(self, rows: Iterable[Row], hidden: set[str], *, inner: bool) -> list[Fact]:
        """Return rows by property, in the order in which people look for them."""
        gathered: dict[str, dict[str, tuple[Row, set[int]]]] = {}
        for row in rows:
            name, key = row["property"]["value"], str(sorted(row["value"].items()))
            if name not in hidden and not said_anyway(name):
                _row, sources = gathered.setdefault(name, {}).setdefault(key, (row, set()))
                sources.add(self.numbers[row["graph"]["value"]])
        return [
            Fact(self.shower.iri(name), self.values(gathered[name].values(), inner=inner))
            for name in sorted(gathered, key=self.place)
        ]

    def place(self, name: str) -> tuple[int, str]:
        """Return where a property stands among the others."""
        if name in FIRST:
            return FIRST.index(name), ""
        text = self.shower.iri(name).text.casefold()
        return len(FIRST) + (1 + LAST.index(name) if name in LAST else 0), text

    def values(self, found: Iterable[tuple[Row, set[int]]], *, inner: bool) -> list[Value]:
        """Return the values of one property, the page's own language first."""
        ordered = sorted(
            found,
            key=lambda one: (
                self.shower.rank(one[0]["value"].get("xml:lang", "")),
                self.shower.term(one[0]["value"]).text.casefold(),
            ),
        )
        return [
            Value(
                self.shower.term(row["value"]),
                tuple(sorted(sources)),
                self.part(row["value"]["value"]) if inner else None,
            )
            for row, sources in ordered
        ]

    def part(self, iri: str) -> Part | None:
        """Return what a thing without a name says."""
        rows = self.description.inner.get(iri)
        if not rows:
            return None
        kind = kind_of(rows, self.shower.snapshot)
        facts = self.facts_of(rows, {TYPE}, inner=False)
        return Part(self.shower.iri(kind) if kind else None, facts)

    def groups(self) -> list[Group]:
        """Return the things that point here, by the way in which they do."""
        gathered: dict[tuple[str, str | None], dict[str, set[int]]] = {}
        for row in self.description.incoming:
            if said_anyway(row["property"]["value"]):
                continue
            thing = row["from"]["value"]
            kind = kind_of(self.description.inner.get(thing, ()), self.shower.snapshot)
            lines = gathered.setdefault((row["property"]["value"], kind), {})
            lines.setdefault(thing, set()).add(self.numbers[row["graph"]["value"]])
        ordered = sorted(
            gathered, key=lambda key: (is_claim(key[1]), self.place(key[0]), key[1] or "")
        )
        return [self.group(*key, gathered[key]) for key in ordered]

    def group(self, name: str, kind: str | None, lines: Mapping[str, set[int]]) -> Group:
        """Return one way of pointing here as a table."""
        inner = {thing: self.cells(thing, name) for thing in lines}
        alike = self.alike(list(inner.values()))
        columns = self.columns(list(inner.values()), set(alike))
        shown = [
            Line(
                self.shower.iri(thing),
                thing in self.shower.labels,
                [cells.get(column, []) for column in columns],
                tuple(sorted(lines[thing])),
            )
            for thing, cells in inner.items()
        ]
        shown.sort(key=Line.rank)
        return Group(
            self.shower.iri(name),
            self.shower.iri(kind) if kind else None,
            [self.shower.iri(column) for column in columns],
            [(self.shower.iri(column), shown) for column, shown in alike.items()],
            shown[:MOST_SHOWN],
            len(shown),
        )

    def alike(self, inner: list[Cells]) -> Cells:
        """Return what all lines say in the same words: it is said once, above them."""
        if len(inner) < FEWEST_ALIKE:
            return {}
        first, *others = inner
        return {
            column: shown
            for column, shown in first.items()
            if all(cells.get(column) == shown for cells in others)
        }

    def columns(self, inner: list[Cells], hidden: set[str]) -> list[str]:
        """Return the properties used most: first what names other things, then the rest."""
        used = Counter(column for cells in inner for column in cells if column not in hidden)
        naming = {
            column
            for cells in inner
            for column, shown in cells.items()
            if any("/id/" in (one.href or "") for one in shown)
        }
        chosen = [one for one, _count in used.most_common(MOST_COLUMNS)]
        return sorted(chosen, key=lambda one: (one not in naming, self.place(one)))

    def cells(self, thing: str, name: str) -> Cells:
        """Return what a thing says beside that it points here."""
        cells: Cells = {}
        for row in self.description.inner.get(thing, ()):
            column = row["property"]["value"]
            if column not in (TYPE, name):
                shown = self.shower.term(row["value"])
                if shown not in cells.setdefault(column, []):
                    cells[column].append(shown)
        return cells

    def sources(self) -> list[Source]:
        """Return the graphs in the order of their numbers."""
        return [self.source(iri, number) for iri, number in self.numbers.items()]

    def source(self, iri: str, number: int) -> Source:
        """Return one graph with what is known of its origin."""
        graph = self.shower.snapshot.graphs.get(iri)
        known: dict[str, Any] = graph.model_dump() if graph else {}
        return Source(
            number,
            self.shower.iri(iri),
            title_of(graph, self.shower.short(iri), self.shower.speech.code),
            known.get("publisher"),
            known.get("period"),
            self.shower.licence(known.get("licence")),
        )
