"""The report's answers to the competency questions, on the fixture and on the release."""

from __future__ import annotations

from tests.queries.conftest import Ask, Find, Rows

LAST_DAY = "2019-12-31"
BOARD = {"FEBECOOP", "SAW-B", "SYNECO", "Atout EI", "Crédal", "EWETA", "FéBISP"}
NOT_ON_BOARD = {
    "ACFI", "AID", "ALEAP", "COOPAC", "CAIPS", "RES", "RESSOURCES", "Réseau Financité",
    "Union des SCOP W-B",
}  # fmt: skip
ASSOCIATES = {
    "Crédal", "Réseau Financité", "Sociale Innovatie Fabriek", "Chair'ESS", "Mutualité Française",
    "Mouves", "Institut Godin",
}  # fmt: skip


def column(rows: Rows, name: str) -> set[str | None]:
    return {row[name] for row in rows}


def tail(iri: str | None) -> str:
    return (iri or "").rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def test_sixteen_members_on_the_last_day_of_2019(ask: Ask, find: Find) -> None:
    rows = ask("members_of_federation", federation=find("ConcertES"), on=LAST_DAY)
    assert column(rows, "memberLabel") == BOARD | NOT_ON_BOARD
    assert len(rows) == 16


def test_membership_is_not_known_before_it_was_observed(ask: Ask, find: Find) -> None:
    assert ask("members_of_federation", federation=find("ConcertES"), on="2018-12-31") == []


def test_a_former_name_leads_to_the_same_organisation(ask: Ask, find: Find) -> None:
    (former,) = ask("organisations_by_label", label="rfa")
    (today,) = ask("organisations_by_label", label="FINANCITE")
    assert former == today == {"organisation": find("RFA"), "label": "Réseau Financité"}
    names = ask("names_of_organisation", organisation=find("RFA"))
    assert {"RFA", "Financité", "Réseau Financité"} <= column(names, "name")


def test_seven_on_the_board_and_nine_not(ask: Ask, find: Find) -> None:
    federation = find("ConcertES")
    board = ask("board_members", organisation=federation, on=LAST_DAY)
    others = ask("members_not_on_board", organisation=federation, on=LAST_DAY)
    assert (len(board), column(board, "memberLabel")) == (7, BOARD)
    assert (len(others), column(others, "memberLabel")) == (9, NOT_ON_BOARD)


def test_who_presides_for_whom_and_since_when(ask: Ask, find: Find) -> None:
    (row,) = ask("presidency", organisation=find("ConcertES"), year=2019)
    assert row["personLabel"] == "Denis Morrier"
    assert row["holderLabel"] == "Atout EI"
    assert row["since"] == "2017-01-01"


def test_the_family_of_eweta_is_sheltered_work(ask: Ask, find: Find) -> None:
    rows = ask("families_of_members", federation=find("ConcertES"), on=LAST_DAY)
    assert [tail(row["family"]) for row in rows if row["memberLabel"] == "EWETA"] == ["isp-eta"]


def test_european_network_since_2017(ask: Ask, find: Find) -> None:
    (row,) = ask("memberships_of_organisation", organisation=find("ConcertES"))
    assert row["federationLabel"] == "Social Economy Europe"
    assert row["validFrom"] == "2017-01-01"


def test_mandates_in_twelve_bodies_and_two_for_others(ask: Ask, find: Find) -> None:
    rows = ask("mandates_of_organisation", organisation=find("ConcertES"), year=2019)
    own = {row["body"] for row in rows if row["onBehalfOf"] is None}
    others = {row["body"] for row in rows if row["onBehalfOf"]}
    assert len(own) == 12
    assert others == {
        find("Commission Emploi Formation"),
        find("Commission Économie et politiques industrielles"),
    }
    assert {row["onBehalfOf"] for row in rows} == {None, find("Inter-Environnement Wallonie")}
    assert find("Social Economy Europe") not in own | others


def test_mandates_for_others_were_interrupted(ask: Ask) -> None:
    rows = ask("mandates_for_others")
    assert len(rows) == 2
    assert {tail(row["status"]) for row in rows} == {"interrupted"}
    assert column(rows, "principalLabel") == {"Inter-Environnement Wallonie"}


def test_two_persons_hold_several_mandates(ask: Ask) -> None:
    rows = ask("persons_with_several_mandates", year=2019)
    counts = {row["personLabel"]: row["mandates"] for row in rows}
    assert counts == {"Sébastien Pereau": "3", "Stéphane Boulanger": "2"}


def test_only_the_brasero_committee_did_not_meet(ask: Ask, find: Find) -> None:
    (row,) = ask("bodies_without_meeting", year=2019)
    assert row["body"] == find("Comité d'accompagnement de la mission déléguée Brasero")
    assert ask("bodies_without_meeting", year=2018) == []


def test_one_body_met_without_the_organisation(ask: Ask, find: Find) -> None:
    (row,) = ask("meetings_without_organisation", organisation=find("ConcertES"), year=2019)
    assert row["bodyLabel"] == "Comité de suivi des achats publics responsables"


