"""The proof that a publication may be made: from what is published, not from what was decided.

For each cell that must not be known it asks whether everything that is published, taken
together, leaves it as uncertain as the rules want. An answer "yes" is a move: other values for
some cells with which all that is published stays true. Each is checked by arithmetic, whatever
the solver says; where none is found, the publication is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from loaders.disclosure.cells import System, system
from loaders.disclosure.content import Figures, Flags
from loaders.disclosure.differences import known_from, telling
from loaders.disclosure.dimensions import Numbers
from loaders.disclosure.model import (
    FREE,
    Codes,
    Finding,
    Identity,
    Publication,
    Ratio,
    Release,
    Shown,
    Table,
)
from loaders.disclosure.neighbourhood import Surroundings
from loaders.disclosure.parts import Part, each, independent, only
from loaders.disclosure.primary import LARGEST, Unsafe, unsafe
from loaders.disclosure.remainders import with_remainders
from loaders.disclosure.rules import Rules
from loaders.disclosure.search import Search
from loaders.disclosure.solver import Matrix, Move, Solver

# Statuses of CL_OBS_STATUS: of a value that is withheld, and of one that is not there.
SUPPRESSED, ABSENT = "Q", frozenset("LMOHJ")
# The check that a change tells nothing.
DIFFERENCES = "differences"
WITHHELD = frozenset("AOTGMD")
# What only one holding knows is used last.
SHARED, KNOWN_TO_ONE = 1e-2, 1.0


def audit(
    release: Release, rules: Rules, identities: Sequence[Identity] = (),
    ratios: Sequence[Ratio] = (), before: Release | None = None,
) -> list[Finding]:  # fmt: skip
    """Return all that forbids to publish a release; nothing when it may be."""
    linked = [(ratio.numerator[0], ratio.denominator[0]) for ratio in ratios]
    parts = independent(release.tables, identities, linked)
    found = each(
        audited, parts, [only(release, part) for part in parts], [rules] * len(parts),
        [some(ratios, part) for part in parts], [before and only(before, part) for part in parts],
    )  # fmt: skip
    return [finding for one in found for finding in one]


def some(ratios: Sequence[Ratio], part: Part) -> list[Ratio]:
    """Return the ratios of the tables of a part."""
    names = {table.name for table in part.tables}
    return [ratio for ratio in ratios if ratio.numerator[0] in names]


def audited(
    part: Part, release: Release, rules: Rules, ratios: Sequence[Ratio], before: Release | None
) -> list[Finding]:
    """Return all that forbids to publish a part of a release."""
    whole = with_remainders(system(part.tables, LARGEST, part.identities), rules)
    shown = published(whole, release.publication)
    known = shown | known_from(whole, before)
    found = unsafe(whole, rules)
    findings = [*said_badly(release, part), *shown_though_unsafe(whole, shown, found)]
    search = Audit(whole, found, rules, known, ratios)
    search.secure_all()
    findings += search.findings()
    return findings + list(differences(part, release, before, rules))


def published(whole: System, publication: Publication) -> Flags:
    """Return which cells are known from what is published."""
    known = np.zeros(whole.size, dtype=np.bool_)
    for name, view in whole.views.items():
        cells = publication.get(name, {})
        for place, cell in enumerate(view.cells):
            shown = cells.get(view.codes_at(place))
            known[cell] |= shown is not None and shown.value is not None
    return known


def said_badly(release: Release, part: Part) -> Iterator[Finding]:
    """Yield what is not said as SDMX says it: no value, Q, and why."""
    for name in (table.name for table in part.tables):
        for codes, shown in release.publication.get(name, {}).items():
            if reason := misstatement(shown):
                yield Finding("statuses", name, codes, reason)


def misstatement(shown: Shown) -> str | None:
    """Return what is wrong with how a cell is published."""
    if shown.conf_status in WITHHELD:
        if shown.value is not None:
            return "a withheld cell has a value"
        return None if shown.obs_status == SUPPRESSED else "a withheld cell is not said to be"
    if shown.conf_status != FREE:
        return "the status of confidentiality is none of the list"
    if shown.value is None and shown.obs_status not in ABSENT:
        return "a value is not there and nothing says why"
    return None


def shown_though_unsafe(whole: System, known: Flags, found: Unsafe) -> Iterator[Finding]:
    """Yield the cells that tell too much by themselves and are published."""
    for cell in np.flatnonzero(known & found.flags):
        yield finding(whole, int(cell), "primary", "tells too much of a holding")


def finding(whole: System, cell: int, check: str, reason: str) -> Finding:
    """Return a finding about a cell, in the first table that has it; of a rest, about its whole."""
    at = named(whole, cell)
    for name, view in whole.views.items():
        places = np.flatnonzero(view.cells == at)
        if len(places):
            return Finding(check, name, view.codes_at(int(places[0])), reason)
    raise ValueError(f"no table has cell {cell}")


def named(whole: System, cell: int) -> int:
    """Return a cell that a table has: a cell itself, or of a rest the one that it is left of."""
    if any((view.cells == cell).any() for view in whole.views.values()):
        return cell
    row = whole.row[whole.cell == cell][0]
    return int(whole.cell[(whole.row == row) & (whole.factor < 0)][0])


def differences(
    part: Part, release: Release, before: Release | None, rules: Rules
) -> Iterator[Finding]:
    """Yield the cells published twice of which the change tells what few holdings did."""
    now = {table.name: table for table in part.tables}
    former = before or Release((), {})
    pairs: list[tuple[Table, Table, Mapping[Codes, Shown]]] = [
        (now[table.name], table, former.publication.get(table.name, {}))
        for table in former.tables
        if table.name in now
    ]
    pairs += [
        (table, then, release.publication.get(then.name, {}))
        for table in part.tables
        if (then := part.before.get(table.previous or ""))
    ]
    for table, then, earlier in pairs:
        cells = release.publication.get(table.name, {})
        for codes in telling(table, then, rules):
            one, other = cells.get(codes), earlier.get(codes)
            # A value published again as it was tells of no change.
            if one and other and None not in (one.value, other.value) and one.value != other.value:
                reason = f"its change since {then.name} tells what few holdings did"
                yield Finding(DIFFERENCES, table.name, codes, reason)


class Audit(Search):
    """The search for moves among what is not published."""

    def __init__(
        self, whole: System, found: Unsafe, rules: Rules, known: Flags, ratios: Sequence[Ratio]
    ) -> None:
        alone = whole.content.single >= 0
        super().__init__(whole, found, rules, np.where(alone, KNOWN_TO_ONE, SHARED))
        self.room.down[known] = self.room.up[known] = 0
        # What is published though unsafe is found already.
        self.safe |= known
        self.unknown = ~known
        self.matrix = with_ratios(whole, ratios)
        self.solver = Solver(self.matrix)
        # So that what is published is never looked at as something that may move.
        self.room.cost[known] = np.inf
        self.near = Surroundings(whole, self.matrix)

    def cheapest(self, target: int, by: float) -> Move | None:
        """Return a move among what is not published."""
        for cells in self.around(target):
            move = self.solver.move(target, by, cells, self.room)
            if move is not None and self.holds(target, by, move):
                return move
        return None

    def take(self, target: int, by: float, move: Move) -> None:
        """Take nothing: what is published is published."""

    def around(self, target: int) -> Iterator[Numbers]:
        """Yield ever more unknown cells around one, in the end all that are tied to it."""
        for near in self.near.of(target, self.room.cost, self.unknown):
            yield near[self.unknown[near]]
        cells = np.array([target])
        while True:
            tied = self.matrix.cells_of(self.matrix.rows_of(cells))
            more = np.union1d(tied[self.unknown[tied]], [target])
            if len(more) == len(cells):
                yield more
                return
            cells = more

    def holds(self, target: int, by: float, move: Move) -> bool:
        """Tell whether a move leaves true all that is known, by arithmetic alone."""
        if self.unknown[move.cells].sum() < len(move.cells):
            return False
        here = move.by[move.cells == target]
        if len(here) != 1 or abs(here[0] - by) > 1e-6 * abs(by):
            return False
        if not self.fits(move, 1 - 1e-6):
            return False
        rows = self.matrix.rows_of(move.cells)
        place, cells, factors = self.matrix.entries(rows)
        at = np.searchsorted(move.cells, cells)
        at[at == len(move.cells)] = 0
        moved = np.where(move.cells[at] == cells, move.by[at], 0.0)
        sums = np.bincount(place, moved * factors, len(rows))
        slack = 1e-5 * np.maximum(np.bincount(place, np.abs(moved * factors), len(rows)), abs(by))
        low, high = self.matrix.lower[rows], self.matrix.upper[rows]
        return bool((sums >= low - slack).all() and (sums <= high + slack).all())

    def findings(self) -> list[Finding]:
        """Return what cannot be shown to be uncertain."""
        said = {
            False: ("bounds", "can be computed too closely from what is published"),
            True: ("holdings", "can be computed too closely by a holding of another cell"),
        }
        return [finding(self.system, cell, *said[inside]) for cell, inside in self.failed]


def with_ratios(whole: System, ratios: Sequence[Ratio]) -> Matrix:
    """Return the rows of a system with what published means and shares say.

    A ratio known to half a digit holds numerator and denominator between two lines.
    """
    rows, cells, factors = [whole.row], [whole.cell], [whole.factor]
    count = int(whole.row[-1]) + 1 if len(whole.row) else 0
    lower, upper = [0.0] * count, [0.0] * count
    for ratio in ratios:
        above, below = (cell_at(whole, *side) for side in (ratio.numerator, ratio.denominator))
        for edge, sign in ((ratio.value - ratio.half, 1), (ratio.value + ratio.half, -1)):
            # At the truth the row comes to this much; it must not change its sign.
            true = whole.content.value[above] - edge * whole.content.value[below]
            rows.append(np.array([count, count]))
            cells.append(np.array([above, below]))
            factors.append(np.array([1.0, -edge]))
            spare = abs(float(true))
            lower.append(-spare if sign > 0 else -np.inf)
            upper.append(np.inf if sign > 0 else spare)
            count += 1
    bounds: tuple[Figures, Figures] = np.array(lower), np.array(upper)
    return Matrix(
        np.concatenate(rows), np.concatenate(cells), np.concatenate(factors), whole.size, bounds
    )


def cell_at(whole: System, table: str, codes: Codes) -> int:
    """Return the cell of a table with some codes; KeyError when there is none."""
    cell = whole.views[table].cell(codes)
    if cell is None:
        raise KeyError(" ".join((table, *codes)))
    return cell
