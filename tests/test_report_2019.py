"""The activity report for 2019: what it says comes out, and nobody's private name does."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from pyoxigraph import Literal, RdfFormat, Store

from loaders.description.describe import Described, describe
from loaders.records.source import find
from tests.test_sources import codes

SOURCE = find("concertes_report_2019")
LINES = 1074
LOCATOR = re.compile(r"L\.\d+(?:-\d+)?(?:, \d+(?:-\d+)?)*")
LINK = re.compile(
    r"<https://w3id\.org/maillage/id/([^>]+)> <[^>]+> <https://w3id\.org/maillage/id/([^>]+)> \."
)
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
CONCERTES = "ConcertES"
PREFIXES = """
PREFIX se: <https://w3id.org/maillage/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
"""
# Surnames of the students, who stay pseudonymous here too.
STUDENTS = {
    "3385b80951750499",
    "813e17397275eeca",
    "c0d5c3df3744184b",
    "dc23aef95c505c25",
}


@cache
def report() -> Described:
    return describe(SOURCE, SOURCE.folder, codes())


@cache
def store(*visibilities: str) -> Store:
    found = Store()
    for visibility in visibilities or ("public",):
        text = "\n".join(report().lines[visibility])
        found.load(text.encode(), format=RdfFormat.N_TRIPLES)
    return found


def answers(query: str, *visibilities: str) -> list[tuple[str, ...]]:
    """The rows of a query over the public graph, or over the graphs named, as sorted texts."""
    result = store(*visibilities).query(PREFIXES + query)
    names = [variable.value for variable in result.variables]  # type: ignore[union-attr]
    rows = [tuple(solution[name] for name in names) for solution in result]  # type: ignore
    return sorted(tuple(spoken(value) for value in row) for row in rows)


def spoken(value: object) -> str:
    """A literal's text, or the last part of an IRI."""
    if value is None:
        return ""
    if isinstance(value, Literal):
        return value.value
    return str(value).strip("<>").rsplit("/", 1)[-1]


def column(query: str, *visibilities: str) -> list[str]:
    return [value for (value,) in answers(query, *visibilities)]


def claimed(subject: str, measure: str) -> list[tuple[str, ...]]:
    """The values and precisions claimed of the thing with this name."""
    return answers(
        f"""SELECT ?value ?precision {{
          ?claim se:about/skos:prefLabel "{subject}"@fr ; se:claimedValue ?value ;
            se:claimedProperty ?measure ; se:precision ?precision
          FILTER (STRENDS(STR(?measure), "/{measure}")) }}"""
    )


def tables() -> Iterator[tuple[str, int, dict[str, str]]]:
    """Every row of every table, with its table and line."""
    for name, table in SOURCE.tables.items():
        with (SOURCE.folder / table.file).open(encoding="utf-8", newline="") as stream:
            for line, row in enumerate(csv.DictReader(stream), start=2):
                yield name, line, row


# ------------------------------------------------------------------ the transcription


def test_every_row_says_where_it_was_read() -> None:
    for name, line, row in tables():
        locator = row["locator"]
        assert LOCATOR.fullmatch(locator), f"{name}.csv, line {line}: {locator!r}"
        for span in re.findall(r"\d+(?:-\d+)?", locator):
            first, _, last = span.partition("-")
            assert 1 <= int(first) <= int(last or first) <= LINES, f"{name}.csv, line {line}"


def test_numbers_stand_once_per_kind() -> None:
    kinds = Counter(
        (table.kind, row[table.number])
        for name, _, row in tables()
        if (table := SOURCE.tables[name]).number is not None
    )
    assert [number for number, times in kinds.items() if times > 1] == []


def test_iris_hold_numbers_and_no_names() -> None:
    for lines in report().lines.values():
        for line in lines:
            for iri in re.findall(r"<https://w3id\.org/maillage/id/([^>]+)>", line):
                assert re.fullmatch(r"[a-z-]+/concertes-report-2019-(?:[a-z]+-)?\d+", iri), iri


def test_links_lead_to_things_that_are_described() -> None:
    every = [line for lines in report().lines.values() for line in lines]
    described = {line.split("> ", 1)[0] for line in every}
    for line in every:
        if match := LINK.fullmatch(line):
            assert f"<https://w3id.org/maillage/id/{match[2]}" in described, line