def test_the_advisory_council_met_three_times_and_gave_one_opinion(ask: Ask, find: Find) -> None:
    council = find("CWES")
    assert len(ask("meetings_of_body", body=council, year=2019)) == 3
    (opinion,) = ask("opinions_of_body", body=council)
    assert opinion["number"] == "29"


def test_five_seats_proposed_by_the_federation(ask: Ask, find: Find) -> None:
    rows = ask("seats_of_body", body=find("Comité d'acceptation de la Sowecsom"))
    named = [row for row in rows if row["person"]]
    assert column(named, "personLabel") == {
        "Eric Bernard", "Sybille Mertens", "Jean-François Herz", "Stéphane Boulanger",
        "Joël Gillaux",
    }  # fmt: skip
    assert column(named, "proposedBy") == {find("ConcertES")}
    assert {tail(row["category"]) for row in named} == {"government"}


def test_effective_and_substitute_seat(ask: Ask, find: Find) -> None:
    commission = "Commission consultative d'agrément des entreprises titres-services"
    rows = ask("seats_of_body", body=find(commission))
    assert {(tail(r["kind"]), r["holderLabel"], r["personLabel"]) for r in rows} == {
        ("effective", "Atout EI", "Anne-Sophie Chronis"),
        ("substitute", "ConcertES", "Bénédicte Sohet"),
    }


def test_expert_group_since_october_2018(ask: Ask, find: Find) -> None:
    (row,) = ask("mandates_in_body", organisation=find("ConcertES"), body=find("GECES"))
    assert (row["personLabel"], row["validFrom"]) == ("Sébastien Pereau", "2018-10-01")


def test_four_working_groups_of_which_three_met(ask: Ask, find: Find) -> None:
    rows = ask("working_groups", organisation=find("ConcertES"), year=2019)
    met = {row["groupLabel"]: row["met"] for row in rows}
    assert len(met) == 4
    assert [label for label, yes in met.items() if yes == "false"] == [
        "Groupe de travail Communication"
    ]


def test_partners_of_vises_by_role(ask: Ask, find: Find) -> None:
    project = find("VISES")
    assert len(ask("project_partners", project=project)) == 22
    assert len(ask("project_partners", project=project, role="partner")) == 15
    associates = ask("project_partners", project=project, role="associate")
    assert column(associates, "partnerLabel") == ASSOCIATES
    by_side = ask("partners_by_side", project=project)
    functions = {
        tail(row["function"]): (row["partnerLabel"], tail(row["side"]))
        for row in by_side
        if row["function"]
    }
    assert functions == {"lead": ("ConcertES", "BE"), "coordinator": ("CRESS HDF", "FR")}


def test_seven_members_take_part_in_vises(ask: Ask, find: Find) -> None:
    rows = ask(
        "members_in_project",
        federation=find("ConcertES"),
        project=find("VISES"),
        on=LAST_DAY,
    )
    assert column(rows, "memberLabel") == {
        "ALEAP", "Atout EI", "CAIPS", "RESSOURCES", "SAW-B", "Crédal", "Réseau Financité",
    }  # fmt: skip


def test_the_evaluation_funnel_of_vises(ask: Ask, find: Find) -> None:
    assert ask("evaluation_funnel", project=find("VISES")) == [
        {"started": "68", "abandoned": "8", "completed": "60", "completionRate": "88.2"}
    ]


def test_five_reasons_to_abandon_and_four_of_delay(ask: Ask, find: Find) -> None:
    rows = ask("abandonment_and_delay_reasons", project=find("VISES"))
    kinds = [tail(row["kind"]) for row in rows]
    assert (kinds.count("abandonmentReason"), kinds.count("delayReason")) == (5, 4)


def test_the_number_of_partners_is_contradicted(ask: Ask, find: Find) -> None:
    rows = [r for r in ask("contradicting_claims") if tail(r["property"]) == "partnerCount"]
    assert {(r["subject"], r["value"], r["locator"]) for r in rows} == {
        (find("VISES"), "21", "L.340"),
        (find("VISES"), "22", "L.377-384"),
    }
    assert all("/graph/" in (row["source"] or "") for row in rows)


def test_five_strategic_and_nineteen_operational_objectives(ask: Ask, find: Find) -> None:
    plan = find("Plan de développement de l'économie sociale")
    levels = [tail(row["level"]) for row in ask("objectives_of_plan", plan=plan)]
    assert (levels.count("strategic"), levels.count("operational")) == (5, 19)
    assert levels[:4] == ["strategic", "operational", "operational", "strategic"]


def test_eight_deliveries_feed_the_directory(ask: Ask, find: Find) -> None:
    dataset = find("Données de l'annuaire des entreprises sociales")
    rows = ask("sources_of_dataset", dataset=dataset)
    assert len(rows) == 8
    assert {"2018", "2017"} <= column(rows, "period")


