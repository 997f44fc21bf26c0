"""A leak planted in each known way, and the gate that refuses it.

The numbers in the names are those of the list of ways in which a publication can leak.
"""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest
from highspy import HighsLp, MatrixFormat
from highspy._core import _Highs
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from loaders.disclosure import leaks
from loaders.disclosure.audit import audit
from loaders.disclosure.model import (
    Contribution,
    Finding,
    Protected,
    Publication,
    Ratio,
    Release,
    Shown,
    Table,
)
from loaders.disclosure.protection import protect
from loaders.disclosure.rules import Rules
from tests.test_disclosure import KINDS, equal, full, table, units

RULES = Rules()
CELL = ("N1", "C")


def cells(table: Table) -> dict[tuple[str, ...], float]:
    """Return the cells of a table, added up the plain way."""
    found: dict[tuple[str, ...], float] = {}
    for one in table.contributions:
        paths = []
        for name, code in zip(table.dimensions, one.codes, strict=True):
            path: list[str] = []
            at: str | None = code
            while at is not None:
                path.append(at)
                above = table.hierarchies[name][at]
                assert not isinstance(above, tuple)
                at = above
            paths.append(path)
        for codes in itertools.product(*paths):
            found[codes] = found.get(codes, 0.0) + one.value
    return found


def publication(tables: list[Table], decided: Protected) -> dict[str, dict[tuple[str, ...], Shown]]:
    return {
        table.name: {
            codes: Shown(value, "F") if status == "F" else Shown(None, status, "Q")
            for codes, value in cells(table).items()
            for status in [decided.status(table.name, codes)]
        }
        for table in tables
    }  # fmt: skip


def primary_only(
    tables: list[Table], decided: Protected
) -> dict[str, dict[tuple[str, ...], Shown]]:
    """Publish all but what tells too much by itself."""
    made = publication(tables, decided)
    for one in tables:
        values = cells(one)
        for codes, shown in made[one.name].items():
            if shown.conf_status == "D":
                made[one.name][codes] = Shown(values[codes], "F")
    return made


def with_one(value: float = 50.0) -> list[Contribution]:
    """Return units among whom one is alone in its cell."""
    return [one for one in full() if one.codes != CELL] + equal(1, value, *CELL)


def checks(findings: list[Finding]) -> set[str]:
    return {one.check for one in findings}


def protected(*tables: Table) -> tuple[list[Table], dict[str, dict[tuple[str, ...], Shown]]]:
    given = list(tables)
    return given, publication(given, protect(given, RULES))


@pytest.mark.parametrize("seed", range(6))
def test_what_was_protected_passes(seed: int) -> None:
    tables, made = protected(table(units(seed)))
    assert audit(Release(tables, made), RULES) == []


def test_1_a_cell_that_margins_give_away_is_refused() -> None:
    tables = [table(with_one())]
    made = primary_only(tables, protect(tables, RULES))
    found = audit(Release(tables, made), RULES)
    assert [(one.check, one.codes) for one in found] == [("bounds", CELL)]


def test_1_a_cell_that_tells_too_much_by_itself_is_refused() -> None:
    tables, made = protected(table(with_one()))
    made["main"][CELL] = Shown(50.0, "F")
    assert "primary" in checks(audit(Release(tables, made), RULES))


def test_2_a_cell_withheld_here_and_given_away_by_another_table_is_refused() -> None:
    one = table(with_one(), variable="EMP")
    other = replace(one, name="other")
    tables = [one, other]
    made = publication(tables, protect(tables, RULES))
    assert audit(Release(tables, made), RULES) == []
    values = cells(other)
    for codes, shown in made["other"].items():
        if shown.conf_status == "D":
            made["other"][codes] = Shown(values[codes], "F")
    assert "bounds" in checks(audit(Release(tables, made), RULES))


def test_2_a_count_that_another_exit_answers_is_refused() -> None:
    one = table(with_one(), variable="EMP")
    # A query may count by any area of either kind: the same sums, asked otherwise.
    sizes = {"_T": None, "small": "_T", "large": "_T"}
    asked = Table(
        "asked", ("KIND", "SIZE"), {"KIND": KINDS, "SIZE": sizes},
        [Contribution(u.holding, (u.codes[1], "large" if u.codes == CELL else "small"), u.value)
         for u in one.contributions], variable="EMP",
    )  # fmt: skip
    decided = protect([one], RULES)
    made = publication([one], decided)
    made["asked"] = {codes: Shown(value, "F") for codes, value in cells(asked).items()}
    assert audit(Release([one, asked], made), RULES)


