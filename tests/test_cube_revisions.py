"""A cube and the one before it: what a revision would tell, and what canaries would."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from loaders.disclosure.cells import system
from loaders.errors import LoadError
from loaders.statistics import cubes, facts, gates, protection, writing
from loaders.statistics.cells import Plan
from loaders.statistics.computing import Computation
from loaders.statistics.cubes import Made
from loaders.statistics.dataflows import flows
from loaders.statistics.earlier import FOLDER as UNITS
from loaders.statistics.earlier import recall
from loaders.statistics.given import Given
from loaders.statistics.tabling import Tables
from queries.cubes import reading
from tests.accounted import delivered, employment, enterprise, perimeter

CENTRAL = "DF_SESA_OBSERVATORY_CENTRAL"
LIEGE, NAMUR = "62063", "92094"
TWO_PLACES = [*((n, LIEGE) for n in range(1, 31)), *((n, NAMUR) for n in range(31, 61))]


def release(
    folder: Path, places: Iterable[tuple[int, str]], former: Path | None = None,
    compared: tuple[Path, ...] = (), *, workplaces: bool = False,
) -> Made:  # fmt: skip
    """The cubes of employers of some municipalities, below a folder laid out as a release."""
    register, verdicts, jobs = list[str](), list[str](), list[str]()
    for n, place in places:
        number = f"11{n:08}"
        register += enterprise(number, place)
        verdicts += perimeter(number)
        given = (number, 2024, 5 + n % 7, 4.5 + n % 7)
        jobs += employment(*given, place=place)
        if workplaces:
            jobs += employment(*given, workplace=f"2{n:09}", place=place)
    graphs = folder / "graphs"
    built = {
        "kbo": delivered(graphs, "kbo", register),
        "perimeters": delivered(graphs, "perimeters", verdicts),
        "onss_employers": delivered(graphs, "onss_employers", jobs, "confidential"),
    }
    known = Given(built, former=former, compared=compared or ((former,) if former else ()))
    made = cubes.make(known, folder / reading.FOLDER)
    (folder / UNITS).parent.mkdir()
    assert made.units is not None
    made.units.rename(folder / UNITS)
    (folder / cubes.INPUTS).write_text(json.dumps(made.inputs), encoding="utf-8")
    return made


def jobs(folder: Path, area: str) -> Decimal | None:
    """The jobs of an area in the observatory's perimeter."""
    found = duckdb.execute(
        f"SELECT OBS_VALUE FROM '{folder / reading.FOLDER / CENTRAL}.parquet' WHERE REF_AREA = ? "
        "AND SE_PERIMETER = 'OBS' AND SE_FAMILY = '_T' AND ACTIVITY = '_T' AND SIZE_CLASS = '_T' "
        "AND UNIT_MEASURE = 'JB'",
        [area],
    ).fetchone()
    assert found is not None
    value: Decimal | None = found[0]
    return value


def test_a_revision_that_adds_one_employer_waits_for_others(tmp_path: Path) -> None:
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    assert not release(first, TWO_PLACES).remarks
    made = release(second, [*TWO_PLACES, (61, LIEGE)], first)
    assert any("published as before" in remark for remark in made.remarks)
    assert jobs(second, LIEGE) == jobs(first, LIEGE) is not None
    assert jobs(second, "BE") == jobs(first, "BE") is not None
    made = release(third, [*TWO_PLACES, *((n, LIEGE) for n in range(63, 99, 7))], second)
    assert not made.remarks
    assert (jobs(third, "BE") or 0) == (jobs(first, "BE") or 0) + 6 * 5


def test_a_revision_without_comers_and_goers_is_published(tmp_path: Path) -> None:
    release(tmp_path / "first", TWO_PLACES)
    moved = [(n, NAMUR if 10 < n < 17 else place) for n, place in TWO_PLACES]
    made = release(tmp_path / "second", moved, tmp_path / "first")
    assert not made.remarks
    assert jobs(tmp_path / "second", "BE") == jobs(tmp_path / "first", "BE")
    assert jobs(tmp_path / "second", LIEGE) != jobs(tmp_path / "first", LIEGE)


def test_a_revision_that_moves_one_employer_waits_for_others(tmp_path: Path) -> None:
    release(tmp_path / "first", TWO_PLACES)
    moved = [(n, NAMUR if n == 11 else place) for n, place in TWO_PLACES]
    made = release(tmp_path / "second", moved, tmp_path / "first")
    assert any("published as before" in remark for remark in made.remarks)
    assert jobs(tmp_path / "second", LIEGE) == jobs(tmp_path / "first", LIEGE) is not None


