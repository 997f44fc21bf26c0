"""What a desk decides on the review queue, and how it takes a decision back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from loaders.errors import LoadError
from loaders.linkage import journal, queue
from loaders.linkage.clusters import Clusters
from loaders.linkage.journal import JUDGEMENTS, MATCH, WITHDRAWN, Decision
from loaders.linkage.queue import Item
from queries.release import Home

LONGEST = 2000


@dataclass(frozen=True)
class Answer:
    """What a desk says of one item."""

    item: Item
    judgement: str
    reason: str


def defect(judgement: str, reason: str) -> str:
    """Return why an answer cannot be taken, empty when it can."""
    if judgement not in JUDGEMENTS:
        return f"judgement {judgement!r} is not {', '.join(JUDGEMENTS)}"
    if not reason.strip():
        return "the reason is empty; say what shows it"
    if len(reason) > LONGEST:
        return f"the reason is longer than {LONGEST} characters; shorten it"
    return ""


def check_role(role: str) -> str:
    """Return a role without surrounding space; LoadError when it can be none."""
    if not role.strip() or "@" in role or role.strip().startswith("rule "):
        raise LoadError(f"role {role!r}: give the role of who decides, such as 'data desk'")
    return role.strip()


def decide(home: Home, answers: Sequence[Answer], role: str, today: date) -> list[Decision]:
    """Add the decisions of a desk to the journal, all or none; they leave the queue.

    The caller holds the home's lock. LoadError names an answer that contradicts another.
    """
    rows = journal.read(home)
    clusters = Clusters(journal.live(rows).values())
    taken: list[Decision] = []
    for answer in answers:
        decision = made(answer, len(rows) + len(taken) + 1, check_role(role), today)
        check(decision, clusters, answer.item)
        clusters.add(decision)
        taken.append(decision)
    journal.append(home, taken)
    leave(home, (decision.pair for decision in taken))
    return taken


def made(answer: Answer, number: int, role: str, today: date) -> Decision:
    """Return the decision that an answer is."""
    if problem := defect(answer.judgement, answer.reason):
        raise LoadError(f"item {answer.item.item}: {problem}")
    item = answer.item
    return Decision(
        number=number, kind=item.kind, left=item.left, right=item.right,
        judgement=answer.judgement, score=item.score, features=item.features, model=item.model,
        visibility=item.visibility, decided_on=today.isoformat(), decided_by=role,
        reason=" ".join(answer.reason.split()),
        left_digest=item.left_digest, right_digest=item.right_digest,
    )  # fmt: skip


def check(decision: Decision, clusters: Clusters, item: Item) -> None:
    """Refuse a decision that another one forbids."""
    if decision.kind != MATCH:
        return
    if decision.judgement == "same":
        other = clusters.obstacle(decision.left, decision.right)
        if other and other.pair != decision.pair:
            raise LoadError(
                f"item {item.item}: {decision.right} cannot be {decision.left}: decision "
                f"{other.number} says {other.judgement} of {other.left} and {other.right}; "
                f"take it back first: maillage review undo {other.number}"
            )


def leave(home: Home, pairs: Iterable[tuple[str, str, str]]) -> None:
    """Take decided pairs out of the queue."""
    decided = set(pairs)
    queue.write(home, [item for item in queue.read(home) if item.pair not in decided])


def undo(home: Home, number: int, role: str, reason: str, today: date) -> Decision:
    """Withdraw a decision by a later row; the caller holds the home's lock."""
    rows = journal.read(home)
    if not 1 <= number <= len(rows):
        raise LoadError(f"there is no decision {number}; run: maillage review list --decided")
    undone = rows[number - 1]
    if journal.live(rows).get(undone.pair) != undone:
        reason_not = "is a withdrawal" if undone.judgement == WITHDRAWN else "no longer holds"
        raise LoadError(f"decision {number} {reason_not}; run: maillage review list --decided")
    if not reason.strip():
        raise LoadError("the reason is empty; say why the decision is taken back")
    withdrawal = replace(
        undone, number=len(rows) + 1, judgement=WITHDRAWN, decided_on=today.isoformat(),
        decided_by=check_role(role), reason=" ".join(reason.split()),
    )  # fmt: skip
    journal.append(home, [withdrawal])
    return withdrawal
