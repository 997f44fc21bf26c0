"""The activity report for 2019: VISES, data, objectives, and figures with their precision."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.test_report_2019 import CONCERTES, answers, claimed, column
from tests.test_report_2019_mandates import MEMBERS

# ------------------------------------------------------------------ VISES


def test_vises_has_one_participation_per_named_partner() -> None:
    found = answers(
        """SELECT ?name ?role ?side ?function { ?p se:participatesIn/skos:prefLabel "VISES"@fr ;
          se:participant/skos:prefLabel ?name ; se:participationRole ?role ;
          se:participationSide ?side . OPTIONAL { ?p se:participationFunction ?function } }"""
    )
    assert len(found) == len({name for name, *_ in found}) == 22
    assert Counter((role, side) for _, role, side, _ in found) == {
        ("partner", "BE"): 10,
        ("associate", "BE"): 3,
        ("partner", "FR"): 5,
        ("associate", "FR"): 4,
    }
    assert {name: function for name, _, _, function in found if function} == {
        CONCERTES: "lead",
        "CRESS HDF": "coordinator",
    }


def test_six_members_are_partners_of_vises_before_identities_are_decided() -> None:
    partners = set(
        column(
            """SELECT ?name { ?p se:participatesIn/skos:prefLabel "VISES"@fr ;
              se:participant/skos:prefLabel ?name }"""
        )
    )
    assert partners & MEMBERS == {"ALEAP", "Atout EI", "CAIPS", "RESSOURCES", "SAW-B", "Crédal"}
    assert "Réseau Financité" in partners


def test_the_two_counts_of_partners_stay_side_by_side() -> None:
    assert answers(
        """SELECT ?value ?method ?locator { ?c se:about/skos:prefLabel "VISES"@fr ;
          se:claimedProperty <https://w3id.org/maillage/code/measure/partnerCount> ;
          se:claimedValue ?value ; se:claimMethod ?method ; se:locator ?locator }"""
    ) == [("21", "stated", "L.340"), ("22", "enumerated", "L.377-384")]


def test_evaluations_are_counted_and_no_integer_is_invented() -> None:
    assert claimed("VISES", "startedEvaluations") == [("68", "exact")]
    assert claimed("VISES", "abandonedEvaluations") == [("8", "exact")]
    assert claimed("VISES", "completedEvaluations") == [("60", "exact")]
    assert claimed("VISES", "evaluationsEndedInPeriod") == [
        ("10", "exact"), ("50", "about"), ("les autres entreprises, sauf 10", "exact"),
    ]  # fmt: skip


def test_reasons_of_delay_and_abandonment_are_kept() -> None:
    query = 'SELECT ?reason {{ ?x skos:prefLabel "VISES"@fr ; se:{} ?reason }}'
    assert len(column(query.format("abandonmentReason"))) == 5
    assert len(column(query.format("delayReason"))) == 4


# ------------------------------------------------------------------ data, plans, money


def test_eight_deliveries_feed_the_observatory_and_the_directory_draws_on_it() -> None:
    periods = answers(
        """SELECT ?name ?period { ?d a se:SourceDelivery ; skos:prefLabel ?name ; se:feeds ?base .
          ?base skos:prefLabel "Base de données de l'Observatoire de l'économie sociale"@fr ;
            se:derivedFrom ?d .
          ?directory se:derivedFrom ?base ;
            se:publishedIn/skos:prefLabel "Annuaire des entreprises sociales"@fr .
          OPTIONAL { ?d se:referencePeriod ?period } }"""
    )
    assert len(periods) == 8
    assert ("Données ONSS centralisées 2018", "2018") in periods
    assert ("Données ONSS décentralisées 2017", "2017") in periods


def test_the_plan_has_five_strategic_and_nineteen_operational_objectives() -> None:
    found = answers(
        """SELECT ?level ?number { ?o a se:Objective ; se:objectiveLevel ?level ;
          skos:notation ?number }"""
    )
    assert Counter(level for level, _ in found) == {"strategic": 5, "operational": 19}
    assert answers(
        "SELECT ?part ?whole { ?o skos:notation ?part ; se:broaderObjective/skos:notation ?whole }"
    ) == [(number, number[0]) for level, number in found if level == "operational"]


def test_every_operational_objective_is_served_by_something() -> None:
    served = set(column("SELECT DISTINCT ?number { ?x se:contributesTo/skos:notation ?number }"))
    assert len(served) == 19


def test_what_serves_objective_3_4() -> None:
    found = column(
        """SELECT ?name { ?x se:contributesTo/skos:notation "3.4" ; skos:prefLabel ?name }"""
    )
    assert (
        sum(name.startswith("Évaluation de l'impact des clauses sociales :") for name in found) == 3
    )
    assert {
        "Offre pour le marché européen sur les clauses sociales",
        "Dossier Social Economy Missions",
        "Observatoire de la commande publique wallonne",
    } < set(found)


def test_the_tender_that_failed_says_why() -> None:
    assert answers(
        """SELECT ?name ?reason { ?a a se:Application ; skos:prefLabel ?name ;
          se:outcome <https://w3id.org/maillage/code/application-outcome/not-submitted> ;
          se:outcomeReason ?reason }"""
    ) == [
        (
            "Offre pour le marché européen sur les clauses sociales",
            "Problèmes techniques : l'offre n'a pu être remise dans le délai imparti.",
        )
    ]


@pytest.mark.parametrize(
    ("subject", "measure", "value", "precision"),
    [
        ("Annuaire des entreprises sociales", "directoryReferences", "2000", "about"),
        ("Annuaire des entreprises sociales", "pageViews", "3500", "exact"),
        ("Annuaire des entreprises sociales", "users", "1780", "exact"),
        ("Page Facebook de Transfo", "likes", "1034", "exact"),
        ("Page Facebook de Transfo", "targetLikes", "1000", "exact"),
        ("economiesociale.be", "visitors", "17000", "about"),
        ("Dossier conso sur l'industrie du vêtement", "reach", "57000", "atLeast"),
        ("Dossier conso sur l'industrie du vêtement", "advertisingBudget", "100", "exact"),
        ("Observatoire de l'économie sociale", "dataRequests", "20", "about"),
        ("3es Rencontres de l'impact social", "attendance", "184", "exact"),
        (CONCERTES, "purchaseShare", "16", "atLeast"),
    ],
)
def test_figures_keep_their_precision(
    subject: str, measure: str, value: str, precision: str
) -> None:
    assert claimed(subject, measure) == [(value, precision)]


def test_visitors_of_the_open_days_in_brussels_add_up() -> None:
    found = answers(
        """SELECT ?event ?value { ?c se:about ?e ; se:claimedValue ?value ;
          se:claimedProperty <https://w3id.org/maillage/code/measure/attendance> .
          ?e se:subEventOf+/skos:prefLabel "Jours Fous de l'économie sociale 2019"@fr ;
            skos:prefLabel ?event }"""
    )
    assert sum(int(value) for _, value in found) == 1095


def test_walloon_participants_are_the_sum_of_two_ways_in() -> None:
    event = "Jours Fous à la Journée Découverte Entreprises en Wallonie"
    parts = column(
        f"""SELECT ?value {{ ?c se:about ?p ; se:claimedValue ?value ;
          se:claimedProperty <https://w3id.org/maillage/code/measure/participants> .
          ?p a se:Participation ; se:participatesIn/skos:prefLabel "{event}"@fr }}"""
    )
    ((total, _),) = claimed(event, "participants")
    assert sum(map(int, parts)) == int(total) == 40


def test_who_steers_the_portal() -> None:
    assert column(
        """SELECT ?name { ?p se:participant/skos:prefLabel ?name ;
          se:participatesIn/skos:prefLabel ?body
          FILTER (STR(?body) = "Comité de pilotage du portail economiesociale.be") }"""
    ) == ["Centre d'Économie Sociale", CONCERTES, "SAW-B", "Step Entreprendre"]
