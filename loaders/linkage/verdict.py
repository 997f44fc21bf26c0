"""What becomes of a compared pair: a link, a question to a desk, or nothing."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import sqrt

from loaders.linkage.comparison import Comparison
from loaders.linkage.records import Record

ACCEPT, RIVAL, REJECT = 0.99, 0.9, 0.2
# One automatic link in so many is checked by someone who does not see the score.
BLIND = 50
RULE = "rule linkage-1"
# The doubt about a pair that was held to be the same, when the list's record became another.
CHANGED = "changed since"


@dataclass(frozen=True)
class Pair:
    """An enterprise and a record that may be the same thing.

    ``left`` is the register's record, which stays if they are; ``doubt`` says why a desk has to
    decide, and is empty where the rule does.
    """

    left: Record
    right: Record
    comparison: Comparison
    score: float
    doubt: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """The ids of the two records."""
        return self.left.id, self.right.id


@dataclass(frozen=True)
class Verdicts:
    """What the rule accepts, and what it leaves to a desk, best first."""

    accepted: list[Pair] = field(default_factory=list)
    doubtful: list[Pair] = field(default_factory=list)


def judge(pairs: Iterable[Pair]) -> Verdicts:
    """Apply the rule of acceptance to all scored pairs of all records.

    A pair is accepted when it scores at least ACCEPT, no other enterprise scores RIVAL with the
    record, and they share a postcode; and when no other row of the list is that enterprise.
    Pairs below REJECT are dropped, unless they were held to be the same before.
    """
    likely = [pair for pair in pairs if pair.score >= REJECT or pair.doubt == CHANGED]
    rivals = Counter(pair.right.id for pair in likely if pair.score >= RIVAL)
    rows: dict[tuple[str, str], set[str]] = defaultdict(set)
    for pair in likely:
        if pair.score >= RIVAL:
            rows[pair.right.source, pair.left.id].add(pair.right.id)
    verdicts = Verdicts()
    for pair in sorted(likely, key=lambda pair: (-pair.score, pair.key)):
        doubt = pair.doubt or doubted(pair, rivals, rows)
        if doubt:
            verdicts.doubtful.append(
                Pair(pair.left, pair.right, pair.comparison, pair.score, doubt)
            )
        else:
            verdicts.accepted.append(pair)
    return verdicts


def doubted(pair: Pair, rivals: Mapping[str, int], rows: Mapping[tuple[str, str], set[str]]) -> str:
    """Return why the rule does not accept a pair, empty when it does."""
    if pair.score < ACCEPT:
        return "score"
    if rivals[pair.right.id] > 1:
        return "several enterprises"
    if len(rows[pair.right.source, pair.left.id]) > 1:
        return "several rows"
    if not pair.comparison.same_postcode:
        return "no common postcode"
    return ""


def checked_blind(pair: tuple[str, str]) -> bool:
    """Tell whether an automatic link is in the sample that someone checks blindly.

    The choice depends on the two ids alone.
    """
    digest = hashlib.sha256("\n".join(pair).encode()).digest()
    return int.from_bytes(digest[:4], "big") % BLIND == 0


def wilson(right: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Return the interval in which a share lies with 95 % confidence, after Wilson.

    >>> tuple(round(bound, 3) for bound in wilson(99, 100))
    (0.946, 0.998)
    """
    if not total:
        return 0.0, 1.0
    share, square = right / total, z * z
    centre = (share + square / (2 * total)) / (1 + square / total)
    spread = (
        z / (1 + square / total) * sqrt(share * (1 - share) / total + square / (4 * total * total))
    )
    return max(0.0, centre - spread), min(1.0, centre + spread)


def sample(accepted: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the links that are checked blindly."""
    return (pair for pair in accepted if checked_blind(pair))