def test_3_a_revision_that_adds_one_enterprise_is_held_back() -> None:
    before = table(full())
    after = table([*full(), Contribution("new", CELL, 33.0)])
    first = publication([before], protect([before], RULES))
    leak = publication([after], protect([after], RULES))
    found = audit(Release([after], leak), RULES, before=Release([before], first))
    assert checks(found) == {"differences"}
    again = publication([before], protect([before], RULES))
    assert not audit(Release([before], again), RULES, before=Release([before], first))


@pytest.mark.parametrize("seed", range(4))
def test_3_what_was_published_before_hides_nothing_now(seed: int) -> None:
    """The same units under stricter rules: both publications together give nothing away."""
    one = table(units(seed))
    first = Release([one], publication([one], protect([one], RULES)))
    strict = Rules(minimum=6)
    second = publication([one], protect([one], strict, before=first))
    assert audit(Release([one], second), strict, before=first) == []
    together = {
        codes: second["main"][codes] if shown.value is None else shown
        for codes, shown in first.publication["main"].items()
    }
    assert audit(Release([one], {"main": together}), RULES) == []


def test_3_another_pattern_than_before_is_refused() -> None:
    """Each of two ways to hide a cell is good alone; who has both reads it."""
    one = table([*with_one(), *equal(1, 44.0, "S1", "A", name="x")])
    kinds = {"main": publication([one], protect([one], RULES))["main"]}
    values = cells(one)
    turned = {codes: Shown(value, "F") for codes, value in values.items()}
    for codes in itertools.product(("N1", "N2"), ("C", "M")):
        turned[codes] = Shown(None, "A" if codes == CELL else "D", "Q")
    for codes in itertools.product(("S1", "S3"), ("A", "M")):
        turned[codes] = Shown(None, "D", "Q")
    now = Release([one], {"main": turned})
    assert "bounds" not in checks(audit(now, RULES))
    assert {f.codes for f in audit(now, RULES, before=Release([one], kinds))} >= {
        f.codes for f in audit(now, RULES)
    }


def test_3_all_but_one_group_is_no_way_around() -> None:
    """Two perimeters that overlap: one has what the other has, and one enterprise more."""
    perimeters: Mapping[str, str | tuple[str, ...] | None] = {
        "EU": None, "OBS": None, "EU+OBS": ("EU", "OBS"), "EU only": "EU", "OBS only": "OBS",
    }  # fmt: skip
    contributions = [
        Contribution(one.holding, (one.codes[1], "EU+OBS"), one.value) for one in full()
    ] + [Contribution("x", ("C", "EU only"), 70.0)]
    overlapping = Table(
        "perimeters", ("KIND", "PERIMETER"), {"KIND": KINDS, "PERIMETER": perimeters},
        contributions,
        hidden={"PERIMETER": frozenset({"EU+OBS", "EU only", "OBS only"})},
    )  # fmt: skip
    decided = protect([overlapping], RULES)
    values: dict[tuple[str, ...], float] = {}
    for one in contributions:
        for kind in (one.codes[0], "_T"):
            for perimeter in ("EU", "OBS") if one.codes[1] == "EU+OBS" else ("EU",):
                values[kind, perimeter] = values.get((kind, perimeter), 0.0) + one.value
    naive: Publication = {"perimeters": {c: Shown(value, "F") for c, value in values.items()}}
    assert "bounds" in checks(audit(Release([overlapping], naive), RULES))
    safe: Publication = {
        "perimeters": {
            codes: Shown(value, "F") if status == "F" else Shown(None, status, "Q")
            for codes, value in values.items()
            for status in [decided.status("perimeters", codes)]
        }
    }
    assert not audit(Release([overlapping], safe), RULES)
    assert any(shown.value is not None for shown in safe["perimeters"].values())


def test_4_two_enterprises_alone_in_a_sum_do_not_hide_each_other() -> None:
    kept = [one for one in full() if one.codes not in (CELL, ("N2", "C"))]
    units = kept + equal(1, 50.0, "N1", "C") + equal(1, 60.0, "N2", "C")
    tables = [table(units)]
    decided = protect(tables, RULES)
    assert audit(Release(tables, publication(tables, decided)), RULES) == []
    # Both withheld, and what each needs elsewhere: but the sum of the two is published.
    made = publication(tables, decided)
    values = cells(tables[0])
    for codes in (("N", "C"), ("N", "_T"), ("_T", "C"), ("S", "C")):
        made["main"][codes] = Shown(values[codes], "F")
    assert "holdings" in checks(audit(Release(tables, made), RULES))


