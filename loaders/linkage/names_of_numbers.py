"""Rows with a number whose name is not that of the enterprise with the number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rapidfuzz import fuzz

from loaders.linkage import journal, model, queue
from loaders.linkage.candidates import enterprises, families
from loaders.linkage.comparison import abbreviates, compare
from loaders.linkage.journal import NUMBER, Decision
from loaders.linkage.names import folded, take_apart
from loaders.linkage.queue import Item
from loaders.linkage.records import Record
from loaders.linkage.verdict import Pair

# Below so many of 100, two names are not those of one enterprise.
DISAGREE = 60.0
DOUBT = "number and name disagree"


def disagreements(
    register: Path, records: Sequence[Record], rows: Iterable[Decision]
) -> Iterator[Item]:
    """Yield a question for each row whose name disagrees with its number.

    A number that the register does not hold is passed over: the gate and the quality report
    speak of it.
    """
    settled = journal.live(rows)
    numbered = {record.number for record in records if record.number}
    known = {one.number: one for one in enterprises(register, sorted(numbered))}
    for record in records:
        other = known.get(record.number)
        if other is None or (NUMBER, other.id, queue.row_of(record.source)) in settled:
            continue
        likeness = likest(record, other)
        if likeness < DISAGREE:
            comparison = compare(record, other, None, families())
            pair = Pair(other, record, comparison, round(likeness / 100, 4), DOUBT)
            yield replace(queue.asked(pair, NUMBER, model.current().name), model="token_set")


def likest(record: Record, other: Record) -> float:
    """Return how much the likest of two records' names have in common, out of 100."""
    return max(
        (
            max(
                fuzz.token_set_ratio(folded(one), folded(two)),
                fuzz.token_set_ratio(take_apart(one).core, take_apart(two).core),
                100.0 if abbreviated(one, two) else 0.0,
            )
            for one in record.names
            for two in other.names
        ),
        default=100.0,
    )


def abbreviated(one: str, two: str) -> bool:
    """Tell whether one of two names is the abbreviation of the other."""
    first, second = take_apart(one), take_apart(two)
    return abbreviates(first, second) or abbreviates(second, first)
