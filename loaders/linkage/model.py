"""The weights of a comparison, after Fellegi and Sunter, and the score that they add up to.

For each level of each feature, ``m`` is its share among pairs that are the same thing and ``u``
its share among other candidates. A score is the probability that a pair is the same thing if
features were independent given that: the prior odds times every ``m / u``. They are not quite
independent, so scores are extreme; what the rule of acceptance makes of them is measured.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from math import exp, log

from loaders.linkage.comparison import Comparison

CURRENT = "linkage-1"
# Each level counts as seen in so many matches, and as often in proportion among other pairs: what
# was hardly seen says hardly anything.
SMOOTHING = 0.5
DIGITS = 6


@dataclass(frozen=True)
class Model:
    """Weights by feature and level, with where they come from."""

    name: str
    prior: float
    weights: Mapping[str, Mapping[str, tuple[float, float]]]
    provenance: Mapping[str, object] = field(default_factory=dict)

    def score(self, comparison: Comparison) -> float:
        """Return the probability that a pair is the same thing, from 0 to 1."""
        total = log(self.prior / (1 - self.prior))
        for feature, level in comparison.levels.items():
            m, u = self.weights[feature].get(level, (1.0, 1.0))
            total += log(m / u)
        return round(1 / (1 + exp(-max(-60.0, min(60.0, total)))), DIGITS)

    def as_json(self) -> str:
        """Return the model as the text of a data file."""
        content = {
            "name": self.name,
            "provenance": self.provenance,
            "prior": self.prior,
            "weights": {
                feature: {level: list(shares) for level, shares in sorted(levels.items())}
                for feature, levels in self.weights.items()
            },
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


@cache
def current() -> Model:
    """Return the model in use."""
    file = resources.files("loaders.linkage") / f"{CURRENT}.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    weights = {
        feature: {level: (m, u) for level, (m, u) in levels.items()}
        for feature, levels in content["weights"].items()
    }
    return Model(content["name"], content["prior"], weights, content["provenance"])


def estimate(
    name: str, compared: Iterable[tuple[Comparison, bool]], provenance: Mapping[str, object]
) -> Model:
    """Return the model that labelled pairs give: each comparison with whether it is a match."""
    counts: dict[bool, dict[str, Counter[str]]] = {True: {}, False: {}}
    pairs: Counter[bool] = Counter()
    for comparison, same in compared:
        pairs[same] += 1
        for feature, level in comparison.levels.items():
            counts[same].setdefault(feature, Counter())[level] += 1
    weights: dict[str, dict[str, tuple[float, float]]] = {}
    unseen = {kind: SMOOTHING * pairs[kind] / pairs[True] for kind in (True, False)}
    for feature in counts[True] | counts[False]:
        matches, others = (counts[kind].get(feature, Counter()) for kind in (True, False))
        levels = sorted(matches | others)
        weights[feature] = {
            level: (
                share(matches, level, unseen[True], len(levels)),
                share(others, level, unseen[False], len(levels)),
            )
            for level in levels
        }
    prior = round(pairs[True] / pairs.total(), DIGITS)
    counted = {"matches": pairs[True], "other pairs": pairs[False]}
    return Model(name, prior, weights, {**provenance, **counted})


def share(counts: Counter[str], level: str, unseen: float, levels: int) -> float:
    """Return the share of a level among so many, each counted as seen ``unseen`` times more."""
    return round((counts[level] + unseen) / (counts.total() + levels * unseen), 8)
