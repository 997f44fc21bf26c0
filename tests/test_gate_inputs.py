"""The gate's corpus of bad inputs: each gets one clear answer, by its number."""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import shacl
from pyoxigraph import BlankNode, Triple

import shapes
from ontology.outside import RDF, SH
from shapes import engines, gate
from shapes.naming import short
from shapes.reading import ShapesError, ShapesGraph, read, turtle_files
from shapes.report import LISTED
from tests.shaped import (
    CODES,
    FIRST,
    ORGANISATION,
    Desk,
    Example,
    examples,
    ntriples,
    write,
)
from tests.test_shapes import ASKED

ALL = shapes.load()
SHACL = "http://www.w3.org/ns/shacl#"
HEAD = """
@prefix owl:  <http://www.w3.org/2002/07/owl#> .
@prefix se:   <https://w3id.org/maillage/ns#> .
@prefix sesh: <https://w3id.org/maillage/shapes#> .
@prefix sh:   <http://www.w3.org/ns/shacl#> .
"""
SAID = 'sh:severity sh:Violation ; sh:name "n"@fr , "n"@en ; sh:message "m"@fr , "m"@en'
SEAT = f"""
sesh:SeatShape a sh:NodeShape ; sh:targetClass se:Seat ; sh:property sesh:Seat-seatIn .
sesh:Seat-seatIn a sh:PropertyShape ; sh:path se:seatIn ; {SAID} ; """
QUERY = "sh:sparql sesh:q . sesh:q sh:select "


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def loaded(folder: Path, text: str, name: str = "seat.ttl") -> ShapesGraph:
    """Return the shapes of a folder with one file."""
    (folder / name).write_text(HEAD + text, encoding="utf-8")
    return shapes.load(folder)


def broken(folder: Path, text: str, *says: str) -> None:
    """See that shapes are refused when they are loaded, with file and shape."""
    with pytest.raises(ShapesError) as caught:
        loaded(folder, text)
    message = str(caught.value)
    assert "shapes/seat.ttl: sesh:Seat" in message
    for part in says:
        assert part in message


# Shapes


def test_73_no_shapes_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ShapesError, match="0 shapes"):
        loaded(tmp_path, "")


def test_74_missing_shapes_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ShapesError, match="no shapes here"):
        shapes.load(tmp_path / "missing")


@pytest.mark.parametrize(
    ("right", "wrong"), [("sh:property", "sh:proprety"), ("sh:minCount", "sh:minCountt")]
)
def test_75_misspelt_terms_are_named(right: str, wrong: str, tmp_path: Path) -> None:
    broken(tmp_path, (SEAT + "sh:minCount 1 .").replace(right, wrong), f"unknown term {wrong}")


def test_76_a_shape_that_looks_at_nothing_is_named(desk: Desk) -> None:
    report = desk.examine({FIRST: ORGANISATION}, minimums=True)
    assert not report.conforms
    assert "sesh:MandateShape: 0 focus nodes, at least 1 expected" in report.as_text()


def test_77_no_data_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ShapesError, match="no data"):
        gate.check(write(tmp_path / "empty.nt", []))


def test_78_a_pattern_that_is_none_names_its_shape(tmp_path: Path) -> None:
    broken(tmp_path, SEAT + 'sh:pattern "[" .', "sesh:Seat-seatIn", "no regular expression")


CATASTROPHIC = ["^(a+)+$", "^(a|a)*$", "^(a+b?)+$", "^((a+)b?)+$", "^(a?){30}a{30}$", "^(a|aa)+$"]


@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_79_a_pattern_that_could_run_for_ever_names_its_shape(pattern: str, tmp_path: Path) -> None:
    broken(tmp_path, SEAT + f'sh:pattern "{pattern}" .', "sesh:Seat-seatIn", "run for ever")


@pytest.mark.parametrize("pattern", [r"(?=a)b", r"(a)\\1", "(?<!a)b"])
def test_79_a_pattern_that_the_compiled_engine_does_not_know_names_its_shape(
    pattern: str, tmp_path: Path
) -> None:
    broken(tmp_path, SEAT + f'sh:pattern "{pattern}" .', "looks around or back")


