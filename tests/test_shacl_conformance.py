"""The runner of the W3C tests of SHACL, on tests of our own in their format."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import shapes
from tests.conformance import __main__ as command
from tests.conformance import shacl_engines
from tests.conformance.shacl_causes import DEVIATIONS
from tests.conformance.shacl_engines import ShaclVerdict, difference, run
from tests.conformance.shacl_report import counts, section
from tests.conformance.shacl_suite import TESTS, Found, Suite, report

VARIABLE = "MAILLAGE_DATA_SHAPES"
CHECKOUT = os.environ.get(VARIABLE)
HEAD = """
@prefix e: <http://example.org/> .
@prefix mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix sht: <http://www.w3.org/ns/shacl-test#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPE = """
e:S a sh:NodeShape ; sh:targetClass e:Thing ; sh:property e:P .
e:P sh:path ( [ sh:inversePath e:in ] [ sh:zeroOrMorePath [ sh:alternativePath ( e:p e:q ) ] ] ) ;
    sh:maxCount 0 .
e:a a e:Thing . e:b e:in e:a .
"""
PATH = "( [ sh:inversePath e:in ] [ sh:zeroOrMorePath [ sh:alternativePath ( e:p e:q ) ] ] )"
RESULT = f"""[ a sh:ValidationReport ; sh:conforms false ; sh:result [
    a sh:ValidationResult ; sh:focusNode e:a ; sh:resultPath {PATH} ;
    sh:resultSeverity sh:Violation ; sh:sourceShape e:P ;
    sh:sourceConstraintComponent sh:MaxCountConstraintComponent ] ]"""
GOOD = "[ a sh:ValidationReport ; sh:conforms true ]"
BROKEN = """
e:S a sh:NodeShape ; sh:targetNode e:a ; sh:sparql [ sh:select \
"SELECT $this WHERE { $this ?p ?o . MINUS { $this e:p 1 } }" ] .
e:a e:p 1 .
"""


def entry(name: str, result: str, data: str = "", rules: str = "") -> str:
    """Return one test whose data and shapes are its own file, or those named."""
    return (
        f"{HEAD} <> a mf:Manifest ; mf:entries ( <{name}> ) . <{name}> a sht:Validate ; "
        f"mf:action [ sht:dataGraph <{data}> ; sht:shapesGraph <{rules}> ] ; mf:result {result} ."
    )


FILES = {
    "core/right.ttl": entry("right", RESULT) + SHAPE,
    "core/wrong.ttl": entry("wrong", GOOD) + SHAPE,
    "core/apart.ttl": entry("apart", GOOD, "apart-data.ttl", "apart-shapes.ttl"),
    "core/apart-data.ttl": f"{HEAD} e:a a e:Thing .",
    "core/apart-shapes.ttl": HEAD + SHAPE,
    "sparql/refused.ttl": entry("refused", "sht:Failure") + BROKEN,
    "sparql/accepted.ttl": entry("accepted", "sht:Failure") + SHAPE,
    "manifest.ttl": f"{HEAD} <> a mf:Manifest ; mf:include <core/right.ttl> .",
}
STATES = {
    "core/right": True, "core/wrong": False, "core/apart": True,
    "sparql/refused": True, "sparql/accepted": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data-shapes")
    for name, content in FILES.items():
        file = root / TESTS / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def verdicts(checkout: Path) -> list[ShaclVerdict]:
    return run(Suite(checkout))


def test_both_engines_end_every_test_as_they_must(verdicts: list[ShaclVerdict]) -> None:
    for engine in shacl_engines.ENGINES:
        found = {v.case.id: not v.difference for v in verdicts if v.engine == engine}
        assert found == STATES, [(v.case.id, v.difference) for v in verdicts]


def test_what_differs_is_said(verdicts: list[ShaclVerdict]) -> None:
    said = {v.case.id: v.difference for v in verdicts if v.engine == "compiled"}
    assert said["core/wrong"].startswith("1 too many, as <http://example.org/a (^<")
    assert said["sparql/accepted"] == "not refused, as it must be"
    assert counts(verdicts) == [("core", "3", "2", "2", "2"), ("sparql", "2", "1", "1", "2"),
                                ("all", "5", "3", "3", "4")]  # fmt: skip


def test_results_are_compared_as_often_as_they_stand(checkout: Path) -> None:
    (case,) = (case for case in Suite(checkout).cases() if case.id == "core/right")
    assert case.expected is not None
    (found,) = case.expected
    assert found.path == (
        "(^<http://example.org/in>/((<http://example.org/p>|<http://example.org/q>))*)"
    )
    twice = case.expected + case.expected
    assert difference(case.expected, twice).startswith("1 too many")
    assert difference(twice, case.expected).startswith("1 missing")
    other = {Found(*["x", *found[1:]]): 1}
    assert "1 missing" in difference(case.expected, type(case.expected)(other))
    assert difference(case.expected, None) == "refused"
    assert difference(None, None) == ""


def test_a_report_without_results_is_read() -> None:
    assert report(f"{HEAD} [] a sh:ValidationReport ; sh:conforms true .") == {}


def test_a_known_deviation_is_not_worse_and_is_listed(
    verdicts: list[ShaclVerdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sum(verdict.worse for verdict in verdicts) == 4
    assert "### Worse" in section(verdicts)
    for verdict in verdicts:
        if verdict.difference:
            monkeypatch.setitem(DEVIATIONS, (verdict.engine, verdict.case.id), "It is so.")
    assert not any(verdict.worse for verdict in verdicts)
    written = section(verdicts)
    assert "### Worse" not in written
    assert "* **pySHACL**, `core/wrong`: It is so." in written


def test_the_command_prints_counts_writes_its_section_only_and_ends_with_1(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    page = tmp_path / "conformance.md"
    monkeypatch.setattr(command, "PAGE", page)
    page.write_text("# Conformance\n\nSPARQL.\n", encoding="utf-8")
    for _again in range(2):
        assert command.main(["--shacl", str(checkout), "--write"]) == 1
    printed = capsys.readouterr().out
    assert "worse: compiled: core/wrong: 1 too many" in printed
    written = page.read_text(encoding="utf-8")
    assert written.startswith("# Conformance\n\nSPARQL.\n\n## SHACL\n")
    assert written.count("## SHACL\n") == 1


def test_a_run_without_failures_ends_with_0(checkout: Path, tmp_path: Path) -> None:
    shutil.copytree(checkout, tmp_path / "good")
    for name in ("core/wrong.ttl", "sparql/accepted.ttl"):
        (tmp_path / "good" / TESTS / name).unlink()
    assert command.main(["--shacl", str(tmp_path / "good")]) == 0


def test_a_wrong_place_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--shacl", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"error: {tmp_path}: no tests")
    assert command.main([]) == 2
    assert capsys.readouterr().err.startswith("error: name a checkout")


def test_the_page_lists_the_known_deviations() -> None:
    page = command.PAGE.read_text(encoding="utf-8")
    for (_engine, test), cause in DEVIATIONS.items():
        assert f"`{test}`: {cause}" in page


def test_our_shapes_use_nothing_in_which_an_engine_deviates() -> None:
    written = shapes.load().as_turtle()
    assert "$shapesGraph" not in written
    assert "sh:prefixes" not in written
    assert 'uniqueLang "1"' not in written


@pytest.mark.skipif(not CHECKOUT, reason=f"{VARIABLE} does not name a checkout of w3c/data-shapes")
@pytest.mark.timeout(600)
def test_no_engine_is_worse_than_is_written_down() -> None:
    found = run(Suite(Path(CHECKOUT or "")))
    assert len(found) > 200
    assert [(v.engine, v.case.id, v.difference) for v in found if v.worse] == []
