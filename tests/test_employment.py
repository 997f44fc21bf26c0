"""Employment by year: of which quarter it is, when it is provisional, and under which activity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from loaders.description.graphs import BuiltDelivery
from loaders.statistics import cubes, employers
from loaders.statistics.cubes import Made
from loaders.statistics.given import Given
from tests.accounted import employment, enterprise, perimeter
from tests.test_account import CENTRAL, LABOUR, LIEGE, LOCAL, built, number, unprotected, value

MANY = 20


def of_quarters(
    folder: Path, quarters: Mapping[int | None, int], places: Iterable[str] = ("",)
) -> Mapping[str, BuiltDelivery]:  # fmt: skip
    """Deliveries in which so many employers report in each quarter, as many jobs as its number."""
    jobs: list[str] = []
    for quarter, count in quarters.items():
        for n in range(count):
            for place in places:
                at = place and f"{place}{n:09}"
                jobs += employment(
                    number(n), 2024, quarter or 5, 1, workplace=at, quarter=quarter, place=LIEGE
                )
    whole = range(max(quarters.values()))
    return built(
        folder, (line for n in whole for line in enterprise(number(n))),
        (line for n in whole for line in perimeter(number(n))), jobs,
    )  # fmt: skip


def statuses(made: Made, flow: str) -> set[str]:
    rows = duckdb.execute(f"SELECT DISTINCT OBS_STATUS FROM '{made.folder}/{flow}.parquet'")
    return {status for (status,) in rows.fetchall()}


@pytest.mark.parametrize(("quarters", "jobs", "status"), [
    # The fourth quarter has only begun to come in.
    ({1: MANY, 2: MANY, 3: MANY, 4: 1}, 3, "P"),
    ({3: MANY, 4: MANY * 9 // 10 - 1}, 3, "P"),
    ({3: MANY, 4: MANY * 9 // 10}, 4, "A"),
    # A quarter that only a few report is not the fullest, even if it is the first that came.
    ({1: 3, 2: MANY}, 2, "P"),
    ({1: MANY}, 1, "P"),
    ({4: MANY}, 4, "A"),
    # Figures of the whole year go before those of any quarter, when they are all in.
    ({4: MANY, None: MANY}, 5, "A"),
    ({3: MANY, None: 2}, 3, "P"),
    ({None: MANY}, 5, "A"),
])  # fmt: skip
def test_a_year_is_its_last_quarter_that_is_all_in(
    tmp_path: Path, quarters: Mapping[int | None, int], jobs: int, status: str
) -> None:
    made = unprotected(tmp_path, of_quarters(tmp_path, quarters), "employers")
    for flow in (CENTRAL, LABOUR):
        count = value(made, flow, "SAL", "JB")
        assert count is not None
        reporting = quarters[None if jobs == 5 else jobs]
        assert count == jobs * reporting
        assert statuses(made, flow) == {status}


def test_each_basis_has_its_own_quarter(tmp_path: Path) -> None:
    seats = of_quarters(tmp_path / "seats", {3: MANY, 4: MANY})
    places = of_quarters(tmp_path / "places", {3: MANY, 4: 2}, ("2", "3"))
    made = unprotected(
        tmp_path, {**seats, "onss_employers": places["onss_employers"]}, "workplaces"
    )
    assert value(made, LOCAL, "ESTB", "PN") == 2 * MANY
    assert value(made, LOCAL, "SAL", "JB") == 2 * MANY * 3
    assert statuses(made, LOCAL) == {"P"}


def test_what_is_published_says_that_it_is_provisional(tmp_path: Path) -> None:
    made = cubes.make(Given(of_quarters(tmp_path, {2: MANY})), tmp_path / "out" / "cubes")
    assert value(made, CENTRAL, "ENTR", "PN") == MANY
    rows = duckdb.execute(
        f"SELECT DISTINCT OBS_STATUS, CONF_STATUS = 'F' FROM '{made.folder}/{CENTRAL}.parquet'"
    ).fetchall()
    assert set(rows) <= {("P", True), ("Q", False)}
    assert ("P", True) in rows


Reports = Mapping[int | None, tuple[set[int], set[int]]]
# Per quarter who reports jobs, and who reports that there are none.
REPORTS = st.dictionaries(
    st.sampled_from((1, 2, 3, 4, None)),
    st.tuples(st.sets(st.integers(0, 30)), st.sets(st.integers(31, 60))),
    min_size=1,
)


def chosen(reports: Reports) -> tuple[str, set[str]]:
    """The quarter that is taken, and the units of which it is the figures."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE fact (graph INTEGER, s VARCHAR, p VARCHAR, o VARCHAR)")
        rows = list(facts(reports))
        connection.execute(
            "INSERT INTO fact SELECT 0, unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[])",
            [list(column) for column in zip(*rows, strict=True)],
        )
        connection.execute(employers.REPORTED)
        ((quarter,),) = connection.execute("SELECT DISTINCT quarter FROM reported").fetchall()
        units = connection.execute("SELECT unit FROM reported").fetchall()
    return quarter, {unit for (unit,) in units}


