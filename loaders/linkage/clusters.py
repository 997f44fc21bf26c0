"""What decisions together mean: which records are one thing, and which must never be."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

from loaders.linkage.journal import MATCH, Decision


class Clusters:
    """The records that live decisions hold to be one thing, and those they keep apart."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self._same: nx.Graph = nx.Graph()
        self._apart: list[tuple[str, str, Decision]] = []
        self._replaced: dict[str, Decision] = {}
        for decision in decisions:
            self.add(decision)

    def add(self, decision: Decision) -> None:
        """Take a live decision into account."""
        if decision.kind != MATCH:
            return
        if decision.judgement == "same":
            self._same.add_edge(decision.left, decision.right)
            self._replaced[decision.right] = decision
        else:
            self._apart.append((decision.left, decision.right, decision))

    def join(self, left: str, right: str) -> None:
        """Hold two records to be one thing, to see what comes of it."""
        self._same.add_edge(left, right)

    def torn(self) -> set[str]:
        """Return the records of clusters of which two records differ, or may differ."""
        found: set[str] = set()
        for one, two, _ in self._apart:
            if one in self._same and two in self.of(one):
                found |= self.of(one)
        return found

    def of(self, record: str) -> set[str]:
        """Return all records that are one thing with this one."""
        if record not in self._same:
            return {record}
        return set(nx.node_connected_component(self._same, record))

    def obstacle(self, left: str, right: str) -> Decision | None:
        """Return the decision that forbids to hold two records to be one thing, if any.

        That is one by which a record of either cluster differs, or may differ, from one of the
        other; or one by which the right record is another thing already.
        """
        ours, theirs = self.of(left), self.of(right)
        for one, two, decision in self._apart:
            if (one in ours and two in theirs) or (one in theirs and two in ours):
                return decision
        replaced = self._replaced.get(right)
        return replaced if replaced and replaced.left != left else None
