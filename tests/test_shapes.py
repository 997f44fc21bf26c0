"""The shapes prove what they say: each by an example that passes and one that must not."""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import loaders
import ontology
import shapes
from ontology.outside import RDF, RDFS, SH, SKOS, XSD
from shapes import engines
from shapes.naming import short
from shapes.reading import ShapesGraph, read, turtle_files
from tests.shaped import CODES, Example, announced, examples, judge, ntriples, turtle_lines

ALL = shapes.load()
SHACL = "http://www.w3.org/ns/shacl#"
SE = ontology.NAMESPACE
# What a property shape can ask, and how results name it.
ASKED = {
    "minCount": "MinCount", "maxCount": "MaxCount", "class": "Class", "datatype": "Datatype",
    "nodeKind": "NodeKind", "pattern": "Pattern", "uniqueLang": "UniqueLang", "sparql": "SPARQL",
    "languageIn": "LanguageIn", "hasValue": "HasValue", "lessThan": "LessThan", "or": "Or",
    "lessThanOrEquals": "LessThanOrEquals", "disjoint": "Disjoint", "node": "Node", "not": "Not",
    "minInclusive": "MinInclusive", "maxInclusive": "MaxInclusive",
}  # fmt: skip


@cache
def property_shapes() -> list[str]:
    kinds = (s for s in ALL.subjects if SH.PropertyShape in ALL.objects(s, RDF.type))
    return [shape.value for shape in kinds]


@cache
def declared(kind: str) -> dict[str, set[str]]:
    """Return what the vocabulary says of its terms by one predicate."""
    said: dict[str, set[str]] = {}
    for triple in ontology.vocabulary():
        if triple.predicate.value.endswith(kind) and isinstance(triple.object, ox.NamedNode):
            said.setdefault(triple.subject.value, set()).add(triple.object.value)  # type: ignore[union-attr]
    return said


def asked(predicate: ox.NamedNode) -> list[tuple[str, str]]:
    """Return the pairs of path and value for one parameter of the property shapes."""
    return [
        (step, value.value)  # type: ignore[union-attr]
        for shape in property_shapes()
        for step in ALL.steps(shape)
        for value in ALL.objects(ox.NamedNode(shape), predicate)
    ]


# Examples


@pytest.mark.parametrize("example", [e for e in examples() if e.valid], ids=lambda e: e.name)
def test_a_valid_example_conforms(example: Example, tmp_path: Path) -> None:
    assert judge(tmp_path, example.lines(), example.shapes) == ()


@pytest.mark.parametrize("example", [e for e in examples() if not e.valid], ids=lambda e: e.name)
def test_an_invalid_example_fails_for_the_reasons_it_announces(
    example: Example, tmp_path: Path
) -> None:
    found = judge(tmp_path, example.lines(), example.shapes)
    assert example.expected
    assert {announced(result, ALL) for result in found} == example.expected


def test_every_shape_is_proved_both_ways() -> None:
    names = Counter((e.name.rpartition("/")[0], e.valid) for e in examples())
    for shape in ALL.targeted:
        file = ALL.files[shape].removesuffix(".ttl")
        assert names[file, True], f"no valid example for {file}"
        assert names[file, False], f"no invalid example for {file}"


def test_every_constraint_of_every_shape_fires_in_some_example(tmp_path: Path) -> None:
    fired = {
        (result.shape, result.constraint)
        for example in examples()
        for result in judge(tmp_path, example.lines(), example.shapes)
    }
    for shape in property_shapes():
        for parameter in ALL.properties(ox.NamedNode(shape)):
            if constraint := ASKED.get(parameter.value.removeprefix(SHACL)):
                assert (shape, constraint) in fired, f"{short(shape)} {constraint}"


def test_each_property_shape_is_needed_for_some_example_to_fail(tmp_path: Path) -> None:
    failing: dict[str, Example] = {}
    for example in examples():
        for result in judge(tmp_path, example.lines(), example.shapes):
            failing.setdefault(result.shape, example)
    sources = turtle_files(files("shapes"))
    for shape in property_shapes():
        name = ALL.files[shape]
        part = read({"text.ttl": sources["text.ttl"], name: sources[name]})
        whole = judge(tmp_path, failing[shape].lines(), part)
        mutilated = judge(tmp_path, failing[shape].lines(), part.without(shape))
        assert {r.shape for r in whole} - {r.shape for r in mutilated} == {shape}, short(shape)


# Engines


def same(folder: Path, lines: list[str], graph: ShapesGraph) -> None:
    by_reference = judge(folder, lines, graph, "reference")
    assert judge(folder, lines, graph, "compiled") == by_reference


