"""What changed, over HTTP: the page, the feed, the stream of versions, and what is gone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest
from pyoxigraph import RdfFormat, parse, serialize
from pyshacl import validate
from rdflib import DCTERMS, RDF, Graph, Literal, Namespace, URIRef

from queries import changes
from queries.release import Home, Release
from server.about import stream
from tests.changed import ORGANISATION, in_order, make
from tests.server.running import serving

HTML = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}
ATOM = "{http://www.w3.org/2005/Atom}"
AS = Namespace("https://www.w3.org/ns/activitystreams#")
TREE = Namespace("https://w3id.org/tree#")
LDES = Namespace("https://w3id.org/ldes#")
# The folder of the public shapes: rorlic/tree-shacl and rorlic/ldes-shacl, without the owner.
SHAPES = "MAILLAGE_LDES_SHAPES"
OWN_SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ldes: <https://w3id.org/ldes#> . @prefix tree: <https://w3id.org/tree#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix s: <urn:shape:> .
s:stream a sh:NodeShape ; sh:targetClass ldes:EventStream ; sh:property
  [ sh:path ldes:timestampPath ; sh:hasValue dcterms:created ; sh:maxCount 1 ] ,
  [ sh:path ldes:versionOfPath ; sh:hasValue dcterms:isVersionOf ; sh:maxCount 1 ] ,
  [ sh:path tree:view ; sh:minCount 1 ; sh:maxCount 1 ; sh:class tree:Node ] ,
  [ sh:path tree:member ; sh:nodeKind sh:IRI ; sh:node s:member ; sh:maxCount 250 ] .
s:member a sh:NodeShape ; sh:property
  [ sh:path dcterms:created ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:dateTime ] ,
  [ sh:path dcterms:isVersionOf ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] .
s:relation a sh:NodeShape ; sh:targetObjectsOf tree:relation ; sh:class tree:Relation ; sh:property
  [ sh:path tree:node ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
  [ sh:path tree:path ; sh:hasValue dcterms:created ; sh:maxCount 1 ] ,
  [ sh:path tree:value ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:dateTime ] .
"""


