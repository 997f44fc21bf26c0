"""What one published cell leaves of another one, on invented tables."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from loaders.disclosure.audit import audit
from loaders.disclosure.cells import PARTS, System, system
from loaders.disclosure.model import Codes, Contribution, Hierarchy, Release, Shown, Table
from loaders.disclosure.primary import LARGEST
from loaders.disclosure.protection import protect
from loaders.disclosure.remainders import FEW, Rests, rests, summed
from loaders.disclosure.rules import Rules

AREAS: Hierarchy = {"BE": None, "T": "BE", "U": "BE", "V": "BE"}
ACTIVITIES: Hierarchy = {"_T": None, "A": "_T", "B": "_T"}
# Holding, area, activity, amount.
Unit = tuple[str, str, str, float]
# Those of activity A who are not in town T, and whether that tells too much of one of them.
TELLING: dict[str, tuple[list[float], bool]] = {
    "one": ([17], True),
    "two": ([17, 19], True),
    "three": ([17, 19, 23], True),
    "four alike": ([17, 19, 23, 21], False),
    "a large one among five": ([300, 5, 4, 3, 2], True),
}


def tables(units: Sequence[Unit]) -> list[Table]:
    """Two tables of jobs: by area, and by activity."""
    return [
        Table("area", ("AREA",), {"AREA": AREAS},
              [Contribution(unit[0], (unit[1],), unit[3]) for unit in units], "jobs"),
        Table("activity", ("ACTIVITY",), {"ACTIVITY": ACTIVITIES},
              [Contribution(unit[0], (unit[2],), unit[3]) for unit in units], "jobs"),
    ]  # fmt: skip


def town_and_activity(elsewhere: Sequence[float]) -> list[Unit]:
    """All of a town do the same, and a few elsewhere do it too."""
    return [
        *((f"h{n}", "T", "A", 20.0 + n) for n in range(1, 13)),
        *((f"e{n}", "U", "A", amount) for n, amount in enumerate(elsewhere)),
        *((f"h{n}", "U", "B", 20.0 + n) for n in range(13, 33)),
    ]


def as_it_is(given: Sequence[Table]) -> dict[str, dict[Codes, Shown]]:
    """Every cell, published."""
    whole = system(given, LARGEST)
    return {
        name: {
            view.codes_at(place): Shown(float(whole.content.value[cell]), "F")
            for place, cell in enumerate(view.cells)
        }
        for name, view in whole.views.items()
    }


@pytest.mark.parametrize("case", TELLING)
def test_what_an_activity_less_a_town_leaves_stays_uncertain(case: str) -> None:
    amounts, telling = TELLING[case]
    given = tables(town_and_activity(amounts))
    found = protect(given, Rules())
    assert not found.remarks
    statuses = {found.status("area", ("T",)), found.status("activity", ("A",))}
    assert (statuses != {"F"}) == telling
    assert found.status("area", ("BE",)) == "F"


@pytest.mark.parametrize("case", TELLING)
def test_the_audit_sees_what_an_activity_less_a_town_leaves(case: str) -> None:
    amounts, telling = TELLING[case]
    given = tables(town_and_activity(amounts))
    found = audit(Release(given, as_it_is(given)), Rules())
    assert {one.check for one in found} == ({"bounds"} if telling else set())
    # What is left of the activity without the town is also left of the other town.
    assert {(one.table, one.codes) for one in found} <= {("activity", ("A",)), ("area", ("U",))}


def test_a_part_of_a_holding_is_left_too() -> None:
    """All of one group but a workshop that stands elsewhere."""
    units = [*town_and_activity([]), ("h12", "U", "A", 9.0)]
    given = tables(units)
    found = rests(system(given, LARGEST), Rules())
    assert set(found.added.tolist()) == {9.0}
    assert {one.check for one in audit(Release(given, as_it_is(given)), Rules())} == {"bounds"}
    decided = protect(given, Rules())
    assert {decided.status("area", ("T",)), decided.status("activity", ("A",))} != {"F"}


def test_what_cells_of_a_sum_are_together_is_none() -> None:
    """Of the country without one area two are left, each of which is looked after by itself."""
    units = [(f"h{n}", "T", "A" if n % 2 else "B", 20.0 + n) for n in range(20)]
    units += [("u", "U", "A", 9.0), ("v", "V", "B", 8.0)]
    whole = system(tables(units), LARGEST)
    country, town = (whole.views["area"].cell((code,)) for code in ("BE", "T"))
    found = rests(whole, Rules())
    assert (country, town) not in zip(found.larger.tolist(), found.smaller.tolist(), strict=True)


def units() -> some.SearchStrategy[list[Unit]]:
    """Units of which some are of one holding, and some lose."""
    holdings = some.integers(0, 14).map("h{}".format)
    amounts = some.integers(-2, 9).map(float)
    return some.lists(
        some.tuples(holdings, some.sampled_from("TUV"), some.sampled_from("AB"), amounts),
        min_size=1, max_size=24,
    )  # fmt: skip


@given(units())
def test_rests_are_those_that_comparing_all_pairs_finds(units: list[Unit]) -> None:
    whole = system(tables(units), LARGEST)
    assert set(listed(rests(whole, Rules()))) == set(compared(whole, Rules()))


Rest = tuple[int, int, frozenset[tuple[int, float]]]


def listed(found: Rests) -> Iterator[Rest]:
    """Yield pairs of cells and what they leave."""
    for place, (larger, smaller) in enumerate(zip(found.larger, found.smaller, strict=True)):
        own = np.flatnonzero(found.number == place)
        lines = frozenset((int(found.holding[one]), float(found.added[one])) for one in own)
        yield int(larger), int(smaller), lines


def compared(whole: System, rules: Rules) -> Iterator[Rest]:
    """Yield the unsafe rests of all pairs of cells, one pair after the other."""
    cells: dict[int, dict[int, float]] = {}
    for holding, cell, amount in zip(whole.holding, whole.held, whole.added, strict=True):
        if whole.shown[cell] and round(amount * PARTS):
            cells.setdefault(int(cell), {})[int(holding)] = float(amount)
    for larger, smaller in itertools.permutations(cells, 2):
        one, other = cells[larger], cells[smaller]
        if any(not within(amount, one.get(holding, 0.0)) for holding, amount in other.items()):
            continue
        rest = {h: one[h] - other.get(h, 0.0) for h in one if one[h] != other.get(h, 0.0)}
        if len(rest) == len(one):
            continue
        pair = np.array([larger]), np.array([smaller])
        if 0 < len(rest) <= FEW and unsafe(list(rest.values()), rules) and not summed(whole, *pair):
            yield larger, smaller, frozenset(rest.items())


def within(part: float, whole: float) -> bool:
    """Tell whether an amount can be a part of another one of the same sign."""
    return 0 <= part <= whole or whole <= part <= 0


def unsafe(amounts: list[float], rules: Rules) -> bool:
    """Tell whether a rest is unsafe, as the rules are written in docs/disclosure.md."""
    largest = sorted((abs(one) for one in amounts), reverse=True)
    gross, (first, second) = sum(largest), (*largest, 0.0)[:2]
    few = len(amounts) < rules.minimum
    dominated = sum(largest[: rules.dominant]) > rules.share / 100 * gross
    return few or dominated or gross - first - second < rules.percent / 100 * first
