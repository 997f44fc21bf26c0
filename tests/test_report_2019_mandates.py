"""The activity report for 2019: who represents whom, who sits where, what met and when."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.test_report_2019 import CONCERTES, answers, claimed, column

# In 2019: held during the year, or with an interval that overlaps it.
IN_2019 = """
  OPTIONAL { ?mandate se:heldDuring ?year }
  OPTIONAL { ?mandate se:validFrom ?from }
  OPTIONAL { ?mandate se:validTo ?to }
  FILTER (?year = "2019"^^<http://www.w3.org/2001/XMLSchema#gYear>
    || (?from < "2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date>
      && COALESCE(?to > "2019-01-01"^^<http://www.w3.org/2001/XMLSchema#date>, true)))
"""
MEMBERS = {
    "ACFI", "AID", "ALEAP", "Atout EI", "COOPAC", "Crédal", "CAIPS", "EWETA", "FEBECOOP",
    "FéBISP", "RES", "RESSOURCES", "RFA", "SAW-B", "SYNECO", "Union des SCOP W-B",
}  # fmt: skip
BOARD = {"FEBECOOP", "SAW-B", "SYNECO", "Atout EI", "Crédal", "EWETA", "FéBISP"}


def members() -> set[str]:
    return set(
        column(
            """SELECT ?name { ?m a se:FederationMembership ; se:member/skos:prefLabel ?name ;
              se:memberOf/skos:prefLabel "ConcertES"@fr ;
              se:observedOn "2019-12-31"^^<http://www.w3.org/2001/XMLSchema#date> }"""
        )
    )


def board() -> set[str]:
    return set(
        column(
            """SELECT DISTINCT ?name { ?mandate se:holder/skos:prefLabel ?name ;
              se:observedOn "2019-12-31"^^<http://www.w3.org/2001/XMLSchema#date> ;
              se:occupies/se:seatIn ?body . ?body a se:GoverningBody ;
              se:bodyOf/skos:prefLabel "ConcertES"@fr }"""
        )
    )


def test_concertes_has_sixteen_members_seven_on_its_board_and_nine_off_it() -> None:
    assert members() == MEMBERS
    assert board() == BOARD
    assert len(MEMBERS - BOARD) == 9
    assert claimed(CONCERTES, "memberCount") == [("16", "exact")] * 2


def test_all_members_are_federations() -> None:
    federations = set(column("SELECT ?name { ?x a se:Federation ; skos:prefLabel ?name }"))
    assert federations > MEMBERS | {CONCERTES}


def test_social_economy_europe_is_a_membership_since_2017_and_not_a_mandate() -> None:
    assert answers(
        """SELECT ?of ?from ?precision { ?m se:member/skos:prefLabel "ConcertES"@fr ;
          se:memberOf/skos:prefLabel ?of ; se:validFrom ?from ;
          se:validFromPrecision ?precision }"""
    ) == [("Social Economy Europe", "2017-01-01", "year")]


def test_atout_ei_presides_through_a_person_since_2017() -> None:
    assert answers(
        """SELECT ?holder ?person ?from { ?m se:holder/skos:prefLabel ?holder ;
          se:representedBy/skos:prefLabel ?person ; se:validFrom ?from ;
          se:occupies/se:seatIn/skos:prefLabel "ConcertES"@fr }"""
    ) == [("Atout EI", "Denis Morrier", "2017-01-01")]


# ------------------------------------------------------------------ mandates


def bodies_of_concertes(status: str) -> list[tuple[str, ...]]:
    return answers(
        f"""SELECT DISTINCT ?body ?behalf {{ ?mandate se:holder/skos:prefLabel "ConcertES"@fr ;
          se:mandateStatus ?status ; se:occupies/se:seatIn/skos:prefLabel ?body .
          FILTER (STRENDS(STR(?status), "/{status}"))
          OPTIONAL {{ ?mandate se:onBehalfOf/skos:prefLabel ?behalf }} {IN_2019} }}"""
    )


def test_concertes_sits_in_twelve_bodies_on_its_own_account() -> None:
    bodies = bodies_of_concertes("active")
    assert len(bodies) == 12
    assert {behalf for _, behalf in bodies} == {""}
    assert ("Conseil consultatif de l'entrepreneuriat social", "") in bodies


def test_two_mandates_for_another_organisation_were_interrupted() -> None:
    assert bodies_of_concertes("interrupted") == [
        ("Commission Emploi Formation", "Inter-Environnement Wallonie"),
        ("Commission Économie et politiques industrielles", "Inter-Environnement Wallonie"),
    ]
    assert bodies_of_concertes("ended") == []


def test_two_people_hold_several_mandates() -> None:
    held = Counter(
        person
        for _, person in answers(
            f"""SELECT DISTINCT ?mandate ?person {{
              ?mandate se:representedBy/skos:prefLabel ?person . {IN_2019} }}"""
        )
    )
    assert {person: times for person, times in held.items() if times > 1} == {
        "Stéphane Boulanger": 2,
        "Sébastien Pereau": 3,
    }


def test_five_representatives_of_the_government_are_proposed_by_concertes() -> None:
    assert answers(
        """SELECT ?person ?holder ?proposed ?category { ?m se:proposedBy/skos:prefLabel ?proposed ;
          se:holder/skos:prefLabel ?holder ; se:representedBy/skos:prefLabel ?person ;
          se:occupies ?seat . ?seat se:representedCategory ?category ;
          se:seatIn/skos:prefLabel "Comité d'acceptation de la Sowecsom"@fr }"""
    ) == [
        (person, CONCERTES, CONCERTES, "government")
        for person in (
            "Eric Bernard", "Jean-François Herz", "Joël Gillaux", "Stéphane Boulanger",
            "Sybille Mertens",
        )
    ]  # fmt: skip


def test_the_substitute_at_the_service_voucher_commission_is_inferred() -> None:
    assert answers(
        """SELECT ?holder ?person ?kind ?certainty { ?m se:holder/skos:prefLabel ?holder ;
          se:representedBy/skos:prefLabel ?person ; se:occupies ?seat . ?seat se:seatKind ?kind ;
          se:seatIn/skos:prefLabel ?body . FILTER (CONTAINS(?body, "titres-services"))
          OPTIONAL { ?m se:certainty ?certainty } }"""
    ) == [
        ("Atout EI", "Anne-Sophie Chronis", "effective", ""),
        (CONCERTES, "Bénédicte Sohet", "substitute", "inferred"),
    ]


# ------------------------------------------------------------------ meetings


def test_the_walloon_council_met_three_times_and_gave_one_opinion() -> None:
    name = "Conseil wallon de l'économie sociale"
    topics = column(
        f"""SELECT ?topic {{ ?m se:meetingOf/skos:prefLabel "{name}"@fr ; se:topic ?topic ;
          se:heldDuring "2019"^^<http://www.w3.org/2001/XMLSchema#gYear> }}"""
    )
    assert [topic.split()[0] for topic in topics] == ["Demande", "Demande", "Déclaration"]
    assert claimed(name, "meetingCount") == [("3", "exact")]
    assert column("SELECT ?number { ?x a se:Opinion ; se:opinionNumber ?number }") == ["29"]


@pytest.mark.parametrize(
    ("body", "measure", "value"),
    [
        ("Assemblée générale de ConcertES", "meetingCount", "3"),
        ("Conseil d'administration de ConcertES", "meetingCount", "5"),
        ("Comité d'accompagnement de la mission déléguée Brasero", "meetingCount", "0"),
        (
            "Commission consultative et d'agrément des entreprises d'économie sociale",
            "attendanceCount",
            "15",
        ),
    ],
)
def test_meetings_are_counted_as_the_report_counts_them(
    body: str, measure: str, value: str
) -> None:
    assert claimed(body, measure) == [(value, "exact")]


def test_one_committee_met_without_concertes() -> None:
    assert column(
        """SELECT ?body { ?a a se:Attendance ; se:attendee/skos:prefLabel "ConcertES"@fr ;
          se:attendanceStatus <https://w3id.org/maillage/code/attendance-status/absent> ;
          se:attended/se:meetingOf/skos:prefLabel ?body }"""
    ) == ["Comité de suivi des achats publics responsables"]


def test_three_working_groups_met_and_the_fourth_is_planned() -> None:
    found = answers(
        """SELECT ?name ?status ?year { ?g a se:WorkingGroup ; skos:prefLabel ?name ;
          se:bodyOf/skos:prefLabel "ConcertES"@fr . ?m se:meetingOf ?g ;
          se:meetingStatus ?status ; se:heldDuring ?year }"""
    )
    assert [row[1:] for row in found] == [
        ("held", "2019"), ("held", "2019"), ("planned", "2020"), ("held", "2019"),
    ]  # fmt: skip
    assert found[2][0] == "Groupe de travail Communication"


def test_a_slip_in_a_name_is_kept_beside_the_right_name() -> None:
    names = claimed("Comité d'accompagnement de la mission déléguée Brasero", "bodyName")
    assert {name for name, _ in names} == {"Comité d'acceptation", "Comité d'accompagnement"}
