"""The gate stops what must not be published, only that, and proves that it looked."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import shapes
from ontology import NAMESPACE as SE
from ontology.outside import RDF
from shapes import gate
from shapes.reading import ShapesError
from tests.shaped import (
    DAY,
    FIRST,
    MANDATE,
    ORGANISATION,
    PARTNER,
    PERSON,
    PUBLIC,
    SEAT,
    SECOND,
    Desk,
    found,
    write,
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# What is stopped


def test_good_graphs_pass(desk: Desk) -> None:
    report = desk.examine({FIRST: ORGANISATION, SECOND: SEAT})
    assert report.conforms
    assert report.blocked == set()


def test_a_violation_stops_its_graph_only(desk: Desk) -> None:
    report = desk.examine({FIRST: ORGANISATION, SECOND: "<id/s> a se:Seat ."})
    assert report.blocked == {SECOND}
    assert found(report, SECOND) == {"Seat-seatIn MinCount"}
    assert report.violations(FIRST) == ()


def test_a_graph_may_speak_of_what_another_graph_describes(desk: Desk) -> None:
    assert desk.examine({FIRST: ORGANISATION, SECOND: SEAT}).blocked == set()
    alone = desk.examine({SECOND: SEAT})
    assert found(alone, SECOND) == {"Seat-seatIn Class"}


def test_who_says_the_wrong_value_answers_for_it(desk: Desk) -> None:
    wrong = '<id/o> se:foundedOn "1991" .'
    report = desk.examine({FIRST: ORGANISATION, SECOND: wrong})
    assert report.blocked == {SECOND}


def test_warnings_are_published_and_stop_nothing(desk: Desk) -> None:
    report = desk.examine({FIRST: ORGANISATION, SECOND: "<id/s> a se:Seat ; se:seatIn <id/o> ."})
    assert report.blocked == set()
    assert [r.shape.rpartition("#")[2] for r in report.warnings(SECOND)] == [
        "Seat-seatKind-expected"
    ]
    assert report.conforms


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('<id/o> skos:prefLabel "Atelier"@fr .', '<id/o> skos:prefLabel "Ateliers"@fr .'),
        (DAY.format("foundedOn", "1991-01-01"), DAY.format("foundedOn", "1992-01-01")),
        (DAY.format("validFrom", "2020-01-01"), DAY.format("validTo", "2019-01-01")),
    ],
    ids=["two names", "two dates", "end before start"],
)  # fmt: skip
def test_sources_that_contradict_each_other_both_stay(desk: Desk, first: str, second: str) -> None:
    both = '<id/o> a se:Organisation ; skos:prefLabel "Workshop"@en .'
    report = desk.examine({FIRST: both + first, SECOND: both + second})
    assert report.blocked == set()
    assert {entry.graph for entry in report.tallies} == {FIRST, SECOND}
    assert all(entry.conflict for entry in report.tallies)
    alone = desk.examine({FIRST: both + first + second})
    assert alone.blocked == {FIRST}


def test_data_cannot_switch_a_shape_off(desk: Desk) -> None:
    off = "".join(f"{s} sh:deactivated true ." for s in ("sesh:SeatShape", "sesh:Seat-seatIn"))
    report = desk.examine({FIRST: off + "<id/s> a se:Seat ."})
    assert "Seat-seatIn MinCount" in found(report, FIRST)


def test_a_long_text_does_not_hold_the_gate_up(desk: Desk) -> None:
    text = ORGANISATION + f'<id/o> se:note "{"a" * 1_000_000}!"@fr .'
    start = time.perf_counter()
    assert desk.examine({FIRST: text}).blocked == set()
    assert time.perf_counter() - start < 20


# Tiers of visibility


def test_employments_contacts_and_persons_without_a_role_are_never_public(desk: Desk) -> None:
    private = (
        "<id/e> a se:Employment ; se:employee <id/p> ; se:employer <id/o> ."
        "<id/c> a se:Contact ; se:contactOf <id/o> ; se:contactWith <id/o> ."
    )
    public = desk.examine({PUBLIC: ORGANISATION + PERSON + private})
    assert found(public, PUBLIC) == {
        "PublicPerson-role MinCount",
        "PublicEmployment-none MaxCount",
        "PublicContact-none MaxCount",
    }
    kept = desk.examine({PUBLIC: ORGANISATION, PARTNER: PERSON + private})
    assert kept.blocked == set()


def test_a_person_with_a_mandate_may_be_public(desk: Desk) -> None:
    text = ORGANISATION + SEAT + MANDATE + PERSON
    assert desk.examine({PUBLIC: text}).blocked == set()
    birth = text + '<id/p> schema:birthDate "1980-01-01"^^xsd:date .'
    assert found(desk.examine({PARTNER: birth}), PARTNER) == {"Person-birth MaxCount"}


def test_what_only_partners_see_does_not_complete_a_public_graph(desk: Desk) -> None:
    report = desk.examine({PUBLIC: SEAT, PARTNER: ORGANISATION})
    assert report.blocked == {PUBLIC}
    assert found(report, PUBLIC) == {"Seat-seatIn Class"}


def test_the_report_does_not_publish_what_it_keeps_from_being_published(desk: Desk) -> None:
    number = "80.01.01-123.45"
    report = desk.examine({PUBLIC: ORGANISATION + f'<id/o> se:note "Gérant : {number}"@fr .'})
    assert found(report, PUBLIC) == {"PublicText-nationalNumber Not"}
    forms = (report.as_text(), report.as_json(), report.as_turtle(), report.as_html("fr"))
    assert not any(number in form for form in forms)


@pytest.mark.parametrize("visibility", ["", "Public", "internal"])
def test_a_graph_of_unknown_visibility_is_refused(desk: Desk, visibility: str) -> None:
    file = desk.file("a", ORGANISATION)
    with pytest.raises(ShapesError, match="visibility"):
        gate.examine({FIRST: file}, {FIRST: visibility})
    with pytest.raises(ShapesError, match="visibility"):
        gate.examine({FIRST: file}, {})


# The gate proves that it looked


def test_shapes_that_look_at_nothing_are_named(desk: Desk) -> None:
    report = desk.examine({FIRST: ORGANISATION}, minimums=True)
    short = {s.shape.rpartition("#")[2]: (s.expected, s.found) for s in report.shortfalls}
    assert short["MandateShape"] == (1, 0)
    assert "OrganisationShape" not in short
    assert "EmploymentShape" not in short
    assert not report.conforms
    assert report.blocked == set()
    assert "sesh:MandateShape: 0 focus nodes, at least 1 expected" in report.as_text()


def test_focus_nodes_are_counted_once_however_often_they_are_described(desk: Desk) -> None:
    other = '<id/o2> a se:Organisation ; skos:prefLabel "Autre"@fr .'
    report = desk.examine({FIRST: ORGANISATION + other, SECOND: ORGANISATION, PARTNER: PERSON})
    counts = {shape.rpartition("#")[2]: n for shape, n in report.focus_nodes.items()}
    assert counts["OrganisationShape"] == 2
    assert counts["LabelShape"] == 3
    assert counts["PersonShape"] == 1
    assert counts["PublicPersonShape"] == 0


def test_no_data_is_an_error(tmp_path: Path) -> None:
    empty = write(tmp_path / "empty.nt", [])
    for graphs in ({}, {FIRST: empty}):
        with pytest.raises(ShapesError, match="no data"):
            gate.examine(graphs, dict.fromkeys(graphs, "public"))


def test_a_missing_file_and_a_file_of_another_kind_are_errors(tmp_path: Path) -> None:
    with pytest.raises(ShapesError, match=r"absent\.nt: cannot be read"):
        gate.examine({FIRST: tmp_path / "absent.nt"}, {FIRST: "public"})
    page = write(tmp_path / "page.nt", ["<!doctype html>\n"])
    with pytest.raises(ShapesError, match=r"page\.nt:1: not a line of N-Triples"):
        gate.examine({FIRST: page}, {FIRST: "public"})


def test_a_misspelt_term_is_not_passed_over(desk: Desk) -> None:
    text = ORGANISATION + "<id/s> a se:Seatt ; se:seatedIn <id/o> ."
    report = desk.examine({FIRST: text})
    assert report.blocked == {FIRST}
    wrong = {(r.constraint, r.focus.rpartition("/")[2], r.path) for r in report.violations(FIRST)}
    assert wrong == {
        ("unknownTerm", "s", f"<{RDF.type.value}>"),
        ("unknownTerm", "s", f"<{SE}seatedIn>"),
    }


def test_a_thing_that_no_shape_looks_at_is_named(desk: Desk) -> None:
    text = (
        ORGANISATION
        + '<id/x> skos:prefLabel "sans classe"@fr . <id/merged> dcterms:isReplacedBy <id/o> .'
    )
    report = desk.examine({FIRST: text})
    assert report.blocked == set()
    assert [(r.constraint, r.focus.rpartition("/")[2]) for r in report.warnings(FIRST)] == [
        ("unexamined", "x")
    ]


# Files


def test_any_rdf_file_can_be_checked_graph_by_graph(tmp_path: Path) -> None:
    file = tmp_path / "data.trig"
    seat = f"<urn:g> {{ <urn:s> a <{SE}Seat> }}"
    file.write_text(f'{seat}\n<urn:o> a <{SE}Organisation> ; <{SE}note> "x" .', encoding="utf-8")
    report = gate.check(file)
    assert report.blocked == {"urn:g", "data.trig"}
    assert found(report, "data.trig") == {"Organisation-prefLabel MinCount"}


def test_a_file_that_does_not_parse_is_an_error_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text("<urn:a> <urn:b>", encoding="utf-8")
    with pytest.raises(ShapesError, match=r"data\.ttl: .*line 1"):
        gate.check(file)


def test_both_engines_serve_the_gate(desk: Desk) -> None:
    graphs = {FIRST: desk.file("a", ORGANISATION + "<id/s> a se:Seat .")}
    verdicts = [
        gate.examine(graphs, {FIRST: "public"}, engine=engine, minimums=False).as_json()
        for engine in ("compiled", "reference")
    ]
    assert verdicts[0] == verdicts[1]


def test_the_shapes_are_loaded_once() -> None:
    assert shapes.load() is shapes.load()
