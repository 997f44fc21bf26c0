"""The review of what linkage leaves open: decisions, their withdrawal, and files for a desk."""

from __future__ import annotations

import csv
import errno
import io
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from loaders.errors import LoadError, SourceError
from loaders.linkage import exchange, journal, queue, review
from loaders.linkage.journal import Decision
from loaders.linkage.linking import link_records
from loaders.linkage.queue import Item
from loaders.linkage.records import Record
from loaders.linkage.review import Answer
from loaders.linkage.verdict import checked_blind
from queries.release import Home
from tests.linked import ATELIER, KRINGLOOP, OTHER_TWIN, TWIN, as_listed, listed, write_register

DAY = date(2026, 6, 30)
HOMONYM = listed("1", "Amis de l'école ASBL", "", "4000", "Liège", form="017")
ROLE = "data desk"
DECISION = Decision(
    1, "match", "organisation/kbo-1", "organisation/members-saw-1", "same", "0.5", "name: equal",
    "linkage-1", "public", "2026-06-30", ROLE, "same telephone", "a1", "b2",
)  # fmt: skip


@pytest.fixture
def stocked(home: Home) -> Home:
    """A home with a small register, and a record that two enterprises may be."""
    write_register(home)
    link_records(home, [HOMONYM], DAY)
    return home


def item_on(home: Home, number: str) -> Item:
    (found,) = (item for item in queue.read(home) if item.left.endswith(number))
    return found


def decide(home: Home, number: str, judgement: str, reason: str = "same telephone") -> Decision:
    answer = Answer(item_on(home, number), judgement, reason)
    (taken,) = review.decide(home, [answer], ROLE, DAY)
    return taken


def test_a_decision_leaves_the_queue_and_stays_in_the_journal(stocked: Home) -> None:
    taken = decide(stocked, TWIN.number, "same")
    assert taken.decided_by == ROLE
    assert journal.read(stocked) == [taken]
    assert TWIN.number not in {item.left[-10:] for item in queue.read(stocked)}
    again = link_records(stocked, [HOMONYM], DAY)
    assert again.linked_before == 1
    assert not again.queue


def test_a_decision_that_is_taken_back_waits_again(stocked: Home) -> None:
    taken = decide(stocked, TWIN.number, "same")
    withdrawal = review.undo(stocked, taken.number, ROLE, "another telephone", DAY)
    assert [row.number for row in journal.read(stocked)] == [1, 2]
    assert withdrawal.judgement == "withdrawn"
    link_records(stocked, [HOMONYM], DAY)
    assert item_on(stocked, TWIN.number).doubt == "withdrawn before"
    with pytest.raises(LoadError, match="decision 1 no longer holds"):
        review.undo(stocked, 1, ROLE, "again", DAY)
    with pytest.raises(LoadError, match="decision 2 is a withdrawal"):
        review.undo(stocked, 2, ROLE, "again", DAY)
    with pytest.raises(LoadError, match="there is no decision 3"):
        review.undo(stocked, 3, ROLE, "again", DAY)


def test_an_automatic_link_that_was_taken_back_is_not_made_again(home: Home) -> None:
    write_register(home)
    record = as_listed("1", ATELIER)
    (taken,) = link_records(home, [record], DAY).accepted
    review.undo(home, taken.number, ROLE, "another organisation", DAY)
    again = link_records(home, [record], DAY)
    assert not again.accepted
    assert again.doubts == {"withdrawn before": 1}


@pytest.mark.parametrize("judgement", ["different", "unsure"])
def test_what_was_judged_otherwise_is_neither_linked_nor_asked_again(
    stocked: Home, judgement: str
) -> None:
    decide(stocked, TWIN.number, judgement)
    link_records(stocked, [HOMONYM], DAY)
    assert TWIN.number not in {item.left[-10:] for item in queue.read(stocked)}


def test_a_record_cannot_be_two_enterprises(stocked: Home) -> None:
    decide(stocked, TWIN.number, "same")
    with pytest.raises(LoadError, match="decision 1 says same of .*; take it back first"):
        decide(stocked, OTHER_TWIN.number, "same")
    assert len(journal.read(stocked)) == 1


def test_a_difference_blocks_the_merge_of_two_clusters(home: Home) -> None:
    write_register(home)
    one, two = as_listed("1", ATELIER), as_listed("1", ATELIER, source="members-b")
    apart = replace(DECISION, left=one.id, right=two.id, judgement="different")
    journal.append(home, [apart])
    linked = link_records(home, [one, two], DAY)
    # Neither decision alone is forbidden; both together would make one thing of the two.
    assert not linked.accepted
    assert linked.doubts == {"decided otherwise": 2}