def test_5_a_mean_and_a_count_do_not_give_the_sum() -> None:
    worth = table(with_one(), "worth", variable="EMP")
    counts = table(
        [Contribution(one.holding, one.codes, 1.0) for one in with_one()], "units",
        variable="UNITS", step=1,
    )  # fmt: skip
    tables = [worth, counts]
    made = publication([worth], protect([worth], RULES))
    made["units"] = {codes: Shown(value, "F") for codes, value in cells(counts).items()}
    quiet = [one for one in audit(Release(tables, made), RULES) if one.table == "worth"]
    assert quiet == []
    mean = Ratio(("worth", CELL), ("units", CELL), 50.0, 0.05)
    found = audit(Release(tables, made), RULES, ratios=[mean])
    assert ("bounds", CELL) in {(one.check, one.codes) for one in found if one.table == "worth"}


def test_5_a_share_of_a_known_total_is_refused() -> None:
    tables, made = protected(table(with_one()))
    total = cells(tables[0])["_T", "_T"]
    share = Ratio(("main", CELL), ("main", ("_T", "_T")), round(50 / total, 4), 0.00005)
    assert checks(audit(Release(tables, made), RULES, ratios=[share])) == {"bounds"}
    # A share of so few digits that it says little is none.
    coarse = Ratio(("main", CELL), ("main", ("_T", "_T")), 0.0, 0.5)
    assert audit(Release(tables, made), RULES, ratios=[coarse]) == []


def test_6_one_more_enterprise_never_changes_exactly_one_published_number() -> None:
    base = full()
    for codes in itertools.product(("N1", "S3"), ("C", "M")):
        before, after = table(base), table([*base, Contribution("new", codes, 17.0)])
        one = publication([before], protect([before], RULES))["main"]
        two = publication([after], protect([after], RULES))["main"]
        changed = [codes for codes in two if two[codes] != one.get(codes)]
        assert len(changed) != 1
        then, now = Release([before], {"main": one}), Release([after], {"main": two})
        assert checks(audit(now, RULES, before=then)) == {"differences"}
    # A table that only one cell of it is published of: the one number that changes.
    before, after = table(base), table([*base, Contribution("new", CELL, 17.0)])
    first: Publication = {"main": {("_T", "_T"): Shown(cells(before)["_T", "_T"], "F")}}
    second: Publication = {"main": {("_T", "_T"): Shown(cells(after)["_T", "_T"], "F")}}
    found = audit(Release([after], second), RULES, before=Release([before], first))
    assert checks(found) == {"differences"}


def test_7_values_withheld_are_found_in_every_exit_that_sings(tmp_path: Path) -> None:
    values = [123_456.789, 987_654.321]
    bred = table([*units(3), *(Contribution(f"c{v}", CELL, v) for v in values)])
    decided = protect([bred], RULES)
    made = publication([bred], decided)["main"]
    public = tmp_path / "public"
    public.mkdir()
    rows = [[*codes, shown.value] for codes, shown in made.items()]
    (public / "cube.json").write_text(json.dumps(rows), encoding="utf-8")
    assert leaks.search(public, values) == {}
    sing(public, values[0])
    assert set(leaks.search(public, values)) == {
        "bird.csv", "bird.fr.csv", "bird.bin", "bird.nt.gz", "bird.parquet", "store",
    }  # fmt: skip


def sing(folder: Path, value: float) -> None:
    """Write a value in many ways."""
    (folder / "bird.csv").write_text(f"BE,2024,{value},3\n", encoding="utf-8")
    french = f"{value:,.3f}".replace(",", "\u202f").replace(".", ",")
    (folder / "bird.fr.csv").write_text(f"a;{french}\n", encoding="utf-8")
    (folder / "bird.bin").write_bytes(b"abc" + np.float64(value).tobytes() + b"x")
    literal = f'<urn:a> <urn:b> "{value}"^^<urn:c> .\n'
    (folder / "bird.nt.gz").write_bytes(gzip.compress(literal.encode()))
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {value}::DECIMAL(20, 4) AS v) TO '{folder / 'bird.parquet'}'"
        )
    store = Store(str(folder / "store"))
    node = NamedNode("urn:a")
    store.add(Quad(node, node, Literal(str(value)), DefaultGraph()))
    store.flush()
    del store