def facts(reports: Reports) -> Iterator[tuple[str, str, str]]:
    for quarter, kinds in reports.items():
        for jobs, units in zip((3, 0), kinds, strict=True):
            for unit in units:
                s = f"id/observation/onss-employers-2024-{quarter}-{unit}"
                yield s, "observedUnit", f"{unit}"
                yield s, "observationBasis", "code/observation-basis/centralised"
                yield s, "referencePeriod", "2024"
                yield s, "jobs", f"{jobs}"
                if quarter:
                    yield s, "referenceQuarter", f"{quarter}"


@settings(deadline=None)
@drawn(REPORTS.filter(lambda reports: any(jobs for jobs, _ in reports.values())))
def test_no_later_quarter_is_all_in_and_the_one_taken_is(reports: Reports) -> None:
    counts = {f"{quarter or 5}": len(jobs) for quarter, (jobs, _) in reports.items()}
    full = [quarter for quarter, count in counts.items() if 10 * count >= 9 * max(counts.values())]
    assert chosen(reports)[0] == max(full)


@settings(deadline=None)
@drawn(st.sets(st.integers(0, 30), min_size=1), st.data())
def test_what_comes_in_first_of_a_later_quarter_changes_nothing(
    units: set[int], data: st.DataObject
) -> None:
    fewer = (9 * len(units) - 1) // 10
    some = data.draw(st.sets(st.integers(0, 60), max_size=fewer))
    before: Reports = {2: (units, set())}
    assert chosen({**before, 3: (some, set())}) == chosen(before)


