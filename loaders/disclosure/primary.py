"""Which cells tell too much of a holding by themselves, and how far off a guess must stay.

The rules look at absolute amounts: a loss tells as much of who made it as a gain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from loaders.disclosure.cells import System
from loaders.disclosure.content import Content, Figures, Flags
from loaders.disclosure.model import Status
from loaders.disclosure.rules import Rules

# How many of the largest holdings the rules look at.
LARGEST = 5
Reasons = np.ndarray[tuple[int], np.dtype[np.str_]]
DOMINANCE: dict[int, Status] = {1: "O", 2: "T"}


@dataclass(frozen=True)
class Unsafe:
    """The cells that must not be known, and by how much an estimate has to be off.

    ``reason`` holds a status per cell, empty for what is safe; ``level`` is the half width of
    the interval, ``reach`` how far from its value anybody takes a cell to be beforehand.
    """

    reason: Reasons
    level: Figures
    reach: Figures

    @property
    def flags(self) -> Flags:
        """Whether each cell is unsafe."""
        found: Flags = self.reason != ""
        return found


def unsafe(system: System, rules: Rules, telling: Mapping[int, float] | None = None) -> Unsafe:
    """Return which cells the rules call unsafe, and those whose change tells too much.

    ``telling`` says by how much those changed.
    """
    reason, level = judged(system.content, system.counted, rules)
    wanted = np.maximum(rules.interval * system.content.gross, system.step)
    for cell, change in (telling or {}).items():
        reason[cell] = reason[cell] or "A"
        level[cell] = max(level[cell], change)
    level = np.where(reason != "", np.maximum(level, wanted), 0.0)
    reach = np.maximum(rules.prior * system.content.gross, system.step)
    return Unsafe(reason, np.minimum(level, reach), reach)


def judged(content: Content, counted: Flags, rules: Rules) -> tuple[Reasons, Figures]:
    """Return why each cell is unsafe by what it holds, if it is, and what it lacks to be safe.

    Of a count of units (``counted``) only how many there are is asked.
    """
    reason = np.full(len(content.value), "", dtype="<U1")
    level = np.zeros(len(reason))
    first, second = content.largest[:, 0], content.largest[:, 1]
    percent = rules.percent / 100 * first - (content.gross - first - second)
    top = content.largest[:, : rules.dominant].sum(axis=1)
    share = top * 100 / rules.share - content.gross
    # A count of units tells how many there are; who is large is not in it.
    weighed = (content.gross > 0) & ~counted
    for lacking, status in (
        (np.where(weighed, share, 0.0), DOMINANCE.get(rules.dominant, "M")),
        (np.where(weighed, percent, 0.0), "G"),
    ):
        bad = lacking > 1e-9 * content.gross
        reason[bad] = status
        level = np.maximum(level, np.where(bad, lacking, 0.0))
    reason[(content.holdings > 0) & (content.holdings < rules.minimum)] = "A"
    return reason, level
