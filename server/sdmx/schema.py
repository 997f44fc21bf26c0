"""What valid data of one structure are: a schema of XML, or of JSON, on top of the official one.

Written by hand because no library makes it. All attributes are optional there, as in the schemas
of others: a message may hold a part of what is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from lxml.builder import ElementMaker

from queries.cubes.model import Component
from queries.cubes.reading import Cube
from queries.cubes.urns import urn
from server.sdmx.data_query import FLAT
from server.sdmx.elements import Element, Namespaces, Version, written
from server.sdmx.json_message import SCHEMAS, Object, dump
from server.sdmx.json_message import Version as JsonVersion
from server.sdmx.media import Format
from server.sdmx.rest import selecting
from server.sdmx.rest.asked import Asked

CONTEXTS = ("dataflow", "datastructure", "provisionagreement")
METADATA = ("metadataflow", "metadatastructure", "metadataprovisionagreement")
PARAMETERS = ("dimensionAtObservation", "deletion", "asOf", "explicitMeasure")
XS = "http://www.w3.org/2001/XMLSchema"
# Where the official schemas are.
HOME = "https://xml.sdmx.org"
COMMON_TYPES = {
    "ObservationalTimePeriod": "ObservationalTimePeriodType",
    "ReportingTimePeriod": "ReportingTimePeriodType",
    "StandardTimePeriod": "StandardTimePeriodType",
    "BasicTimePeriod": "BasicTimePeriodType",
}  # fmt: skip
LEVELS = ("dataSet", "series", "observation")
YEAR = "REPORTING_YEAR_START_DAY"
TIME_SERIES = {
    "DataSetType": "TimeSeriesDataSetType", "SeriesType": "TimeSeriesType",
    "ObsType": "TimeSeriesObsType",
}  # fmt: skip
XML_TYPES = {
    "Boolean": "boolean", "DateTime": "dateTime", "Decimal": "decimal", "Double": "double",
    "Float": "float", "GregorianDay": "date", "GregorianYear": "gYear",
    "GregorianYearMonth": "gYearMonth", "Integer": "int", "BigInteger": "integer", "Long": "long",
    "Short": "short", "URI": "anyURI", "Count": "integer",
}  # fmt: skip


def write(cube: Cube, asked: Asked, chosen: Format) -> bytes:
    """Return the schema of the data of a cube."""
    observed = selecting.observed_by(cube.structure, asked)
    if chosen.form == "json":
        return dump(json_schema(cube, cast("JsonVersion", chosen.version)))
    deletion = asked.flag("deletion")
    return xml_schema(cube, cast("Version", chosen.version), observed, deletion=deletion)


def subject(cube: Cube) -> str:
    """Return the URN of what data are of; a structure without a dataflow stands for itself."""
    reference = cube.dataflow.reference
    flows = {one.reference for one in cube.collection.dataflows}
    return urn("dataflow" if reference in flows else "datastructure", reference)


def xml_schema(cube: Cube, version: Version, observed: str, *, deletion: bool = False) -> bytes:
    """Return the schema of XML in an arrangement."""
    return written(XmlSchema(cube, version, observed, deletion=deletion).root())


class XmlSchema:
    """Makes the schema of the data of one structure in one arrangement."""

    def __init__(self, cube: Cube, version: Version, observed: str, *, deletion: bool) -> None:
        self.cube = cube
        self.structure = cube.structure
        self.version = version
        self.names = Namespaces(version)
        self.observed = observed
        self.use = "optional" if deletion else "required"
        self.namespace = f"{subject(cube)}:ObsLevelDim:{observed}"
        # What is a time series may be sent as one, too: only version 2.1 tells these apart. What
        # deletes may leave out time, which its types want.
        in_time = observed == cube.structure.time.id
        self.in_time = in_time and version == "2.1" and not deletion
        prefixes = {
            "xs": XS, "dsd": self.names.specific, "common": self.names.common, None: self.namespace,
        }  # fmt: skip
        self.make = ElementMaker(namespace=XS, nsmap=prefixes)

    def root(self) -> Element:
        """Return the whole schema."""
        found = self.make(
            "schema",
            *(self.imported(*one) for one in (
                (self.names.specific, "SDMXDataStructureSpecific"),
                (self.names.common, "SDMXCommon"),
            )),
            targetNamespace=self.namespace, elementFormDefault="qualified",
            attributeFormDefault="unqualified",
        )  # fmt: skip
        found.extend(self.enumeration(one) for one in self.structure.components if one.code_list)
        found.append(self.data_set())
        if self.observed != FLAT:
            found.append(self.series())
        found.append(self.observation())
        return found

    def imported(self, namespace: str, name: str) -> Element:
        """Return the import of an official schema."""
        place = f"{HOME}/{self.version}/{name}.xsd"
        return self.make("import", namespace=namespace, schemaLocation=place)

    def enumeration(self, one: Component) -> Element:
        """Return the type of a component with codes."""
        codes = self.cube.code_list(one.id)
        values = [
            self.make("enumeration", value=code.id) for code in (codes.codes if codes else ())
        ]
        return self.make("simpleType", self.make("restriction", *values, base="xs:string"),
                         name=f"{one.id}_VALUES")  # fmt: skip

    def restricted(
        self, name: str, content: Sequence[Element], attributes: Sequence[Element]
    ) -> Element:
        """Return the type of an element as a part of what the official one may be."""
        sequence = self.make(
            "sequence", self.make("element", ref="common:Annotations", minOccurs="0"), *content
        )
        attributes = [*attributes, *self.prohibited()]
        inner = self.make("restriction", sequence, *attributes, base=f"dsd:{self.base(name)}")
        return self.make("complexType", self.make("complexContent", inner), name=name)

    def base(self, name: str) -> str:
        """Return the official type that a type of ours is a part of."""
        return TIME_SERIES[name] if self.in_time else name

    def prohibited(self) -> Iterator[Element]:
        """Yield what the official types of version 2.1 allow, and a structure must have to have."""
        known = {one.id for one in self.structure.components}
        if self.version == "2.1" and YEAR not in known:
            yield self.make("attribute", name=YEAR, type="xs:gMonthDay", use="prohibited")

    def data_set(self) -> Element:
        """Return the type of a data set."""
        inner = "Obs" if self.observed == FLAT else "Series"
        provider = self.make(
            "element", name="DataProvider", type="common:DataProviderReferenceType",
            form="unqualified", minOccurs="0",
        )  # fmt: skip
        repeated = {"minOccurs": "0", "maxOccurs": "unbounded"}
        if self.version == "2.1":
            element = self.make("element", name=inner, type=f"{inner}Type", form="unqualified",
                                maxOccurs="unbounded")  # fmt: skip
            held = self.make("choice", element, minOccurs="0")
        else:
            element = self.make("element", name=inner, type=f"{inner}Type", form="unqualified")
            held = self.make("choice", element, repeated)
        said = [one for one in self.structure.attributes if one.attachment == "dataset"]
        return self.restricted(
            "DataSetType", [provider, held], [self.attribute(one) for one in said]
        )

    def series(self) -> Element:
        """Return the type of a series."""
        observations = self.make(
            "element", name="Obs", type="ObsType", form="unqualified", minOccurs="0",
            maxOccurs="unbounded",
        )  # fmt: skip
        dimensions = [one for one in self.dimensions() if one.id != self.observed]
        found = [self.attribute(one, self.use) for one in dimensions]
        if self.observed == self.structure.time.id:
            found += [self.attribute(one) for one in self.attributes("series")]
            found.append(self.attribute(self.structure.time, "prohibited"))
        return self.restricted("SeriesType", [observations], found)

    def observation(self) -> Element:
        """Return the type of an observation."""
        dimensions = [one for one in self.dimensions() if self.observed in (FLAT, one.id)]
        found = [self.attribute(one, self.use) for one in dimensions]
        found.append(self.attribute(self.structure.measure))
        found += [self.attribute(one) for one in self.attributes("observation")]
        if self.observed != self.structure.time.id:
            found += [self.attribute(one) for one in self.attributes("series")]
        if self.structure.time.id not in [one.id for one in dimensions]:
            found.append(self.attribute(self.structure.time, "prohibited"))
        if self.version == "2.1":
            # Tells measures apart, of which a structure here has one.
            found.append(
                self.make("attribute", name="type", type="common:IDType", use="prohibited")
            )
        return self.restricted("ObsType", [], found)

    def dimensions(self) -> list[Component]:
        """Return all dimensions."""
        return [*self.structure.dimensions, self.structure.time]

    def attributes(self, level: str) -> list[Component]:
        """Return the attributes of a level; observations have those of series if time has not."""
        return [one for one in self.structure.attributes if one.attachment == level]

    def attribute(self, one: Component, use: str = "optional") -> Element:
        """Return the attribute of XML for a component."""
        return self.make("attribute", name=one.id, type=self.type_of(one), use=use)

    def type_of(self, one: Component) -> str:
        """Return the type of a component's values."""
        if one.code_list:
            return f"{one.id}_VALUES"
        if one.text in COMMON_TYPES:
            return f"common:{COMMON_TYPES[one.text]}"
        return f"xs:{XML_TYPES.get(one.text, 'string')}"


