"""Rows: what is taken is typed and checked, what is left is reported."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode

from loaders.errors import SourceError
from loaders.records import identify
from loaders.records.codes import CodeBook
from loaders.records.row import Context, Row
from loaders.records.tables import Record, Table


def row(context: Context | None = None, **cells: str) -> Row:
    table = Table("members", "members.csv", kind="organisation", number="number", authority="demo")
    return Row(table, Record(7, cells), context or Context())


def test_an_unread_filled_column_is_refused() -> None:
    one = row(number="1", fax="12")
    one.take("number")
    with pytest.raises(SourceError, match=r"members\.csv, line 7: column 'fax' is filled but not"):
        one.close()


def test_an_unread_empty_column_is_not_a_loss() -> None:
    one = row(number="1", fax=" ")
    one.take("number")
    one.close()


def test_a_mandatory_field_may_not_be_empty() -> None:
    with pytest.raises(SourceError, match="line 7: number is empty"):
        row(number=" ").take("number")


@pytest.mark.parametrize(("text", "literal"), [("007", "7"), ("-3", "-3"), ("+12", "12")])
def test_whole_numbers(text: str, literal: str) -> None:
    assert row(n=text).integer("n").value == literal


@pytest.mark.parametrize("text", ["1.5", "1e3", "²", "٣", "1 000", "12,5"])
def test_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(SourceError, match="line 7: n .* cannot be read"):
        row(n=text).integer("n")


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("1.50", "1.5"),
        ("3264794.68", "3264794.68"),
        ("-0.50", "-0.5"),
        ("-0.0", "0"),
        ("007.10", "7.1"),
        ("+3", "3"),
    ],
)
def test_decimals_are_canonical(text: str, literal: str) -> None:
    assert row(n=text).decimal("n").value == literal


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "1,5", "€5", "٣", "4.00123E+08", "1_000", "1e400000", ".5", "5."]
)
def test_what_is_no_decimal(text: str) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        row(n=text).decimal("n")


@pytest.mark.parametrize("text", ["2024-02-30", "01/02/2024", "9999-12-31", "0001-01-01"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(SourceError, match="line 7: day .* cannot be read"):
        row(day=text).date("day")


def test_partial_dates_say_how_precise_they_are() -> None:
    org = identify.thing("organisation", "demo", "1")
    said = {
        p.value.rsplit("#")[-1]: o.value
        for _, p, o in row(valid_from="2018-10", valid_to="2019", observed_on="").validity(org)
    }
    base = "https://w3id.org/maillage/code/date-precision/"
    assert said == {
        "validFrom": "2018-10-01",
        "validFromPrecision": f"{base}month",
        "validTo": "2019-01-01",
        "validToPrecision": f"{base}year",
    }


def codes() -> CodeBook:
    book = CodeBook()
    concept = identify.code("seat-kind", "effective")
    scheme = identify.scheme("seat-kind")
    book.learn([f"{concept} <http://www.w3.org/2004/02/skos/core#inScheme> {scheme} ."])
    return book


def test_an_unknown_code_suggests_the_nearest() -> None:
    with pytest.raises(SourceError, match="'efective' is not a code of seat-kind; did you mean"):
        row(Context(codes=codes()), kind="efective").code("kind", "seat-kind")
    with pytest.raises(SourceError, match="no code list 'seats'"):
        row(Context(codes=codes()), kind="effective").code("kind", "seats")


def test_references_name_the_table_when_keys_meet() -> None:
    one, two = NamedNode("https://example.org/1"), NamedNode("https://example.org/2")
    context = Context(references={"bodies": {"x": one}, "events": {"x": two, "y": two}})
    assert row(context, at="events:x").reference("at", "bodies|events") == two
    assert row(context, at="y").reference("at", "bodies|events") == two
    with pytest.raises(SourceError, match="'x' is the key of several rows of bodies or events"):
        row(context, at="x").reference("at", "bodies|events")
    with pytest.raises(SourceError, match="'z' is no key of bodies"):
        row(context, at="z").reference("at", "bodies")


def test_numbers_are_escaped_in_iris() -> None:
    assert row(number="1/2 a").iri().value.endswith("/id/organisation/demo-1%2F2%20a")
