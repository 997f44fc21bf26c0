"""The programs that partners have already: each asks as it does by itself, and reads the answer."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pandas as pd  # type: ignore[import-untyped]
import pytest
import sparql_dataframe  # type: ignore[import-untyped]
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import SKOS
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import GET, POST, POSTDIRECTLY, URLENCODED, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from queries.release import Home
from tests.conftest import needed
from tests.server.releases import BASE, REGISTER, REPORT, make, point
from tests.server.running import Site, serving

NS = f"{BASE}ns#"
UMBRELLA = f"{BASE}id/organisation/umbrella"
PREFIXES = f"PREFIX se: <{NS}> PREFIX skos: <{SKOS}> "
SELECT = "SELECT ?s WHERE { ?s a se:Federation }"
ASK = f"ASK {{ <{UMBRELLA}> a se:Federation }}"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s a se:Federation ; ?p ?o }"
DESCRIBE = f"DESCRIBE <{UMBRELLA}>"
QUESTION = "/queries/members_of_federation"
MEMBERS = {"federation": UMBRELLA, "on": "2020-01-01"}

NODE_MODULES = Path(__file__).parents[1] / "clients" / "node_modules"
NODE = NODE_MODULES / ".bin" / "node"
COMUNICA = NODE_MODULES / "@comunica" / "query-sparql" / "bin" / "query.js"
JSON_ROWS = "application/sparql-results+json"


@pytest.fixture(scope="module")
def endpoint(site: Site) -> str:
    """The address of the SPARQL service."""
    return f"{site.address}/sparql"


WAYS = {"get": (GET, URLENCODED), "form": (POST, URLENCODED), "direct": (POST, POSTDIRECTLY)}
ROW_FORMATS = ("json", "xml", "csv", "tsv")
GRAPH_FORMATS = ("turtle", "n3", "rdf", "rdf+xml", "xml", "json-ld", "json")


def wrapped(endpoint: str, query: str, form: str, way: str) -> Any:
    """Return what SPARQLWrapper makes of an answer, in its own type for each format."""
    wrapper = SPARQLWrapper(endpoint)
    wrapper.setQuery(PREFIXES + query)
    wrapper.setReturnFormat(form)
    method, encoding = WAYS[way]
    wrapper.setMethod(method)
    wrapper.setRequestMethod(encoding)
    with warnings.catch_warnings():
        # It says so where it knows no media type for a format, and sends */* with format=;
        # and it uses a class of rdflib that is going out of use.
        warnings.filterwarnings("ignore", "Sending Accept header", RuntimeWarning)
        warnings.filterwarnings("ignore", "ConjunctiveGraph", DeprecationWarning)
        return wrapper.queryAndConvert()


def subjects(found: Any, form: str) -> list[str]:
    """Return the values of the one column of an answer of rows."""
    if form == "json":
        return [row["s"]["value"] for row in found["results"]["bindings"]]
    if form == "xml":
        return [node.firstChild.data for node in found.getElementsByTagName("uri")]
    lines = list(csv.reader(io.StringIO(found.decode()), dialect="excel"))[1:]
    return [line[0].strip("<>") for line in lines]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", ROW_FORMATS)
def test_sparqlwrapper_reads_rows(endpoint: str, form: str, way: str) -> None:
    assert subjects(wrapped(endpoint, SELECT, form, way), form) == [UMBRELLA]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", ROW_FORMATS)
def test_sparqlwrapper_reads_yes_and_no(endpoint: str, form: str, way: str) -> None:
    for query, truth in ((ASK, True), (ASK.replace("Federation", "Nothing"), False)):
        found = wrapped(endpoint, query, form, way)
        if form == "json":
            assert found["boolean"] is truth
        elif form == "xml":
            (said,) = found.getElementsByTagName("boolean")
            assert said.firstChild.data == str(truth).lower()
        else:
            assert found.decode().strip() == str(truth).lower()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", GRAPH_FORMATS)
@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE], ids=["construct", "describe"])
def test_sparqlwrapper_reads_graphs(endpoint: str, query: str, form: str, way: str) -> None:
    found = wrapped(endpoint, query, form, way)
    graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle")
    assert (URIRef(UMBRELLA), RDF.type, URIRef(f"{NS}Federation")) in graph
    assert Literal("Fédération de démonstration", "fr") in set(graph.objects(URIRef(UMBRELLA)))
    assert len(graph) == len(wrapped(endpoint, query, "rdf+xml", "get")) >= 10


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("query", "form", "known"),
    [(SELECT, "turtle", "csv"), (ASK, "json-ld", "csv"), (CONSTRUCT, "tsv", "turtle")],
)
def test_sparqlwrapper_is_told_of_a_format_of_the_other_sort(
    endpoint: str, query: str, form: str, known: str, way: str
) -> None:
    with pytest.raises(QueryBadFormed, match=known):
        wrapped(endpoint, query, form, way)


def test_sparqlwrapper_chooses_a_graph(endpoint: str) -> None:
    wrapper = SPARQLWrapper(endpoint, returnFormat="json")
    wrapper.setQuery(f"{PREFIXES} SELECT ?s {{ ?s a se:FederationMembership }}")
    counts = []
    for graph in (REPORT, REGISTER):
        wrapper.addParameter("default-graph-uri", graph)
        found: Any = wrapper.queryAndConvert()
        counts.append(len(found["results"]["bindings"]))
        wrapper.clearParameter("default-graph-uri")
    assert counts == [2, 0]


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv"])
def test_the_rdflib_store_asks_queries(endpoint: str, form: str, method: str) -> None:
    graph = Graph(SPARQLStore(endpoint, returnFormat=form, method=method))
    rows = graph.query(SELECT, initNs={"se": URIRef(NS)})
    assert [str(row[0]) for row in rows] == [UMBRELLA]  # type: ignore[index]
    if form in ("xml", "json"):
        assert graph.query(ASK, initNs={"se": URIRef(NS)}).askAnswer is True


def test_the_rdflib_store_sends_bindings(endpoint: str) -> None:
    graph = Graph(SPARQLStore(endpoint))
    query = "SELECT ?label { ?thing skos:prefLabel ?label }"
    rows = graph.query(query, initNs={"skos": SKOS}, initBindings={"thing": URIRef(UMBRELLA)})
    assert {row.label.language for row in rows} == {"fr", "en"}  # type: ignore[union-attr]


def test_the_rdflib_store_reads_patterns(endpoint: str, client: httpx.Client) -> None:
    graph = Graph(SPARQLStore(endpoint))
    federation = (URIRef(UMBRELLA), RDF.type, URIRef(f"{NS}Federation"))
    assert list(graph.triples((None, RDF.type, federation[2]))) == [federation]
    assert set(graph.objects(URIRef(UMBRELLA), SKOS.altLabel)) == {Literal("FéDé", "fr")}
    assert federation in graph
    assert (federation[0], RDF.type, URIRef(f"{NS}Nothing")) not in graph
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    counted = client.get("/sparql", params={"query": count}).json()["results"]["bindings"]
    assert len(graph) == int(counted[0]["n"]["value"])


def test_the_rdflib_store_knows_graphs(endpoint: str) -> None:
    store = SPARQLStore(endpoint)
    (member, of) = (URIRef(f"{NS}member"), URIRef(f"{NS}memberOf"))
    report, register = (Graph(store, identifier=URIRef(one)) for one in (REPORT, REGISTER))
    assert len(list(report.subject_objects(of))) == len(list(report.subject_objects(member))) == 2
    assert list(register.subject_objects(of)) == []
    assert 0 < len(register) < len(Graph(store))
    assert len(list(report.query("SELECT * { ?s ?p ?o }", initNs={}))) == len(report)
    known = {str(graph) for graph in store.contexts()}
    assert {REPORT, REGISTER} <= known


@pytest.mark.parametrize("post", [False, True])
def test_sparql_dataframe_gives_a_table(endpoint: str, post: bool) -> None:
    query = "SELECT ?s ?label { ?s a se:Federation ; skos:prefLabel ?label } ORDER BY ?label"
    table = sparql_dataframe.get(endpoint, PREFIXES + query, post)
    assert list(table.columns) == ["s", "label"]
    assert list(table["label"]) == ["Demonstration federation", "Fédération de démonstration"]
    assert set(table["s"]) == {UMBRELLA}


def test_pandas_reads_a_query_address(site: Site) -> None:
    query = "SELECT ?s (STRLEN(STR(?s)) AS ?length) { ?s a se:Enterprise } ORDER BY ?s"
    address = httpx.URL(f"{site.address}/sparql", params={"query": PREFIXES + query})
    table = pd.read_csv(str(address), storage_options={"Accept": "text/csv"})
    assert list(table["s"]) == [f"{BASE}id/organisation/{name}" for name in ("bakery", "dutch")]
    assert table["length"].sum() == sum(map(len, table["s"]))


@pytest.mark.parametrize("suffix", ["", ".csv"])
def test_pandas_reads_the_address_of_a_question(site: Site, suffix: str) -> None:
    address = str(httpx.URL(f"{site.address}{QUESTION}{suffix}", params=MEMBERS))
    # With a suffix it needs no header, as in a spreadsheet that opens the address.
    options = {} if suffix else {"storage_options": {"Accept": "text/csv"}}
    table = pd.read_csv(address, **options)
    assert sorted(table["member"]) == [f"{BASE}id/organisation/{name}"
                                       for name in ("bakery", "dutch")]  # fmt: skip


def comunica(query: str, *sources: str, media: str = JSON_ROWS) -> str:
    """Return what Comunica's command line writes for a query over some sources."""
    needed(NODE.exists() and COMUNICA.exists(), "Comunica (make clients)")
    command = [str(NODE), str(COMUNICA), *sources, "-q", PREFIXES + query, "-t", media]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert found.returncode == 0, found.stderr
    return found.stdout


