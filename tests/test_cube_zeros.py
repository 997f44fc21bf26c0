"""Items that few accounts state: what they are of few, and that they are none of most."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from loaders.disclosure.model import Contribution, Table
from loaders.disclosure.protection import protect
from loaders.disclosure.rules import Rules
from tests.accounted import account
from tests.test_account import number
from tests.test_cube_crossing import EMPLOYMENT_AGENCY, LIEGE, MAIN, NAMUR, SOCIAL_WORK, made

ACTIVITIES = (SOCIAL_WORK, "90200", EMPLOYMENT_AGENCY)
# Of 24 enterprises, three build for themselves and a third receives no subsidies.
UNITS = [((LIEGE, NAMUR)[n % 2], ACTIVITIES[n % 3]) for n in range(24)]


def figures() -> list[str]:
    """The lines of accounts of one year."""
    found = list[str]()
    for n in range(1, len(UNITS) + 1):
        size = 1 + n % 7
        items = {"r70": 1200, "r60_66A": 950, "r60": 50, "r61": 150, "r62": 700, "r9087": 8}
        if n % 10 == 1:
            items["r72"] = 20
        if n % 3:
            items |= {"r740": 90, "r74": 95}
        stated = {name: amount * size + n for name, amount in items.items()}
        found += account(number(n), "2024-12-31", **stated)
    return found


def test_what_few_state_does_not_take_the_account_out_of_sight(tmp_path: Path) -> None:
    cubes = made(tmp_path, UNITS, "nbb_accounts", figures())
    rows = duckdb.execute(
        f"SELECT STO, count(OBS_VALUE), count(*) FROM '{cubes.folder}/{MAIN}.parquet' GROUP BY STO"
    ).fetchall()
    shown = {sto: some for sto, some, _ in rows}
    assert shown["P12"] == shown["P11"] == 0
    assert all(shown[sto] for sto in ("P1", "P2", "B1G", "D1", "D39", "B2A3G"))
    totals = duckdb.execute(
        f"SELECT count(OBS_VALUE) = count(*) FROM '{cubes.folder}/{MAIN}.parquet' "
        "WHERE STO IN ('P1', 'P2', 'B1G', 'D1', 'D39') AND SE_FAMILY = '_T' AND ACTIVITY = '_T' "
        "AND ACTIVITY_TSO = '_T' AND SIZE_CLASS = '_T' AND REF_SECTOR = 'S1'"
    ).fetchone()
    assert totals == (True,)


@pytest.mark.parametrize("tells", [True, False])
def test_a_zero_of_few_is_withheld_where_zero_tells(tells: bool) -> None:
    given = [Contribution(f"a{n}", ("A",), 0.0) for n in range(2)]
    given += [Contribution(f"b{n}", ("B",), 10.0) for n in range(6)]
    given += [Contribution(f"c{n}", ("C",), 10.0) for n in range(6)]
    kinds = {"_T": None, "A": "_T", "B": "_T", "C": "_T"}
    one = Table("main", ("KIND",), {"KIND": kinds}, given, zero_tells=tells)
    found = protect([one], Rules())
    assert found.status("main", ("A",)) == ("A" if tells else "F")
    assert found.status("main", ("_T",)) == "F"
