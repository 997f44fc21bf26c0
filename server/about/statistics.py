"""The cubes of a release in its catalogue: StatDCAT-AP on DCAT-AP, with every way to get them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from ontology import terms as se
from ontology.outside import DCAT, DCATAP, DCTERMS, FOAF, QB, RDF, RDFS, SKOS, STAT, XSD
from queries.catalogue import rebase
from queries.cubes import periods
from queries.cubes.model import Code, Component, Names
from queries.cubes.observations import facts, whole
from queries.cubes.reading import FOLDER, Cube, collection, cube
from queries.cubes.urns import urn_of
from server.about.authorities import authority
from server.cubes.formats import FORMATS
from server.cubes.notes import SYNTHETIC
from server.engine.published import Snapshot
from server.language import COMPLETE, language
from server.language import mark as _

SERVICE = _("Web service of SDMX")
MEDIA = "https://www.iana.org/assignments/media-types/"
STANDARD = NamedNode("https://github.com/sdmx-twg/sdmx-rest")
AREA, FREQUENCY, UNIT = "REF_AREA", "FREQ", "UNIT_MEASURE"
# The entries of the European tables that formats, frequencies and countries are.
FILE_TYPES = {"csv": "CSV", "xlsx": "XLSX", "parquet": "PARQUET", "json-stat": "JSON"}
FREQUENCIES = {"A": "ANNUAL", "S": "ANNUAL_2", "Q": "QUARTERLY", "M": "MONTHLY"}
COUNTRIES = {"BE": "BEL", "UK": "GBR"}
KINDS = {"dimension": QB.DimensionProperty, "time": QB.DimensionProperty,
         "attribute": QB.AttributeProperty}  # fmt: skip
EXCHANGED = {"ml": "SDMX-ML", "generic": "SDMX-ML", "json": "SDMX-JSON", "csv": "SDMX-CSV"}


def cubes(root: str, snapshot: Snapshot) -> list["CubeDataset"]:
    """Return the cubes of a release as datasets, as they are served at an address."""
    found = collection(snapshot.release)
    folder = snapshot.release.path / FOLDER
    flows = found.dataflows if found else ()
    return [CubeDataset(root, snapshot.base, cube(folder, one.id)) for one in flows]


@dataclass(frozen=True)
class Endpoint:
    """The web service of SDMX, of the second version."""

    root: str

    @property
    def node(self) -> NamedNode:
        """Its IRI, which is its address."""
        return NamedNode(f"{self.root}sdmx/v2")

    def described(self) -> Iterator[Triple]:
        """Yield what the service is."""
        yield Triple(self.node, RDF.type, DCAT.DataService)
        yield Triple(self.node, RDF.type, RDFS.Resource)
        yield from said(self.node, DCTERMS.title, translated(SERVICE))
        yield Triple(self.node, DCAT.endpointURL, self.node)
        description = NamedNode(f"{self.root}openapi.json")
        yield Triple(self.node, DCAT.endpointDescription, description)
        yield Triple(description, RDF.type, RDFS.Resource)
        yield Triple(self.node, DCTERMS.conformsTo, STANDARD)
        yield Triple(STANDARD, RDF.type, DCTERMS.Standard)


@dataclass(frozen=True)
class CubeDataset:
    """One cube as a dataset."""

    root: str
    base: str
    cube: Cube

    @property
    def node(self) -> NamedNode:
        """The IRI of the cube, which its graph has for it too."""
        return NamedNode(f"{self.base}cube/{self.cube.dataflow.id}")

    def described(self) -> Iterator[Triple]:
        """Yield what the cube is and how it can be had."""
        flow, node = self.cube.dataflow, self.node
        yield Triple(node, RDF.type, DCAT.Dataset)
        yield from said(node, DCTERMS.title, flow.names)
        yield from said(node, DCTERMS.description, self.description())
        yield Triple(node, DCTERMS.identifier, Literal(urn_of("dataflow", flow)))
        modified = Literal(flow.updated.isoformat(timespec="seconds"), datatype=XSD.dateTime)
        yield Triple(node, DCTERMS.modified, modified)
        yield Triple(node, DCAT.version, Literal(flow.version))
        page = NamedNode(f"{self.root}statistics/{flow.id}")
        yield Triple(node, DCAT.landingPage, page)
        yield Triple(page, RDF.type, FOAF.Document)
        yield Triple(node, se.invented, Literal(flow.synthetic))
        kind = authority("dataset-type", "STATISTICAL")
        yield Triple(node, DCTERMS.type, kind)
        yield from concept(kind, {"en": "Statistical"})
        structure = NamedNode(f"{self.base}structure/{self.cube.structure.id}")
        yield Triple(node, DCTERMS.conformsTo, structure)
        yield Triple(structure, RDF.type, DCTERMS.Standard)
        yield from self.extent()
        yield from self.components()
        yield from self.distributions()

    def description(self) -> Names:
        """Return what the cube is about, and that it is invented where it is."""
        flow = self.cube.dataflow
        texts = {**flow.names, **flow.descriptions}
        if not flow.synthetic:
            return texts
        told = translated(SYNTHETIC)
        return {code: f"{text} {told.get(code, told['en'])}" for code, text in texts.items()}

    def extent(self) -> Iterator[Triple]:
        """Yield which time and which areas there are figures of, and how often."""
        known, node = facts(self.cube).values, self.node
        times = known[self.cube.structure.time.id]
        if some := [periods.read(one) for one in times if periods.is_period(one)]:
            period = NamedNode(f"{node.value}#period")
            yield Triple(node, DCTERMS.temporal, period)
            yield Triple(period, RDF.type, DCTERMS.PeriodOfTime)
            first, last = (
                min(one.start for one in some),
                max(one.end for one in some) - timedelta(days=1),
            )
            for name, day in ((DCAT.startDate, first), (DCAT.endDate, last)):
                yield Triple(period, name, Literal(day.isoformat(), datatype=XSD.date))
        for code in self.codes(AREA):
            if code.parent is None:
                country = COUNTRIES.get(code.id)
                place = authority("country", country) if country else NamedNode(self.own(code.iri))
                yield Triple(node, DCTERMS.spatial, place)
                yield Triple(place, RDF.type, DCTERMS.Location)
        often = [FREQUENCIES[one] for one in known.get(FREQUENCY, ()) if one in FREQUENCIES]
        if len(often) == 1:
            frequency = authority("frequency", often[0])
            yield Triple(node, DCTERMS.accrualPeriodicity, frequency)
            yield Triple(frequency, RDF.type, DCTERMS.Frequency)

    def components(self) -> Iterator[Triple]:
        """Yield what StatDCAT-AP says of a cube: dimensions, attributes, series and units."""
        for one in self.cube.structure.components:
            if one.role != "measure":
                property_ = NamedNode(self.property_of(one))
                name = STAT.attribute if one.role == "attribute" else STAT.dimension
                yield Triple(self.node, name, property_)
                yield Triple(property_, RDF.type, KINDS[one.role])
                concept_names = self.cube.collection.concepts[one.id].names
                yield from said(property_, RDFS.label, concept_names)
        changed = self.cube.path.stat().st_mtime_ns
        series = series_of(self.cube.path.parent, self.cube.dataflow.id, changed)
        yield Triple(self.node, STAT.numSeries, Literal(series))
        for code in self.codes(UNIT):
            unit = NamedNode(self.own(code.iri))
            yield Triple(self.node, STAT.statUnitMeasure, unit)
            yield from concept(unit, code.names)

    def distributions(self) -> Iterator[Triple]:
        """Yield the files and messages that the cube can be had as."""
        from server.sdmx import media  # what messages need is loaded by who asks for them

        flow = self.cube.dataflow
        for name, kind in FILE_TYPES.items():
            form = FORMATS[name]
            node = NamedNode(f"{self.node.value}#{name}")
            address = NamedNode(f"{self.root}statistics/{flow.id}{form.suffix}")
            yield from self.distribution(node, form.title, kind, form.media, address)
            yield Triple(node, DCAT.downloadURL, address)
        query = f"{flow.agency}/{flow.id}/{flow.version}"
        address = NamedNode(f"{self.root}sdmx/v2/data/dataflow/{query}")
        for sent in (one for one in media.DATA if not one.series):
            node = NamedNode(f"{self.node.value}#sdmx-{sent.form}-{sent.version}")
            title = f"{EXCHANGED[sent.form]} {sent.version}"
            yield from self.distribution(node, title, "SDMX", sent.media.partition(";")[0], address)
            yield Triple(node, DCAT.accessService, Endpoint(self.root).node)

    def distribution(
        self, node: NamedNode, title: str, kind: str, media_type: str, address: NamedNode
    ) -> Iterator[Triple]:
        """Yield what a distribution is and where it is had."""
        flow = self.cube.dataflow
        licence = NamedNode(flow.licence)
        form, sent = authority("file-type", kind), NamedNode(f"{MEDIA}{media_type}")
        yield Triple(self.node, DCAT.distribution, node)
        yield Triple(node, RDF.type, DCAT.Distribution)
        yield Triple(node, DCTERMS.title, Literal(title))
        texts = {code: f"{text} ({title})" for code, text in flow.names.items()}
        yield from said(node, DCTERMS.description, texts)
        yield Triple(node, DCAT.accessURL, address)
        yield Triple(address, RDF.type, RDFS.Resource)
        yield Triple(node, DCTERMS.license, licence)
        yield Triple(licence, RDF.type, DCTERMS.LicenseDocument)
        yield Triple(node, DCTERMS.format, form)
        yield Triple(form, RDF.type, DCTERMS.MediaTypeOrExtent)
        yield Triple(node, DCAT.mediaType, sent)
        yield Triple(sent, RDF.type, DCTERMS.MediaType)
        yield Triple(node, DCATAP.availability, authority("planned-availability", "STABLE"))

    def codes(self, component: str) -> list[Code]:
        """Return the codes of a component that occur."""
        used = set(facts(self.cube).values.get(component, ()))
        if component not in {one.id for one in self.cube.structure.components}:
            return []
        listed = self.cube.code_list(component)
        return [code for code in listed.codes if code.id in used] if listed else []

    def property_of(self, one: Component) -> str:
        """Return the property of a component; those of the vocabulary stay where they are."""
        return self.own(one.iri or self.cube.collection.concepts[one.id].iri)

    def own(self, iri: str) -> str:
        """Return an IRI under the base of the release."""
        return rebase(f"<{iri}>", self.base)[1:-1]


@lru_cache(maxsize=64)
def series_of(folder: Path, name: str, _changed: int) -> int:
    """Return how many series a cube has."""
    chosen = cube(folder, name)
    key = ", ".join(f'"{one.id}"' for one in chosen.structure.dimensions)
    return whole(chosen).having(f"SELECT DISTINCT {key} FROM {{}}").count()  # noqa: S608


def concept(node: NamedNode, names: Names) -> Iterator[Triple]:
    """Yield a concept with its names."""
    yield Triple(node, RDF.type, SKOS.Concept)
    yield from said(node, SKOS.prefLabel, names)


def said(subject: NamedNode, name: NamedNode, texts: Names) -> Iterator[Triple]:
    """Yield a text in each of its languages."""
    for code, text in texts.items():
        yield Triple(subject, name, Literal(text, language=code))


def translated(text: str) -> dict[str, str]:
    """Return a text of ours in the languages that have all texts."""
    return {code: language(code).gettext(text) for code in COMPLETE}