def test_a_blind_check_is_asked_without_its_score_and_counted(home: Home) -> None:
    write_register(home)
    keys = (str(n) for n in range(1000))
    left = f"organisation/kbo-{ATELIER.number}"
    key = next(key for key in keys if checked_blind((left, f"organisation/members-saw-{key}")))
    linked = link_records(home, [as_listed(key, ATELIER)], DAY)
    (item,) = linked.queue
    assert (item.doubt, item.score, item.features) == ("blind check", "", "")
    assert linked.blind == {"drawn": 1, "right": 0, "wrong": 0}
    decide(home, ATELIER.number, "same")
    again = link_records(home, [as_listed(key, ATELIER)], DAY)
    assert again.blind == {"drawn": 1, "right": 1, "wrong": 0}
    assert not again.queue
    assert again.interval[1] == 1.0


@pytest.mark.parametrize(
    ("judgement", "reason", "said"),
    [
        ("maybe", "same telephone", "judgement 'maybe' is not same, different, unsure"),
        ("withdrawn", "same telephone", "judgement 'withdrawn' is not"),
        ("same", "  ", "the reason is empty"),
        ("same", "x" * 3000, "longer than 2000 characters"),
    ],
)
def test_a_bad_answer_is_refused(stocked: Home, judgement: str, reason: str, said: str) -> None:
    with pytest.raises(LoadError, match=said):
        decide(stocked, TWIN.number, judgement, reason)
    assert not journal.read(stocked)


@pytest.mark.parametrize("role", ["", " ", "j.doe@example.org", "rule linkage-1"])
def test_a_decider_is_a_role(stocked: Home, role: str) -> None:
    with pytest.raises(LoadError, match="give the role of who decides"):
        review.decide(stocked, [Answer(item_on(stocked, TWIN.number), "same", "x")], role, DAY)


# ------------------------------------------------------------------- the journal


def cut_short(content: bytes) -> bytes:
    return content[:-9]


def with_a_gap(content: bytes) -> bytes:
    return content.replace(b"\n2,", b"\n3,")


def with_an_odd_judgement(content: bytes) -> bytes:
    return content.replace(b",different,", b",perhaps,")


def with_other_columns(content: bytes) -> bytes:
    return content.replace(b"number,kind", b"kind,number", 1)


def with_a_lost_cell(content: bytes) -> bytes:
    return content.replace(b",linkage-1", b"")


def in_another_encoding(content: bytes) -> bytes:
    return content.replace(b"telephone", b"t\xe9l\xe9phone")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut_short, "line 3: the last row is cut short"),
        (with_a_gap, "line 3: number '3' stands where 2 is due"),
        (with_an_odd_judgement, "line 3: judgement 'perhaps' is not"),
        (with_other_columns, "line 1: the header is not number,kind"),
        (with_a_lost_cell, "line 2: 13 cells, 14 expected"),
        (in_another_encoding, "line 2: not UTF-8"),
    ],
)
def test_a_damaged_journal_is_refused_with_line_and_remedy(
    home: Home, damage: Callable[[bytes], bytes], said: str
) -> None:
    journal.append(home, [DECISION, replace(DECISION, number=2, judgement="different")])
    file = journal.file_of(home)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(SourceError, match=f"decisions.csv, {said}.*restore the file"):
        journal.read(home)


def test_what_is_added_is_read_back(home: Home) -> None:
    odd = replace(DECISION, reason='a "quoted", reason; with é', number=1)
    journal.append(home, [odd])
    journal.append(home, [replace(DECISION, number=2, left="organisation/kbo-2")])
    assert journal.read(home)[0] == odd
    assert len(journal.read(home)) == 2


def test_a_full_disk_leaves_the_journal_as_it_was(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append(home, [DECISION])
    before = journal.file_of(home).read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LoadError, match="nothing was added .No space left"):
        journal.append(home, [replace(DECISION, number=2)])
    assert journal.file_of(home).read_bytes() == before


# -------------------------------------------------------------- files for a desk

Edit = Callable[[list[dict[str, str]]], None]