def test_a_cube_is_compared_with_the_last_that_there_was(tmp_path: Path) -> None:
    """The release between the two had no figures of employment, and keeps no units."""
    release(tmp_path / "first", TWO_PLACES)
    (tmp_path / "between").mkdir()
    made = release(
        tmp_path / "third", [*TWO_PLACES, (61, LIEGE)], tmp_path / "between",
        compared=(tmp_path / "between", tmp_path / "first"),
    )  # fmt: skip
    assert made.remarks
    assert jobs(tmp_path / "third", LIEGE) == jobs(tmp_path / "first", LIEGE)


def test_the_units_of_a_release_are_for_their_owner_only(tmp_path: Path) -> None:
    release(tmp_path / "first", TWO_PLACES)
    release(tmp_path / "second", TWO_PLACES, tmp_path / "first")
    for name in ("first", "second"):
        for file in (tmp_path / name / UNITS).glob("*.parquet"):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (tmp_path / "second" / UNITS / "employers.parquet").samefile(
        tmp_path / "first" / UNITS / "employers.parquet"
    )


def test_all_is_withheld_where_two_enterprises_are_all_there_is(tmp_path: Path) -> None:
    release(tmp_path / "few", [(1, LIEGE), (2, NAMUR)])
    rows = duckdb.execute(
        f"SELECT DISTINCT OBS_VALUE FROM '{tmp_path}/few/{reading.FOLDER}/{CENTRAL}.parquet'"
    ).fetchall()
    assert rows == [(None,)]


def test_what_is_withheld_has_no_class_of_units_in_its_lineage(tmp_path: Path) -> None:
    release(tmp_path / "one", [*TWO_PLACES, (61, "21004")])
    folder = tmp_path / "one" / reading.FOLDER
    key = "REF_AREA, SE_PERIMETER, SE_FAMILY, ACTIVITY, SIZE_CLASS, SEX, STO, UNIT_MEASURE"
    rows = duckdb.execute(
        f"SELECT DISTINCT CONF_STATUS = 'F', UNITS IS NOT NULL AND GRAPHS IS NOT NULL "
        f"FROM '{folder / CENTRAL}.parquet' JOIN '{folder / CENTRAL}.lineage.parquet' "
        f"USING ({key}, TIME_PERIOD)"
    ).fetchall()
    assert set(rows) == {(True, True), (False, False)}


