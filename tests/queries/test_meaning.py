"""What the questions mean at their edges: dates, years, names, silence, and what is internal."""

from __future__ import annotations

import pytest
from pyoxigraph import Store

from queries.catalogue import catalogue
from queries.run import run
from tests.queries.conftest import Ask, Find, Rows

ENTERPRISE = "https://w3id.org/maillage/id/organisation/be-1999900072"


def labels(rows: Rows, column: str = "label") -> list[str | None]:
    return [row[column] for row in rows]


@pytest.mark.parametrize(
    "text", ["saw-b", "SAW-B", " sawb ", "Saw-B", "credal", "CRÉDAL", "œuvre du SILLON",
             "oeuvre du sillon", "L’atelier du sillon"],
)  # fmt: skip
def test_case_accents_and_ligatures_do_not_matter(ask_fixture: Ask, text: str) -> None:
    assert len(ask_fixture("organisations_by_label", label=text)) == 1


def test_an_exact_name_wins_over_those_that_contain_it(ask_fixture: Ask) -> None:
    assert labels(ask_fixture("organisations_by_label", label="res")) == ["RES"]
    containing = ask_fixture("organisations_by_label", label="ress")
    assert labels(containing) == ["CRESS HDF", "RESSOURCES"]


def test_a_name_that_nobody_bears_has_no_answer(ask_fixture: Ask) -> None:
    assert ask_fixture("organisations_by_label", label="zzz") == []
    assert ask_fixture("organisations_by_label", label=".*") == []


def test_french_comes_first_among_labels(ask_fixture: Ask) -> None:
    (row,) = ask_fixture("organisations_by_label", label="de voorwerkplaats")
    assert row["label"] == "L'Atelier du Sillon"


@pytest.mark.parametrize(
    ("day", "held"),
    [
        ("2020-12-31", False),
        ("2021-01-01", True),
        ("2022-12-31", True),
        ("2023-01-01", False),
    ],
)
def test_validity_is_half_open(
    ask_fixture: Ask, find_in_fixture: Find, day: str, held: bool
) -> None:
    rows = ask_fixture("members_of_federation", federation=find_in_fixture("ConcertES"), on=day)
    assert ("Unipso" in labels(rows, "memberLabel")) is held


@pytest.mark.parametrize(("year", "held"), [(2018, False), (2019, True), (2020, False)])
def test_a_year_is_touched_or_not(
    ask_fixture: Ask, find_in_fixture: Find, year: int, held: bool
) -> None:
    rows = ask_fixture(
        "mandates_of_organisation", organisation=find_in_fixture("ConcertES"), year=year
    )
    bodies = {row["body"] for row in rows}
    assert (find_in_fixture("CWES") in bodies) is held
    assert find_in_fixture("Comité d'acceptation de la Sowecsom") in bodies


def test_the_funnel_counts_evaluations_when_they_are_known(
    ask_fixture: Ask, find_in_fixture: Find
) -> None:
    assert ask_fixture("evaluation_funnel", project=find_in_fixture("Bourses d'impact")) == [
        {"started": "3", "abandoned": "1", "completed": "1", "completionRate": "33.3"}
    ]
    assert ask_fixture("evaluation_funnel", project=ENTERPRISE) == []


def test_sources_that_disagree_are_both_answered(ask_fixture: Ask) -> None:
    rows = [
        (row["value"], (row["source"] or "").rsplit("/graph/")[1])
        for row in ask_fixture("contradicting_claims")
        if row["property"] and row["property"].endswith("/startedEvaluations")
    ]
    assert rows == [("68", "fixture-report/2019"), ("69", "fixture-web/2017")]


def test_figures_of_two_periods_do_not_contradict(ask_fixture: Ask) -> None:
    properties = {row["property"] for row in ask_fixture("contradicting_claims")}
    assert not any(one and one.endswith("/headcount") for one in properties)


def test_only_accreditations_in_force_are_valid(ask_fixture: Ask) -> None:
    def valid(day: str) -> list[str | None]:
        return labels(
            ask_fixture("accreditations_valid", organisation=ENTERPRISE, on=day), "number"
        )

    assert valid("2025-10-01") == ["IES-1"]
    assert valid("2026-02-28") == ["IES-1"]
    assert valid("2026-03-01") == []
    assert valid("2022-02-28") == []


def test_calls_close_at_the_end_of_their_last_day(ask_fixture: Ask) -> None:
    assert labels(ask_fixture("calls_open", on="2025-10-31"), "callLabel") == ["Bourses 2025"]
    assert ask_fixture("calls_open", on="2025-11-01") == []
    assert ask_fixture("calls_open", on="2025-08-31") == []


def test_accounts_repeated_under_two_periods_count_once(ask_fixture: Ask) -> None:
    (row,) = ask_fixture("sector_totals", year=2015)
    assert (row["organisations"], row["turnover"], row["memberships"]) == ("2", "250001000", "910")


def test_successors_are_followed_to_the_last(ask_fixture: Ask) -> None:
    first = "https://w3id.org/maillage/id/organisation/concertes-report-2019-151"
    rows = ask_fixture("successors_of_organisation", organisation=first)
    assert labels(rows, "successorLabel") == ["Société seconde", "Société troisième"]


def test_employment_is_not_in_the_public_store(bundled_store: Store) -> None:
    for label in ("Thierry Bertin", "Adrian Jehin", "Flavie Leclair"):
        assert run(bundled_store, catalogue()["organisations_by_label"], {"label": label}) == []
        answer = bundled_store.query(f'ASK {{ ?s ?p ?o FILTER(CONTAINS(STR(?o), "{label}")) }}')
        assert not answer
    assert not bundled_store.query("ASK { ?s a <https://w3id.org/maillage/ns#Employment> }")


def test_everything_about_looks_both_ways(ask_fixture: Ask, find_in_fixture: Find) -> None:
    rows = ask_fixture("everything_about", thing=find_in_fixture("SAW-B"))
    properties = {(row["property"] or "").rsplit("#", 1)[-1] for row in rows}
    assert {"prefLabel", "member", "holder", "participant", "applicant"} <= properties


def test_neighbours_are_reached_through_what_links_them(
    ask_fixture: Ask, find_in_fixture: Find
) -> None:
    rows = ask_fixture("neighbourhood", organisation=find_in_fixture("SAW-B"))
    links = {((row["link"] or "").rsplit("#", 1)[-1], row["otherLabel"]) for row in rows}
    assert ("FederationMembership", "ConcertES") in links
    assert ("Mandate", "Conseil d'administration de ConcertES") in links
    assert ("Participation", "VISES") in links
    assert ("Participation", "Comité de pilotage du portail economiesociale.be") in links
