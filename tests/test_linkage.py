"""Linkage: who is found, what the rule accepts, and what it leaves to people."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.errors import LoadError
from loaders.linkage import journal, queue
from loaders.linkage.candidates import candidates, families
from loaders.linkage.comparison import compare
from loaders.linkage.linking import Linked, link_records, register_file
from loaders.linkage.names import folded, take_apart
from loaders.linkage.records import Record
from loaders.linkage.review import Answer, decide
from loaders.linkage.verdict import checked_blind, wilson
from queries.release import Home
from tests.linked import (
    ATELIER,
    KRINGLOOP,
    OTHER_TWIN,
    TWIN,
    as_listed,
    listed,
    write_register,
)

DAY = date(2026, 6, 30)


@pytest.fixture
def stocked(home: Home) -> Home:
    """A home with a small register."""
    write_register(home)
    return home


def run(home: Home, *records: Record) -> Linked:
    return link_records(home, records, DAY)


def links(linked: Linked) -> dict[str, str]:
    return {decision.right: decision.left for decision in linked.accepted}


def organisation(number: str) -> str:
    return f"organisation/kbo-{number}"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Les Amis de l'École ASBL", "A.S.B.L. Les amis de l'ecole"),
        ("CAFÉ DU COIN", "Café du Coin"),
        ("A. S. B. L. Cœur", "Coeur"),
        ("El Paso", "EI Pas0"),
        ("Fondation d'utilité publique Soleil", "Soleil, fondation"),
        ("Kringloopwinkel De Brug vzw", "De Brug Kringloopwinkel"),
    ],
)
def test_names_that_differ_only_in_writing_are_equal(one: str, two: str) -> None:
    assert take_apart(one).core == take_apart(two).core


def test_a_name_that_is_only_a_legal_form_keeps_its_words() -> None:
    assert take_apart("La Coopérative SC").core
    assert take_apart("ASBL").core == "asbi"


@given(st.text(max_size=60))
def test_any_text_can_be_taken_apart(text: str) -> None:
    assert folded(text) == folded(folded(text))
    assert set(folded(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")


@pytest.mark.parametrize(
    "name",
    [
        "Ateliers du Val Vert", "ATELIERS DU VAL VERT ASBL", "Val Vert (Ateliers du)",
        "Atelier du Val Vert", "Ateiiers du Va1 Vert", "AVV",
    ],
)  # fmt: skip
def test_a_record_finds_its_enterprise(stocked: Home, name: str) -> None:
    record = as_listed("1", ATELIER, name)
    ((_, found),) = candidates(register_file(stocked), [record])
    assert ATELIER.number in {one.enterprise.number for one in found}


def test_a_record_with_the_same_name_and_door_is_linked(stocked: Home) -> None:
    linked = run(stocked, as_listed("1", ATELIER, "Atelier du Val Vert ASBL"))
    assert links(linked) == {"organisation/members-saw-1": organisation(ATELIER.number)}
    (decision,) = journal.read(stocked)
    assert decision.decided_by == "rule linkage-1"
    assert float(decision.score) >= 0.99
    assert decision.features
    assert decision.left_digest
    assert decision.right_digest


def test_linking_again_adds_nothing(stocked: Home) -> None:
    records = [as_listed("1", ATELIER), as_listed("2", KRINGLOOP)]
    run(stocked, *records)
    before = journal.file_of(stocked).read_bytes()
    again = run(stocked, *records)
    assert journal.file_of(stocked).read_bytes() == before
    assert again.accepted == []
    assert again.linked_before == 2


def test_a_record_that_disappears_leaves_its_decision(stocked: Home) -> None:
    run(stocked, as_listed("1", ATELIER))
    gone = run(stocked)
    assert gone.linked_before == 0
    assert len(journal.live(journal.read(stocked))) == 1


def test_a_row_under_a_new_key_is_found_again(stocked: Home) -> None:
    run(stocked, as_listed("1", ATELIER))
    again = run(stocked, as_listed("M-1", ATELIER))
    assert links(again) == {"organisation/members-saw-M-1": organisation(ATELIER.number)}


def test_a_row_that_became_another_organisation_is_shown_to_a_desk(stocked: Home) -> None:
    run(stocked, as_listed("1", ATELIER))
    corrected = run(stocked, as_listed("1", ATELIER, "Atelier du Val Vert"))
    assert not corrected.queue
    other = as_listed("1", KRINGLOOP)
    linked = run(stocked, other)
    assert [(item.doubt, item.left) for item in linked.queue] == [
        ("changed since", organisation(ATELIER.number))
    ]
    answer = Answer(linked.queue[0], "different", "the number was given to another member")
    decide(stocked, [answer], "data desk", DAY)
    assert links(run(stocked, other)) == {other.id: organisation(KRINGLOOP.number)}


def test_a_name_alone_never_links(stocked: Home) -> None:
    linked = run(
        stocked, listed("1", ATELIER.names[0]), listed("2", ATELIER.names[0], town="Namur")
    )
    assert not linked.accepted


def test_a_name_in_another_postcode_never_links(stocked: Home) -> None:
    record = listed("1", ATELIER.names[0], "Rue du Moulin 3", "6000", "Charleroi", form="017")
    assert not run(stocked, record).accepted


def test_homonyms_in_one_town_go_to_a_desk(stocked: Home) -> None:
    record = listed("1", "Amis de l'école ASBL", "", "4000", "Liège", form="017")
    linked = run(stocked, record)
    assert not linked.accepted
    offered = {item.left for item in linked.queue}
    assert {organisation(TWIN.number), organisation(OTHER_TWIN.number)} <= offered


def test_two_rows_of_a_list_that_are_one_enterprise_go_to_a_desk(stocked: Home) -> None:
    linked = run(stocked, as_listed("1", ATELIER), as_listed("2", ATELIER))
    assert not linked.accepted
    assert linked.doubts == {"several rows": 2}


def test_a_row_beside_one_with_the_number_goes_to_a_desk(stocked: Home) -> None:
    numbered = listed("", ATELIER.names[0], number=ATELIER.number)
    linked = run(stocked, numbered, as_listed("2", ATELIER))
    assert linked.doubts == {"several rows": 1}


def test_a_row_beside_one_that_was_linked_goes_to_a_desk(stocked: Home) -> None:
    run(stocked, as_listed("1", ATELIER))
    linked = run(stocked, as_listed("1", ATELIER), as_listed("2", ATELIER))
    assert linked.doubts == {"several rows": 1}


def test_rows_of_two_lists_may_be_one_enterprise(stocked: Home) -> None:
    linked = run(stocked, as_listed("1", ATELIER), as_listed("1", ATELIER, source="members-b"))
    assert set(links(linked).values()) == {organisation(ATELIER.number)}
    assert len(linked.accepted) == 2


def test_a_number_whose_enterprise_has_another_name_goes_to_a_desk(stocked: Home) -> None:
    wrong = listed("", "Sports et Loisirs", number=ATELIER.number)
    right = listed("", "Kringloop Brug", number=KRINGLOOP.number)
    short = listed("", "A.V.V.", number=ATELIER.number, source="members-b")
    unknown = listed("", "Sports", number="1999900072")
    linked = run(stocked, wrong, right, short, unknown)
    (item,) = linked.queue
    assert (item.kind, item.left, item.right) == (
        "number-name", organisation(ATELIER.number), "list/members-saw",
    )  # fmt: skip


def test_other_numbers_in_a_name_are_other_organisations() -> None:
    home_of = [listed(str(n), f"Unité scoute {n}", "", "5000", "Namur") for n in (17, 18)]
    assert compare(home_of[0], home_of[1], 1, families()).name == "other number"


def test_the_order_of_rows_does_not_matter(stocked: Home) -> None:
    records = [as_listed("1", ATELIER), as_listed("2", KRINGLOOP), as_listed("3", TWIN)]
    forward = run(stocked, *records)
    journal.file_of(stocked).unlink()
    (journal.folder(stocked) / queue.FILE).unlink()
    backward = run(stocked, *reversed(records))
    assert forward == backward


NOISE = st.sampled_from(["", " ASBL", " vzw", "s", " (Namur)"])


@settings(
    max_examples=10, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(noise=st.lists(NOISE, min_size=3, max_size=3), order=st.permutations(range(3)))
def test_linking_is_a_function_of_the_records(
    stocked: Home, noise: list[str], order: list[int]
) -> None:
    known = (ATELIER, KRINGLOOP, TWIN)
    records = [
        as_listed(str(place), one, one.names[0] + noise[place]) for place, one in enumerate(known)
    ]
    outcomes = []
    for chosen in (records, [records[place] for place in order]):
        for file in journal.folder(stocked).glob("*.csv"):
            file.unlink()
        outcomes.append(run(stocked, *chosen))
    assert outcomes[0] == outcomes[1]


def test_without_a_register_nothing_is_linked_and_the_remedy_is_told(home: Home) -> None:
    with pytest.raises(LoadError, match="there is no register at .*; deliver one first"):
        run(home, as_listed("1", ATELIER))


def test_the_blind_sample_is_about_two_in_a_hundred() -> None:
    drawn = sum(checked_blind((f"organisation/a-{n}", "organisation/b")) for n in range(10_000))
    assert 150 < drawn < 250


def test_the_interval_of_wilson_holds_the_share() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    least, most = wilson(98, 100)
    assert 0.92 < least < 0.98 < most < 1