def test_8_microdata_in_what_is_public_are_found(tmp_path: Path) -> None:
    values = [123_456.789, 987_654.321]
    bred = table([*units(5), *(Contribution(f"c{v}", CELL, v) for v in values)])
    public = tmp_path / "release"
    public.mkdir()
    records = "".join(f"{one.holding} {one.value}\n" for one in bred.contributions)
    (public / "graphs.nt").write_text(records, encoding="utf-8")
    found = leaks.search(public, values)
    assert len(found["graphs.nt"]) == len(values)


@pytest.mark.parametrize(
    "shown",
    [
        Shown(0.0, "A", "Q"),
        Shown(None, "A", "A"),
        Shown(None, "", "Q"),
        Shown(None, "F", "A"),
        Shown(None, "P", "Q"),
    ],
)
def test_9_what_is_withheld_is_said_as_sdmx_says_it(shown: Shown) -> None:
    tables, made = protected(table(with_one()))
    made["main"][CELL] = shown
    assert "statuses" in checks(audit(Release(tables, made), RULES))


def test_9_no_parameter_of_a_rule_stands_in_what_is_published_or_said() -> None:
    rules = Rules(minimum=7, percent=13.57, share=81.93, interval=0.1753)
    tables = [table(with_one())]
    decided = protect(tables, rules)
    said = repr(decided) + str(audit(Release(tables, publication(tables, decided)), rules))
    assert not any(text in said for text in ("13.57", "81.93", "0.1753"))


def test_10_rounding_is_no_protection() -> None:
    tables = [table(with_one(53.0))]
    rounded = {
        "main": {codes: Shown(round(v / 10) * 10.0, "F") for codes, v in cells(tables[0]).items()}
    }
    assert "primary" in checks(audit(Release(tables, rounded), RULES))
    margins = primary_only(tables, protect(tables, RULES))
    for codes, shown in margins["main"].items():
        if shown.value is not None:
            margins["main"][codes] = Shown(round(shown.value / 10) * 10.0, "F")
    assert "bounds" in checks(audit(Release(tables, margins), RULES))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(25, 140))
def test_whatever_the_units_what_is_protected_passes_and_its_secondaries_are_needed(
    seed: int, count: int
) -> None:
    tables, made = protected(table(units(seed, count)))
    assert audit(Release(tables, made), RULES) == []
    secondary = [codes for codes, shown in made["main"].items() if shown.conf_status == "D"]
    if secondary:
        values = cells(tables[0])
        for codes in secondary:
            made["main"][codes] = Shown(values[codes], "F")
        assert audit(Release(tables, made), RULES)


def rows_of(table: Table) -> list[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """Return all sums of a table, written out one by one: a cell, and those below it."""
    held = cells(table)
    found = []
    for codes in held:
        for axis, name in enumerate(table.dimensions):
            below = [
                (*codes[:axis], child, *codes[axis + 1 :])
                for child, parent in table.hierarchies[name].items()
                if parent == codes[axis]
            ]
            if below:
                found.append((codes, [one for one in below if one in held]))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_1_intervals_of_a_plain_linear_program_hold_every_cell_withheld(seed: int) -> None:
    tables, made = protected(table(units(seed, 60)))
    values = cells(tables[0])
    place = {codes: n for n, codes in enumerate(values)}
    rows = rows_of(tables[0])
    problem = HighsLp()
    problem.num_col_, problem.num_row_ = len(values), len(rows)
    known = {codes for codes, shown in made["main"].items() if shown.value is not None}
    problem.col_lower_ = [v if codes in known else 0.0 for codes, v in values.items()]
    problem.col_upper_ = [v if codes in known else 2 * v for codes, v in values.items()]
    problem.row_lower_ = problem.row_upper_ = [0.0] * len(rows)
    problem.a_matrix_.format_ = MatrixFormat.kRowwise
    starts, index, factor = [0], list[int](), list[float]()
    for above, below in rows:
        index += [place[above], *(place[one] for one in below)]
        factor += [-1.0, *(1.0 for _ in below)]
        starts.append(len(index))
    problem.a_matrix_.start_, problem.a_matrix_.index_ = starts, index
    problem.a_matrix_.value_ = factor
    for codes, shown in made["main"].items():
        if shown.conf_status not in "AGOT":
            continue
        ends = []
        for sign in (1.0, -1.0):
            problem.col_cost_ = [sign if one == codes else 0.0 for one in values]
            solver = _Highs()
            solver.setOptionValue("output_flag", False)
            solver.passModel(problem)
            solver.run()
            ends.append(solver.getSolution().col_value[place[codes]])
        spare = RULES.interval * values[codes]
        assert ends[0] <= values[codes] - spare + 1e-6
        assert ends[1] >= values[codes] + spare - 1e-6