def rows(answer: str) -> list[dict[str, str]]:
    """Return the rows of an answer in JSON."""
    bindings = json.loads(answer)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


def asked(site: Site) -> tuple[int, int]:
    """Return how many requests the SPARQL service has answered well, and how many queries."""
    with site.client() as client:
        text = client.get("/metrics").text
    requests, queries = 0.0, 0.0
    for line in text.splitlines():
        name, _blank, value = line.rpartition(" ")
        if name.startswith("maillage_requests_total") and 'route="/sparql",status="200"' in name:
            requests += float(value)
        queries += float(value) if name == 'maillage_queries_total{outcome="ok"}' else 0
    return int(requests), int(queries)


def test_comunica_finds_out_by_itself_what_it_asks(small: Home) -> None:
    """It reads the service description at the bare address, and then sends the whole query."""
    with serving(small, cache=0) as site:
        before = asked(site)
        answer = comunica(SELECT, f"{site.address}/sparql")
        after = asked(site)
    assert rows(answer) == [{"s": UMBRELLA}]
    requests, queries = (new - old for new, old in zip(after, before, strict=True))
    assert queries >= 1
    assert requests > queries


def test_comunica_asks_every_form_of_query(endpoint: str) -> None:
    source = f"sparql@{endpoint}"
    assert rows(comunica(SELECT, source)) == [{"s": UMBRELLA}]
    assert json.loads(comunica(ASK, source))["boolean"] is True
    for query in (CONSTRUCT, DESCRIBE):
        graph = Graph().parse(data=comunica(query, source, media="text/turtle"), format="turtle")
        assert (URIRef(UMBRELLA), RDF.type, URIRef(f"{NS}Federation")) in graph


