"""The report's answers on members, bodies and mandates, on the fixture and on the release."""

from __future__ import annotations

from tests.queries.conftest import LAST_DAY, Ask, Find, column, tail

BOARD = {"FEBECOOP", "SAW-B", "SYNECO", "Atout EI", "Crédal", "EWETA", "FéBISP"}
NOT_ON_BOARD = {
    "ACFI", "AID", "ALEAP", "COOPAC", "CAIPS", "RES", "RESSOURCES", "Réseau Financité",
    "Union des SCOP W-B",
}  # fmt: skip


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
