"""The components of a data structure in SDMX-ML."""

from __future__ import annotations

from queries.cubes.model import Component, Structure
from queries.cubes.urns import concepts_reference
from server.sdmx.elements import Element, Namespaces
from server.sdmx.notes import iri_of
from server.sdmx.structures.references import References


def components(names: Namespaces, refer: References, structure: Structure) -> Element:
    """Return the lists of dimensions, attributes and measures of a structure."""
    return ComponentWriter(names, refer, structure).all()


class ComponentWriter:
    """Writes the components of one structure."""

    def __init__(self, names: Namespaces, refer: References, structure: Structure) -> None:
        self.make = names.str
        self.old = names.version == "2.1"
        self.refer = refer
        self.structure = structure
        self.concepts = concepts_reference(structure.agency)

    def all(self) -> Element:
        """Return all components; attributes stand before measures."""
        make = self.make
        dimensions = make("DimensionList", id="DimensionDescriptor")
        for position, one in enumerate(self.structure.dimensions, 1):
            dimensions.append(self.component("Dimension", one, position=str(position)))
        last = str(len(self.structure.dimensions) + 1)
        given = {"position": last} if self.old else {}
        dimensions.append(self.component("TimeDimension", self.structure.time, **given))
        found = make("DataStructureComponents", dimensions)
        if self.structure.attributes:
            attributes = make("AttributeList", id="AttributeDescriptor")
            attributes.extend(self.attribute(one) for one in self.structure.attributes)
            found.append(attributes)
        tag = "PrimaryMeasure" if self.old else "Measure"
        given = {} if self.old else {"usage": "optional"}
        measure = self.component(tag, self.structure.measure, **given)
        found.append(make("MeasureList", measure, id="MeasureDescriptor"))
        return found

    def component(self, tag: str, one: Component, **given: str) -> Element:
        """Return a component with its concept and what values it takes."""
        found = self.make(tag, id=one.id, **iri_of(one), **given)
        found.append(self.refer.to_item("ConceptIdentity", "conceptscheme", self.concepts, one.id))
        held = self.make("LocalRepresentation")
        if one.code_list:
            held.append(self.refer.to("Enumeration", "codelist", one.code_list))
        else:
            held.append(self.make("TextFormat", textType=one.text))
        found.append(held)
        return found

    def attribute(self, one: Component) -> Element:
        """Return an attribute with what it is said of."""
        if self.old:
            status = "Mandatory" if one.mandatory else "Conditional"
            found = self.component("Attribute", one, assignmentStatus=status)
        else:
            usage = "mandatory" if one.mandatory else "optional"
            found = self.component("Attribute", one, usage=usage)
        found.append(self.make("AttributeRelationship", *self.said_of(one)))
        return found

    def said_of(self, one: Component) -> list[Element]:
        """Return what an attribute is said of: all data, a series or one observation."""
        if one.attachment == "dataset":
            return [self.make("None" if self.old else "Dataflow")]
        if one.attachment == "series":
            return [self.refer.local("Dimension", part.id) for part in self.structure.dimensions]
        if self.old:
            return [self.refer.local("PrimaryMeasure", self.structure.measure.id)]
        return [self.make("Observation")]