class TestActivity:
    """Of what revision of NACE-BEL the activity is."""

    def of(self, folder: Path, register: Iterable[str], jobs: Iterable[str]) -> Made:
        return unprotected(folder, built(folder, register, perimeter(number(1)), jobs), "employers")

    def jobs(self, made: Made, activity: str) -> Decimal | None:
        return value(made, CENTRAL, "SAL", "JB", ACTIVITY=activity)

    def test_a_subclass_of_2008_becomes_the_one_with_its_titles(self, tmp_path: Path) -> None:
        # Adapted work: 88.995 became 88.993; fairgrounds kept neither number nor French title.
        for place, nace in (("a", "88995"), ("b", "8899502")):
            folder = tmp_path / place
            folder.mkdir()
            made = self.of(
                folder, enterprise(number(1), nace=nace, revision=2008),
                employment(number(1), 2024, 7, 6.5),
            )  # fmt: skip
            assert self.jobs(made, "R88") == 7
            assert self.jobs(made, "_U") is None

    def test_one_that_moved_counts_where_it_went(self, tmp_path: Path) -> None:
        # Advice on public relations was management consultancy (70), and is advertising (73).
        made = self.of(
            tmp_path, enterprise(number(1), nace="70210", revision=2008),
            employment(number(1), 2024, 7, 6.5),
        )  # fmt: skip
        assert self.jobs(made, "N73") == 7

    def test_one_without_its_like_is_unknown(self, tmp_path: Path) -> None:
        # Museums: no subclass of 2025 has the titles, though the division has the number.
        made = self.of(
            tmp_path, enterprise(number(1), nace="91020", revision=2008),
            employment(number(1), 2024, 7, 6.5),
        )  # fmt: skip
        assert self.jobs(made, "_U") == 7

    def test_figures_go_before_the_register(self, tmp_path: Path) -> None:
        made = self.of(
            tmp_path, enterprise(number(1), nace="47110"),
            employment(number(1), 2024, 7, 6.5, nace="94991"),
        )  # fmt: skip
        assert self.jobs(made, "T94") == 7

    def test_the_register_goes_before_figures_that_cannot_be_converted(
        self, tmp_path: Path
    ) -> None:
        made = self.of(
            tmp_path, enterprise(number(1), nace="91300"),
            employment(number(1), 2024, 7, 6.5, nace="91020"),
        )  # fmt: skip
        assert self.jobs(made, "S91") == 7

    def test_the_newer_revision_of_the_register_goes_first(self, tmp_path: Path) -> None:
        both = [
            *enterprise(number(1), nace="88993"),
            *enterprise(number(1), nace="94991", revision=2008),
        ]
        made = self.of(tmp_path, both, employment(number(1), 2024, 7, 6.5))
        assert self.jobs(made, "R88") == 7


def reporting(folder: Path, jobs: Iterable[str]) -> Made:
    """The cubes of what some employers report."""
    given = built(
        folder, (line for n in range(MANY) for line in enterprise(number(n))),
        (line for n in range(MANY) for line in perimeter(number(n))), jobs,
    )  # fmt: skip
    return unprotected(folder, given, "employers")


def by_sex(parts: Mapping[str, int]) -> Iterator[str]:
    """The same for many employers, by sex and for all."""
    for n in range(MANY):
        for sex, jobs in parts.items():
            yield from employment(number(n), 2024, jobs, jobs, sex)


def test_a_total_and_its_parts_count_once(tmp_path: Path) -> None:
    made = reporting(tmp_path, by_sex({"": 10, "F": 6, "M": 4}))
    assert value(made, LABOUR, "SAL", "JB") == 10 * MANY
    assert value(made, LABOUR, "SAL", "JB", SEX="F") == 6 * MANY
    assert value(made, LABOUR, "SAL", "JB", SEX="_U") is None


def test_a_total_of_which_a_part_is_missing_is_the_total(tmp_path: Path) -> None:
    made = reporting(tmp_path, by_sex({"": 10, "F": 6}))
    assert value(made, LABOUR, "SAL", "JB") == 10 * MANY
    assert value(made, LABOUR, "SAL", "JB", SEX="_U") == 10 * MANY


@pytest.mark.parametrize(("stating", "known"), [(0, None), (17, None), (18, 18), (20, 20)])
def test_what_few_state_is_missing_and_not_zero(
    tmp_path: Path, stating: int, known: int | None
) -> None:
    jobs = (
        line for n in range(MANY)
        for line in employment(number(n), 2024, 2, 1 if n < stating else None)
    )  # fmt: skip
    made = reporting(tmp_path, jobs)
    assert value(made, LABOUR, "SAL", "JB") == 2 * MANY
    assert value(made, LABOUR, "SAL", "FTE") == known


@pytest.mark.parametrize(
    ("quarter", "count", "there"), [(1, 9, False), (1, 10, True), (3, 2, False), (4, 2, True)]
)
def test_a_year_that_has_only_begun_is_not_there(
    tmp_path: Path, quarter: int, count: int, there: bool
) -> None:
    jobs = [line for n in range(MANY) for line in employment(number(n), 2023, 2, 1)]
    for n in range(count):
        jobs += employment(number(n), 2024, 2, 1, quarter=quarter)
    found = value(reporting(tmp_path, jobs), LABOUR, "SAL", "JB")
    assert found == (2 * count if there else None)
