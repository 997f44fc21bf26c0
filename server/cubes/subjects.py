"""Published figures by what they are about and what they measure, as a page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.cubes.published import Published
from server.cubes.seen import Name
from server.pages.display import Shown


@dataclass(frozen=True)
class Group:
    """Figures of one measure, and what makes all of them differ from the computed ones."""

    measure: Shown
    figures: list[Published]
    shared: list[Name]

    def own(self, one: Published) -> list[Name]:
        """Return what makes one of the figures differ, beside what holds of all."""
        return [reason for reason in one.reasons if reason not in self.shared]


def grouped(found: Iterable[Published]) -> list[Group]:
    """Return figures by what they measure, in the order in which they come."""
    measures: dict[str, list[Published]] = {}
    for one in found:
        measures.setdefault(one.measure.text, []).append(one)
    return [
        Group(figures[0].measure, figures, [
            reason for reason in figures[0].reasons
            if all(reason in one.reasons for one in figures)
        ])
        for figures in measures.values()
    ]  # fmt: skip


def titles(found: Iterable[Published]) -> list[tuple[Shown, int, bool, list[Group]]]:
    """Return figures by what they are about, how many, and whether any is computed here too."""
    subjects: dict[str, list[Published]] = {}
    for one in found:
        subjects.setdefault(one.about.text, []).append(one)
    return [
        (figures[0].about, len(figures), any(one.computed for one in figures), grouped(figures))
        for figures in subjects.values()
    ]