@pytest.mark.parametrize("public", [False, True], ids=["core", "public"])
def test_both_engines_find_the_same_in_all_examples_together(public: bool, tmp_path: Path) -> None:
    together = [
        line.replace("/id/", f"/id/{number}/")
        for number, example in enumerate(examples())
        if example.public == public
        for line in ntriples(example.file)
    ]
    assert len(together) > 40
    same(tmp_path, [*ntriples(CODES), *together], ALL if public else ALL.core)


POOL = sorted({line for e in examples() for line in ntriples(e.file) if "_:" not in line})


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(POOL), min_size=50, max_size=300, unique=True))
def test_both_engines_find_the_same_in_mixed_up_data(tmp_path: Path, lines: list[str]) -> None:
    same(tmp_path, [*ntriples(CODES), *lines], ALL)


def test_ill_formed_dates_and_years_are_seen(tmp_path: Path) -> None:
    lines = list(
        turtle_lines(
            f'<a> <{SE}heldDuring> "19"^^<{XSD.gYear.value}> .'
            f'<b> <{SE}validFrom> "2024-02-30"^^<{XSD.date.value}> .'
        )
    )
    found = judge(tmp_path, lines, ALL)
    assert {short(result.shape) for result in found} == {
        "sesh:Reference-heldDuring",
        "sesh:Validity-validFrom",
    }
    same(tmp_path, lines, ALL)


def test_a_flood_of_warnings_hides_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "LIMIT", 20)
    seat = "<s{0}> a <{1}Seat> ; <{1}seatIn> <o> ."
    text = "".join(seat.format(n, SE) for n in range(100))
    file = tmp_path / "many.nt"
    file.write_text("".join(turtle_lines(text)), encoding="utf-8")
    verdict = engines.validate(file, ALL)
    assert not verdict.complete
    assert {"Violation", "Warning"} == {result.severity for result in verdict.results}
    assert len(verdict.results) <= 40


# The vocabulary


def test_every_class_has_a_shape() -> None:
    classes = {s for s, kinds in declared("#type").items() if any("#Class" in k for k in kinds)}
    targeted = {iri for shape in ALL.targeted for iri in ALL.targets(shape)[0]}
    assert classes - targeted == set()


def test_every_property_is_looked_at() -> None:
    properties = {
        s for s, kinds in declared("#type").items() if any("Property" in k for k in kinds)
    }
    annotations = {
        s for s, kinds in declared("#type").items() if any("Annotation" in k for k in kinds)
    }
    looked_at = {step for shape in property_shapes() for step in ALL.steps(shape)}
    assert properties - annotations - looked_at == set()


def test_codes_come_from_the_lists_that_the_vocabulary_names() -> None:
    lists = declared("#codeScheme")
    patterns = [(step, pattern) for step, pattern in asked(SH.pattern) if step in lists]
    assert {step for step, _ in patterns} == set(lists)
    for step, pattern in patterns:
        for scheme in lists[step]:
            assert re.search(pattern, f"{scheme}/x"), f"{short(step)} refuses {scheme}"
        assert not re.search(pattern, "https://w3id.org/maillage/id/organisation/x")


def test_values_are_of_the_kind_that_the_vocabulary_says() -> None:
    ranges = declared("#range")
    for step, datatype in asked(SH.datatype):
        if step in ranges:
            assert datatype in ranges[step], short(step)
    for step, cls in asked(SH.class_):
        if step in ranges:
            assert cls in ranges[step] | {SKOS.Concept.value}, short(step)


def test_dates_are_dates() -> None:
    dated = {s for s, found in declared("#range").items() if XSD.date.value in found}
    assert {step for step, datatype in asked(SH.datatype) if datatype == XSD.date.value} == dated


def test_every_text_of_the_vocabulary_is_read_before_it_becomes_public() -> None:
    texts = {XSD.string.value, RDF.langString.value, RDFS.Literal.value}
    said = [*declared("#range").items(), *declared("rangeIncludes").items()]
    written = {term for term, found in said if found & texts}
    written |= {f"{SE}valueBefore", f"{SE}valueAfter"}
    public = set(ALL.steps("https://w3id.org/maillage/shapes#PublicText-nationalNumber"))
    # The gate's own records of deliveries: digests and versions, written by no person; and a class
    # of which the shape has all.
    assert written - public <= {
        f"{SE}{one}" for one in ("inputDigest", "loaderVersion", "unitClass")
    }
    assert public == set(ALL.steps("https://w3id.org/maillage/shapes#PublicText-mailbox"))
    assert set(ALL.targets("https://w3id.org/maillage/shapes#PublicTextShape")[1]) == public


def test_the_rules_of_law_have_something_to_bite_on() -> None:
    file = Path(loaders.__file__).parent / "maillage_codes" / "accreditation-scheme.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        schemes = {row["code"]: row for row in csv.DictReader(stream)}
    assert schemes["EI"]["prerequisite"] == "IES"
    assert "ETA" in schemes["EI"]["excludes"].split("|")
    assert schemes["SFS"]["valid_to"] == "2024-01-01"
