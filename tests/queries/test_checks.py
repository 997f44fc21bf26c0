"""Checks find nothing in good data, and each finds the defect that it is named after."""

from __future__ import annotations

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, parse

from queries.catalogue import NamedQuery, checks
from queries.release import Home, current, open_store
from queries.run import run

HEAD = """
@base <https://w3id.org/maillage/> .
@prefix se: <https://w3id.org/maillage/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
# One defect per check, and nothing else that this check would report.
DEFECTS = {
    "organisation_without_label": "<id/x/1> a se:Organisation .",
    "two_labels_in_a_language": '<id/x/1> skos:prefLabel "a"@fr , "b"@fr , "c"@nl .',
    "membership_of_itself": "<id/x/1> se:member <id/x/2> ; se:memberOf <id/x/2> .",
    "mandate_in_dissolved_body": """
        <id/x/1> a se:Body ; se:dissolvedOn "2018-01-01"^^xsd:date .
        <id/x/2> se:seatIn <id/x/1> .
        <id/x/3> se:occupies <id/x/2> ; se:validFrom "2017-01-01"^^xsd:date .""",
    "two_presidents_at_once": """
        <id/x/2> se:seatIn <id/x/1> ; se:seatKind <code/seat-kind/president> .
        <id/x/3> se:occupies <id/x/2> ; se:validFrom "2017-01-01"^^xsd:date .
        <id/x/4> se:occupies <id/x/2> ; se:validFrom "2018-01-01"^^xsd:date .""",
    "validity_reversed": """
        <id/x/1> se:validFrom "2018-01-01"^^xsd:date ; se:validTo "2018-01-01"^^xsd:date .""",
    "dissolved_before_founded": """
        <id/x/1> se:foundedOn "2018-01-01"^^xsd:date ; se:dissolvedOn "2017-01-01"^^xsd:date .""",
    "code_outside_its_list": """
        se:seatKind se:codeScheme <code/seat-kind> .
        <id/x/1> se:seatKind <code/judgement/same> .
        <code/judgement/same> skos:inScheme <code/judgement> .""",
    "code_without_version": """
        <id/x/1> se:activityCode <code/nace/88993> .
        <code/nace/88993> skos:inScheme <code/nace> .""",
    "dangling_reference": "<https://example.org/x> se:about <id/x/1> .",
    "person_without_public_role": "<id/x/1> a se:Person .",
    "employment_in_public_graph": "<id/x/1> a se:Employment .",
    "merged_record_still_used": """
        <id/x/1> dcterms:isReplacedBy <id/x/2> . <id/x/3> se:member <id/x/1> .""",
    "identity_judged_both_ways": """
        <id/x/1> se:leftRecord <id/x/3> ; se:rightRecord <id/x/4> ;
            se:judgement <code/judgement/same> .
        <id/x/2> se:leftRecord <id/x/4> ; se:rightRecord <id/x/3> ;
            se:judgement <code/judgement/different> .""",
    "accredited_without_prerequisite": """
        <code/accreditation-scheme/EI> se:prerequisite <code/accreditation-scheme/IES> .
        <id/x/1> se:accreditedOrganisation <id/x/2> ; se:validFrom "2018-01-01"^^xsd:date ;
            se:accreditationScheme <code/accreditation-scheme/EI> .
        <id/x/3> se:accreditedOrganisation <id/x/2> ; se:validFrom "2019-01-01"^^xsd:date ;
            se:accreditationScheme <code/accreditation-scheme/IES> .""",
    "two_verdicts_at_once": """
        <id/x/1> a se:Classification ; se:classified <id/x/3> ; se:regime <code/regime/un-tse> ;
            se:validTo "2020-01-01"^^xsd:date .
        <id/x/2> a se:Classification ; se:classified <id/x/3> ; se:regime <code/regime/un-tse> ;
            se:validFrom "2019-12-31"^^xsd:date .""",
    "attendance_at_meeting_not_held": """
        <id/x/1> se:meetingStatus <code/meeting-status/not-held> .
        <id/x/2> se:attended <id/x/1> ; se:attendanceStatus <code/attendance-status/present> .""",
    "more_ended_than_started": """
        <id/x/1> se:about <id/x/9> ; se:claimedValue 68 ;
            se:claimedProperty <code/measure/startedEvaluations> .
        <id/x/2> se:about <id/x/9> ; se:claimedValue 9 ;
            se:claimedProperty <code/measure/abandonedEvaluations> .
        <id/x/3> se:about <id/x/9> ; se:claimedValue 60 ;
            se:claimedProperty <code/measure/completedEvaluations> .""",
    "participants_do_not_add_up": """
        <id/x/1> se:about <id/x/9> ; se:claimedValue 40 ; se:precision <code/precision/exact> ;
            se:claimedProperty <code/measure/participants> .
        <id/x/2> se:about <id/x/7> ; se:claimedValue 28 ;
            se:claimedProperty <code/measure/participants> .
        <id/x/3> se:about <id/x/8> ; se:claimedValue 13 ;
            se:claimedProperty <code/measure/participants> .
        <id/x/7> se:participatesIn <id/x/9> . <id/x/8> se:participatesIn <id/x/9> .""",
    "figure_of_two_bases": """
        <id/x/1> se:observationBasis <code/observation-basis/centralised> .
        <id/x/2> se:observationBasis <code/observation-basis/decentralised> .
        <id/x/3> prov:wasDerivedFrom <id/x/1> , <id/x/2> .""",
    "employer_figures_in_public_graph": """
        <id/x/1> a se:EmployerFigures ;
            se:observationBasis <code/observation-basis/centralised> .""",
    "circular_hierarchy": """
        <id/x/1> se:broaderObjective <id/x/2> . <id/x/2> se:broaderObjective <id/x/1> .""",
}
# Two checks report each of the two records involved.
TWICE = {"circular_hierarchy"}

every_check = pytest.mark.parametrize("check", checks().values(), ids=lambda check: check.name)


def defective(name: str) -> Store:
    store = Store()
    graph = NamedNode("https://w3id.org/maillage/graph/test/1")
    for quad in parse(HEAD + DEFECTS[name], format=RdfFormat.TURTLE):
        for where in (graph, DefaultGraph()):
            store.add(Quad(quad.subject, quad.predicate, quad.object, where))
    return store


def test_every_check_has_its_defect() -> None:
    assert set(DEFECTS) == set(checks())


@every_check
def test_a_check_finds_its_defect(check: NamedQuery) -> None:
    assert len(run(defective(check.name), check)) == (2 if check.name in TWICE else 1)


@every_check
def test_a_check_finds_nothing_in_the_fixture(check: NamedQuery, fixture_store: Store) -> None:
    assert run(fixture_store, check) == []


@pytest.mark.parametrize("tier", ["public", "partner"])
@every_check
def test_a_check_finds_nothing_in_the_release(
    check: NamedQuery, tier: str, published: Home
) -> None:
    release = current(published)
    assert release is not None
    assert run(open_store(release, "partner" if tier == "partner" else "public"), check) == []


def test_employment_beside_the_public_graph_is_no_defect() -> None:
    store = Store()
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    thing = NamedNode("https://w3id.org/maillage/id/employment/test-1")
    graph = NamedNode("https://w3id.org/maillage/graph/test/1/partner")
    employment = NamedNode("https://w3id.org/maillage/ns#Employment")
    store.extend([Quad(thing, kind, employment, graph), Quad(thing, kind, employment)])
    store.add(Quad(thing, NamedNode("https://w3id.org/maillage/ns#function"), Literal("x")))
    assert run(store, checks()["employment_in_public_graph"]) == []