@pytest.fixture(scope="module")
def partners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The addresses of two partners: one knows the names, the other the sites."""
    homes = []
    for name, said in (
        ("names", 'org:a skos:prefLabel "A"@fr . org:b skos:prefLabel "B"@fr .'
                  ' org:c skos:prefLabel "C"@fr .'),
        ("sites", "org:a se:operatesAt <urn:site:1> , <urn:site:2> . org:c se:operatesAt"
                  " <urn:site:3> . org:d se:operatesAt <urn:site:4> ."),
    ):  # fmt: skip
        home = Home(tmp_path_factory.mktemp(name))
        make(home, name, extra=f"<{REPORT}> {{ {said} }}")
        point(home, name)
        homes.append(home)
    with serving(homes[0]) as names, serving(homes[1]) as sites:
        yield f"{names.address}/sparql", f"{sites.address}/sparql"


JOINED = [
    {"label": "A", "site": "urn:site:1"},
    {"label": "A", "site": "urn:site:2"},
    {"label": "C", "site": "urn:site:3"},
]


def test_comunica_joins_what_two_partners_publish(partners: tuple[str, str]) -> None:
    query = "SELECT ?label ?site { ?org se:operatesAt ?site ; skos:prefLabel ?label }"
    found = rows(comunica(query, *(f"sparql@{address}" for address in partners)))
    assert sorted(found, key=lambda row: row["site"]) == JOINED


def test_comunica_calls_the_services_that_a_query_names(partners: tuple[str, str]) -> None:
    """What this server refuses for its own sake, a client may do for itself."""
    names, sites = partners
    query = (
        f"SELECT ?label ?site {{ SERVICE <{sites}> {{ ?org se:operatesAt ?site }} "
        f"SERVICE <{names}> {{ ?org skos:prefLabel ?label }} }}"
    )
    found = rows(comunica(query))
    assert sorted(found, key=lambda row: row["site"]) == JOINED
    refused = httpx.get(sites, params={"query": PREFIXES + query}, trust_env=False)
    assert refused.json()["type"] == "/problems/federation-disabled"
