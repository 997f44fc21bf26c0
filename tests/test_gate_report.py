"""The gate's report: the same findings for people, programs and triple stores."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from ontology.outside import SH
from shapes import engines, page
from shapes.report import LISTED, Report
from tests.shaped import FIRST, ORGANISATION, SECOND, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def report(desk: Desk) -> Report:
    bad = (
        '<id/s> a se:Seat . <id/t> a se:Seat ; se:seatIn "nulle <b>part</b>" . <id/x> se:note "a" .'
    )
    return desk.examine({FIRST: ORGANISATION, SECOND: bad}, minimums=True)


def test_the_text_says_what_where_and_what_to_do(report: Report) -> None:
    text = report.as_text()
    assert f"STOPPED  {SECOND}" in text
    assert "sesh:Seat-seatIn se:seatIn: missing value, 1 times" in text
    assert "A seat is in exactly one body" in text
    assert "https://w3id.org/maillage/id/s" in text


def test_the_json_holds_all_counts(report: Report) -> None:
    content = json.loads(report.as_json())
    assert content["blocked"] == [SECOND]
    assert content["conforms"] is False
    assert content["counts"]["violation"] == 2
    assert {g["iri"]: g["triples"] for g in content["graphs"]} == {FIRST: 2, SECOND: 4}
    assert all(entry["message"]["fr"] for entry in content["findings"])


def test_the_turtle_is_a_shacl_report(report: Report) -> None:
    store = ox.Store()
    store.load(report.as_turtle().encode(), format=ox.RdfFormat.TURTLE)
    results = list(store.quads_for_pattern(None, SH.result, None))
    assert len(results) == report.count("Violation") + report.count("Warning")
    for needed in (SH.focusNode, SH.resultSeverity, SH.sourceShape, SH.sourceConstraintComponent):
        assert sum(1 for _ in store.quads_for_pattern(None, needed, None)) == len(results)
    assert list(store.quads_for_pattern(None, SH.conforms, ox.Literal(False)))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_needs_nothing_else_and_escapes_what_it_shows(report: Report, lang: str) -> None:
    html = report.as_html(lang)
    assert f'<html lang="{lang}">' in html
    assert "nulle &lt;b&gt;part" in html
    assert "<b>part" not in html
    assert "<script" not in html
    assert "src=" not in html
    assert "url(" not in html


def test_the_page_exists_in_two_languages_with_the_same_words(report: Report) -> None:
    assert page.WORDS["fr"].keys() == page.WORDS["en"].keys()
    with pytest.raises(ValueError, match="not in 'xx'"):
        report.as_html("xx")


def test_the_same_data_give_the_same_report_in_any_order(desk: Desk) -> None:
    texts = {FIRST: ORGANISATION, SECOND: "<id/s> a se:Seat . <id/t> a se:Seat ."}
    once = desk.examine(texts)
    again = desk.examine(dict(reversed(texts.items())))
    for form in ("as_text", "as_json", "as_turtle"):
        assert getattr(once, form)() == getattr(again, form)()


def test_very_many_violations_are_counted_and_some_listed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seats = "".join(f"<id/s{n}> a se:Seat ; se:seatIn <id/o> ." for n in range(2000))
    text = ORGANISATION + seats.replace("se:seatIn", "se:bodyOf")
    report = desk.examine({FIRST: text})
    assert report.count("Violation") == 2000
    assert len(report.violations(FIRST)) == LISTED
    assert "and 1,995 more" in report.as_text()
    monkeypatch.setattr(engines, "LIMIT", 300)
    short = desk.examine({FIRST: text})
    assert not short.complete
    assert short.blocked == {FIRST}
    assert "INCOMPLETE" in short.as_text()
