"""Activities and those of the third sector: neither tells what the other withholds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray

from loaders.disclosure import audit as proving
from loaders.disclosure import merging
from loaders.disclosure import protection as deciding
from loaders.disclosure.cells import System
from loaders.disclosure.rules import Rules
from loaders.statistics import cubes, protection
from loaders.statistics.cubes import Made
from loaders.statistics.given import Given
from loaders.statistics.tabling import Published, Tables
from tests.accounted import account, delivered, employment, enterprise, perimeter
from tests.test_account import number

MAIN = "DF_SESA_MAIN"
# Of division 88, one is of D20; D10 is the rest. D40 is the smallest that could hide it.
SOCIAL_WORK, CHILD_CARE, EMPLOYMENT_AGENCY = "88100", "88910", "78100"
ACTIVITIES = [*[SOCIAL_WORK] * 14, CHILD_CARE, *[EMPLOYMENT_AGENCY] * 6]
LIEGE, NAMUR, ARLON = "62063", "92094", "81001"


def made(
    folder: Path, units: Sequence[tuple[str, str]], source: str, figures: Iterable[str]
) -> Made:
    """The cubes of enterprises of some places and activities, from confidential figures."""
    register, verdicts, graphs = list[str](), list[str](), folder / "graphs"
    for n, (place, nace) in enumerate(units, 1):
        register += enterprise(number(n), place, nace)
        verdicts += perimeter(number(n), regimes=["observatory"])
    given = {
        "kbo": delivered(graphs, "kbo", register),
        "perimeters": delivered(graphs, "perimeters", verdicts),
        source: delivered(graphs, source, figures, "confidential"),
    }
    return cubes.make(Given(given), folder / "cubes")


def confidential(folder: Path) -> Made:
    """The cubes of annual accounts that were delivered as confidential."""
    accounts = list[str]()
    for n, nace in enumerate(ACTIVITIES, 1):
        size = 0.4 if nace == EMPLOYMENT_AGENCY else 1
        accounts += account(
            number(n), "2024-12-31", r70=(1200 + n) * size, r60_66A=(950 + n) * size,
            r60=(50 + n) * size, r61=(150 + n) * size, r62=(700 + n) * size, r9087=(8 + n) * size,
        )  # fmt: skip
    return made(folder, [(LIEGE, nace) for nace in ACTIVITIES], "nbb_accounts", accounts)


def by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have cells looked at without what follows from who is in them."""

    def none(*_: object) -> NDArray[np.int64]:
        return np.empty((0, 2), np.int64)

    def same(whole: System, _: Rules) -> System:
        return whole

    monkeypatch.setattr(merging, "same_holdings", none)
    for module in (deciding, proving):
        monkeypatch.setattr(module, "with_remainders", same)


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

    def unlinked(_tables: Tables, _published: Sequence[Published]) -> tuple[()]:
        return ()

    monkeypatch.setattr(protection, "crossed", unlinked)
    by_themselves(monkeypatch)
    found = published(confidential(tmp_path))
    assert any({"R88", "D10"} <= codes for codes in found.values())


def employers(folder: Path) -> Made:
    """Cubes of employers where all of one town do what nobody else does."""
    units = [*[(LIEGE, SOCIAL_WORK)] * 40, *[(NAMUR, "90200")] * 12, (ARLON, SOCIAL_WORK)]
    jobs = (
        line for n, (place, _) in enumerate(units, 1)
        for line in employment(number(n), 2024, 5 + n % 7, 4.5 + n % 7, place=place)
    )  # fmt: skip
    return made(folder, units, "onss_employers", jobs)


def jobs_by(made: Made, dimension: str, code: str) -> object:
    """The jobs of a code, all else being total; the status where they are withheld."""
    totals = {"REF_AREA": "BE", "SE_FAMILY": "_T", "ACTIVITY": "_T", "SIZE_CLASS": "_T"}
    wanted = {**totals, "STO": "SAL", "UNIT_MEASURE": "JB", dimension: code}
    found = duckdb.execute(
        "SELECT coalesce(OBS_VALUE::VARCHAR, CONF_STATUS) "
        f"FROM '{made.folder}/DF_SESA_OBSERVATORY_CENTRAL.parquet' "
        f"WHERE {' AND '.join(f'{name} = ?' for name in wanted)}",
        list(wanted.values()),
    ).fetchone()
    return found and found[0]


def test_a_town_that_is_all_of_an_activity_cannot_hide_another(tmp_path: Path) -> None:
    found = employers(tmp_path)
    assert jobs_by(found, "REF_AREA", "BE34") == "A"
    assert jobs_by(found, "REF_AREA", "BE33") == "D"
    assert jobs_by(found, "REF_AREA", "BE35") == jobs_by(found, "ACTIVITY", "S90") == "93.0000"


def test_looked_at_by_themselves_one_would_be_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the test above can fail."""
    by_themselves(monkeypatch)
    found = employers(tmp_path)
    assert jobs_by(found, "REF_AREA", "BE35") == "D"
    assert jobs_by(found, "ACTIVITY", "S90") != "D"