def test_the_steering_committee_of_the_portal(ask: Ask, find: Find) -> None:
    rows = ask("steering_of_system", system=find("economiesociale.be"))
    assert column(rows, "organisationLabel") == {
        "ConcertES", "SAW-B", "Step Entreprendre", "Centre d'Économie Sociale",
    }  # fmt: skip
    assert column(rows, "frequency") == {"tous les trois mois"}


def test_attendance_adds_up_to_a_lower_bound(ask: Ask, find: Find) -> None:
    event = find("Jours Fous de l'économie sociale 2019")
    assert ask("total_attendance", event=event) == [
        {"counts": "4", "attendance": "1095", "lowerBound": "true"}
    ]
    (row,) = ask("attendance_of_event", event=find("3es Rencontres de l'impact social"))
    assert row["value"] == "184"


def test_participants_by_who_brought_them(ask: Ask, find: Find) -> None:
    event = find("Jours Fous à la Journée Découverte Entreprises en Wallonie")
    rows = ask("participant_counts", event=event)
    assert [row["participants"] for row in rows] == ["40", "28", "12"]


def test_the_target_was_met(ask: Ask) -> None:
    (row,) = ask("targets")
    assert (row["target"], row["reached"], row["met"]) == ("1000", "1034", "true")


def test_cost_per_read(ask: Ask) -> None:
    (row,) = ask("cost_per_read")
    assert row["costPerRead"] == "0.0286"


def test_the_tender_that_was_not_submitted(ask: Ask) -> None:
    rows = ask("failed_applications")
    assert column(rows, "applicantLabel") == {"ConcertES", "SAW-B", "CIRIEC Belgique"}
    assert {tail(row["outcome"]) for row in rows} == {"not-submitted"}
    assert all((row["reason"] or "").startswith("Problèmes techniques") for row in rows)


def test_booklets_three_and_four(ask: Ask) -> None:
    rows = ask("works_by_kind", kind="booklet")
    assert [(row["workLabel"], row["otherNames"]) for row in rows] == [
        ("Ceci n'est pas un guide", "Cahier thématique 3"),
        ("Un projet de recherche-action", "Cahier thématique 4"),
    ]


def figures(ask: Ask, thing: str) -> dict[str, tuple[str | None, str]]:
    rows = ask("figures_about", thing=thing)
    return {tail(row["property"]): (row["value"], tail(row["precision"])) for row in rows}


def test_meetings_of_the_governing_bodies(ask: Ask, find: Find) -> None:
    assembly = figures(ask, find("Assemblée générale de ConcertES"))
    board = figures(ask, find("Conseil d'administration de ConcertES"))
    assert assembly["meetingCount"] == ("3", "exact")
    assert board["meetingCount"] == ("5", "exact")


def test_meetings_attended_of_the_accreditation_commission(ask: Ask, find: Find) -> None:
    assert figures(ask, find("COMES"))["attendanceCount"] == ("15", "exact")


def test_figures_keep_their_precision(ask_bundled: Ask, find_in_bundled: Find) -> None:
    def figure(label: str, measure: str) -> tuple[str | None, str]:
        return figures(ask_bundled, find_in_bundled(label))[measure]

    directory = "Annuaire des entreprises sociales"
    assert figure(directory, "directoryReferences") == ("2000", "about")
    assert figure("Observatoire de l'économie sociale", "dataRequests") == ("20", "about")
    assert figure("ConcertES", "purchaseShare") == ("16", "atLeast")
    assert figure("ConcertES", "headcount") == ("6", "exact")


def test_what_serves_objective_3_4(ask_bundled: Ask, find_in_bundled: Find) -> None:
    label = (
        "Favoriser les clauses sociales dans les marchés publics passés par les pouvoirs publics"
    )
    rows = ask_bundled("contributions_to_objective", objective=find_in_bundled(label))
    classes = [tail(row["class"]) for row in rows]
    assert classes.count("Work") == 3
    assert classes.count("Application") == 2


def test_the_three_studies_of_social_clauses(ask_bundled: Ask) -> None:
    rows = ask_bundled("studies")
    labels = {row["studyLabel"] or "" for row in rows}
    assert len([label for label in labels if "clauses sociales" in label]) == 3


def test_the_position_on_the_guide(ask_bundled: Ask, find_in_bundled: Find) -> None:
    files = ask_bundled("policy_files")
    (guide,) = [row["file"] for row in files if row["fileLabel"] == "Guide des dépenses éligibles"]
    (row,) = ask_bundled("positions_on_file", file=guide)
    assert row["holder"] == find_in_bundled("ConcertES")
    assert "vie privée" in (row["text"] or "")


def test_the_legal_basis_of_the_brussels_mandate(ask_bundled: Ask, find_in_bundled: Find) -> None:
    rows = ask_bundled("legal_basis", thing=find_in_bundled("Mandat ESI"))
    assert any((row["lawLabel"] or "").startswith("Ordonnance du 23 juillet 2018") for row in rows)


def test_a_postal_code_may_serve_several_municipalities(ask_bundled: Ask) -> None:
    rows = ask_bundled("municipalities_of_postal_code", postalCode="1050")
    assert column(rows, "municipalityLabel") == {"Bruxelles", "Ixelles"}
