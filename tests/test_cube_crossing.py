"""Activities and those of the third sector: neither tells what the other withholds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from loaders.statistics import cubes, protection
from loaders.statistics.cubes import Made
from loaders.statistics.given import Given
from loaders.statistics.tabling import Published, Tables
from tests.accounted import account, delivered, enterprise, perimeter

MAIN = "DF_SESA_MAIN"
# Of division 88, one is of D20; D10 is the rest. D40 is the smallest that could hide it.
SOCIAL_WORK, CHILD_CARE, EMPLOYMENT_AGENCY = "88100", "88910", "78100"
ACTIVITIES = [*[SOCIAL_WORK] * 14, CHILD_CARE, *[EMPLOYMENT_AGENCY] * 6]


def confidential(folder: Path) -> Made:
    """The cubes of annual accounts that were delivered as confidential."""
    register, verdicts, accounts = list[str](), list[str](), list[str]()
    for n, nace in enumerate(ACTIVITIES, 1):
        number = f"11{n:08}"
        register += enterprise(number, nace=nace)
        verdicts += perimeter(number, regimes=["observatory"])
        size = 0.4 if nace == EMPLOYMENT_AGENCY else 1
        accounts += account(
            number, "2024-12-31", r70=(1200 + n) * size, r60_66A=(950 + n) * size,
            r60=(50 + n) * size, r61=(150 + n) * size, r62=(700 + n) * size, r9087=(8 + n) * size,
        )  # fmt: skip
    graphs = folder / "graphs"
    return cubes.make(
        Given({
            "kbo": delivered(graphs, "kbo", register),
            "perimeters": delivered(graphs, "perimeters", verdicts),
            "nbb_accounts": delivered(graphs, "nbb_accounts", accounts, "confidential"),
        }),
        folder / "cubes",
    )  # fmt: skip


def published(made: Made) -> dict[tuple[str, str, str], set[str]]:
    """By transaction, unit and perimeter the codes of activities that have a value."""
    rows = duckdb.execute(
        "SELECT STO, UNIT_MEASURE, SE_PERIMETER, list(DISTINCT CASE ACTIVITY_TSO WHEN '_T' "
        "THEN ACTIVITY ELSE ACTIVITY_TSO END) "
        f"FROM '{made.folder}/{MAIN}.parquet' WHERE REF_SECTOR = 'S1' AND SE_FAMILY = '_T' "
        "AND SIZE_CLASS = '_T' AND OBS_VALUE IS NOT NULL GROUP BY ALL"
    ).fetchall()
    return {(sto, unit, perimeter): set(codes) for sto, unit, perimeter, codes in rows}


def test_a_division_less_its_group_is_not_the_one_that_is_withheld(tmp_path: Path) -> None:
    found = published(confidential(tmp_path))
    assert found
    for where, codes in found.items():
        assert "_T" in codes, where
        assert "D20" not in codes, where
        assert not {"R88", "D10"} <= codes, where


def test_without_the_link_both_would_be_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the test above can fail."""

    def none(_tables: Tables, _published: Sequence[Published]) -> tuple[()]:
        return ()

    monkeypatch.setattr(protection, "crossed", none)
    found = published(confidential(tmp_path))
    assert any({"R88", "D10"} <= codes for codes in found.values())