@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_79_even_then_the_compiled_engine_ends(pattern: str) -> None:
    constraint = f"[ sh:path se:y ; sh:pattern '{pattern}' ]"
    rules = shacl.Shapes.from_text(f"{HEAD} sesh:S sh:targetNode se:x ; sh:property {constraint} .")
    start = time.perf_counter()
    found = rules.validate_text(f"{HEAD} se:x se:y '{'a' * 1_000_000}!' .")
    assert len(found) == 1
    assert time.perf_counter() - start < 20


@pytest.mark.parametrize(
    "pattern", ["^[a-z]+$", "(ab)+", "(?:ab)+", "@(a|b)", "[(a+]+", r"\\(a+\\)+"]
)
def test_79_ordinary_patterns_are_kept(pattern: str, tmp_path: Path) -> None:
    assert loaded(tmp_path, SEAT + f'sh:pattern "{pattern}" .').targeted


def test_80_data_cannot_switch_a_shape_off(desk: Desk) -> None:
    off = "sesh:SeatShape sh:deactivated true . sesh:Seat-seatIn sh:deactivated true ."
    assert desk.examine({FIRST: off + "<id/s> a se:Seat ."}).blocked == {FIRST}


def test_81_shapes_from_elsewhere_are_refused(tmp_path: Path) -> None:
    text = SEAT + "sh:minCount 1 . sesh:SeatShape owl:imports <http://127.0.0.1:9/shapes> ."
    broken(tmp_path, text, "owl:imports is refused")


REACHING = {
    "SERVICE": "SELECT $this { SERVICE <http://127.0.0.1:9/> { $this ?p ?o } }",
    "service": "SELECT $this { $this ?p ?o . service silent ?s { ?s ?p ?o } }",
    "FROM": "SELECT $this FROM <http://127.0.0.1:9/> { $this ?p ?o }",
    "MINUS": "SELECT $this { $this ?p ?o MINUS { $this ?p 1 } }",
    "sub-select": "SELECT $this { $this ?p ?o { SELECT ?o { ?s ?p ?o } } }",
    "$shapesGraph": "SELECT $this { GRAPH $shapesGraph { $this ?p ?o } }",
}


@pytest.mark.parametrize("word", REACHING)
def test_82_a_query_that_reaches_elsewhere_names_its_shape(word: str, tmp_path: Path) -> None:
    text = SEAT + f'{QUERY} "{REACHING[word]}" .'
    with pytest.raises(ShapesError, match=f"(?i)sesh:q: .*{word.replace('$', '.')}"):
        loaded(tmp_path, text)


def test_83_a_query_that_does_not_parse_names_its_shape(tmp_path: Path) -> None:
    with pytest.raises(ShapesError, match="sesh:q: sh:select is not SPARQL"):
        loaded(tmp_path, SEAT + f'{QUERY} "SELECT $this {{ $this " .')


@pytest.mark.parametrize(
    ("constraint", "reason"),
    [("sh:minCount 1 , 2", "more than once"), ('sh:minCount "one"', "not a whole number"),
     ("sh:minCount 1.5", "not a whole number")],
)  # fmt: skip
def test_83_counts_that_are_none_name_their_shape(
    constraint: str, reason: str, tmp_path: Path
) -> None:
    broken(tmp_path, SEAT + f"{constraint} .", "sesh:Seat-seatIn", reason)


def test_83_a_property_without_path_names_its_shape(tmp_path: Path) -> None:
    text = (SEAT + "sh:minCount 1 .").replace("sh:path se:seatIn ;", "")
    broken(tmp_path, text, "sesh:Seat-seatIn", "no sh:path")


@pytest.mark.parametrize(
    "circle",
    ["sh:node sesh:SeatShape", "sh:not sesh:SeatShape", "sh:or ( sesh:SeatShape )",
     "sh:node [ sh:property sesh:Seat-seatIn ]"],
)  # fmt: skip
def test_84_a_recursive_shape_is_named(circle: str, tmp_path: Path) -> None:
    broken(tmp_path, SEAT + f"{circle} .", "is recursive")


def test_85_warnings_are_published_violations_are_not_and_remarks_are_ignored(
    tmp_path: Path,
) -> None:
    file = tmp_path / "data.nt"
    file.write_text(f"<urn:s> {RDF.type} <https://w3id.org/maillage/ns#Seat> .\n", "utf-8")
    outcome = {}
    for severity in ("Violation", "Warning", "Info"):
        text = (SEAT + "sh:minCount 1 .").replace("sh:Violation", f"sh:{severity}")
        folder = tmp_path / severity
        folder.mkdir()
        report = gate.check(file, shapes=loaded(folder, text))
        outcome[severity] = (bool(report.blocked), report.count("Warning"), len(report.tallies))
    assert outcome == {"Violation": (True, 0, 1), "Warning": (False, 1, 1), "Info": (False, 0, 0)}


