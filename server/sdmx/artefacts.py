"""Everything that can be asked for as a structure: what is maintained, and what refers to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from queries.cubes.model import (
    Artefact,
    CodeList,
    Collection,
    Component,
    Concept,
    Dataflow,
    Names,
    Part,
    Structure,
)
from queries.cubes.urns import CONCEPTS, CONCEPTS_VERSION, urn

Kind = Literal[
    "agencyscheme", "categorisation", "categoryscheme", "codelist", "conceptscheme", "dataflow",
    "datastructure", "representationmap", "structuremap",
]  # fmt: skip
Detail = Literal["full", "stub", "complete stub"]
# The agency of all agencies, in whose scheme ours stands.
TOP = "SDMX"
CATEGORIES = "CAS_CUBES"
CATEGORY = "SOCIAL_ECONOMY"

SCHEME_NAMES: Mapping[str, Names] = {
    "agencyscheme": {
        "fr": "Agences", "nl": "Agentschappen", "de": "Agenturen", "en": "Agencies",
    },
    "conceptscheme": {
        "fr": "Concepts des cubes", "nl": "Concepten van de kubussen",
        "de": "Konzepte der Würfel", "en": "Concepts of the cubes",
    },
    "categoryscheme": {
        "fr": "Thèmes", "nl": "Thema's", "de": "Themen", "en": "Themes",
    },
    "category": {
        "fr": "Économie sociale", "nl": "Sociale economie", "de": "Sozialwirtschaft",
        "en": "Social economy",
    },
    "categorisation": {
        "fr": "Thème du flux de données", "nl": "Thema van de gegevensstroom",
        "de": "Thema des Datenflusses", "en": "Theme of the dataflow",
    },
}  # fmt: skip


class Item(Part):
    """An agency or a category: a name in a scheme."""

    id: str
    names: Names


class Scheme(Artefact):
    """A scheme of agencies or of categories."""

    items: tuple[Item, ...]


class ConceptScheme(Artefact):
    """The concepts that components take their meaning from.

    ``formats`` has the SDMX text type of each that no component takes from a list. sdmx1 does not
    read data whose attributes have a concept without one.
    """

    concepts: tuple[Concept, ...]
    formats: Mapping[str, str]


class Categorisation(Artefact):
    """What ties a dataflow to a category."""

    dataflow: str
    scheme: str
    category: str


class RepresentationMap(Artefact):
    """Which codes of a list of ours others have too, under the same name.

    What bears another code of the ``source`` has no place with them.
    """

    source: str
    codes: tuple[str, ...]


class StructureMap(Artefact):
    """How the key of a structure of ours becomes that of a structure of others.

    ``same`` maps components whose codes are alike, ``known`` tells by which map of codes where
    others do not have them all, ``fixed`` gives components of the target their value, and ``only``
    names what a component of ours must say for the map to hold.
    """

    source: str
    target: str
    same: Mapping[str, str]
    known: Mapping[str, str]
    fixed: Mapping[str, str]
    only: Mapping[str, str]


@dataclass(frozen=True)
class Maintained:
    """One artefact, as much of it as is asked for, and what it refers to."""

    kind: Kind
    artefact: Artefact
    children: frozenset[str] = frozenset()
    detail: Detail = "full"
    partial: bool = False

    @property
    def urn(self) -> str:
        """The URN, under which others refer to it."""
        return urn(self.kind, self.artefact.reference)

    def stub(self, detail: Detail) -> Maintained:
        """Return the same artefact with no more than its names."""
        return replace(self, detail=detail)


class Library:
    """All artefacts of the cubes of a release, by URN."""

    def __init__(
        self, collection: Collection, maps: Iterable[StructureMap] = (),
        representations: Iterable[RepresentationMap] = (),
    ) -> None:  # fmt: skip
        self.collection = collection
        found = [
            agencies(collection), concept_scheme(collection), categories(collection),
            *(Maintained("codelist", one) for one in collection.code_lists.values()),
            *(data_structure(one) for one in collection.structures.values()),
            *(dataflow(one) for one in collection.dataflows),
            *(categorisation(one) for one in collection.dataflows),
            *(representation_map(one) for one in representations),
            *(structure_map(one) for one in maps),
        ]  # fmt: skip
        self.artefacts = {one.urn: one for one in found}

    @cached_property
    def parents(self) -> Mapping[str, frozenset[str]]:
        """Which artefacts refer to each."""
        found: dict[str, set[str]] = {name: set() for name in self.artefacts}
        for name, one in self.artefacts.items():
            for child in one.children:
                if child in found:
                    found[child].add(name)
        return {name: frozenset(some) for name, some in found.items()}

    def of(self, kind: str) -> list[Maintained]:
        """Return the artefacts of a kind; those of all kinds for ``*``."""
        return [one for one in self.artefacts.values() if kind in ("*", one.kind)]

    def concept(self, component: Component) -> Concept:
        """Return the concept of a component."""
        return self.collection.concepts[component.id]

    def structure(self, flow: Dataflow) -> Structure:
        """Return the structure of a dataflow."""
        return self.collection.structures[flow.structure]

    def code_list(self, component: Component) -> CodeList | None:
        """Return the list that a component takes its values from, if any."""
        reference = component.code_list
        return self.collection.code_lists[reference] if reference else None


def agencies(collection: Collection) -> Maintained:
    """Return the scheme in which our agency stands."""
    items = (Item(id=collection.agency, names=collection.agency_names),)
    scheme = Scheme(
        agency=TOP, id="AGENCIES", version="1.0", names=SCHEME_NAMES["agencyscheme"], items=items
    )
    return Maintained("agencyscheme", scheme, partial=True)


def concept_scheme(collection: Collection) -> Maintained:
    """Return the scheme of all concepts."""
    scheme = ConceptScheme(
        agency=collection.agency, id=CONCEPTS, version=CONCEPTS_VERSION,
        names=SCHEME_NAMES["conceptscheme"], concepts=tuple(collection.concepts.values()),
        formats=formats(collection),
    )  # fmt: skip
    return Maintained("conceptscheme", scheme)


def formats(collection: Collection) -> Mapping[str, str]:
    """Return the text types of concepts that are written as text in all structures."""
    parts = [one for made in collection.structures.values() for one in made.components]
    coded = {one.id for one in parts if one.code_list}
    return {one.id: one.text for one in parts if one.id not in coded}


def categories(collection: Collection) -> Maintained:
    """Return the scheme with the one category that all dataflows are in."""
    items = (Item(id=CATEGORY, names=SCHEME_NAMES["category"]),)
    scheme = Scheme(
        agency=collection.agency, id=CATEGORIES, version="1.0.0",
        names=SCHEME_NAMES["categoryscheme"], items=items,
    )  # fmt: skip
    return Maintained("categoryscheme", scheme)


def categorisation(flow: Dataflow) -> Maintained:
    """Return what ties a dataflow to its category."""
    scheme = f"{flow.agency}:{CATEGORIES}(1.0.0)"
    found = Categorisation(
        agency=flow.agency, id=f"CAT_{flow.id}", version="1.0",
        names=SCHEME_NAMES["categorisation"], dataflow=flow.reference, scheme=scheme,
        category=CATEGORY,
    )  # fmt: skip
    children = {urn("dataflow", flow.reference), urn("categoryscheme", scheme)}
    return Maintained("categorisation", found, frozenset(children))


def data_structure(structure: Structure) -> Maintained:
    """Return a structure with the lists and the concepts that it uses."""
    lists = (one.code_list for one in structure.components)
    children = {urn("codelist", one) for one in lists if one}
    concepts = f"{structure.agency}:{CONCEPTS}({CONCEPTS_VERSION})"
    return Maintained(
        "datastructure", structure, frozenset({*children, urn("conceptscheme", concepts)})
    )


def dataflow(flow: Dataflow) -> Maintained:
    """Return a dataflow with its structure."""
    return Maintained("dataflow", flow, frozenset({urn("datastructure", flow.structure)}))


def structure_map(made: StructureMap) -> Maintained:
    """Return a map with the structures that it goes from and to, and the maps of codes."""
    both = {urn("datastructure", made.source), urn("datastructure", made.target)}
    codes = {urn("representationmap", one) for one in made.known.values()}
    return Maintained("structuremap", made, frozenset(both | codes))


def representation_map(made: RepresentationMap) -> Maintained:
    """Return a map of codes with the list that they are in."""
    return Maintained("representationmap", made, frozenset({urn("codelist", made.source)}))
