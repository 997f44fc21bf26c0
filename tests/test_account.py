"""Belgian cubes: employers by their seat, workplaces where they are, accounts as ESA has them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from loaders.description.graphs import BuiltDelivery
from loaders.errors import LoadError
from loaders.sdmx_codes.lists import listings
from loaders.statistics import cubes, dataflows
from loaders.statistics.computing import Computation
from loaders.statistics.cubes import Made
from loaders.statistics.dataflows import flows
from loaders.statistics.given import Given
from queries.cubes import reading, structures
from tests.accounted import account, delivered, employment, enterprise, perimeter

CENTRAL, LOCAL = "DF_SESA_OBSERVATORY_CENTRAL", "DF_SESA_OBSERVATORY_LOCAL"
MAIN, REGION, LABOUR = "DF_SESA_MAIN", "DF_SESA_REGION_T1001", "DF_SESA_LABOUR"
LIEGE, NAMUR, IXELLES = "62063", "92094", "21009"
TOTALS = {
    "REF_AREA": "BE", "REF_SECTOR": "S1", "SE_PERIMETER": "OBS", "SE_FAMILY": "_T",
    "ACTIVITY": "_T", "ACTIVITY_TSO": "_T", "SIZE_CLASS": "_T", "SEX": "_T",
}  # fmt: skip


def number(n: int) -> str:
    """A number that the register will not give for decades, nor the generator."""
    return f"11{n:08}"


def built(
    folder: Path, register: Iterable[str], verdicts: Iterable[str], jobs: Iterable[str] = (),
    accounts: Iterable[str] = (),
) -> Mapping[str, BuiltDelivery]:  # fmt: skip
    given = {"kbo": list(register), "perimeters": list(verdicts), "nbb_accounts": list(accounts)}
    found = {
        name: delivered(folder / "graphs", name, lines) for name, lines in given.items() if lines
    }
    if reported := list(jobs):
        found["onss_employers"] = delivered(
            folder / "graphs", "onss_employers", reported, "confidential"
        )
    return found


def unprotected(folder: Path, given: Mapping[str, BuiltDelivery], relation: str) -> Made:
    """The cubes of one relation as they are before anything is withheld."""
    target, kept = folder / f"unprotected-{relation}", folder / f"kept-{relation}"
    target.mkdir()
    kept.mkdir()
    own = [
        flow.model_copy(update={"confidentiality": "public-microdata"})
        for flow in flows().values() if flow.relation == relation
    ]  # fmt: skip
    Computation(Given(given), (relation,), own, []).run(target, kept)
    return Made(target, {})


def value(made: Made, flow: str, sto: str, unit: str, **key: str) -> Decimal | None:
    """The value of one observation of 2024."""
    wanted = {**TOTALS, "STO": sto, "UNIT_MEASURE": unit, "TIME_PERIOD": "2024", **key}
    where = " AND ".join(f'"{name}" = ?' for name in wanted)
    rows = duckdb.execute(
        f"SELECT OBS_VALUE FROM '{made.folder}/{flow}.parquet' WHERE {where}",
        list(wanted.values()),
    ).fetchall()
    return rows[0][0] if rows else None


def staff(n: int, jobs: int) -> Iterator[str]:
    """An association of Liège with two sexes, and a workplace in Namur for half of them."""
    half = jobs // 2
    yield from employment(number(n), 2024, half, half * 0.8, "F", place=LIEGE)
    yield from employment(number(n), 2024, jobs - half, (jobs - half) * 0.9, "M", place=LIEGE)
    yield from employment(number(n), 2024, half, half * 0.8, "F", f"2{n:09}", NAMUR)
    yield from employment(number(n), 2024, jobs - half, (jobs - half) * 0.9, "M", f"3{n:09}")


@pytest.fixture(scope="module")
def belgian(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, BuiltDelivery]:
    register: list[str] = []
    verdicts: list[str] = []
    jobs: list[str] = []
    accounts: list[str] = []
    for n in range(1, 7):
        register += enterprise(number(n))
        verdicts += perimeter(number(n))
        jobs += staff(n, 10 * n)
        accounts += account(
            number(n), "2024-12-31", r70=100, r74=880, r740=800, r60=50, r61=150, r62=700,
            r630=40, r640_8=10, r60_66A=950, r9087=8.5, r9088=13_000,
        )  # fmt: skip
    # A cooperative of Brussels that is in the European perimeter only.
    for n in range(11, 16):
        register += enterprise(number(n), IXELLES, "47110")
        verdicts += perimeter(number(n), "cooperative", ["eu-seap"])
        jobs += employment(number(n), 2024, 5, 4.5)
        accounts += account(
            number(n), "2024-12-31", r70=1000, r74=50, r740=50, r60=400, r61=100, r62=300,
            r630=60, r640_8=5, r60_66A=865,
        )  # fmt: skip
    # What an earlier quarter said counts for nothing; nor does who reports no jobs.
    jobs += employment(number(1), 2024, 999, 999, quarter=2)
    register += enterprise(number(20))
    verdicts += perimeter(number(20))
    jobs += employment(number(20), 2024, 0, 0)
    return built(tmp_path_factory.mktemp("units"), register, verdicts, jobs, accounts)


@pytest.fixture(scope="module")
def employers(
    belgian: Mapping[str, BuiltDelivery], tmp_path_factory: pytest.TempPathFactory
) -> Made:
    return unprotected(tmp_path_factory.mktemp("employers"), belgian, "employers")


@pytest.fixture(scope="module")
def workplaces(
    belgian: Mapping[str, BuiltDelivery], tmp_path_factory: pytest.TempPathFactory
) -> Made:
    return unprotected(tmp_path_factory.mktemp("workplaces"), belgian, "workplaces")


@pytest.fixture(scope="module")
def accounts(
    belgian: Mapping[str, BuiltDelivery], tmp_path_factory: pytest.TempPathFactory
) -> Made:
    return unprotected(tmp_path_factory.mktemp("accounts"), belgian, "accounts")


class TestStateOfPlay:
    def test_counts_employers_and_jobs_at_the_seat(self, employers: Made) -> None:
        assert value(employers, CENTRAL, "ENTR", "PN") == 6
        assert value(employers, CENTRAL, "SAL", "JB") == 210
        for area in ("BE3", "BE33", "BE332", LIEGE):
            assert value(employers, CENTRAL, "SAL", "JB", REF_AREA=area) == 210
        assert value(employers, CENTRAL, "SAL", "JB", REF_AREA=NAMUR) is None

    def test_keeps_perimeters_apart(self, employers: Made) -> None:
        assert value(employers, CENTRAL, "ENTR", "PN", SE_PERIMETER="EU") == 11
        assert value(employers, CENTRAL, "SAL", "JB", SE_PERIMETER="EU", REF_AREA="BE1") == 25
        assert value(employers, CENTRAL, "SAL", "JB", SE_PERIMETER="EU", SE_FAMILY="COOP") == 25
        assert value(employers, CENTRAL, "SAL", "JB", REF_AREA="BE1") is None

    def test_counts_workplaces_where_they_are(self, workplaces: Made) -> None:
        assert value(workplaces, LOCAL, "ESTB", "PN") == 12
        assert value(workplaces, LOCAL, "SAL", "JB", REF_AREA=NAMUR) == 105
        # The other half is in no known place: it is in Belgium, and in no region.
        assert value(workplaces, LOCAL, "SAL", "JB", REF_AREA="BEZ") == 105

    def test_has_one_basis_in_each_cube(self, employers: Made, workplaces: Made) -> None:
        for found, flow, basis in (
            (employers, CENTRAL, "CENTRAL"), (employers, LABOUR, "CENTRAL"),
            (workplaces, LOCAL, "LOCAL"),
        ):  # fmt: skip
            rows = duckdb.execute(
                f"SELECT DISTINCT OBS_BASIS FROM '{found.folder}/{flow}.parquet'"
            ).fetchall()
            assert rows == [(basis,)]

    def test_gives_activities_and_sizes(self, employers: Made) -> None:
        assert value(employers, CENTRAL, "SAL", "JB", ACTIVITY="R88") == 210
        assert value(employers, CENTRAL, "SAL", "JB", ACTIVITY="PTR") == 210
        assert value(employers, CENTRAL, "ENTR", "PN", SIZE_CLASS="E20T49") == 3
        assert value(employers, CENTRAL, "ENTR", "PN", SIZE_CLASS="E10T19") == 1

    def test_tells_women_from_men(self, employers: Made) -> None:
        assert value(employers, LABOUR, "SAL", "JB", SEX="F") == 105
        assert value(employers, LABOUR, "SAL", "FTE", SEX="M") == Decimal("94.5")


class TestSatelliteAccount:
    def test_puts_non_market_associations_into_s15_with_output_at_cost(
        self, accounts: Made
    ) -> None:
        def amount(sto: str, **key: str) -> Decimal | None:
            return value(accounts, MAIN, sto, "EUR", REF_SECTOR="S15", **key)

        # Sales of 100 against costs of 950: output is what it costs.
        assert amount("P1") == 6 * (200 + 700 + 40 + 10)
        assert amount("P11") == 6 * 180
        assert amount("P13") == 6 * (950 - 180)
        assert amount("P2") == 6 * 200
        assert amount("B1G") == 6 * 750
        assert amount("D39") == 0
        assert amount("B2A3G") == 6 * 40

    def test_puts_market_cooperatives_into_s11_with_output_at_sales(self, accounts: Made) -> None:
        def amount(sto: str) -> Decimal | None:
            return value(accounts, MAIN, sto, "EUR", SE_PERIMETER="EU", REF_SECTOR="S11")

        assert amount("P1") == 5 * 1000
        assert amount("B1G") == 5 * 500
        assert amount("D39") == 5 * 50
        assert amount("B2A3G") == 5 * (500 - 300 - 5 + 50)
        assert amount("B1N") == 5 * 440

    def test_balances_over_all_sectors(self, accounts: Made) -> None:
        def amount(sto: str) -> Decimal:
            found = value(accounts, MAIN, sto, "EUR", SE_PERIMETER="EU")
            assert found is not None
            return found

        assert amount("B1G") == amount("P1") - amount("P2")
        assert amount("B2A3G") == amount("B1G") - amount("D1") - amount("D29") + amount("D39")

    def test_counts_labour_from_the_social_balance(self, accounts: Made) -> None:
        assert value(accounts, MAIN, "SAL", "FTE") == 6 * Decimal("8.5")
        assert value(accounts, MAIN, "SAL", "HW") == 6 * 13_000

    def test_classifies_by_icnp_tso(self, accounts: Made) -> None:
        assert value(accounts, MAIN, "B1G", "EUR", ACTIVITY_TSO="D10") == 6 * 750
        assert value(accounts, MAIN, "B1G", "EUR", ACTIVITY_TSO="D") == 6 * 750

    def test_has_the_regional_table_by_nuts_and_group_of_activities(self, accounts: Made) -> None:
        found = value(accounts, REGION, "B1G", "EUR", REF_AREA="BE332", ACTIVITY="PTR")
        assert found == 6 * 750
        eu = {"SE_PERIMETER": "EU", "ACTIVITY": "GTI"}
        assert value(accounts, REGION, "B1G", "EUR", REF_AREA="BE100", **eu) == 5 * 500

    def test_names_the_rules_of_each_cell(self, accounts: Made) -> None:
        rows = duckdb.execute(
            f"SELECT DISTINCT RULES FROM '{accounts.folder}/{MAIN}.lineage.parquet' "
            "WHERE REF_SECTOR = 'S15'"
        ).fetchall()
        ((rules,),) = rows
        assert {"R-TEST/1", "R-SEC-3/1", "R-MKT-1/1", "R-OUT-1/2", "B-P2/1"} <= set(rules.split())


@pytest.mark.parametrize(
    ("sales", "before", "sector"), [(400, 950, "S11002"), (400, 0, "S15"), (480, 480, "S11002")]
)
def test_the_market_test_looks_at_the_years_before(
    tmp_path: Path, sales: int, before: int, sector: str
) -> None:
    lines = [
        *account(number(1), "2023-12-31", r70=before, r60_66A=950, r61=200, r62=700),
        *account(number(1), "2024-12-31", r70=sales, r60_66A=950, r61=200, r62=700),
    ]
    given = built(tmp_path, enterprise(number(1)), perimeter(number(1)), accounts=lines)
    found = unprotected(tmp_path, given, "accounts")
    shown = sector[:3]
    assert value(found, MAIN, "ENTR", "PN", REF_SECTOR=shown) == 1


def test_an_account_that_states_too_little_is_missing_not_zero(tmp_path: Path) -> None:
    lines = account(number(1), "2024-12-31", r70=1000, r9087=3)
    given = built(tmp_path, enterprise(number(1)), perimeter(number(1)), accounts=lines)
    found = unprotected(tmp_path, given, "accounts")
    assert value(found, MAIN, "ENTR", "PN") == 1
    assert value(found, MAIN, "SAL", "FTE") == 3
    assert value(found, MAIN, "P1", "EUR") is None


def test_a_year_that_ends_in_june_is_the_year_before(tmp_path: Path) -> None:
    lines = account(number(1), "2025-06-30", r70=1000, r61=10, r62=5, r60_66A=20)
    given = built(tmp_path, enterprise(number(1)), perimeter(number(1)), accounts=lines)
    assert value(unprotected(tmp_path, given, "accounts"), MAIN, "ENTR", "PN") == 1


@pytest.fixture(scope="module")
def published(
    belgian: Mapping[str, BuiltDelivery], tmp_path_factory: pytest.TempPathFactory
) -> Made:
    return cubes.make(Given(belgian), tmp_path_factory.mktemp("published") / "cubes")


class TestPublication:
    def test_withholds_small_cells_and_says_why(self, published: Made) -> None:
        rows = duckdb.execute(
            "SELECT OBS_VALUE, OBS_STATUS, CONF_STATUS "
            f"FROM '{published.folder}/{CENTRAL}.parquet' "
            "WHERE SIZE_CLASS = 'E10T19' AND SE_PERIMETER = 'OBS' AND SE_FAMILY = '_T' "
            "AND REF_AREA = 'BE' AND STO = 'ENTR'"
        ).fetchall()
        assert rows == [(None, "Q", "A")]

    def test_has_a_value_exactly_where_it_is_free(self, published: Made) -> None:
        for file in published.folder.glob("DF_*[A-Z0-9].parquet"):
            odd = duckdb.execute(
                f"SELECT count(*) FROM '{file}' WHERE (CONF_STATUS = 'F') <> "
                "(OBS_VALUE IS NOT NULL) OR (OBS_STATUS = 'Q') <> (OBS_VALUE IS NULL)"
            ).fetchone()
            assert odd == (0,), file.name

    def test_withholds_figures_of_one_cell_together(self, published: Made) -> None:
        odd = duckdb.execute(
            f"SELECT REF_AREA, SE_FAMILY FROM '{published.folder}/{CENTRAL}.parquet' "
            "GROUP BY REF_AREA, SE_PERIMETER, SE_FAMILY, ACTIVITY, SIZE_CLASS, TIME_PERIOD "
            "HAVING count(DISTINCT CONF_STATUS) > 1"
        ).fetchall()
        assert odd == []

    def test_differs_from_the_unprotected_version_where_it_withholds(
        self, published: Made, employers: Made
    ) -> None:
        key = "REF_AREA, SE_PERIMETER, SE_FAMILY, ACTIVITY, SIZE_CLASS, STO, UNIT_MEASURE"
        rows = duckdb.execute(
            f"SELECT p.CONF_STATUS, p.OBS_VALUE IS NOT DISTINCT FROM r.OBS_VALUE, count(*) "
            f"FROM '{published.folder}/{CENTRAL}.parquet' AS p "
            f"FULL JOIN '{employers.folder}/{CENTRAL}.parquet' AS r USING ({key}) GROUP BY ALL"
        ).fetchall()
        assert {(status == "F", same) for status, same, _ in rows} == {(True, True), (False, False)}

    def test_tells_every_rule_that_its_lineage_names(self, published: Made) -> None:
        told = json.loads((published.folder / "rules.json").read_text(encoding="utf-8"))
        for file in published.folder.glob("*.lineage.parquet"):
            rows = duckdb.execute(f"SELECT DISTINCT RULES FROM '{file}'").fetchall()
            named = {rule for (rules,) in rows for rule in (rules or "").split()}
            # The rule of the invented perimeters is invented too.
            assert named - told.keys() == {"R-TEST/1"}

    def test_says_nothing_of_invention(self, published: Made) -> None:
        collection = reading.read(published.folder)
        assert collection is not None
        assert {flow.synthetic for flow in collection.dataflows} == {False}


def test_invented_units_make_a_synthetic_cube_and_never_stand_beside_real_ones(
    tmp_path: Path,
) -> None:
    def given(folder: Path, numbers: list[str]) -> Mapping[str, BuiltDelivery]:
        return built(
            folder,
            (line for one in numbers for line in enterprise(one)),
            (line for one in numbers for line in perimeter(one)),
            (line for one in numbers for line in employment(one, 2024, 7, 6.5)),
        )

    def count(found: Made) -> tuple[set[bool], Decimal | None]:
        collection = reading.read(found.folder)
        assert collection is not None
        kinds = {flow.synthetic for flow in collection.dataflows}
        return kinds, value(found, CENTRAL, "ENTR", "PN")

    invented = [f"19{n:08}" for n in range(5)]
    real = [number(n) for n in range(6)]
    alone = cubes.make(Given(given(tmp_path / "1", invented)), tmp_path / "a" / "cubes")
    assert count(alone) == ({True}, Decimal(5))
    both = cubes.make(Given(given(tmp_path / "2", invented + real)), tmp_path / "b" / "cubes")
    assert count(both) == ({False}, Decimal(6))
    assert both.remarks == ("employers: 5 invented units are left out",)


def test_figures_that_do_not_add_up_stop_the_cube(tmp_path: Path) -> None:
    main = flows()[MAIN]
    wrong = dataflows.Identity(total="B1G", add=("P1",))
    broken = main.model_copy(update={"identities": (wrong,)})
    lines = account(number(1), "2024-12-31", r70=1000, r61=10, r62=5, r60_66A=20)
    given = built(tmp_path, enterprise(number(1)), perimeter(number(1)), accounts=lines)
    target = tmp_path / "out"
    target.mkdir()
    with pytest.raises(LoadError, match=r"B1G does not balance at A\.BE") as caught:
        Computation(Given(given), ("accounts",), [broken], []).run(target, tmp_path)
    # The message shows where, and no figure.
    assert "990" not in str(caught.value)
    assert not list(target.glob("*.parquet"))


def test_the_supplement_of_volunteers_stays_out_of_the_core() -> None:
    text = structures.dataflows()["main.toml"]
    with pytest.raises(LoadError, match="VOL is a supplement"):
        dataflows.parse("main.toml", text.replace('STO = "ENTR"', 'STO = "VOL"'))


def test_every_dataflow_has_names_in_four_languages_and_a_list_for_every_code() -> None:
    for flow in flows().values():
        assert set(flow.names) == set(flow.descriptions) == {"fr", "nl", "de", "en"}
        structure = structures.design().structures[flow.structure]
        for part in ({**flow.fixed}, *(measure.key for measure in flow.measures)):
            for name, code in part.items():
                reference = next(one.code_list for one in structure.dimensions if one.id == name)
                assert reference is not None
                listed = reference.partition(":")[2].partition("(")[0]
                assert code in listings()[listed].codes, (flow.id, name, code)
