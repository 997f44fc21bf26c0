"""Rules that hold for any key and any value."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from loaders.sdmx import data
from queries.cubes import periods
from queries.cubes.observations import chosen, whole
from queries.cubes.reading import Cube, cube
from queries.cubes.selection import columns
from server.sdmx import versions
from server.sdmx.data_query import DataQuery
from server.sdmx.rest.asked import pairs
from server.sdmx.rest.selecting import read_key
from tests import cubed
from tests.sdmx.made import FORMATS, as_read, in_order, message, write

KEYS = [row[:7] for row in cubed.rows(1)]
VALUES = some.decimals(-(10**12), 10**12, places=4) | some.none()
# What XML cannot hold is left out of it; a test of its own looks at that.
ODD = ['"', "<&>", "a\tb", "a\nb", 'say "so", twice', "'; --", "=1+1", " ", "é; ß", "{}"]
LETTERS = some.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
WRITABLE = some.text(LETTERS, min_size=1, max_size=40) | some.sampled_from(ODD)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    some.lists(some.tuples(some.sampled_from(KEYS), VALUES, WRITABLE | some.none()),
               min_size=1, max_size=12, unique_by=lambda one: one[0]),
    some.sampled_from(FORMATS), some.sampled_from(["TIME_PERIOD", "AllDimensions", "SE_FAMILY"]),
)  # fmt: skip
def test_any_values_and_texts_are_read_back(
    drawn: list[tuple[tuple[object, ...], object, str | None]], form: str, observed: str
) -> None:
    rows = [(*key, value, "A", "F", said, "1") for key, value, said in drawn]
    rows.sort(key=lambda row: tuple(map(str, row[:7])))
    with tempfile.TemporaryDirectory() as folder:
        own = cubed.write(Path(folder), made=rows)
        content = write(form, message(own, DataQuery(observed_by=observed)))
        found = list(data.read(content, own.structure).rows())
        names = [one.id for one in columns(own.structure)]
        wanted = as_read([(*row[:7], number(row[7]), *row[8:]) for row in rows], names)
    assert in_order(found) == in_order(wanted)


def number(value: object) -> object:
    """Return a number as a message has it."""
    if value is None:
        return None
    text = f"{value:f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


CODES = [[code for code, _name, _above in cubed.CODES[name]] for name in cubed.DIMENSIONS.values()]
PARTS = some.tuples(*(some.lists(some.sampled_from(codes), max_size=3) for codes in CODES))


@settings(max_examples=40, deadline=None)
@given(some.lists(PARTS, min_size=1, max_size=3))
def test_a_key_selects_what_it_names(drawn: list[tuple[list[str], ...]]) -> None:
    text = ",".join(".".join("+".join(part) for part in key) for key in drawn)
    own = CUBE.get()
    table = chosen(whole(own), DataQuery(keys=read_key(own, text)))
    found = [tuple(row) for row in table.rows(*(f'"{name}"' for name in cubed.DIMENSIONS))]
    wanted = [
        row[:6] for row in cubed.rows(1)
        if any(all(not part or code in part for part, code in zip(key, row[:6], strict=True))
               for key in drawn)
    ]  # fmt: skip
    assert sorted(found) == sorted(wanted)


class Once:
    """A cube that is written when it is first needed."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.made = False

    def get(self) -> Cube:
        path = Path(self.folder.name)
        if not self.made:
            cubed.write(path, 1)
            self.made = True
        return cube(path, "DF_SESA_MAIN")


CUBE = Once()
YEARS = some.integers(1900, 2100)


@settings(deadline=None)
@given(YEARS, some.sampled_from(["S", "T", "Q", "M"]), some.integers(1, 12))
def test_the_parts_of_a_year_follow_one_another(year: int, kind: str, part: int) -> None:
    most = {"S": 2, "T": 3, "Q": 4, "M": 12}[kind]
    part = (part - 1) % most + 1
    whole_year, own = periods.read(str(year)), periods.read(f"{year}-{kind}{part}")
    assert whole_year.start <= own.start < own.end <= whole_year.end
    before = own.start if part == 1 else periods.read(f"{year}-{kind}{part - 1}").end
    assert before == (whole_year.start if part == 1 else own.start)


@settings(deadline=None)
@given(some.text(max_size=12))
def test_any_text_is_a_period_or_is_refused(text: str) -> None:
    try:
        found = periods.read(text)
    except periods.PeriodError:
        return
    assert found.start < found.end


@settings(deadline=None)
@given(some.text(alphabet="0123456789.+~*,x", max_size=12))
def test_any_text_asks_for_versions_or_is_refused(text: str) -> None:
    known = ["0.9.0", "1.0", "1.0.0", "1.2.0", "2.0.0"]
    try:
        found = versions.selected(text, known)
    except versions.VersionError:
        return
    assert found <= set(known)


@settings(deadline=None)
@given(some.dictionaries(some.text(min_size=1), some.text(), max_size=4))
def test_parameters_are_read_as_they_were_written(given: dict[str, str]) -> None:

    query = "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in given.items()
    )
    assert dict(pairs(query.encode())) == given