def json_schema(cube: Cube, version: JsonVersion) -> Object:
    """Return a schema of JSON: components and codes are those of the structure."""
    structure = cube.structure
    old = version == "1.0"
    levels = {
        "dimensions": [*structure.dimensions, structure.time],
        "attributes": list(structure.attributes),
    }
    parts: Object = {}
    for group, components in levels.items():
        one_of = [component_schema(cube, one) for one in components]
        listed = {"type": "array", "items": {"oneOf": one_of}} if one_of else {"maxItems": 0}
        parts[group] = {"properties": dict.fromkeys(LEVELS, listed)}
    inner: Object = {"properties": parts}
    held = {"structure": inner} if old else {"structures": {"items": inner}}
    return {
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "$id": f"{subject(cube)}:{version}",
        "title": cube.dataflow.names.get("en", cube.dataflow.id),
        "allOf": [
            {"$ref": SCHEMAS[version].format("data")},
            {"properties": {"data": {"properties": held}}},
        ],
    }


def component_schema(cube: Cube, one: Component) -> Object:
    """Return the schema of one component of a message."""
    found: Object = {"properties": {"id": {"const": one.id}}, "required": ["id"]}
    codes = cube.code_list(one.id)
    if codes is not None:
        known = [code.id for code in codes.codes]
        value = {"properties": {"id": {"enum": known}}, "required": ["id"]}
        found["properties"]["values"] = {"type": "array", "items": value}
    return found
