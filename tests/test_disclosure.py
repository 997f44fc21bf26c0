"""What is withheld: what tells too much, and what would tell it; on invented tables."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from loaders.disclosure.cells import system
from loaders.disclosure.model import (
    Contribution,
    Hierarchy,
    Identity,
    Protected,
    Table,
)
from loaders.disclosure.primary import LARGEST
from loaders.disclosure.protection import protect
from loaders.disclosure.rules import FILE, Rules, read
from loaders.errors import LoadError

AREAS = {"_T": None, "N": "_T", "S": "_T", "N1": "N", "N2": "N", "S1": "S", "S2": "S", "S3": "S"}
KINDS = {"_T": None, "C": "_T", "A": "_T", "M": "_T"}
HIERARCHIES = {"AREA": AREAS, "KIND": KINDS}


def units(seed: int = 1, count: int = 90, few: bool = True) -> list[Contribution]:
    """Return units in the finest areas and kinds, some of one holding."""
    draw = random.Random(seed)
    cells = list(itertools.product(("N1", "N2", "S1", "S2", "S3"), ("C", "A", "M")))
    weights = [1 if few and n % 5 == 0 else 6 for n in range(len(cells))]
    return [
        Contribution(
            f"h{n if n % 9 else n // 18}", draw.choices(cells, weights)[0],
            round(draw.lognormvariate(3, 1), 1),
        )
        for n in range(count)
    ]  # fmt: skip


def table(contributions: list[Contribution], name: str = "main", **more: object) -> Table:
    return Table(name, ("AREA", "KIND"), HIERARCHIES, contributions, **more)  # type: ignore[arg-type]


def equal(count: int, value: float, *codes: str, name: str = "h") -> list[Contribution]:
    return [Contribution(f"{name}{codes}{n}", codes, value) for n in range(count)]


def full(value: float = 10.0, count: int = 6) -> list[Contribution]:
    """Return a table in which nothing is unsafe."""
    places = itertools.product(("N1", "N2", "S1", "S2", "S3"), ("C", "A", "M"))
    return [one for codes in places for one in equal(count, value, *codes)]


def withheld(found: Protected, name: str = "main") -> Mapping[tuple[str, ...], str]:
    return found.statuses[name]


def test_nothing_is_withheld_where_nothing_tells_too_much() -> None:
    assert not withheld(protect([table(full())], Rules()))


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ([10.0, 10.0, 10.0], "A"),
        ([100.0, 2.0, 2.0, 2.0, 2.0], "G"),
        ([100.0, 90.0, 6.0, 6.0], "T"),
        ([-100.0, 2.0, -2.0, 2.0, 2.0], "G"),
        ([0.0, 0.0, 0.0], "A"),
    ],
)
def test_a_cell_that_tells_too_much_is_withheld_with_the_reason(
    values: list[float], status: str
) -> None:
    units = [one for one in full() if one.codes != ("N1", "C")]
    units += [Contribution(f"x{n}", ("N1", "C"), value) for n, value in enumerate(values)]
    rules = Rules(percent=12, dominant=2, share=85)
    if status == "T":
        rules = Rules(percent=5)
    assert protect([table(units)], rules).status("main", ("N1", "C")) == status


def test_a_holding_is_one_contributor_whatever_its_units() -> None:
    units = [one for one in full() if one.codes != ("N1", "C")]
    units += [Contribution(f"x{n % 3}", ("N1", "C"), 10.0) for n in range(12)]
    assert protect([table(units)], Rules()).status("main", ("N1", "C")) == "A"


def test_one_unsafe_cell_takes_others_with_it_in_each_of_its_sums() -> None:
    units = [one for one in full() if one.codes != ("N1", "C")] + equal(1, 50.0, "N1", "C")
    found = withheld(protect([table(units)], Rules()))
    assert found["N1", "C"] == "A"
    for row in ([("N1", kind) for kind in KINDS], [(area, "C") for area in ("N", "N1", "N2")]):
        assert sum(codes in found for codes in row) >= 2
    assert set(found.values()) <= {"A", "D"}


def test_tables_of_one_variable_withhold_the_same_cells() -> None:
    units = [one for one in full() if one.codes != ("N1", "C")] + equal(1, 50.0, "N1", "C")
    areas = Table(
        "areas", ("AREA",), {"AREA": AREAS},
        [Contribution(one.holding, one.codes[:1], one.value) for one in units], variable="EMP",
    )  # fmt: skip
    found = protect([table(units, variable="EMP"), areas], Rules())
    for (area,), status in withheld(found, "areas").items():
        assert found.status("main", (area, "_T")) == status
    for area in AREAS:
        assert found.status("areas", (area,)) == found.status("main", (area, "_T"))


def test_tables_that_hold_other_units_are_refused() -> None:
    units = full()
    other = Table("areas", ("AREA",), {"AREA": AREAS}, equal(9, 1.0, "N1"), variable="EMP")
    with pytest.raises(ValueError, match="another table of EMP holds other units"):
        protect([table(units, variable="EMP"), other], Rules())


def test_who_publishes_two_terms_of_an_identity_publishes_the_third() -> None:
    output = full(20.0)
    used = [Contribution(one.holding, one.codes, 8.0) for one in output]
    # One holding makes nearly all of the value added of a cell, not of its output.
    place = next(n for n, one in enumerate(used) if one.codes == ("N1", "C"))
    used = [
        Contribution(one.holding, one.codes, 19.9)
        if one.codes == ("N1", "C") and n != place
        else one
        for n, one in enumerate(used)
    ]
    added = [
        Contribution(a.holding, a.codes, round(a.value - b.value, 1))
        for a, b in zip(output, used, strict=True)
    ]
    tables = [
        table(units, name, variable=name)
        for name, units in (("P1", output), ("P2", used), ("B1G", added))
    ]
    identity = Identity({"P1": 1, "P2": -1, "B1G": -1})
    cell = ("N1", "C")
    apart = protect(tables, Rules())
    assert apart.status("B1G", cell) != "F"
    assert (apart.status("P1", cell), apart.status("P2", cell)) == ("F", "F")
    together = protect(tables, Rules(), [identity])
    assert {together.status("P1", cell), together.status("P2", cell)} != {"F"}


def test_what_is_only_known_coarsely_is_protected_from_being_the_rest() -> None:
    units = [*full(), Contribution("x", ("N", "C"), 40.0)]
    found = withheld(protect([table(units)], Rules()))
    # N is N1 and N2 and the one unit of which no more is known.
    assert {("N", "C"), ("N1", "C"), ("N2", "C")} & found.keys()


@pytest.mark.parametrize("seed", range(4))
def test_the_same_units_in_another_order_give_the_same_decision(seed: int) -> None:
    given = units(seed)
    shuffled = random.Random(seed).sample(given, len(given))
    assert protect([table(given)], Rules()) == protect([table(shuffled)], Rules())


@pytest.mark.parametrize(
    "text", ["minimum = 2", "percent = 1.25", "share = 99.5", "minimun = 5", "x"]
)
def test_rules_that_protect_less_than_the_floor_are_refused_and_not_repeated(
    tmp_path: Path, text: str
) -> None:
    assert read(tmp_path) == Rules()
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text("percent = 17.25\nminimum = 6", encoding="utf-8")
    assert read(tmp_path).minimum == 6
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(LoadError, match="cannot be used") as refused:
        read(tmp_path)
    assert not any(number in str(refused.value) for number in ("1.25", "99.5", "= 2"))


def test_a_dimension_in_which_a_code_is_above_itself_is_refused() -> None:
    loop = {"_T": None, "A": "B", "B": "A"}
    with pytest.raises(ValueError, match="above itself"):
        protect([Table("t", ("X",), {"X": loop}, equal(5, 1.0, "A"))], Rules())


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not a number"):
        protect([table(equal(5, value, "N1", "C"))], Rules())


def test_who_adds_nothing_does_not_keep_equal_cells_apart() -> None:
    """A town is all of an activity; one of another family in it adds nothing to either."""
    lines: list[tuple[str, str, str, str, float]] = [
        *((f"h{n}", "T", "A", "X", 20.0 + n) for n in range(1, 6)),
        ("zero", "T", "A", "Y", 0.0),
        *((f"h{n}", "U", "B", "X", 20.0 + n) for n in range(6, 12)),
    ]
    hierarchies: dict[str, Hierarchy] = {
        "AREA": {"BE": None, "T": "BE", "U": "BE"},
        "ACTIVITY": {"_T": None, "A": "_T", "B": "_T"},
        "FAMILY": {"F": None, "X": "F", "Y": "F"},
    }
    place = {"AREA": 1, "ACTIVITY": 2, "FAMILY": 3}

    def table(*names: str) -> Table:
        given = [
            Contribution(line[0], tuple(str(line[place[name]]) for name in names), line[4])
            for line in lines
        ]
        own = {name: hierarchies[name] for name in names}
        return Table("/".join(names), names, own, given, variable="jobs", step=1.0)

    whole = system([table("AREA", "FAMILY"), table("ACTIVITY")], LARGEST)
    by_area, by_activity = whole.views["AREA/FAMILY"], whole.views["ACTIVITY"]
    town = by_area.cell(("T", "F"))
    assert town is not None
    assert town == by_activity.cell(("A",))
    # The part without the one that adds nothing stays a cell of its own, so that it is not told.
    assert town != by_area.cell(("T", "X"))
