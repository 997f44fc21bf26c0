"""Structures in SDMX-ML 2.1, 3.0 and 3.1.

Written by hand because pysdmx writes and reads names in English only, and sdmx1 writes 2.1 only,
and not validly where a component has both a list and a format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from queries.cubes.annotations import PARENT
from queries.cubes.model import (
    Code,
    CodeList,
    Concept,
    Dataflow,
    Names,
    Structure,
)
from server.sdmx.artefacts import (
    Categorisation,
    ConceptScheme,
    Item,
    Maintained,
    RepresentationMap,
    Scheme,
    StructureMap,
)
from server.sdmx.availability import Availability
from server.sdmx.elements import Element, Namespaces, Version, listed, writable, written
from server.sdmx.header import Header
from server.sdmx.notes import Note, iri_of, notes
from server.sdmx.structures.components import components
from server.sdmx.structures.constraint import constraint, constraint_group
from server.sdmx.structures.kinds import KindWriter, descriptions
from server.sdmx.structures.references import References

# The order in which a message has them, and how each kind is called there, by version.
ORDER_21 = (
    ("agencyscheme", "OrganisationSchemes"), ("dataflow", "Dataflows"),
    ("categoryscheme", "CategorySchemes"), ("categorisation", "Categorisations"),
    ("codelist", "Codelists"), ("conceptscheme", "Concepts"), ("datastructure", "DataStructures"),
)  # fmt: skip
ORDER_3 = (
    ("agencyscheme", "AgencySchemes"), ("categorisation", "Categorisations"),
    ("categoryscheme", "CategorySchemes"), ("codelist", "Codelists"),
    ("conceptscheme", "ConceptSchemes"), ("dataflow", "Dataflows"),
    ("datastructure", "DataStructures"), ("representationmap", "RepresentationMaps"),
    ("structuremap", "StructureMaps"),
)  # fmt: skip
TAGS = {
    "agencyscheme": "AgencyScheme", "categorisation": "Categorisation",
    "categoryscheme": "CategoryScheme", "codelist": "Codelist", "conceptscheme": "ConceptScheme",
    "dataflow": "Dataflow", "datastructure": "DataStructure",
    "representationmap": "RepresentationMap", "structuremap": "StructureMap",
}  # fmt: skip

# What has one version for ever, and does not say so.
UNVERSIONED: Mapping[Version, tuple[str, ...]] = {
    "2.1": (), "3.0": ("agencyscheme",), "3.1": ("agencyscheme", "categorisation"),
}  # fmt: skip
# What the schemas let nobody shorten to its names.
NEVER_EMPTY = ("representationmap", "structuremap")
NCNAME = re.compile(r"[A-Za-z][A-Za-z0-9_\-]*")


def write(
    version: Version,
    header: Header,
    artefacts: Sequence[Maintained],
    available: Sequence[Availability] = (),
) -> bytes:
    """Return a message with artefacts, and with what data there are where that was asked."""
    return written(StructureWriter(version).message(header, artefacts, available))


class StructureWriter(KindWriter[Iterable[Element]]):
    """Writes artefacts in one version of SDMX-ML."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.names = Namespaces(version)
        self.refer = References(self.names)

    def message(
        self, header: Header, artefacts: Sequence[Maintained], available: Sequence[Availability]
    ) -> Element:
        """Return the whole message."""
        held = self.names.mes("Structures")
        groups: dict[str, Element] = {}
        for kind, group in ORDER_21 if self.version == "2.1" else ORDER_3:
            found = (self.artefact(one) for one in artefacts if one.kind == kind)
            if (made := listed(self.names.str(group), found)) is not None:
                groups[group] = made
        if available:
            group = constraint_group(self.version)
            told = (constraint(self.names, self.refer, one) for one in available)
            groups[group] = self.names.str(group, *told)
        held.extend(groups[name] for name in sorted(groups, key=self.place))
        return self.names.mes("Structure", self.names.header(header), held)

    def place(self, group: str) -> tuple[int, str]:
        """Return where a group of artefacts stands in a message."""
        if self.version == "2.1":
            known = [name for _kind, name in ORDER_21]
            return (known.index(group) if group in known else len(known), group)
        return (0, group.lower())

    def artefact(self, one: Maintained) -> Element:
        """Return one artefact, as much of it as was asked for."""
        artefact, names = one.artefact, self.names
        given = {
            "id": artefact.id, "agencyID": artefact.agency, "version": artefact.version,
            "urn": self.refer.of(one.kind, artefact.reference), **iri_of(artefact),
        }  # fmt: skip
        if self.version == "2.1" and one.kind != "agencyscheme":
            given["isFinal"] = "true"
        if one.kind in UNVERSIONED[self.version]:
            del given["version"]
        if one.detail != "full":
            given["isExternalReference"] = "true"
            given["structureURL"] = self.refer.address(one.kind, artefact)
        elif one.partial:
            given["isPartial"] = "true"
        found = names.str(TAGS[one.kind], given)
        if one.detail != "stub":
            found.extend(self.annotated(list(notes(artefact))))
        found.extend(names.texts("Name", artefact.names))
        if one.detail != "stub":
            found.extend(names.texts("Description", descriptions(artefact)))
        if one.detail == "full" or one.kind in NEVER_EMPTY:
            found.extend(self.contents(one))
        return found

    def items(self, one: Maintained, artefact: Scheme) -> Iterable[Element]:
        """Yield the agencies or categories of a scheme."""
        tag = "Agency" if one.kind == "agencyscheme" else "Category"
        for item in artefact.items:
            yield self.item(one, tag, item)

    def item(
        self, one: Maintained, tag: str, item: Item | Code | Concept, more: Names | None = None
    ) -> Element:
        """Return one item of a scheme."""
        urn = self.refer.of_item(one.kind, one.artefact.reference, item.id)
        given = {"id": item.id, "urn": urn, **iri_of(item)}
        names = self.names
        texts = [*names.texts("Name", item.names), *names.texts("Description", more or {})]
        return self.names.str(tag, *texts, given)

    def codes(self, one: Maintained, artefact: CodeList) -> Iterable[Element]:
        """Yield the codes of a list."""
        held = {code.id for code in artefact.codes}
        for code in artefact.codes:
            found = self.item(one, "Code", code, code.definitions)
            if code.parent is not None and code.parent in held:
                self.below(found, code.parent)
            yield found

    def below(self, found: Element, parent: str) -> None:
        """Say which code a code is below.

        The schemas since 3.0 take no parent that begins with a sign, such as the total _T.
        """
        if self.version == "2.1" or NCNAME.fullmatch(parent):
            found.append(self.refer.local("Parent", parent))
            return
        for place, made in enumerate(self.annotated([Note(PARENT, title=parent)])):
            found.insert(place, made)

    def annotated(self, some: Sequence[Note]) -> Iterable[Element]:
        """Yield annotations in the one element that holds them."""
        com = self.names.com
        found = [
            com(
                "Annotation",
                *([com("AnnotationTitle", writable(one.title))] if one.title else []),
                com("AnnotationType", one.type),
                *([com("AnnotationURL", one.url)] if one.url else []),
                *self.names.texts("AnnotationText", one.texts),
            )
            for one in some
        ]
        if found:
            yield com("Annotations", *found)

    def concepts(self, one: Maintained, artefact: ConceptScheme) -> Iterable[Element]:
        """Yield the concepts of a scheme."""
        for concept in artefact.concepts:
            found = self.item(one, "Concept", concept, concept.definitions)
            if text := artefact.formats.get(concept.id):
                make = self.names.str
                found.append(make("CoreRepresentation", make("TextFormat", textType=text)))
            yield found

    def dataflow(self, artefact: Dataflow) -> Iterable[Element]:
        """Yield what a dataflow refers to."""
        yield self.refer.to("Structure", "datastructure", artefact.structure)

    def categorisation(self, made: Categorisation) -> Iterable[Element]:
        """Yield what is in a category, and the category."""
        yield self.refer.to("Source", "dataflow", made.dataflow)
        yield self.refer.to_item("Target", "categoryscheme", made.scheme, made.category)

    def representation_map(self, made: RepresentationMap) -> Iterable[Element]:
        """Yield which codes others have; their lists are not named, for they are not held here."""
        make = self.names.str
        yield self.refer.to("SourceCodelist", "codelist", made.source)
        yield make("TargetDataType", "String")
        for code in made.codes:
            yield make(
                "RepresentationMapping", make("SourceValue", code), make("TargetValue", code)
            )

    def structure_map(self, made: StructureMap) -> Iterable[Element]:
        """Yield what a map goes from and to, and how; version 2.1 cannot say it."""
        make = self.names.str
        yield self.refer.to("Source", "datastructure", made.source)
        yield self.refer.to("Target", "datastructure", made.target)
        for source, target in made.same.items():
            codes = made.known.get(source)
            by = [self.refer.to("RepresentationMap", "representationmap", codes)] if codes else []
            yield make("ComponentMap", make("Source", source), make("Target", target), *by)
        for target, value in made.fixed.items():
            yield make("FixedValueMap", make("Target", target), make("Value", value))
        for source, value in made.only.items():
            yield make("FixedValueMap", make("Source", source), make("Value", value))

    def data_structure(self, structure: Structure) -> Iterable[Element]:
        """Yield the components of a structure."""
        yield components(self.names, self.refer, structure)