class TestGates:
    def test_a_cube_that_tells_a_withheld_value_is_not_published(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The writer is broken on purpose: lineage repeats what is withheld."""

        def telling(*_: object) -> str:
            return "OBS_VALUE::VARCHAR"

        monkeypatch.setattr(writing, "unit_class", telling)
        with pytest.raises(LoadError, match=r"lineage\.parquet: the values of canaries"):
            release(tmp_path / "leaking", TWO_PLACES)

    def test_long_values_are_looked_for_in_what_was_written(self, tmp_path: Path) -> None:
        (tmp_path / "cube.csv").write_text("BE,1234567.89\n", encoding="utf-8")
        with pytest.raises(LoadError, match=r"cube\.csv: withheld values"):
            gates.refuse(tmp_path.iterdir(), [Decimal("1234567.89")], "withheld values")
        gates.refuse(tmp_path.iterdir(), [Decimal("7654321.89")], "withheld values")

    @pytest.mark.parametrize(
        ("others", "what"),
        [
            ([], "withheld values"),
            ([(12345.67, 1, "F")], "equal to a withheld one, of the same holdings"),
            ([(-12345.67, 1, "F")], "equal to a withheld one, of the same holdings"),
            # Two figures that are equal by chance.
            ([(12345.67, 2, "F")], None),
        ],
    )
    def test_a_published_figure_may_be_equal_by_chance_only(
        self, tmp_path: Path, others: list[tuple[float, int, str]], what: str | None
    ) -> None:
        plan = Plan(flows()[CENTRAL], 0)
        # That of another cube may be equal by chance as well: it is of other units.
        for name, value in ((CENTRAL, "12345.67"), ("another", "7654321.89")):
            duckdb.execute(f"COPY (SELECT {value} AS OBS_VALUE) TO '{tmp_path}/{name}.parquet'")
        with duckdb.connect() as connection:
            connection.execute(
                f"CREATE TABLE {writing.observed_name(plan)} "
                "(OBS_VALUE DECIMAL(38, 4), holders HUGEINT, CONF_STATUS VARCHAR)"
            )
            connection.executemany(
                f"INSERT INTO {writing.observed_name(plan)} VALUES (?, ?, ?)",
                [(12345.67, 1, "D"), (7654321.89, 3, "D"), *others],
            )
            if what is None:
                gates.search(connection, [plan], tmp_path)
                return
            with pytest.raises(LoadError, match=what):
                gates.search(connection, [plan], tmp_path)

    def test_a_canary_has_digits_of_its_own(self) -> None:
        found = {gates.canary(Decimal(value), str(value)) for value in range(-50, 50)}
        assert len(found) == 100
        assert all(len(gates.digits(value)) >= 5 for value in found)
        assert gates.canary(Decimal(7), "a") == gates.canary(Decimal(7), "a")

    def test_what_the_audit_finds_is_named_without_a_value(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The decision is broken on purpose: nothing is withheld."""

        def nothing(self: protection.Protection, *_: object) -> dict[int, str]:
            return {plan.number: self.make_withheld(plan, {}) for plan in self.plans}

        monkeypatch.setattr(protection.Protection, "keep", nothing)
        with pytest.raises(LoadError, match="the audit finds .* tells too much") as caught:
            release(tmp_path / "open", [*TWO_PLACES, (61, "21004")])
        assert "10" not in str(caught.value).replace("2024", "").replace("21004", "")


def test_restricted_values_are_those_of_the_units_that_were_published(tmp_path: Path) -> None:
    release(tmp_path / "first", [*TWO_PLACES, (70, "21004")])
    made = release(
        tmp_path / "second", [*TWO_PLACES, (70, "21004"), (61, LIEGE)], tmp_path / "first"
    )
    assert made.remarks
    target = tmp_path / "restricted"
    target.mkdir()
    own = [flow for flow in flows().values() if flow.relation == "employers"]
    Computation(Given({}), ("employers",), own, []).restricted(tmp_path / "second", target)
    key = "REF_AREA, SE_PERIMETER, SE_FAMILY, ACTIVITY, SIZE_CLASS, SEX, STO, UNIT_MEASURE"
    rows = duckdb.execute(
        "SELECT p.CONF_STATUS = 'F', p.CONF_STATUS = r.CONF_STATUS, "
        "p.OBS_VALUE IS NOT DISTINCT FROM r.OBS_VALUE, r.OBS_VALUE IS NOT NULL "
        f"FROM '{tmp_path}/second/{reading.FOLDER}/{CENTRAL}.parquet' AS p "
        f"FULL JOIN '{target}/{CENTRAL}.parquet' AS r USING ({key}, TIME_PERIOD) GROUP BY ALL"
    ).fetchall()
    assert set(rows) == {(True, True, True, True), (False, True, False, True)}


def test_a_table_by_area_has_the_cells_of_a_table_without_areas(tmp_path: Path) -> None:
    """The list of areas has other countries too: with no unit there, Belgium is the whole."""
    release(tmp_path / "one", TWO_PLACES)
    own = [flow for flow in flows().values() if flow.relation == "employers"]
    with facts.opened(tmp_path) as connection:
        recall(connection, ["employers"], tmp_path / "one" / UNITS)
        plans = [Plan(flow, number) for number, flow in enumerate(own)]
        tables = Tables(connection, plans, "employers")
        whole = system([tables.table(one) for one in tables.published()], 1)
    by_name = {name.split("/", 1)[1]: view for name, view in whole.views.items()}
    cells = []
    for name in ("area-activity/jobs.SAL.JB/2024", "activity/jobs.SAL.JB/2024"):
        view = by_name[name]
        codes = [view.codes_at(place) for place in range(len(view.cells))]
        wanted = ("OBS._T", *(["BE"] if len(codes[0]) == 3 else []), "R")
        cells.append(view.cells[codes.index(wanted)])
    assert cells[0] == cells[1]


def test_the_two_bases_give_nothing_of_each_other_away(tmp_path: Path) -> None:
    """What is equal at the seat and at the workplace is withheld in both cubes or in none."""
    local = "DF_SESA_OBSERVATORY_LOCAL"
    places = [*TWO_PLACES, (61, "21004"), (62, "21009"), (63, "25005"), (64, "25005")]
    release(tmp_path / "one", places, workplaces=True)
    folder = tmp_path / "one" / reading.FOLDER
    key = "REF_AREA, SE_PERIMETER, SE_FAMILY, ACTIVITY, SIZE_CLASS, UNIT_MEASURE, TIME_PERIOD"
    rows = duckdb.execute(
        f"SELECT c.CONF_STATUS = 'F', l.CONF_STATUS = 'F', count(*) "
        f"FROM '{folder / CENTRAL}.parquet' AS c JOIN '{folder / local}.parquet' AS l "
        f"USING ({key}) WHERE c.STO = 'SAL' AND l.STO = 'SAL' GROUP BY ALL"
    ).fetchall()
    assert {(one, other) for one, other, _ in rows} == {(True, True), (False, False)}
