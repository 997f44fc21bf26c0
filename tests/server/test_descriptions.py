"""What programs read first: VoID, service description, catalogue and examples, all true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import httpx
import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from loaders.building import build as building
from ontology.outside import DCAT, DCTERMS, FOAF, RDF, RDFS, SCHEMA, SD, SH, SPDX, VOID
from queries.catalogue import catalogue
from queries.release import Home, current
from server.about.catalogue import limits
from tests.server.releases import REPORT
from tests.server.running import serving

VOIDS = ("/void", "/.well-known/void")
EXAMPLES = "/.well-known/sparql-examples"
TURTLE = {"Accept": "text/turtle"}
FORMS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
# What editors of the SIB family ask: classes with their properties and what the values are.
AUTOCOMPLETION = """
PREFIX void: <http://rdfs.org/ns/void#> PREFIX ext: <http://ldf.fi/void-ext#>
SELECT DISTINCT ?class ?property ?other ?datatype WHERE {
  ?part void:class ?class ; void:propertyPartition ?used . ?used void:property ?property .
  OPTIONAL {
    { ?used void:classPartition [ void:class ?other ] }
    UNION { ?used ext:datatypePartition [ ext:datatype ?datatype ] }
  }
}"""
OFFERED = """
PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?one ?comment ?query WHERE {
  ?one a sh:SPARQLExecutable ; rdfs:comment ?comment ;
    sh:select|sh:ask|sh:construct|sh:describe ?query .
}"""
SHORT = "SELECT ?prefix ?start { [] <%sprefix> ?prefix ; <%snamespace> ?start }" % (
    ("http://www.w3.org/ns/shacl#",) * 2
)


@pytest.fixture(scope="module")
def built(published: Home) -> Iterator[httpx.Client]:
    """A client of a server on a release that was built, not made by hand."""
    with serving(published) as site, site.client() as one:
        yield one


class Read:
    """A description that can be looked up."""

    def __init__(self, answer: httpx.Response) -> None:
        assert answer.status_code == 200, answer.text
        form = FORMS[answer.headers["content-type"].partition(";")[0]]
        self.triples = {quad.triple for quad in parse(answer.content, format=form)}

    def objects(self, subject: object, predicate: NamedNode) -> list[object]:
        return [t.object for t in self.triples if (t.subject, t.predicate) == (subject, predicate)]

    def subjects(self, predicate: NamedNode, value: object) -> list[object]:
        return [t.subject for t in self.triples if (t.predicate, t.object) == (predicate, value)]

    def number(self, subject: object, predicate: NamedNode) -> int:
        (value,) = self.objects(subject, predicate)
        assert isinstance(value, Literal)
        return int(value.value)

    def of(self, kind: NamedNode) -> list[object]:
        return self.subjects(RDF.type, kind)


def rows(client: httpx.Client, query: str) -> list[dict[str, str]]:
    answer = client.get("/sparql", params={"query": query})
    assert answer.status_code == 200, answer.text
    found = answer.json()["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


def test_the_statistics_are_those_of_the_store(built: httpx.Client) -> None:
    read = Read(built.get("/void"))
    void = "https://w3id.org/maillage/graph/void#"
    outside = f"FILTER(!STRSTARTS(STR(?s), '{void}'))"
    classes = rows(built, f"SELECT ?c (COUNT(?s) AS ?n) {{ ?s a ?c {outside} }} GROUP BY ?c")
    chosen = [row for row in classes if not row["c"].startswith(VOID.Dataset.value[:-7])]
    assert len(chosen) > 20
    for row in chosen:
        (part,) = parts(read, row["c"])
        assert read.number(part, VOID.entities) == int(row["n"]), row["c"]


def parts(read: Read, cls: str) -> list[object]:
    named = read.subjects(VOID.class_, NamedNode(cls))
    return [one for one in named if read.objects(one, VOID.entities)]


def test_properties_are_counted_with_their_subjects_and_objects(built: httpx.Client) -> None:
    read = Read(built.get("/void"))
    skos = "http://www.w3.org/2004/02/skos/core#"
    for iri in ("https://w3id.org/maillage/ns#member", f"{skos}notation", f"{skos}broader"):
        (row,) = rows(
            built,
            "SELECT (COUNT(*) AS ?t) (COUNT(DISTINCT ?s) AS ?ds) (COUNT(DISTINCT ?o) AS ?do) "
            f"{{ ?s <{iri}> ?o }}",
        )
        (part,) = [
            one for one in read.subjects(VOID.property, NamedNode(iri))
            if read.objects(one, VOID.distinctObjects)
        ]  # fmt: skip
        counted = [
            read.number(part, one)
            for one in (VOID.triples, VOID.distinctSubjects, VOID.distinctObjects)
        ]
        assert counted == [int(row[key]) for key in ("t", "ds", "do")]


def test_every_public_graph_has_its_total(built: httpx.Client, published: Home) -> None:
    release = current(published)
    assert release is not None
    read = Read(built.get("/void"))
    public = {g.iri: g.triples for g in release.graphs if g.visibility == "public"}
    del public["https://w3id.org/maillage/graph/void"]
    whole = NamedNode("https://w3id.org/maillage/graph/void#dataset")
    subsets = {one.value for one in read.objects(whole, VOID.subset) if isinstance(one, NamedNode)}
    assert subsets == public.keys()
    assert all(read.number(NamedNode(iri), VOID.triples) == n for iri, n in public.items())
    partner = {g.iri for g in release.graphs if g.visibility != "public"}
    assert partner
    assert not any(iri in release.statistics.read_text("utf-8") for iri in partner)


def test_two_builds_count_the_same(published: Home, home: Home) -> None:
    building.build(home)
    first, second = current(published), current(home)
    assert first is not None
    assert second is not None
    assert first.statistics.read_bytes() == second.statistics.read_bytes()


def test_editors_find_classes_examples_and_prefixes_by_sparql(built: httpx.Client) -> None:
    known = rows(built, AUTOCOMPLETION)
    member = "https://w3id.org/maillage/ns#member"
    assert any(row["property"] == member and "Membership" in row["class"] for row in known)
    assert {row["one"].rpartition("/")[2] for row in rows(built, OFFERED)} == catalogue().keys()
    starts = {row["prefix"]: row["start"] for row in rows(built, SHORT)}
    assert starts["se"] == "https://w3id.org/maillage/ns#"


@pytest.mark.parametrize("path", [*VOIDS, EXAMPLES, "/catalogue"])
@pytest.mark.parametrize("media", FORMS)
def test_descriptions_exist_in_every_format(built: httpx.Client, path: str, media: str) -> None:
    read = Read(built.get(path, headers={"Accept": media}))
    same = Read(built.get(path, headers=TURTLE))
    assert len(read.triples) == len(same.triples)
    tag = built.get(path, headers={"Accept": media}).headers["etag"]
    again = built.get(path, headers={"Accept": media, "If-None-Match": tag})
    assert again.status_code == 304
    assert built.get(path, headers={"Accept": "image/png"}).status_code == 406


def test_void_says_where_to_ask(built: httpx.Client) -> None:
    read = Read(built.get("/.well-known/void"))
    (endpoint,) = {t.object for t in read.triples if t.predicate == VOID.sparqlEndpoint}
    assert endpoint == NamedNode(f"{str(built.base_url).rstrip('/')}/sparql")
    (dump,) = {t.object for t in read.triples if t.predicate == VOID.dataDump}
    assert isinstance(dump, NamedNode)
    assert built.head(dump.value).status_code == 200


def test_a_release_without_statistics_says_so(client: httpx.Client) -> None:
    answer = client.get("/.well-known/void")
    assert answer.status_code == 404
    assert "without statistics" in answer.json()["detail"]


def test_the_examples_run(built: httpx.Client) -> None:
    read = Read(built.get(EXAMPLES))
    executables = read.of(SH.SPARQLExecutable)
    assert len(executables) == len(catalogue())
    for one in sorted(executables, key=str)[:12]:
        (text,) = read.objects(one, SH.select)
        (target,) = read.objects(one, SCHEMA.target)
        assert isinstance(text, Literal)
        assert isinstance(target, NamedNode)
        assert built.get(target.value, params={"query": text.value}).status_code == 200
        assert len(read.objects(one, RDFS.comment)) == 2


def test_the_service_description_is_true(client: httpx.Client) -> None:
    read = Read(client.get("/sparql", headers=TURTLE))
    (service,) = read.of(SD.Service)
    assert isinstance(service, NamedNode)
    assert read.objects(service, SD.endpoint) == [service]
    assert client.get(service.value, params={"query": "ASK {}"}).status_code == 200
    assert read.objects(service, SD.feature) == [SD.UnionDefaultGraph]
    texts = {
        text.value for text in read.objects(service, RDFS.comment) if isinstance(text, Literal)
    }
    assert "Without a key, a query may take 2 seconds and its answer 900000 bytes." in texts
    assert "Sans clé, une requête peut durer 2 secondes et sa réponse 900000 octets." in texts
    (dataset,) = read.objects(service, SD.defaultDataset)
    counted = {}
    for named in read.objects(dataset, SD.namedGraph):
        (name,), (graph,) = read.objects(named, SD.name), read.objects(named, SD.graph)
        counted[name] = read.number(graph, VOID.triples)
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    assert counted == {NamedNode(r["g"]): int(r["n"]) for r in rows(client, query)}


MANDATORY = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.dataset),
    DCAT.Dataset: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.theme,
                   DCTERMS.language, DCAT.distribution),
    DCAT.Distribution: (DCAT.accessURL, DCTERMS.license, DCTERMS.format, DCAT.byteSize,
                        SPDX.checksum),
    DCAT.DataService: (DCTERMS.title, DCAT.endpointURL, DCAT.servesDataset),
    SPDX.Checksum: (SPDX.algorithm, SPDX.checksumValue),
    FOAF.Agent: (FOAF.name,),
    DCTERMS.PeriodOfTime: (DCAT.startDate, DCAT.endDate),
}  # fmt: skip


@pytest.mark.parametrize("kind", MANDATORY, ids=lambda kind: kind.value)
def test_the_catalogue_has_what_dcat_ap_asks(client: httpx.Client, kind: NamedNode) -> None:
    read = Read(client.get("/catalogue", headers=TURTLE))
    assert read.of(kind)
    for one in read.of(kind):
        for name in MANDATORY[kind]:
            assert read.objects(one, name), f"{one} has no {name}"
    assert {t.object for t in read.triples if t.predicate == DCTERMS.publisher} <= set(
        read.of(FOAF.Agent)
    )


def test_the_catalogue_leads_to_the_files(client: httpx.Client) -> None:
    read = Read(client.get("/catalogue.ttl"))
    for dump in read.of(DCAT.Distribution):
        (address,) = read.objects(dump, DCAT.downloadURL)
        assert isinstance(address, NamedNode)
        head = client.head(address.value)
        assert int(head.headers["content-length"]) == read.number(dump, DCAT.byteSize)
        (checksum,) = read.objects(dump, SPDX.checksum)
        (digest,) = read.objects(checksum, SPDX.checksumValue)
        assert isinstance(digest, Literal)
        assert head.headers["etag"] == f'"{digest.value}"'
    period = NamedNode(f"{REPORT}#period")
    days = {str(t.object)[1:11] for t in read.triples if t.subject == period}
    assert {"2019-01-01", "2019-12-31"} <= days


@pytest.mark.parametrize(("language", "title"), [("fr", "Rapport"), ("en", "Annual report 2019")])
def test_the_catalogue_has_a_page(client: httpx.Client, language: str, title: str) -> None:
    page = client.get(f"/{language}/catalogue", headers={"Accept": "text/html"})
    assert title in page.text
    assert "report2019.2019.nq.gz" in page.text
    home = client.get(f"/{language}/", headers={"Accept": "text/html"}).text
    assert f'href="/{language}/catalogue"' in home


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("2019", (date(2019, 1, 1), date(2019, 12, 31))),
        ("2016-Q4", (date(2016, 10, 1), date(2016, 12, 31))),
        ("2024-02", (date(2024, 2, 1), date(2024, 2, 29))),
        ("package", None),
        ("2016-13", None),
        ("9999", None),
    ],
)
def test_a_period_becomes_two_days(period: str, days: tuple[date, date] | None) -> None:
    assert limits(period) == days
