"""Linking: records of lists compared with a register, accepted by the rule or left to a desk."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from loaders.linkage import journal, model, queue
from loaders.linkage.candidates import candidates, families
from loaders.linkage.clusters import Clusters
from loaders.linkage.comparison import compare
from loaders.linkage.journal import MATCH, Decision
from loaders.linkage.lists import list_graphs
from loaders.linkage.names_of_numbers import disagreements
from loaders.linkage.queue import Item
from loaders.linkage.records import Record, read_records
from loaders.linkage.verdict import (
    CHANGED,
    REJECT,
    RULE,
    Pair,
    Verdicts,
    checked_blind,
    judge,
    wilson,
)
from queries.release import Home

Progress = Callable[[str], None]
REGISTER = "kbo"
# A desk sees so many of the enterprises that a record may be.
SHOWN = 5


@dataclass(frozen=True)
class Linked:
    """What one linking did.

    ``records`` counts those without a number, ``compared`` pairs; ``blind`` is the state of the
    blind check of automatic links: how many were drawn, found right and found wrong.
    """

    records: int
    compared: int
    linked_before: int
    accepted: Sequence[Decision]
    queue: Sequence[Item]
    blind: Mapping[str, int]
    seconds: float = field(compare=False, default=0.0)

    @property
    def doubts(self) -> Mapping[str, int]:
        """How many items wait, by why."""
        return dict(sorted(Counter(item.doubt for item in self.queue).items()))

    @property
    def interval(self) -> tuple[float, float]:
        """Between what the precision of automatic links lies, after the blind check (Wilson)."""
        return wilson(self.blind["right"], self.blind["right"] + self.blind["wrong"])


def register_file(home: Home) -> Path:
    """Return the register with which lists are compared."""
    return home.path / "registers" / f"{REGISTER}.duckdb"


def link(home: Home, today: date, tell: Progress = lambda _: None) -> Linked:
    """Compare the lists of a home with its register; the caller holds the home's lock.

    What the rule accepts is added to the journal, what it does not decide becomes the review
    queue. Done twice, it adds nothing the second time.
    """
    tell("reading lists")
    return link_records(home, read_records(list_graphs(home)), today, tell)


def link_records(
    home: Home, records: Sequence[Record], today: date, tell: Progress = lambda _: None
) -> Linked:
    """Link the records of lists to the register of a home, as ``link`` does."""
    started = time.perf_counter()
    rows = journal.read(home)
    tell("comparing with the register")
    compared, pairs = 0, []
    for pair in score(register_file(home), records, rows):
        compared += 1
        if pair.score >= REJECT or pair.doubt:
            pairs.append(pair)
    verdicts = judge(pairs)
    accepted, refused = settled(verdicts, rows)
    decided = list(decisions(accepted, len(rows) + 1, today))
    journal.append(home, decided)
    rows += decided
    tell("comparing names of numbers")
    named = list(disagreements(register_file(home), records, rows))
    asked = [*blind_items(pairs, records, rows), *items([*refused, *verdicts.doubtful]), *named]
    waiting = list(queue.numbered(asked, queue.read(home)))
    queue.write(home, waiting)
    return Linked(
        records=sum(not record.number for record in records),
        compared=compared,
        linked_before=linked(records, rows) - len(decided),
        accepted=decided,
        queue=waiting,
        blind=blind_state(rows),
        seconds=round(time.perf_counter() - started, 2),
    )


def linked(records: Iterable[Record], rows: Iterable[Decision]) -> int:
    """Count the present records that are linked."""
    same = {d.right for d in journal.live(rows).values() if d.judgement == "same"}
    return sum(record.id in same for record in records)


def score(register: Path, records: Sequence[Record], rows: Sequence[Decision]) -> Iterator[Pair]:
    """Yield every pair of a record without number and an enterprise, with its score.

    Records that are linked, and pairs that are decided, are yielded too, marked as decided.
    """
    unnumbered = [record for record in records if not record.number]
    position = {record.id: place for place, record in enumerate(unnumbered)}
    live, undone = journal.live(rows), journal.withdrawn(rows)
    linked_to = {d.right: d.left for d in live.values() if d.judgement == "same"}
    taken = taken_by(records, linked_to)
    decided = [
        (position[right], left.rpartition("-")[2])
        for kind, left, right in sorted(live.keys() | undone)
        if kind == MATCH and right in position
    ]
    weights, form_families = model.current(), families()
    for record, found in candidates(register, unnumbered, decided):
        for candidate in found:
            enterprise = candidate.enterprise
            comparison = compare(record, enterprise, candidate.rarest, form_families)
            pair = Pair(enterprise, record, comparison, weights.score(comparison))
            key = (MATCH, *pair.key)
            if key in live:
                yield replace(pair, doubt=CHANGED if changed(pair, live[key]) else DECIDED)
            elif record.id in linked_to:
                yield replace(pair, doubt=DECIDED)
            elif key in undone:
                yield replace(pair, doubt="withdrawn before")
            elif taken[record.source, enterprise.id]:
                yield replace(pair, doubt="several rows")
            else:
                yield pair


def changed(pair: Pair, decision: Decision) -> bool:
    """Tell whether a record is no longer what was held to be the same as an enterprise."""
    differs = pair.right.digest != decision.right_digest
    return decision.judgement == "same" and differs and pair.score < REJECT


# The mark of a pair that needs no further decision.
DECIDED = "decided"


def taken_by(records: Iterable[Record], linked_to: Mapping[str, str]) -> Counter[tuple[str, str]]:
    """Count the rows of each list that are an enterprise already, by number or by a link."""
    taken: Counter[tuple[str, str]] = Counter()
    for record in records:
        if record.number:
            taken[record.source, record.id] += 1
        elif record.id in linked_to:
            taken[record.source, linked_to[record.id]] += 1
    return taken


def settled(verdicts: Verdicts, rows: Iterable[Decision]) -> tuple[list[Pair], list[Pair]]:
    """Return the accepted pairs that no decision forbids, and those that one does.

    Where a decision forbids two of them together, neither is accepted.
    """
    clusters = Clusters(journal.live(rows).values())
    for pair in verdicts.accepted:
        clusters.join(*pair.key)
    torn = clusters.torn()
    accepted = [pair for pair in verdicts.accepted if pair.left.id not in torn]
    forbidden = [pair for pair in verdicts.accepted if pair.left.id in torn]
    return accepted, [replace(pair, doubt="decided otherwise") for pair in forbidden]


def decisions(pairs: Iterable[Pair], first: int, today: date) -> Iterator[Decision]:
    """Yield the decisions that the rule makes on accepted pairs, in the order of their records."""
    name = model.current().name
    for number, pair in enumerate(sorted(pairs, key=lambda one: one.right.id), start=first):
        yield Decision(
            number=number, kind=MATCH, left=pair.left.id, right=pair.right.id, judgement="same",
            score=queue.written(pair.score), features=queue.features(pair), model=name,
            visibility=pair.right.visibility, decided_on=today.isoformat(), decided_by=RULE,
            reason=REASON, left_digest=pair.left.digest, right_digest=pair.right.digest,
        )  # fmt: skip


REASON = "score of at least 0.99, one candidate only, and the same postcode"


def items(pairs: Iterable[Pair]) -> Iterator[Item]:
    """Yield the questions that doubtful pairs are: of each record, the likeliest few."""
    shown: Counter[str] = Counter()
    for pair in sorted(pairs, key=lambda one: (-one.score, one.key)):
        shown[pair.right.id] += pair.doubt != DECIDED
        if pair.doubt != DECIDED and shown[pair.right.id] <= SHOWN:
            yield queue.asked(pair, MATCH, model.current().name)


def blind_items(
    pairs: Iterable[Pair], records: Iterable[Record], rows: Sequence[Decision]
) -> Iterator[Item]:
    """Yield the automatic links that wait for a blind check, without their scores."""
    present = {record.id for record in records}
    waiting = {
        decision.pair: decision
        for decision in journal.live(rows).values()
        if decision.decided_by == RULE
        and decision.right in present
        and checked_blind((decision.left, decision.right))
    }
    for pair in sorted(pairs, key=lambda one: one.key):
        if (MATCH, *pair.key) in waiting:
            item = queue.asked(replace(pair, doubt=BLIND_CHECK), MATCH, model.current().name)
            yield replace(item, score="", features="")


BLIND_CHECK = "blind check"


def blind_state(rows: Sequence[Decision]) -> dict[str, int]:
    """Return how many automatic links were drawn for the blind check, and what it found."""
    drawn = {
        row.pair: row
        for row in rows
        if row.decided_by == RULE and checked_blind((row.left, row.right))
    }
    judged = {
        row.pair: row.judgement for row in rows if row.pair in drawn and row.decided_by != RULE
    }
    found = Counter(judged.values())
    return {"drawn": len(drawn), "right": found["same"], "wrong": found["different"]}
