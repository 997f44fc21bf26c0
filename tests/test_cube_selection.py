"""A choice of observations finds what plain Python finds, and nothing else is let through."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queries.cubes.observations import count, rows, values
from queries.cubes.reading import Cube
from queries.cubes.selection import Condition, Selection, SelectionError
from tests import cubed

NAMES = (*cubed.DIMENSIONS, "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS")
YEARS = 4


@pytest.fixture(scope="module")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Cube:
    return cubed.write(tmp_path_factory.mktemp("cubes"), YEARS)


def codes(dimension: str) -> st.SearchStrategy[list[str]]:
    listed = [code for code, _, _ in cubed.CODES[cubed.DIMENSIONS[dimension]]]
    return st.lists(st.sampled_from(listed), unique=True)


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    named = draw(st.lists(st.sampled_from(sorted(cubed.DIMENSIONS)), unique=True))
    years = st.none() | st.sampled_from([str(year) for year in range(2020, 2028)])
    start, end = draw(years), draw(years)
    if start and end and start > end:
        start, end = end, start
    return Selection(
        {name: draw(codes(name)) for name in named}, start, end,
        offset=draw(st.integers(0, 30)), limit=draw(st.none() | st.integers(0, 900)),
    )  # fmt: skip


def wanted(selection: Selection) -> list[tuple[object, ...]]:
    """Return the chosen rows as plain Python finds them."""
    found = []
    for row in cubed.rows(YEARS):
        held = dict(zip(NAMES, row, strict=False))
        year = str(held["TIME_PERIOD"])
        if all(held[name] in codes for name, codes in selection.codes.items()) and (
            (selection.start or "") <= year <= (selection.end or "9")
        ):
            found.append(row)
    return found


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(selections())
def test_a_choice_finds_what_plain_python_finds(cube: Cube, selection: Selection) -> None:
    all_rows = wanted(selection)
    assert count(cube, selection) == len(all_rows)
    end = None if selection.limit is None else selection.offset + selection.limit
    found = list(rows(cube, selection))
    assert [row[:7] for row in found] == [row[:7] for row in all_rows[selection.offset : end]]
    assert [row[8:] for row in found] == [row[8:] for row in all_rows[selection.offset : end]]


def test_the_order_can_be_by_value(cube: Cube) -> None:
    one = Selection({"STO": ["EMP"]}, sort=(("OBS_VALUE", True),))
    found = [row[7] for row in rows(cube, one)]
    told = [value for value in found if value is not None]
    assert told == sorted(told, reverse=True)
    assert found[: len(told)] == told
    assert None in found


def test_values_are_those_among_the_chosen(cube: Cube) -> None:
    assert values(cube, Selection({"STO": ["EMP"]}), "UNIT_MEASURE") == ("PS",)
    assert values(cube, Selection(start="2024"), "TIME_PERIOD") == ("2024", "2025")


@pytest.mark.parametrize(
    ("selection", "component"),
    [
        (Selection({"NOPE": ["A"]}), "NOPE"),
        (Selection({"OBS_VALUE": ["1"]}), "OBS_VALUE"),
        (Selection({"STO": ["EMP') OR 1=1 --"]}), "STO"),
        (Selection({'STO" OR 1=1 --': ["EMP"]}), 'STO" OR 1=1 --'),
        (Selection(start="2024", end="2020"), "TIME_PERIOD"),
        (Selection(end="2020' OR '1'='1"), "TIME_PERIOD"),
        (Selection(filters={"NOPE": ((Condition("eq", "A"),),)}), "NOPE"),
        (Selection(first=-1), "limit"),
        (Selection(sort=(("STO; DROP TABLE x", False),)), "STO; DROP TABLE x"),
        (Selection(limit=-1), "limit"),
        (Selection(offset=-1), "limit"),
    ],
)
def test_what_a_cube_does_not_have_is_refused(
    cube: Cube, selection: Selection, component: str
) -> None:
    for ask in (count, lambda *given: list(rows(*given))):
        with pytest.raises(SelectionError) as error:
            ask(cube, selection)
        assert error.value.component == component


def test_bounds_include_all_periods_within_them(tmp_path: Path) -> None:
    row = cubed.rows(1)[0]
    times = ("2019-Q4", "2020", "2020-Q1", "2020-Q4", "2021-Q1")
    made = cubed.write(tmp_path, made=[(*row[:6], time, *row[7:]) for time in times])
    found = [row[6] for row in rows(made, Selection(start="2020", end="2020"))]
    assert found == ["2020", "2020-Q1", "2020-Q4"]


def test_an_order_is_an_order_to_the_last_observation(cube: Cube) -> None:
    found = [row[:7] for row in rows(cube, Selection(sort=(("TIME_PERIOD", True),)))]
    assert found == sorted(found, key=lambda row: (-int(str(row[6])), row[:6]))


def test_what_a_faulty_file_holds_is_not_told(tmp_path: Path) -> None:
    row = cubed.rows(1)[0]
    made = cubed.write(tmp_path, made=[(*row[:7], 12, "Q", "D", *row[10:])])
    assert [one[7] for one in rows(made, Selection())] == [None]


def test_several_threads_ask_at_once(cube: Cube) -> None:
    expected = len(wanted(Selection()))
    found: list[int] = []
    workers = [
        threading.Thread(target=lambda: found.append(len(list(rows(cube, Selection())))))
        for _ in range(6)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [expected] * 6
