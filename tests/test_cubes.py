"""Cubes are what the units say, added up: in every code of every table, by declared rules."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.description.describe import describe
from loaders.description.graphs import BuiltDelivery
from loaders.records.codes import CodeBook
from loaders.records.source import find, sources
from loaders.statistics import cubes
from loaders.statistics.cubes import Made
from loaders.statistics.given import Given
from queries.cubes import reading
from tests.accounted import cooperative, delivered, economic_year

UK = "DF_SESA_UK_COOPS"


def british(folder: Path, lines: Iterable[str]) -> dict[str, BuiltDelivery]:
    return {"coops_uk": delivered(folder / "graphs", "coops_uk", lines)}


def made(folder: Path, built: Mapping[str, BuiltDelivery], former: Path | None = None) -> Made:
    target = folder / "release" / reading.FOLDER
    target.parent.mkdir(parents=True, exist_ok=True)
    return cubes.make(Given(built, former=former), target)


def cell(made: Made, flow: str, **key: str) -> tuple[Decimal | None, str, str] | None:
    """The value and the two statuses of one observation."""
    where = " AND ".join(f'"{name}" = ?' for name in key)
    rows = duckdb.execute(
        f"SELECT OBS_VALUE, OBS_STATUS, CONF_STATUS FROM '{made.folder}/{flow}.parquet' "
        f"WHERE {where}",
        list(key.values()),
    ).fetchall()
    assert len(rows) <= 1, rows
    return rows[0] if rows else None


def uk(made: Made, sto: str, year: str, **key: str) -> tuple[Decimal | None, str, str] | None:
    totals = {"SE_FAMILY": "_T", "ACTIVITY": "_T", "SIZE_CLASS": "_T", **key}
    return cell(made, UK, STO=sto, TIME_PERIOD=year, **totals)


@pytest.fixture
def few(tmp_path: Path) -> Made:
    lines = [
        *cooperative("R000001", nace="4711"),
        *economic_year("R000001", 2014, "2013-12-31", turnover="100.50", employees="3"),
        *economic_year("R000001", 2015, "2014-12-31", turnover="110.25", employees="4"),
        *cooperative("R000002", nace="4711"),
        *economic_year("R000002", 2014, "2013-12-31", turnover="50", memberships="12"),
        # The last known accounts again.
        *economic_year("R000002", 2015, "2013-12-31", turnover="50", memberships="12"),
        *cooperative("R000003", family="association", nace="0111"),
        *economic_year("R000003", 2015, "2014-06-30", turnover="1000", employees="0"),
    ]
    return made(tmp_path, british(tmp_path, lines))


class TestBritishCooperatives:
    def test_are_added_up_by_division_section_and_group_of_sections(self, few: Made) -> None:
        for code in ("G47", "G", "GTI"):
            assert uk(few, "TURN", "2015", ACTIVITY=code) == (Decimal("160.25"), "A", "F")
        assert uk(few, "TURN", "2015", ACTIVITY="A01") == (Decimal(1000), "A", "F")
        assert uk(few, "TURN", "2015") == (Decimal("1160.25"), "A", "F")

    def test_count_where_they_give_a_figure(self, few: Made) -> None:
        assert uk(few, "ENTR", "2014") == (Decimal(2), "A", "F")
        assert uk(few, "MEMB", "2014") == (Decimal(12), "A", "F")
        assert uk(few, "SAL", "2014") == (Decimal(3), "A", "F")
        assert uk(few, "SAL", "2014", ACTIVITY="A") is None

    def test_have_sizes_by_their_employees(self, few: Made) -> None:
        assert uk(few, "ENTR", "2015", SIZE_CLASS="E1T4") == (Decimal(1), "A", "F")
        assert uk(few, "ENTR", "2015", SIZE_CLASS="E0") == (Decimal(1), "A", "F")
        assert uk(few, "ENTR", "2015", SIZE_CLASS="_U") == (Decimal(1), "I", "F")

    def test_carried_forward_make_a_figure_imputed(self, few: Made) -> None:
        assert uk(few, "MEMB", "2015") == (Decimal(12), "I", "F")

    def test_have_lineage_with_units_as_a_class(self, few: Made) -> None:
        rows = duckdb.execute(
            f"SELECT DISTINCT UNITS, GRAPHS, RULES FROM '{few.folder}/{UK}.lineage.parquet' "
            "WHERE STO = 'MEMB'"
        ).fetchall()
        assert sorted(rows) == [
            ("1-3", "coops_uk/2024", "R-UKC-1/1"),
            ("1-3", "coops_uk/2024", "R-UKC-1/1 R-UKC-2/1"),
        ]

    def test_are_read_back_with_their_structure(self, few: Made) -> None:
        found = reading.cube(few.folder, UK)
        counted = duckdb.execute(f"SELECT count(*) FROM '{found.path}'").fetchone()
        assert counted == (found.dataflow.observations,)
        assert not found.dataflow.synthetic
        listed = found.code_list("ACTIVITY")
        assert listed is not None
        assert listed.id == "CL_ACTIVITY_NACE2"
        names = [name for (name, *_) in duckdb.execute(
            f"DESCRIBE FROM '{found.path}'"
        ).fetchall()]  # fmt: skip
        shown = [one.id for one in found.structure.components if one.attachment != "dataset"]
        assert names == shown


def test_of_contradicting_records_the_latest_accounts_speak(tmp_path: Path) -> None:
    unit = "id/organisation/coops-uk-R000001"
    other = "id/observation/coops-uk-R000001-2015-abcdef01"
    lines = [
        *cooperative("R000001"),
        *economic_year("R000001", 2015, "2014-12-31", turnover="5"),
        *(line.replace("id/observation/coops-uk-R000001-2015", other) for line in
          economic_year("R000001", 2015, "2015-01-31", turnover="7")),
    ]  # fmt: skip
    assert unit
    assert uk(made(tmp_path, british(tmp_path, lines)), "TURN", "2015") == (Decimal(7), "A", "F")


def test_merged_records_are_one_unit(tmp_path: Path) -> None:
    lines = [
        *cooperative("R000001"), *economic_year("R000001", 2014, "2013-12-31", turnover="5"),
        *cooperative("R000002"), *economic_year("R000002", 2014, "2013-12-31", turnover="5"),
    ]  # fmt: skip
    base = "https://w3id.org/maillage/id/organisation/coops-uk-"
    given = Given(british(tmp_path, lines), {f"{base}R000002": f"{base}R000001"})
    found = cubes.make(given, tmp_path / "cubes")
    assert uk(found, "ENTR", "2014") == (Decimal(1), "A", "F")


def test_the_same_units_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    lines = [
        line
        for n in range(300)
        for line in (
            *cooperative(f"R{n:06}", nace=("4711", "0111", "8810")[n % 3]),
            *economic_year(f"R{n:06}", 2014, "2013-12-31", turnover=n * 1.25, employees=n),
        )
    ]
    one = made(tmp_path / "1", british(tmp_path / "1", lines))
    two = made(tmp_path / "2", british(tmp_path / "2", reversed(lines)))
    for file in sorted(one.folder.iterdir()):
        assert file.read_bytes() == (two.folder / file.name).read_bytes(), file.name


def test_a_cube_that_would_be_the_same_is_taken_over_by_hard_link(tmp_path: Path) -> None:
    built = british(
        tmp_path, [*cooperative("R000001"), *economic_year("R000001", 2014, "2013-12-31")]
    )
    first = made(tmp_path / "1", built)
    release = first.folder.parent
    (release / "kept").mkdir()
    (release / cubes.INPUTS).write_text(json.dumps(first.inputs))
    second = made(tmp_path / "2", built, former=release)
    assert second.taken == {"coops_uk", "directory"}
    file = f"{UK}.parquet"
    assert (first.folder / file).samefile(second.folder / file)
    assert reading.read(first.folder) == reading.read(second.folder)


def test_without_the_source_there_is_no_cube(tmp_path: Path) -> None:
    found = made(tmp_path, {})
    assert list(found.folder.iterdir()) == []
    assert reading.read(found.folder) is None


UNITS = st.lists(
    st.tuples(
        st.sampled_from(["cooperative", "association", "other", "public"]),
        st.sampled_from(["4711", "4621", "0111", "3511", "9499", "8810", "47"]),
        st.sampled_from([2014, 2015]),
        st.decimals(min_value=-(10**9), max_value=10**12, places=2),
        st.one_of(st.none(), st.integers(0, 100_000)),
    ),
    min_size=1, max_size=25,
)  # fmt: skip


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(units=UNITS)
def test_parts_are_the_whole_whatever_the_units(
    tmp_path_factory: pytest.TempPathFactory, units: list[tuple[str, str, int, Decimal, int | None]]
) -> None:
    folder = tmp_path_factory.mktemp("cubes")
    lines: list[str] = []
    for n, (family, nace, year, turnover, employees) in enumerate(units):
        lines += cooperative(f"R{n:06}", family, nace)
        more = {} if employees is None else {"employees": employees}
        lines += economic_year(f"R{n:06}", year, f"{year - 1}-12-31", turnover=turnover, **more)
    found = made(folder, british(folder, lines))
    for of in {str(unit[2]) for unit in units}:
        expected = sum((unit[3] for unit in units if str(unit[2]) == of), Decimal())
        assert uk(found, "TURN", of) == (expected, "A", "F")
        parts = duckdb.execute(
            f"SELECT sum(OBS_VALUE) FROM '{found.folder}/{UK}.parquet' WHERE STO = 'TURN' "
            "AND TIME_PERIOD = ? AND SE_FAMILY = '_T' AND SIZE_CLASS = '_T' "
            "AND regexp_full_match(ACTIVITY, '[A-U]|_U')",
            [of],
        ).fetchone()
        assert parts == (expected,)


@pytest.mark.skipif("MAILLAGE_COOPS_UK" not in os.environ, reason="needs MAILLAGE_COOPS_UK")
def test_the_real_open_data_give_the_turnover_of_the_sector(tmp_path: Path) -> None:
    source = find("coops_uk")
    book = CodeBook()
    for one in sources().values():
        if one.codes:
            for some in describe(one, one.folder, book).lines.values():
                book.learn(some)
    told = describe(source, Path(os.environ["MAILLAGE_COOPS_UK"]), book)
    found = made(tmp_path, british(tmp_path, told.lines["public"]))
    turnover = uk(found, "TURN", "2015")
    assert turnover is not None
    assert turnover[0] is not None
    # The sum of the column for 2015, without the totals of groups that the file has too.
    assert turnover[0] == Decimal(33_883_484_559)
    assert uk(found, "ENTR", "2015") == (Decimal(5405), "I", "F")
