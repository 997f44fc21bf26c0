"""Output, head counts and size of enterprises from the rubrics of their annual accounts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from loaders.sdmx_codes.lists import listings
from loaders.statistics.cubes import Made
from loaders.statistics.dataflows import flows
from tests.accounted import account, enterprise, perimeter
from tests.test_account import LIEGE, MAIN, REGION, built, number, unprotected, value

TIME = "DF_SESA_WORKING_TIME"
END = "2024-12-31"
# Accounts of which every figure of the account of production is known.
SOLD = {"r70": 1000, "r74": 50, "r740": 20, "r60": 400, "r61": 100, "r62": 300, "r630": 60,
        "r640_8": 5, "r60_66A": 865}  # fmt: skip
GIVEN = {**SOLD, "r70": 100, "r74": 820, "r740": 800}


def of_one(folder: Path, family: str, **rubrics: float) -> Made:
    """The cubes of one enterprise."""
    given = built(
        folder, enterprise(number(1)), perimeter(number(1), family),
        accounts=account(number(1), END, **rubrics),
    )  # fmt: skip
    return unprotected(folder, given, "accounts")


def amounts(made: Made) -> dict[str, Decimal]:
    """The items of the account that are known."""
    found = {sto: value(made, MAIN, sto, "EUR") for sto in ("P1", "P11", "P12", "P13", "B1G")}
    return {sto: amount for sto, amount in found.items() if amount is not None}


class TestOutput:
    def test_of_market_producers_has_stocks_and_what_is_made_for_oneself(
        self, tmp_path: Path
    ) -> None:
        made = of_one(tmp_path, "cooperative", **SOLD, r71=70, r72=40)
        assert amounts(made) == {
            "P1": 1000 + 70 + 30 + 40, "P11": 1000 + 70 + 30, "P12": 40, "B1G": 1140 - 500,
        }  # fmt: skip

    def test_of_non_market_producers_is_what_it_costs_however_it_is_used(
        self, tmp_path: Path
    ) -> None:
        made = of_one(tmp_path, "association", **GIVEN, r71=-15, r72=40)
        sold = 100 - 15 + 20
        assert amounts(made) == {
            "P1": 865, "P11": sold, "P12": 40, "P13": 865 - sold - 40, "B1G": 365,
        }  # fmt: skip

    def test_stocks_that_are_sold_were_output_of_an_earlier_year(self, tmp_path: Path) -> None:
        made = of_one(tmp_path, "cooperative", **SOLD, r71=-200)
        assert amounts(made)["P11"] == 1000 - 200 + 30

    @pytest.mark.parametrize("family", ["cooperative", "association"])
    def test_what_accounts_do_not_name_is_nothing(self, tmp_path: Path, family: str) -> None:
        found = amounts(of_one(tmp_path, family, **(SOLD if family == "cooperative" else GIVEN)))
        assert found["P12"] == 0
        assert found["P1"] == found["P11"] + found["P12"] + found.get("P13", 0)

    def test_the_market_test_is_of_sales_alone(self, tmp_path: Path) -> None:
        # Own construction and stocks cover the costs, sales do not.
        made = of_one(tmp_path, "association", **{**SOLD, "r70": 100}, r71=500, r72=500)
        assert value(made, MAIN, "ENTR", "PN", REF_SECTOR="S15") == 1


class TestHeadCount:
    def test_is_the_average_of_the_year_in_every_cube(self, tmp_path: Path) -> None:
        made = of_one(tmp_path, "association", r9086=9, r1001=4.5, r1002=6.2)
        for flow in (MAIN, REGION, TIME):
            assert value(made, flow, "SAL", "PS") == Decimal("10.7"), flow
        assert value(made, REGION, "SAL", "PS", REF_AREA="BE332") == Decimal("10.7")
        assert value(made, TIME, "SAL", "PS", REF_AREA=LIEGE) == Decimal("10.7")

    def test_at_the_closing_date_has_a_unit_of_its_own(self, tmp_path: Path) -> None:
        made = of_one(tmp_path, "association", r9086=9, r1001=4.5, r1002=6.2)
        assert value(made, MAIN, "SAL", "PS_END") == 9
        for flow in (REGION, TIME):
            rows = duckdb.execute(
                f"SELECT DISTINCT UNIT_MEASURE FROM '{made.folder}/{flow}.parquet' "
                "WHERE STO LIKE 'SAL%'"
            ).fetchall()
            assert rows == [("PS",)]

    def test_at_the_closing_date_never_stands_in_for_the_average(self, tmp_path: Path) -> None:
        made = of_one(tmp_path, "association", r9086=9)
        assert value(made, MAIN, "SAL", "PS") is None
        assert value(made, MAIN, "SAL", "PS_END") == 9

    def test_means_one_thing_in_all_dataflows_of_a_relation(self) -> None:
        meanings: dict[tuple[str, ...], set[str]] = {}
        for flow in flows().values():
            for one in flow.measures:
                key = (flow.relation, *(one.key.get(name, "") for name in ("STO", "UNIT_MEASURE")))
                if not one.is_share:
                    meanings.setdefault(key, set()).add(one.column)
        assert {key: columns for key, columns in meanings.items() if len(columns) > 1} == {}

    def test_is_withheld_together_with_the_same_figures_everywhere(self) -> None:
        # Accounts are protected where they are confidential: a figure is in one group only.
        groups: dict[tuple[str, str], set[str | None]] = {}
        for flow in flows().values():
            for one in flow.measures:
                groups.setdefault((flow.relation, one.column), set()).add(one.group)
        assert {column: found for column, found in groups.items() if len(found) > 1} == {}

    def test_at_the_closing_date_is_named_and_said_to_be_ours(self) -> None:
        code = listings()["CL_UNIT"].codes["PS_END"]
        assert set(code.names) == {"fr", "nl", "de", "en"}
        assert "this list only" in code.definitions["en"]


@pytest.mark.parametrize(("rubrics", "size"), [
    ({"r1001": 4, "r1002": 3, "r9086": 12, "r9087": 30}, "E5T9"),
    ({"r9086": 12, "r9087": 30}, "E10T19"),
    ({"r9087": 30}, "E20T49"),
    ({"r1002": 0.4}, "E1T4"),
    ({"r1001": 0, "r9086": 12}, "E0"),
    ({"r62": 10}, "_U"),
])  # fmt: skip
def test_the_size_class_is_of_the_average_head_count_first(
    tmp_path: Path, rubrics: dict[str, float], size: str
) -> None:
    made = of_one(tmp_path, "association", **rubrics)
    assert value(made, MAIN, "ENTR", "PN", SIZE_CLASS=size) == 1