def filled(file: Path, edit: Edit) -> None:
    """Fill in an exported CSV file as a spreadsheet program would."""
    text = file.read_text(encoding="utf-8-sig")
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
    rows = list(reader)
    edit(rows)
    output = io.StringIO(newline="")
    writer = csv.DictWriter(output, reader.fieldnames or (), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    file.write_text(output.getvalue(), encoding="utf-8-sig", newline="")


def answer_first(rows: list[dict[str, str]]) -> None:
    rows[0] |= {"judgement": "same", "reason": "même téléphone"}


def test_a_filled_in_file_is_taken(stocked: Home, tmp_path: Path) -> None:
    file = tmp_path / "queue.csv"
    assert exchange.export(stocked, file) == len(queue.read(stocked)) == 2
    filled(file, answer_first)
    (taken,) = review.decide(stocked, exchange.answers(stocked, file), ROLE, DAY)
    assert (taken.judgement, taken.reason) == ("same", "même téléphone")
    assert len(queue.read(stocked)) == 1


def test_a_filled_in_workbook_is_taken(stocked: Home, tmp_path: Path) -> None:
    file, back = tmp_path / "queue.xlsx", tmp_path / "back.xlsx"
    exchange.export(stocked, file)
    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    place = {name: rows[0].index(name) for name in rows[0]}
    with xlsxwriter.Workbook(str(back)) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                # A spreadsheet program makes numbers of what looks like one.
                number = line > 0 and column == place["item"]
                sheet.write(line, column, float(str(cell)) if number else cell)
        sheet.write(1, place["judgement"], "different")
        sheet.write(1, place["reason"], "another town")
    (taken,) = review.decide(stocked, exchange.answers(stocked, back), ROLE, DAY)
    assert taken.judgement == "different"


def bad_judgement(rows: list[dict[str, str]]) -> None:
    answer_first(rows)
    rows[1] |= {"judgement": "yes", "reason": "obvious"}


def no_reason(rows: list[dict[str, str]]) -> None:
    rows[1] |= {"judgement": "same", "reason": ""}


def reason_only(rows: list[dict[str, str]]) -> None:
    rows[1] |= {"reason": "obvious"}


def twice(rows: list[dict[str, str]]) -> None:
    answer_first(rows)
    rows.append(rows[0])


def other_state(rows: list[dict[str, str]]) -> None:
    answer_first(rows)
    rows[0]["state"] = "s-000000000000"


def other_number(rows: list[dict[str, str]]) -> None:
    answer_first(rows)
    rows[0]["item"] = "99"


def both(rows: list[dict[str, str]]) -> None:
    for row in rows:
        row |= {"judgement": "same", "reason": "obvious"}


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (bad_judgement, "line 3: judgement 'yes' is not same, different, unsure; nothing"),
        (no_reason, "line 3: the reason is empty"),
        (reason_only, "line 3: a reason without a judgement"),
        (twice, "line 4: item 1 stands twice"),
        (other_state, "line 2: item 1 changed or left the queue since the export"),
        (other_number, "line 2: item 99 changed or left the queue"),
        (both, "decision 1 says same of"),
    ],
)
def test_a_file_is_taken_whole_or_not_at_all(
    stocked: Home, tmp_path: Path, edit: Edit, said: str
) -> None:
    file = tmp_path / "queue.csv"
    exchange.export(stocked, file)
    filled(file, edit)
    waiting = queue.read(stocked)
    with pytest.raises(LoadError, match=said):
        review.decide(stocked, exchange.answers(stocked, file), ROLE, DAY)
    assert not journal.read(stocked)
    assert queue.read(stocked) == waiting


def test_a_record_that_changed_since_the_export_is_named(stocked: Home, tmp_path: Path) -> None:
    file = tmp_path / "queue.csv"
    exchange.export(stocked, file)
    link_records(stocked, [replace(HOMONYM, names=("Les amis de l'école",))], DAY)
    filled(file, answer_first)
    with pytest.raises(SourceError, match="item 1 changed or left the queue since the export"):
        exchange.answers(stocked, file)


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_exported_cell_runs_as_a_formula(home: Home, tmp_path: Path, start: str) -> None:
    write_register(home)
    record: Record = replace(HOMONYM, names=(f"{start}Amis de l'École",))
    link_records(home, [record], DAY)
    file = tmp_path / "queue.csv"
    assert exchange.export(home, file)
    rows = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig")), delimiter=";")
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_numbers_of_items_stay_when_the_queue_is_made_anew(stocked: Home) -> None:
    before = {item.pair: item.item for item in queue.read(stocked)}
    write_register(stocked)
    more = listed("2", "Kringloopwinkel de Brug", "", "8000", "")
    link_records(stocked, [HOMONYM, more], DAY)
    after = {item.pair: item.item for item in queue.read(stocked)}
    assert before.items() <= after.items()
    assert KRINGLOOP.number not in {left[-10:] for _, left, _ in before}