def test_every_organisation_is_linked_to_something() -> None:
    linked = {
        end
        for line in report().lines["public"]
        if (m := LINK.fullmatch(line))
        for end in m.groups()
    }
    organisations = answers("SELECT ?org ?name { ?org a se:Organisation ; skos:prefLabel ?name }")
    assert len(organisations) == 150
    assert [name for org, name in organisations if f"organisation/{org}" not in linked] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FéBISP", "FEBISP"),
        ("Crédal", "CREDAL SC"),
        ("SAW-B", "SAWB"),
        ("SOWECSOM", "Sowecsom"),
        ("CESE Wallonie", "CESW"),
        ("Sociale Innovatie Fabriek", "Sociaal Innovatie Fabriek"),
        (
            "Commission consultative et d'agrément des entreprises d'économie sociale",
            "Commission d'agrément des entreprises de l'économie sociale",
        ),
        ("ConcertES", "Concertation des organisations représentatives de l'économie sociale"),
    ],
)
def test_spellings_of_one_name_stay_one_thing(one: str, other: str) -> None:
    assert column(f'SELECT ?name {{ ?x skos:altLabel "{other}"@fr ; skos:prefLabel ?name }}') == [
        one
    ]


def test_rfa_and_reseau_financite_are_two_records_until_someone_decides() -> None:
    query = 'SELECT ?x {{ ?x a se:Organisation ; skos:prefLabel "{}"@fr }}'
    assert column(query.format("RFA")) != column(query.format("Réseau Financité"))
    assert len(column(query.format("RFA"))) == 1


# ------------------------------------------------------------------ privacy


def words(lines: list[str]) -> set[str]:
    return {
        word for line in lines for text in TEXT.findall(line) for word in re.findall(r"\w+", text)
    }


def surnames(*names: str) -> set[str]:
    """The last names of the people in tables that are not public."""
    public = {row["label"] for name, _, row in tables() if name == "persons"}
    return {
        row["label"].split()[-1]
        for name, _, row in tables()
        if name in names and row["label"] not in public
    }


def test_no_name_of_staff_or_of_an_office_holder_met_is_public() -> None:
    hidden = surnames("staff_persons", "contact_persons")
    assert len(hidden) == 14
    assert not hidden & words(report().lines["public"])
    assert hidden <= words(report().lines["partner"])


def test_no_student_is_named_anywhere() -> None:
    every = [line for lines in report().lines.values() for line in lines]
    digests = {hashlib.sha256(word.casefold().encode()).hexdigest()[:16] for word in words(every)}
    assert not digests & STUDENTS


def test_public_people_have_a_mandate_and_nothing_but_a_name() -> None:
    people = answers("SELECT ?p ?name { ?p a se:Person ; skos:prefLabel ?name }")
    mandated = set(column("SELECT DISTINCT ?p { ?m se:representedBy ?p }"))
    assert {person for person, _ in people} == mandated
    assert len(people) == 10
    predicates = {p for _, p in answers("SELECT DISTINCT ?p ?q { ?p a se:Person ; ?q ?v }")}
    assert len(predicates) == 3


def test_employment_students_and_contacts_stay_out_of_public_graphs() -> None:
    assert column("SELECT ?x { { ?x a se:Employment } UNION { ?x a se:Contact } }") == []
    assert len(column("SELECT ?x { ?x a se:Contact }", "partner")) == 14
    assert len(column("SELECT ?x { ?x a se:Employment }", "confidential")) == 4


def test_partners_can_ask_who_joined_the_team_of_vises() -> None:
    query = """SELECT ?name ?from ?to { ?e se:assignedTo/skos:prefLabel "VISES"@fr ;
      se:employee/skos:prefLabel ?name ; se:validFrom ?from ; se:validTo ?to }"""
    assert answers(query) == []
    ((_, start, end),) = answers(query, "public", "partner")
    assert (start, end) == ("2019-07-01", "2019-12-31")


def test_the_team_counts_six_people_at_the_end_of_the_year() -> None:
    assert claimed(CONCERTES, "headcount") == [("6", "exact")]
    present = column(
        """SELECT ?e { ?e a se:Employment ; se:employer/skos:prefLabel "ConcertES"@fr .
          OPTIONAL { ?e se:validFrom ?from } OPTIONAL { ?e se:observedOn ?seen }
          OPTIONAL { ?e se:validTo ?to }
          FILTER (COALESCE(?from, ?seen) <= "2019-12-31"^^<http://www.w3.org/2001/XMLSchema#date>
            && COALESCE(?to > "2019-12-31"^^<http://www.w3.org/2001/XMLSchema#date>, true)) }""",
        "public",
        "partner",
    )
    assert len(present) == 6
