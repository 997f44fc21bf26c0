"""The shapes themselves examined: one that cannot fail must not look like one that passes."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

import shapes
from ontology import NAMESPACE
from shapes import lint
from shapes.naming import short
from shapes.reading import ShapesError, read, turtle_files

ALL = shapes.load()

HEAD = """
@prefix gate: <https://w3id.org/maillage/shapes/gate#> .
@prefix owl:  <http://www.w3.org/2002/07/owl#> .
@prefix se:   <https://w3id.org/maillage/ns#> .
@prefix sesh: <https://w3id.org/maillage/shapes#> .
@prefix sh:   <http://www.w3.org/ns/shacl#> .
"""
SAID = """sh:severity sh:Violation ; sh:name "n"@fr , "n"@en ; sh:message "m"@fr , "m"@en ;"""
GOOD = f"""
sesh:SeatShape a sh:NodeShape ; sh:targetClass se:Seat ; sh:property sesh:Seat-seatIn .
sesh:Seat-seatIn a sh:PropertyShape ; sh:path se:seatIn ; {SAID} sh:minCount 1 .
"""


def queried(pattern: str) -> str:
    """Return good shapes with a query of this pattern."""
    select = f"PREFIX se: <{NAMESPACE}> SELECT $this ?value {{ {pattern} }}"
    return f'{GOOD} sesh:Seat-seatIn sh:sparql sesh:q . sesh:q sh:select "{select}" .'


HOSTILE = {
    "0 shapes": ("", "0 shapes"),
    "misspelt property": (GOOD.replace("sh:property", "sh:proprety"), "sh:proprety"),
    "misspelt count": (GOOD.replace("sh:minCount", "sh:minCountt"), "sh:minCountt"),
    "unknown class": (GOOD.replace("se:Seat ;", "se:Chair ;"), "se:Chair"),
    "unknown path": (GOOD.replace("sh:path se:seatIn", "sh:path se:seatedIn"), "se:seatedIn"),
    "no path": (GOOD.replace("sh:path se:seatIn ;", ""), "sh:path"),
    "path misspelt twice": (GOOD.replace("sesh:Seat-seatIn a", "sesh:Seat-in a"), "no sh:path"),
    "bad regex": (GOOD.replace("sh:minCount 1", 'sh:pattern "["'), "no regular expression"),
    "endless regex": (GOOD.replace("sh:minCount 1", 'sh:pattern "^(a+)+$"'), "for ever"),
    "two counts": (GOOD.replace("sh:minCount 1", "sh:minCount 1 , 2"), "more than once"),
    "count in words": (GOOD.replace("sh:minCount 1", 'sh:minCount "one"'), "not a whole number"),
    "count below zero": (GOOD.replace("sh:minCount 1", "sh:minCount -1"), "not a whole number"),
    "import": (GOOD + "<urn:x> owl:imports <https://example.org/shapes> .", "owl:imports"),
    "deactivated": (GOOD + "sesh:SeatShape sh:deactivated true .", "sh:deactivated"),
    "orphan": (GOOD + "sesh:Lost a sh:NodeShape ; sh:pattern 'x' .", "nothing refers to it"),
    "recursive": (GOOD + "sesh:Seat-seatIn sh:node sesh:SeatShape .", "recursive"),
    "recursive in a list": (GOOD + "sesh:Seat-seatIn sh:or ( sesh:SeatShape ) .", "recursive"),
    "no message": (GOOD.replace('"m"@fr , ', ""), "sh:message in fr"),
    "no severity": (GOOD.replace("sh:severity sh:Violation ;", ""), "sh:severity is missing"),
    "exempt without reason": (
        GOOD + "sesh:SeatShape gate:minimumFocusNodes 0 .", "needs a gate:reason in fr"
    ),
    "exempt in words": (
        GOOD + 'sesh:SeatShape gate:minimumFocusNodes "no" .', "not a whole number"
    ),
    "query to elsewhere": (
        GOOD + "sesh:Seat-seatIn sh:sparql sesh:q . sesh:q sh:select "
        '"SELECT $this { SERVICE <http://127.0.0.1/> { $this ?p ?o } }" .',
        "uses SERVICE",
    ),
    "query that does not parse": (
        GOOD + 'sesh:Seat-seatIn sh:sparql sesh:q . sesh:q sh:select "SELECT $this { $this " .',
        "is not SPARQL",
    ),
    "query about nothing": (
        GOOD + 'sesh:Seat-seatIn sh:sparql sesh:q . sesh:q sh:select "SELECT ?s { ?s ?p $this }" .',
        "does not select $this",
    ),
    "query with a step that may be left out": (
        GOOD + "sesh:Seat-seatIn sh:sparql sesh:q . sesh:q sh:select "
        '"PREFIX se: <urn:x> SELECT $this { $this se:a/se:b? ?value }" .',
        "write a UNION",
    ),
    "query that joins": (queried("$this se:seatIn ?value . ?value se:p ?x"), "?value se:p ?x"),
    "query with a sequence": (queried("$this se:seatIn/se:seatKind ?value"), "reads all data"),
    "query with a way back": (queried("$this se:seatIn/^se:seatIn ?value"), "reads all data"),
    "query with an OPTIONAL elsewhere": (
        queried("$this se:seatIn ?value . OPTIONAL { ?value se:validTo ?x }"), "?value se:validTo"
    ),
    "query with a UNION that joins": (
        queried("$this se:seatIn ?value . { $this se:p ?x } UNION { ?value se:q ?x }"),
        "?value se:q ?x",
    ),
    "query that joins in an EXISTS": (
        queried("$this se:seatIn ?value FILTER EXISTS { ?value se:p ?x . ?x se:q ?y }"),
        "?x se:q ?y",
    ),
    "query that may have nothing to begin at": (
        queried(
            "$this se:seatIn ?value OPTIONAL { $this se:p ?x } FILTER EXISTS { ?x se:q ?y }"
        ),
        "?x se:q ?y",
    ),
    "query back from a code": (
        'sesh:Seat-seatIn sh:pattern "/code/kind/" .'
        + queried("$this se:seatIn ?value FILTER EXISTS { ?x se:seatIn ?value }"),
        "?x se:seatIn ?value",
    ),
    "query missing": (GOOD + "sesh:Seat-seatIn sh:sparql sesh:q .", "no sh:select"),
}  # fmt: skip


def problems(text: str) -> list[str]:
    return lint.problems(read({"seat.ttl": (HEAD + text).encode()}))


def test_good_shapes_have_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize("case", HOSTILE)
def test_bad_shapes_are_refused_by_name(case: str) -> None:
    text, reason = HOSTILE[case]
    found = problems(text)
    assert any(reason in problem for problem in found), found
    assert case == "0 shapes" or any(problem.startswith("shapes/seat.ttl: ") for problem in found)


@pytest.mark.parametrize(
    "pattern",
    [
        "$this se:seatIn|(se:seatIn/se:p) ?value",
        "?value se:seatIn $this OPTIONAL { $this se:p ?x }",
        "$this se:seatIn ?value FILTER EXISTS { ?value se:p ?x FILTER EXISTS { ?x se:q ?y } }",
        "$this se:seatIn ?value FILTER (!EXISTS { ?x se:p ?value } || EXISTS { $this se:p ?z })",
        "$this se:seatIn ?value ; se:p ?x FILTER NOT EXISTS { ?value se:p/se:q ?x }",
        "{ $this se:seatIn ?value } UNION { $this se:p ?value } FILTER EXISTS { ?value se:q ?x }",
        "$this se:seatIn ?value OPTIONAL { $this se:p ?x FILTER EXISTS { ?x se:q ?value } }",
    ],
)
def test_a_query_that_looks_up_all_it_asks_for_is_good(pattern: str) -> None:
    assert problems(queried(pattern)) == []


def test_the_word_service_in_a_text_or_a_variable_is_no_service() -> None:
    query = 'SELECT $this { $this ?service ?o FILTER(?o != \\"SERVICE\\") }'
    extra = f'sesh:Seat-seatIn sh:sparql sesh:q . sesh:q sh:select "{query}" .'
    assert problems(GOOD + extra) == []


def test_shapes_that_are_no_turtle_name_file_and_line() -> None:
    with pytest.raises(ShapesError, match=r"shapes/seat\.ttl: .*line 2"):
        read({"seat.ttl": b"@prefix sh: <http://www.w3.org/ns/shacl#> .\nsh:a sh:b"})


def test_a_folder_without_shapes_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ShapesError, match="no shapes here"):
        turtle_files(tmp_path)
    with pytest.raises(ShapesError, match="no shapes here"):
        turtle_files(tmp_path / "missing")


def test_shapes_survive_the_way_through_turtle() -> None:
    again = read({"all.ttl": ALL.as_turtle().encode()})
    assert len(again.triples) == len(ALL.triples)
    assert {short(s) for s in again.targeted} == {short(s) for s in ALL.targeted}


def test_shapes_are_written_the_same_each_time_they_are_read() -> None:
    sources = turtle_files(files("shapes"))
    first, second = read(sources), read(sources)
    assert first.as_turtle() == second.as_turtle() == ALL.as_turtle()
