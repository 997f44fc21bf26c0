"""The DCAT-AP catalogue: the release, its graphs, their files and the endpoint, generated."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from ontology.outside import DCAT, DCATAP, DCTERMS, FOAF, RDF, RDFS, SKOS, SPDX, XSD
from queries.release import Graph
from server.about.authorities import EU, authority, in_tables
from server.about.statistics import CubeDataset, Endpoint, cubes
from server.engine.published import Snapshot
from server.language import COMPLETE, language
from server.language import mark as _

THEMES = {"ECON": "Economy and finance", "SOCI": "Population and society"}
SPOKEN = ("FRA", "ENG")
# Names of codes and components of cubes are in all of them.
TOLD = ("FRA", "NLD", "DEU", "ENG")
MEDIA = "https://www.iana.org/assignments/media-types/"
PERIOD = re.compile(r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])|-Q(?P<quarter>[1-4]))?")
TITLE = _("Maillage: the social economy as linked data")
ABOUT = _(
    "Enterprises, federations, mandates, funding schemes and impact evaluations of the social "
    "economy: one dataset per delivery of a source, checked and versioned."
)
ENDPOINT = _("SPARQL endpoint")
FILE = _("All statements of the graph as compressed N-Quads.")
PART = _("%(title)s: %(triples)s statements from the source %(source)s, published by %(publisher)s")


@dataclass(frozen=True)
class File:
    """One file that can be taken."""

    graph: str
    name: str
    size: int
    digest: str


def describe_catalogue(root: str, snapshot: Snapshot, files: list[File]) -> list[Triple]:
    """Return the catalogue of a release as it is served at an address, which ends in a slash."""
    catalogue = NamedNode(f"{snapshot.base}catalogue")
    service = NamedNode(f"{root}sparql")
    publisher = agent(snapshot, "Maillage")
    found = [
        Triple(catalogue, RDF.type, DCAT.Catalog),
        *in_all_languages(catalogue, DCTERMS.title, TITLE, {}),
        *in_all_languages(catalogue, DCTERMS.description, ABOUT, {}),
        Triple(catalogue, DCTERMS.publisher, publisher),
        Triple(catalogue, FOAF.homepage, NamedNode(root)),
        Triple(NamedNode(root), RDF.type, FOAF.Document),
        Triple(catalogue, DCTERMS.modified, created(snapshot)),
        Triple(catalogue, DCAT.version, Literal(snapshot.id)),
        Triple(catalogue, DCAT.themeTaxonomy, NamedNode(f"{EU}data-theme")),
        Triple(catalogue, DCAT.service, service),
        *described_agent(publisher, "Maillage"),
        *authorities(),
        *describe_endpoint(service, snapshot),
    ]
    by_graph = {file.graph: file for file in files}
    for iri, graph in snapshot.graphs.items():
        if graph:
            found.append(Triple(catalogue, DCAT.dataset, NamedNode(iri)))
            found.append(Triple(service, DCAT.servesDataset, NamedNode(iri)))
            found += describe_graph(root, snapshot, graph, by_graph.get(iri))
    statistics = cubes(root, snapshot)
    for one in statistics:
        found.append(Triple(catalogue, DCAT.dataset, one.node))
        found += described_cube(root, snapshot, one, by_graph)
    if statistics:
        found.append(Triple(catalogue, DCAT.service, Endpoint(root).node))
        found += placed(snapshot, Endpoint(root).node, "Maillage")
        found += Endpoint(root).described()
    found += (Triple(catalogue, DCTERMS.language, authority("language", one)) for one in SPOKEN)
    found += list(in_tables(found))
    return list(dict.fromkeys(found))


def describe_endpoint(service: NamedNode, snapshot: Snapshot) -> Iterator[Triple]:
    """Yield the SPARQL endpoint as a service."""
    yield Triple(service, RDF.type, DCAT.DataService)
    yield from in_all_languages(service, DCTERMS.title, ENDPOINT, {})
    yield Triple(service, RDF.type, RDFS.Resource)
    yield Triple(service, DCAT.endpointURL, service)
    yield Triple(service, DCAT.endpointDescription, service)
    yield from placed(snapshot, service, "Maillage")
    standard = NamedNode("https://www.w3.org/TR/sparql11-query/")
    yield Triple(service, DCTERMS.conformsTo, standard)
    yield Triple(standard, RDF.type, DCTERMS.Standard)


def describe_graph(
    root: str, snapshot: Snapshot, graph: Graph, file: File | None
) -> Iterator[Triple]:
    """Yield a named graph as a dataset, with its publisher, period and file."""
    subject, publisher = NamedNode(graph.iri), graph.publisher or "Maillage"
    yield Triple(subject, RDF.type, DCAT.Dataset)
    for code, title in (("en", graph.title), ("fr", graph.title_fr or graph.title)):
        yield Triple(subject, DCTERMS.title, Literal(title, language=code))
        values = {"title": title, "triples": language(code).number(graph.triples),
                  "source": graph.source, "publisher": publisher}  # fmt: skip
        text = language(code).say(PART, values)
        yield Triple(subject, DCTERMS.description, Literal(text, language=code))
    yield Triple(subject, DCTERMS.identifier, Literal(graph.iri))
    yield from placed(snapshot, subject, publisher)
    for one in SPOKEN:
        yield Triple(subject, DCTERMS.language, authority("language", one))
    yield from describe_period(subject, graph.period or "")
    if file:
        yield from describe_file(root, graph, file)


def placed(snapshot: Snapshot, subject: NamedNode, publisher: str) -> Iterator[Triple]:
    """Yield by whom a dataset is, under which themes it is found, and that all may have it."""
    yield Triple(subject, DCTERMS.publisher, agent(snapshot, publisher))
    yield from described_agent(agent(snapshot, publisher), publisher)
    yield Triple(subject, DCTERMS.accessRights, authority("access-right", "PUBLIC"))
    yield Triple(subject, DCAT.keyword, Literal("social economy", language="en"))
    yield Triple(subject, DCAT.keyword, Literal("économie sociale", language="fr"))
    for theme in THEMES:
        yield Triple(subject, DCAT.theme, authority("data-theme", theme))


def described_cube(
    root: str, snapshot: Snapshot, cube: CubeDataset, files: Mapping[str, File]
) -> Iterator[Triple]:
    """Yield a cube as a dataset: it can be had in every format, and as the file of its graph."""
    collection = cube.cube.collection
    yield from placed(snapshot, cube.node, collection.agency_names["en"])
    for one in TOLD:
        yield Triple(cube.node, DCTERMS.language, authority("language", one))
    yield Triple(Endpoint(root).node, DCAT.servesDataset, cube.node)
    yield Triple(NamedNode(f"{root}sparql"), DCAT.servesDataset, cube.node)
    graph = f"{snapshot.base}graph/cubes/{cube.cube.dataflow.id}"
    if graph in files:
        yield Triple(cube.node, DCAT.distribution, NamedNode(f"{graph}#dump"))
    yield from cube.described()


def describe_file(root: str, graph: Graph, file: File) -> Iterator[Triple]:
    """Yield the dump of a graph as a distribution, with its checksum."""
    dump, digest = NamedNode(f"{graph.iri}#dump"), NamedNode(f"{graph.iri}#checksum")
    address = NamedNode(f"{root}dumps/{file.name}")
    yield Triple(NamedNode(graph.iri), DCAT.distribution, dump)
    yield Triple(dump, RDF.type, DCAT.Distribution)
    yield from in_all_languages(dump, DCTERMS.description, FILE, {})
    yield Triple(dump, DCATAP.availability, authority("planned-availability", "STABLE"))
    yield Triple(dump, DCAT.accessURL, address)
    yield Triple(dump, DCAT.downloadURL, address)
    yield Triple(address, RDF.type, RDFS.Resource)
    yield Triple(dump, DCAT.accessService, NamedNode(f"{root}sparql"))
    size = Literal(str(file.size), datatype=XSD.nonNegativeInteger)
    yield Triple(dump, DCAT.byteSize, size)
    yield Triple(dump, DCTERMS.format, authority("file-type", "RDF_N_QUADS"))
    for name, media in ((DCAT.mediaType, "n-quads"), (DCAT.compressFormat, "gzip")):
        yield Triple(dump, name, NamedNode(f"{MEDIA}application/{media}"))
        yield Triple(NamedNode(f"{MEDIA}application/{media}"), RDF.type, DCTERMS.MediaType)
    if graph.licence:
        yield Triple(dump, DCTERMS.license, NamedNode(graph.licence))
        yield Triple(NamedNode(graph.licence), RDF.type, DCTERMS.LicenseDocument)
    if file.digest:
        yield Triple(dump, SPDX.checksum, digest)
        yield Triple(digest, RDF.type, SPDX.Checksum)
        yield Triple(digest, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
        yield Triple(digest, SPDX.checksumValue, Literal(file.digest, datatype=XSD.hexBinary))


def describe_period(subject: NamedNode, period: str) -> Iterator[Triple]:
    """Yield the time that a dataset speaks of, where its period is a year, quarter or month."""
    days = limits(period)
    if days is None:
        return
    node = NamedNode(f"{subject.value}#period")
    yield Triple(subject, DCTERMS.temporal, node)
    yield Triple(node, RDF.type, DCTERMS.PeriodOfTime)
    for name, day in zip((DCAT.startDate, DCAT.endDate), days, strict=True):
        yield Triple(node, name, Literal(day.isoformat(), datatype=XSD.date))


def limits(period: str) -> tuple[date, date] | None:
    """Return the first and the last day of a period.

    >>> [str(day) for day in limits("2016-Q1")]
    ['2016-01-01', '2016-03-31']
    """
    found = PERIOD.fullmatch(period)
    if found is None or not 1 <= int(found["year"]) < date.max.year:
        return None
    months = 1 if found["month"] else 3 if found["quarter"] else 12
    first = int(found["month"] or 3 * int(found["quarter"] or 1) - 2)
    year, month = divmod(int(found["year"]) * 12 + first - 1 + months, 12)
    return date(int(found["year"]), first, 1), date(year, month + 1, 1) - timedelta(days=1)


def authorities() -> Iterator[Triple]:
    """Yield what kind of things the used entries of the European authority tables are."""
    taxonomy = NamedNode(f"{EU}data-theme")
    yield Triple(taxonomy, RDF.type, SKOS.ConceptScheme)
    yield Triple(taxonomy, DCTERMS.title, Literal("Data theme", language="en"))
    for theme, name in THEMES.items():
        yield Triple(authority("data-theme", theme), RDF.type, SKOS.Concept)
        yield Triple(authority("data-theme", theme), SKOS.inScheme, taxonomy)
        yield Triple(authority("data-theme", theme), SKOS.prefLabel, Literal(name, language="en"))
    for spoken in TOLD:
        yield Triple(authority("language", spoken), RDF.type, DCTERMS.LinguisticSystem)
    stable = authority("planned-availability", "STABLE")
    yield Triple(stable, RDF.type, SKOS.Concept)
    yield Triple(stable, SKOS.prefLabel, Literal("stable", language="en"))
    yield Triple(SPDX.checksumAlgorithm_sha256, RDF.type, SPDX.ChecksumAlgorithm)
    yield Triple(authority("access-right", "PUBLIC"), RDF.type, DCTERMS.RightsStatement)
    yield Triple(authority("file-type", "RDF_N_QUADS"), RDF.type, DCTERMS.MediaTypeOrExtent)


def agent(snapshot: Snapshot, name: str) -> NamedNode:
    """Return a name for a publisher."""
    return NamedNode(f"{snapshot.base}catalogue#agent-{sha256(name.encode()).hexdigest()[:12]}")


def described_agent(subject: NamedNode, name: str) -> Iterator[Triple]:
    """Yield what is known of a publisher."""
    yield Triple(subject, RDF.type, FOAF.Agent)
    yield Triple(subject, FOAF.name, Literal(name))


def created(snapshot: Snapshot) -> Literal:
    """Return when the release was made."""
    moment = snapshot.release.manifest.created.isoformat(timespec="seconds")
    return Literal(moment, datatype=XSD.dateTime)


def in_all_languages(
    subject: NamedNode, name: NamedNode, text: str, values: Mapping[str, object]
) -> Iterator[Triple]:
    """Yield a text of ours in each language that has all texts."""
    for code in COMPLETE:
        said = language(code).say(text, values)
        yield Triple(subject, name, Literal(said, language=code))


def file_of(graph: str, name: str, place: Path, digests: Mapping[str, str]) -> File:
    """Return what is to be known of a file."""
    return File(graph, name, place.stat().st_size, digests.get(name, ""))
