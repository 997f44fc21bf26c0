"""The report's other answers: projects, plans, events, figures, on the fixture and the release."""

from __future__ import annotations

from tests.queries.conftest import LAST_DAY, Ask, Find, column, tail

ASSOCIATES = {
    "Crédal", "Réseau Financité", "Sociale Innovatie Fabriek", "Chair'ESS", "Mutualité Française",
    "Mouves", "Institut Godin",
}  # fmt: skip


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
        "Favoriser l'implémentation de clauses sociales dans les marchés publics "
        "passés par les pouvoirs publics"
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