@pytest.fixture(scope="module")
def home(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with four releases."""
    return make(published, tmp_path_factory.mktemp("changed"))


@pytest.fixture(scope="module")
def made(home: Home) -> list[Release]:
    return in_order(home)


@pytest.fixture(scope="module")
def client(home: Home) -> Iterator[httpx.Client]:
    with serving(home) as site, site.client() as client:
        yield client


def graph_of(client: httpx.Client, path: str, media: str = "text/turtle") -> Graph:
    answer = client.get(path, headers={"Accept": media})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith(media)
    form = RdfFormat.from_media_type(media)
    triples = (quad.triple for quad in parse(answer.content, format=form))
    return Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")


def test_the_list_tells_what_each_release_says(client: httpx.Client, made: list[Release]) -> None:
    told = client.get("/changes", headers=JSON).json()["releases"]
    assert [one["id"] for one in told] == [one.id for one in reversed(made)]
    for one, release in zip(told, reversed(made), strict=True):
        said = changes.summary(release)
        assert (one["changes"], one["kinds"]) == (said.changes, said.kinds)
        assert (one["parent"], one["complete"]) == (said.parent, said.complete)


@pytest.mark.parametrize(("language", "word"), [("fr", "retiré"), ("en", "removed")])
def test_the_page_shows_things_by_their_names(
    client: httpx.Client, language: str, word: str
) -> None:
    answer = client.get(f"/{language}/changes", headers=HTML)
    assert answer.status_code == 200
    assert word in answer.text
    assert ORGANISATION in answer.text
    assert 'type="application/atom+xml"' in answer.text


def test_the_feed_has_an_entry_for_each_release_and_thing(
    client: httpx.Client, made: list[Release]
) -> None:
    answer = client.get("/changes.atom")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    expected = len(made) + min(300, sum(changes.summary(one).things for one in made))
    names = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(names)) == len(entries) == expected
    for element in (feed, *entries):
        for part in ("id", "title", "updated"):
            assert element.findtext(f"{ATOM}{part}")
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    for entry in entries[len(made) : len(made) + 20]:
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert client.get(link.attrib["href"], headers=HTML).status_code == 200


def pages(client: httpx.Client) -> dict[str, Graph]:
    """Return the pages of the stream, found as a client finds them: by relations from the view."""
    found: dict[str, Graph] = {}
    waiting = [f"{str(client.base_url).rstrip('/')}/changes/ldes"]
    while waiting:
        address = waiting.pop()
        found[address] = graph_of(client, address)
        waiting += [str(node) for node in found[address].objects(None, TREE.node)]
    return found


def test_the_stream_has_each_change_once(client: httpx.Client, made: list[Release]) -> None:
    found: dict[tuple[str, str], str] = {}
    for graph in pages(client).values():
        for member in graph.objects(None, TREE.member):
            thing = graph.value(member, DCTERMS.isVersionOf)
            created = graph.value(member, DCTERMS.created)
            deleted = (member, RDF.type, AS.Delete) in graph
            key = (str(thing), str(created))
            assert key not in found
            found[key] = "removed" if deleted else "there"
            assert deleted == (len(set(graph.predicates(member))) == 3)
    expected = {
        (one.iri, release.manifest.created.isoformat()): (
            "removed" if one.change == "removed" else "there"
        )
        for release in made for one in changes.things(release)
    }  # fmt: skip
    assert found == expected


def test_a_member_says_what_its_release_says(client: httpx.Client, made: list[Release]) -> None:
    """Also of an older release, in which the thing was otherwise or was still there."""
    for release in (made[1], made[3]):
        iri = f"{release.manifest.base}id/{ORGANISATION}"
        member = URIRef(stream.version(release, iri).value)
        number = next(
            n for n, one in enumerate(changes.things(release)) if one.iri == iri
        ) // stream.PAGE  # fmt: skip
        graph = graph_of(client, f"/changes/ldes/{release.id}/{number + 1}")
        said = set(graph.predicate_objects(member))
        said -= {(DCTERMS.isVersionOf, URIRef(iri))}
        said = {pair for pair in said if pair[0] != DCTERMS.created}
        query = f"CONSTRUCT {{ <{iri}> ?p ?o }} WHERE {{ <{iri}> ?p ?o }}"
        asked = client.get(
            "/sparql", params={"query": query, "release": release.id},
            headers={"Accept": "text/turtle"},
        )  # fmt: skip
        there = Graph().parse(data=asked.text, format="turtle")
        assert said == set(there.predicate_objects(URIRef(iri)))
        assert len(said) > 2


@pytest.mark.parametrize("media", ["application/ld+json", "application/n-triples"])
def test_every_format_says_the_same(client: httpx.Client, made: list[Release], media: str) -> None:
    path = f"/changes/ldes/{made[2].id}/1"
    assert set(graph_of(client, path)) == set(graph_of(client, path, media))
    for media_with_graphs in ("application/trig", "application/n-quads"):
        answer = client.get(path, headers={"Accept": media_with_graphs})
        assert answer.headers["Content-Type"].startswith(media_with_graphs)


def test_a_page_never_changes(client: httpx.Client, made: list[Release]) -> None:
    path = f"/changes/ldes/{made[1].id}/1"
    first, again = client.get(path), client.get(path)
    assert first.content == again.content
    assert "immutable" in first.headers["Cache-Control"]
    tag = first.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    other = client.get(path, headers={"If-None-Match": tag, "Accept": "application/ld+json"})
    assert other.status_code == 200
    assert "immutable" not in client.get("/changes/ldes").headers["Cache-Control"]


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "٣", "99999999999999999999"])
def test_there_are_no_other_pages(client: httpx.Client, made: list[Release], number: str) -> None:
    assert client.get(f"/changes/ldes/{made[2].id}/{number}").status_code == 404
    assert client.get(f"/changes/ldes/nothing/{number}").status_code == 404
    assert client.get(f"/changes/ldes/{made[0].id}/1").status_code == 404


def conforms(graph: Graph, shapes: Graph) -> tuple[bool, str]:
    found, _graph, text = validate(graph, shacl_graph=shapes, allow_infos=True, allow_warnings=True)
    return bool(found), str(text)


def test_pages_keep_our_shapes(client: httpx.Client) -> None:
    shapes = Graph().parse(data=OWN_SHAPES, format="turtle")
    found = pages(client)
    assert len(found) == 4
    for address, graph in found.items():
        kept, text = conforms(graph, shapes)
        assert kept, f"{address}: {text}"
    view = next(graph for address, graph in found.items() if address.endswith("/ldes"))
    values = sorted(view.objects(None, TREE.value), key=str)
    assert list(view.objects(None, LDES.startingFrom)) == values[:1]
    broken = next(graph for address, graph in found.items() if address.endswith("/1"))
    member = next(iter(broken.objects(None, TREE.member)))
    broken.add((member, DCTERMS.created, Literal("today")))
    assert not conforms(broken, shapes)[0]


@pytest.mark.skipif(SHAPES not in os.environ, reason=f"{SHAPES} names no folder of public shapes")
def test_pages_keep_the_public_shapes(client: httpx.Client) -> None:
    folder = Path(os.environ[SHAPES])
    for address, graph in pages(client).items():
        shapes = Graph()
        for name in ("tree-shacl", "ldes-shacl"):
            kind = "root" if address.endswith("/ldes") else "subsequent"
            for part in ("common", f"node-{kind}"):
                listed = (folder / name / "build" / f"shapes-{part}.txt").read_text().split()
                for file in listed:
                    shapes.parse(folder / name / "src" / file, format="turtle")
        assert len(shapes) > 100
        kept, text = conforms(graph, shapes)
        assert kept, f"{address}: {text}"


def test_what_a_release_removed_is_gone(home: Home, made: list[Release]) -> None:
    """The release without the row answers 410 and names itself; the next one has it again."""
    from loaders.building import release as publishing

    publishing.publish(home, made[2])
    try:
        with serving(home) as site, site.client() as client:
            answer = client.get(f"/id/{ORGANISATION}", headers=JSON)
            assert answer.status_code == 410, answer.text
            assert made[2].id in answer.text
            assert client.get("/id/organisation/never-there").status_code == 404
    finally:
        publishing.publish(home, made[3])
    with serving(home) as site, site.client() as client:
        assert client.get(f"/id/{ORGANISATION}", headers=JSON).status_code == 200


def test_sources_are_told_with_rows_and_warnings(client: httpx.Client, made: list[Release]) -> None:
    said = client.get("/graphs", headers=JSON).json()
    manifest = made[-1].manifest
    told = manifest.counts["sources"]
    assert isinstance(told, dict)
    assert said["release"] == made[-1].id
    assert {one["source"] for one in said["sources"]} == told.keys()
    for one in said["sources"]:
        cell = told[one["source"]]
        assert isinstance(cell, dict)
        for key in ("title", "publisher", "licence", "comes", "rows", "warnings", "first_warnings"):
            assert one[key] == cell[key]
        graphs = {g.iri: g for g in manifest.graphs
                  if g.source == one["source"] and g.visibility == "public"}  # fmt: skip
        assert {g["iri"]: g["statements"] for g in one["graphs"]} == {
            iri: graph.triples for iri, graph in graphs.items()
        }
    partner = [graph.iri for graph in manifest.graphs if graph.visibility != "public"]
    assert partner
    assert not any(iri in client.get("/graphs", headers=JSON).text for iri in partner)
    for path in ("/en/graphs", "/en/quality"):
        assert ">22<" in (page := client.get(path, headers=HTML).text) or "22 warnings" in page
    quality = client.get("/en/quality", headers=HTML).text
    assert "organisations 16" in quality
    assert "not wholly public" in quality
