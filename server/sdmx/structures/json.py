"""Structures in SDMX-JSON 1.0, 2.0 and 2.1.

Written by hand because pysdmx writes an empty list of groups, which the schemas refuse, leaves out
what a coded component takes its values from, and knows names in one language only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from queries.cubes.model import (
    Artefact,
    Code,
    CodeList,
    Component,
    Concept,
    Dataflow,
    Structure,
)
from queries.cubes.urns import concept_urn, item_urn, urn
from server.sdmx.artefacts import (
    Categorisation,
    ConceptScheme,
    Item,
    Maintained,
    RepresentationMap,
    Scheme,
    StructureMap,
)
from server.sdmx.availability import NAMES, Availability
from server.sdmx.header import Header
from server.sdmx.json_message import Object, Version, dump, message, named
from server.sdmx.notes import Note, iri_of, notes
from server.sdmx.structures.kinds import KindWriter, descriptions

GROUPS = {
    "agencyscheme": "agencySchemes", "categorisation": "categorisations",
    "categoryscheme": "categorySchemes", "codelist": "codelists",
    "conceptscheme": "conceptSchemes", "dataflow": "dataflows",
    "datastructure": "dataStructures", "representationmap": "representationMaps",
    "structuremap": "structureMaps",
}  # fmt: skip
# Version 1.0 has them in a set of structures, which cannot fix the value of a component.
NOT_IN_1 = ("representationmap", "structuremap")
ITEMS = {"agencyscheme": "agencies", "categoryscheme": "categories"}


def write(
    version: Version,
    header: Header,
    artefacts: Sequence[Maintained],
    languages: tuple[str, ...] = (),
    available: Sequence[Availability] = (),
) -> bytes:
    """Return a message with artefacts, and with what data there are where that was asked."""
    writer = StructureWriter(version, languages)
    made = [one for one in artefacts if version != "1.0" or one.kind not in NOT_IN_1]
    data: Object = {}
    for one in made:
        data.setdefault(GROUPS[one.kind], []).append(writer.artefact(one))
    for told in available:
        group, constraint = writer.constraint(told)
        data.setdefault(group, []).append(constraint)
    return dump(message(version, "structure", header, data, languages))


class StructureWriter(KindWriter[Object]):
    """Writes artefacts in one version of SDMX-JSON."""

    def __init__(self, version: Version, languages: tuple[str, ...]) -> None:
        self.version = version
        self.languages = languages
        self.old = version == "1.0"

    def artefact(self, one: Maintained) -> Object:
        """Return one artefact, as much of it as was asked for."""
        artefact = one.artefact
        found: Object = {
            "id": artefact.id, "agencyID": artefact.agency, "version": artefact.version,
            **named(artefact.names, self.languages),
            "links": [{
                "rel": "self", "urn": one.urn, "href": self.address(one.kind, artefact),
                **iri_of(artefact),
            }],
        }  # fmt: skip
        if one.kind == "agencyscheme" and not self.old:
            del found["version"]
        if self.old and one.kind != "agencyscheme":
            found["isFinal"] = True
        if one.detail != "stub":
            found |= named(descriptions(artefact), self.languages, "description")
            if said := [annotation(note, self.languages) for note in notes(artefact)]:
                found["annotations"] = said
        if one.detail == "full":
            found |= self.contents(one)
        else:
            found["isExternalReference"] = True
        if one.partial and one.detail == "full":
            found["isPartial"] = True
        return found

    def address(self, kind: str, artefact: Artefact) -> str:
        """Return where an artefact is, below the address of the server."""
        start = "/sdmx/v1/" if self.old else "/sdmx/v2/structure/"
        return f"{start}{kind}/{artefact.agency}/{artefact.id}/{artefact.version}"

    def items(self, one: Maintained, artefact: Scheme) -> Object:
        """Return the agencies or categories of a scheme."""
        return {ITEMS[one.kind]: [
            {"id": item.id, **named(item.names, self.languages), **self.link(one, item)}
            for item in artefact.items
        ]}  # fmt: skip

    def link(self, one: Maintained, item: Item | Code | Concept) -> Object:
        """Return the URN of an item, and the IRI that the graph has for it, as a link."""
        found = item_urn(one.kind, one.artefact.reference, item.id)
        return {"links": [{"rel": "self", "urn": found, **iri_of(item)}]}

    def codes(self, one: Maintained, artefact: CodeList) -> Object:
        """Return the codes of a list."""
        held = {code.id for code in artefact.codes}
        codes = []
        for code in artefact.codes:
            found = {
                "id": code.id, **named(code.names, self.languages),
                **named(code.definitions, self.languages, "description"), **self.link(one, code),
            }  # fmt: skip
            if code.parent in held:
                found["parent"] = code.parent
            codes.append(found)
        return {"codes": codes}

    def concepts(self, one: Maintained, artefact: ConceptScheme) -> Object:
        """Return the concepts of a scheme."""
        return {"concepts": [
            {
                "id": concept.id, **named(concept.names, self.languages),
                **named(concept.definitions, self.languages, "description"),
                **self.link(one, concept), **self.written(artefact.formats.get(concept.id)),
            }
            for concept in artefact.concepts
        ]}  # fmt: skip

    def written(self, text: str | None) -> Object:
        """Return how a concept is usually written, where that is known."""
        return {"coreRepresentation": self.format(text)} if text else {}

    def format(self, text: str) -> Object:
        """Return a text type."""
        if self.old:
            return {"textFormat": {"textType": text}}
        return {"format": {"dataType": text}}

    def dataflow(self, artefact: Dataflow) -> Object:
        """Return what a dataflow refers to."""
        return {"structure": urn("datastructure", artefact.structure)}

    def categorisation(self, made: Categorisation) -> Object:
        """Return what is in a category, and the category."""
        return {
            "source": urn("dataflow", made.dataflow),
            "target": item_urn("categoryscheme", made.scheme, made.category),
        }

    def by(self, codes: str | None) -> Object:
        """Return by which map of codes a component is mapped."""
        return {"representationMap": urn("representationmap", codes)} if codes else {}

    def representation_map(self, made: RepresentationMap) -> Object:
        """Return which codes others have; their lists are not named, for they are not held here."""
        found: Object = {
            "source": [{"codelist": urn("codelist", made.source)}],
            "target": [{"dataType": "String"}],
        }
        if made.codes:
            found["representationMappings"] = [
                {"sourceValues": [{"value": code}], "targetValues": [code]} for code in made.codes
            ]
        return found

    def structure_map(self, made: StructureMap) -> Object:
        """Return what a map goes from and to, and how."""
        return {
            "source": urn("datastructure", made.source),
            "target": urn("datastructure", made.target),
            "componentMaps": [
                {"source": [source], "target": [target], **self.by(made.known.get(source))}
                for source, target in made.same.items()
            ],
            "fixedValueMaps": [
                *({"target": name, "values": [value]} for name, value in made.fixed.items()),
                *({"source": name, "values": [value]} for name, value in made.only.items()),
            ],
        }

    def data_structure(self, structure: Structure) -> Object:
        """Return the components of a structure."""
        dimensions = [
            self.component(structure, part, position=position)
            for position, part in enumerate(structure.dimensions, 0 if self.old else 1)
        ]
        if not self.old:
            for part in dimensions:
                del part["position"]
        time = self.component(structure, structure.time)
        measure = self.component(structure, structure.measure)
        held: Object = {"dimensionList": {"id": "DimensionDescriptor", "dimensions": dimensions}}
        if self.old:
            time["position"] = len(dimensions)
            held["dimensionList"]["timeDimensions"] = [time]
            held["measureList"] = {"id": "MeasureDescriptor", "primaryMeasure": measure}
        else:
            held["dimensionList"]["timeDimension"] = time
            held["measureList"] = {
                "id": "MeasureDescriptor", "measures": [{**measure, "usage": "optional"}],
            }  # fmt: skip
        if structure.attributes:
            attributes = [self.attribute(structure, part) for part in structure.attributes]
            held["attributeList"] = {"id": "AttributeDescriptor", "attributes": attributes}
        return {"dataStructureComponents": held}

    def component(self, structure: Structure, one: Component, **given: object) -> Object:
        """Return a component with its concept and what values it takes."""
        if one.code_list:
            held: Object = {"enumeration": urn("codelist", one.code_list)}
        else:
            held = self.format(one.text)
        identity = concept_urn(structure.agency, one.id)
        found: Object = {"id": one.id, "conceptIdentity": identity, "localRepresentation": held}
        if known := iri_of(one):
            found["links"] = [{"rel": "self", "href": known["uri"], **known}]
        return {**found, **given}

    def attribute(self, structure: Structure, one: Component) -> Object:
        """Return an attribute with what it is said of."""
        found = self.component(structure, one)
        if self.old:
            found["assignmentStatus"] = "Mandatory" if one.mandatory else "Conditional"
        else:
            found["usage"] = "mandatory" if one.mandatory else "optional"
        found["attributeRelationship"] = self.said_of(structure, one)
        return found

    def said_of(self, structure: Structure, one: Component) -> Object:
        """Return what an attribute is said of: all data, a series or one observation."""
        if one.attachment == "dataset":
            return {"none": {}} if self.old else {"dataflow": {}}
        if one.attachment == "series":
            return {"dimensions": [part.id for part in structure.dimensions]}
        return {"primaryMeasure": structure.measure.id} if self.old else {"observation": {}}

    def constraint(self, found: Availability) -> tuple[str, Object]:
        """Return what data there are, and the group that it stands in."""
        reference = urn(found.context, found.reference)
        keys: list[Object] = [
            {"id": name, "values": list(self.values(some))} for name, some in found.values.items()
        ]
        if found.period:
            first, last = found.period
            keys.append({"id": "TIME_PERIOD", "timeRange": {
                "startPeriod": {"period": first, "isInclusive": True},
                "endPeriod": {"period": last, "isInclusive": True},
            }})  # fmt: skip
        context = {"dataflow": "dataflow", "datastructure": "dataStructure"}[found.context]
        if self.version == "2.1":
            return "availabilityConstraints", {
                "constraintAttachment": {context: reference}, "cubeRegion": {"keyValues": keys},
                "seriesCount": found.series, "obsCount": found.observations,
            }  # fmt: skip
        made: Object = {
            "id": found.id, "agencyID": found.agency, "version": found.version,
            **named(NAMES, self.languages),
            "annotations": list(counts(found)),
            "constraintAttachment": {f"{context}s": [reference]},
        }  # fmt: skip
        if self.old:
            return "contentConstraints", {
                **made, "type": "Actual", "cubeRegions": [{"isIncluded": True, "keyValues": keys}],
            }  # fmt: skip
        region = {"include": True, "keyValues": keys}
        return "dataConstraints", {**made, "role": "Actual", "cubeRegions": [region]}

    def values(self, some: Iterable[str]) -> Iterable[Any]:
        """Yield the values of a component as a version writes them."""
        return some if self.old else ({"value": one} for one in some)


def counts(found: Availability) -> Iterable[Object]:
    """Yield the numbers of series and observations as annotations."""
    for name, number in (("series_count", found.series), ("obs_count", found.observations)):
        yield {"id": name, "type": "sdmx_metrics", "title": str(number)}


def annotation(note: Note, languages: tuple[str, ...]) -> Object:
    """Return an annotation."""
    found: Object = {"type": note.type}
    if note.title:
        found["title"] = note.title
    if note.url:
        found["links"] = [{"rel": "related", "href": note.url}]
    return found | named(note.texts, languages, "text")