def test_86_a_hundred_thousand_violations_are_counted_and_some_listed(desk: Desk) -> None:
    seats = "".join(f"<id/s{n}> a se:Seat ; se:seatKind <code/x> .\n" for n in range(50_000))
    report = desk.examine({FIRST: ORGANISATION + seats})
    by_shape = {short(t.shape): (t.count, len(t.results)) for t in report.tallies}
    assert report.blocked == {FIRST}
    assert report.count("Violation") >= 100_000 or not report.complete
    assert by_shape["sesh:Seat-seatIn"][0] > LISTED
    assert all(listed <= LISTED for _, listed in by_shape.values())
    assert len(report.as_text()) < 10_000
    assert len(report.as_json()) < 1_000_000


# The shapes proved by examples, constraint by constraint

CONSTRAINTS = {
    "class", "datatype", "nodeKind", "pattern", "minCount", "maxCount", "not", "or", "and", "xone",
    "node", "hasValue", "in", "flags", "minLength", "maxLength",
}  # fmt: skip
# Constraints that no example needs, with the reason; by the name of the shape that has them.
UNNEEDED: dict[str, str] = {}


def all_examples(folder: Path) -> Path:
    """Write all examples in one file, each with things of its own."""
    lines = [*ntriples(CODES)]
    for number, example in enumerate(examples()):
        lines += [line.replace("/id/", f"/id/{number}/") for line in ntriples(example.file)]
    return write(folder / "all.nt", lines)


def parts() -> Iterator[ShapesGraph]:
    """Yield the shapes file by file, with those that all of them use."""
    sources = turtle_files(files("shapes"))
    for name, content in sources.items():
        yield read({"text.ttl": sources["text.ttl"], name: content})


def within(part: ShapesGraph) -> Iterator[Triple]:
    """Yield the constraints that stand within a shape, or on a shape without a path."""
    for triple in part.triples:
        name = triple.predicate.value.removeprefix(SHACL)
        # Those of property shapes are proved one by one in test_shapes.py.
        kinds = part.objects(triple.subject, RDF.type)  # type: ignore[arg-type]
        if name in CONSTRAINTS and SH.PropertyShape not in kinds:
            yield triple


def test_every_constraint_within_a_shape_is_needed_for_some_example(tmp_path: Path) -> None:
    file = all_examples(tmp_path)
    proved: dict[str, bool] = {}
    for part in parts():
        whole = engines.validate(file, part).results
        for triple in within(part):
            kept = tuple(other for other in part.triples if other != triple)
            name = f"{short(part.named(triple.subject))} {short(triple.predicate.value)}"  # type: ignore[arg-type]
            key = f"{name} {triple.object}" if not isinstance(triple.object, BlankNode) else name
            if not proved.get(key):
                found = engines.validate(file, ShapesGraph(kept, part.files)).results
                proved[key] = found != whole
    assert {name for name, needed in proved.items() if not needed} == UNNEEDED.keys()
    assert len(proved) > 20


def test_every_kind_of_constraint_that_is_used_is_proved() -> None:
    used = {
        predicate.value.removeprefix(SHACL)
        for subject in ALL.subjects
        if SH.PropertyShape in ALL.objects(subject, RDF.type)
        for predicate in ALL.properties(subject)
        if predicate.value.startswith(SHACL)
    }
    about = {"path", "severity", "message", "name", "description", "flags"}
    assert used - about <= ASKED.keys()


@pytest.mark.parametrize("example", [e for e in examples() if not e.valid], ids=lambda e: e.name)
def test_each_bad_example_is_stopped_or_warned_of_by_the_gate_itself(
    example: Example, tmp_path: Path
) -> None:
    file = write(tmp_path / "bad.nt", example.lines())
    visibility = "public" if example.public else "partner"
    report = gate.examine({"urn:bad": file}, {"urn:bad": visibility}, minimums=False)
    assert report.count("Violation") + report.count("Warning")
