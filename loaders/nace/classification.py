"""A classification of activities as SKOS concepts in XKOS levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from loaders.records import identify
from loaders.records.concepts import concept, scheme, texts
from loaders.records.source import Triples
from ontology import terms as se
from ontology.outside import RDF, SKOS, XKOS, XSD

LEVELS = {
    "section": {"fr": "section", "nl": "sectie", "de": "Abschnitt", "en": "section"},
    "subsection": {
        "fr": "sous-section",
        "nl": "subsectie",
        "de": "Unterabschnitt",
        "en": "subsection",
    },
    "division": {"fr": "division", "nl": "afdeling", "de": "Abteilung", "en": "division"},
    "group": {"fr": "groupe", "nl": "groep", "de": "Gruppe", "en": "group"},
    "class": {"fr": "classe", "nl": "klasse", "de": "Klasse", "en": "class"},
    "subclass": {"fr": "sous-classe", "nl": "subklasse", "de": "Unterklasse", "en": "subclass"},
    "detail": {
        "fr": "poste détaillé",
        "nl": "gedetailleerde post",
        "de": "Detailposition",
        "en": "detailed item",
    },
}
LEVEL_BY_LENGTH = {1: "section", 2: "division", 3: "group", 4: "class", 5: "subclass", 7: "detail"}


@dataclass(frozen=True)
class Item:
    """One code of a classification."""

    code: str
    labels: Mapping[str, str]
    broader: str | None
    valid_from: str | None = None
    valid_to: str | None = None
    matches: tuple[NamedNode, ...] = ()

    @property
    def level(self) -> str:
        """The level that the form of the code tells."""
        if len(self.code) == 2 and self.code.isalpha():
            return "subsection"
        return LEVEL_BY_LENGTH[len(self.code)]


@dataclass(frozen=True)
class Classification:
    """A version of a classification: what it is called, when it holds, where it comes from."""

    slug: str
    titles: Mapping[str, str]
    version: str
    licence: str
    sources: tuple[str, ...]
    valid_from: str
    valid_to: str | None = None
    supersedes: str | None = None
    notes: tuple[str, ...] = ()
    items: Mapping[str, Item] = field(default_factory=dict)

    def describe(self) -> Triples:
        """Describe the scheme, its levels and its codes."""
        subject = identify.scheme(self.slug)
        yield from scheme(self.slug, self.titles, self.version, self.licence, self.sources)
        yield from validity(subject, self.valid_from, self.valid_to)
        for note in self.notes:
            yield subject, se.note, Literal(note, language="en")
        if self.supersedes:
            yield subject, XKOS.supersedes, identify.scheme(self.supersedes)
        yield from self.describe_levels()
        for item in self.items.values():
            yield from self.describe_item(item)

    def describe_item(self, item: Item) -> Triples:
        """Describe one code; its validity only where it differs from that of the version."""
        subject = identify.code(self.slug, item.code)
        yield from concept(self.slug, item.code, item.labels, item.broader)
        yield self.level_iri(item.level), SKOS.member, subject
        changed_from = item.valid_from if item.valid_from != self.valid_from else None
        changed_to = item.valid_to if item.valid_to != self.valid_to else None
        yield from validity(subject, changed_from, changed_to)
        for match in item.matches:
            yield subject, SKOS.exactMatch, match

    def describe_levels(self) -> Triples:
        """Describe the levels that have codes, and the list that orders them."""
        subject = identify.scheme(self.slug)
        present = {item.level for item in self.items.values()}
        levels = [name for name in LEVELS if name in present]
        count = Literal(str(len(levels)), datatype=XSD.integer)
        yield subject, XKOS.numberOfLevels, count
        links = [identify.code(self.slug, f"levels-{name}") for name in levels]
        yield subject, XKOS.levels, links[0]
        for depth, (name, link) in enumerate(zip(levels, links, strict=True), start=1):
            level = self.level_iri(name)
            yield link, RDF.first, level
            yield link, RDF.rest, links[depth] if depth < len(links) else RDF.nil
            yield level, RDF.type, XKOS.ClassificationLevel
            yield level, XKOS.depth, Literal(str(depth), datatype=XSD.integer)
            yield from texts(level, SKOS.prefLabel, LEVELS[name])

    def level_iri(self, name: str) -> NamedNode:
        """Return the IRI of a level."""
        return identify.code(self.slug, f"level-{name}")


def validity(subject: NamedNode, valid_from: str | None, valid_to: str | None) -> Triples:
    """Yield the days from and to which something holds, where known."""
    for day, bound in ((valid_from, se.validFrom), (valid_to, se.validTo)):
        if day:
            yield subject, bound, Literal(day, datatype=XSD.date)


def ancestors(code: str) -> Iterator[str]:
    """Yield the codes that a numeric code may be below, nearest first.

    >>> list(ancestors("0111001"))
    ['01110', '0111', '011', '01']
    """
    for length in (5, 4, 3, 2):
        if length < len(code):
            yield code[:length]
