"""What a visitor chose of a cube: one dimension in rows, one in columns, one code of each other.

Each parameter of the address is the identifier of a dimension, with codes separated by commas:
``REF_AREA=BE1,BE3``. In the place of codes, ``level:2`` stands for all codes of a level of the
list, ``children:BE3`` for those right below a code, and ``all`` for every code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from queries.cubes.reading import Cube
from queries.cubes.selection import Selection, reaches
from server.cubes.codes import ALL, CHILDREN, LEVEL, beside, expanded, levels, present
from server.language import mark as _
from server.questions.parameters import refuse_repeated, refuse_unknown
from server.questions.reserved import known, refused
from server.sparql.protocol import Pairs

ROWS, COLUMNS, START, END, SORT = "rows", "columns", "start", "end", "sort"
LAYOUT = (ROWS, COLUMNS, START, END, SORT)
# Others that every address of statistics takes.
COMMON = ("release", "dialect", "lineage")
ORDERS = ("list", "value")
# Codes that stand for a whole, or for the usual: shown of a dimension that nobody chose from.
USUAL = ("_T", "T", "TOTAL", "S1", "A", "_Z", "N")
FEW = 12
# The dimensions by which people compare first.
FIRST_ROWS = ("REF_AREA", "SE_FAMILY", "ACTIVITY", "SIZE_CLASS")
# What is measured, and what follows from it: a unit need not be chosen where each measure has one.
MEASURES = ("STO", "MEASURE", "INDICATOR")
FOLLOWING = ("UNIT_MEASURE", "ACCOUNTING_ENTRY", "PRICES")
AGAINST = _("%(parameter)s: %(reason)s; for example: %(example)s")


@dataclass(frozen=True)
class Choice:
    """A choice that a page can show as a table."""

    rows: str
    columns: str
    listed: Mapping[str, tuple[str, ...]]
    fixed: Mapping[str, str]
    start: str | None = None
    end: str | None = None
    sort: str = ORDERS[0]
    # How the codes of rows and columns were asked for, where not one by one.
    asked: Mapping[str, str] = field(default_factory=dict)

    def selection(self) -> Selection:
        """Return the observations that are chosen."""
        codes = {**{name: (code,) for name, code in self.fixed.items()}, **self.listed}
        return Selection(codes, self.start, self.end)

    def parameters(self, changed: Mapping[str, str | None] | None = None) -> list[tuple[str, str]]:
        """Return the parameters that lead to this choice, some of them changed or left out."""
        found: dict[str, str | None] = {ROWS: self.rows, COLUMNS: self.columns, **self.fixed}
        for name, codes in self.listed.items():
            found[name] = self.asked.get(name) or ",".join(codes)
        found |= {START: self.start, END: self.end}
        found[SORT] = self.sort if self.sort != ORDERS[0] else None
        found |= changed or {}
        return [(name, value) for name, value in found.items() if value is not None]


def given_values(cube: Cube, pairs: Pairs) -> dict[str, str]:
    """Return the parameters of an address, each once; raises ProblemError for an unknown one.

    A form repeats the name of a list for each of its codes: these are joined.
    """
    several = names(cube)
    given = [name for name, _value in pairs]
    refuse_unknown(given, (*several, *LAYOUT, *COMMON))
    refuse_repeated(given, several)
    found: dict[str, str] = {}
    for name, value in pairs:
        joined = name in several and name in found
        found[name] = f"{found[name]},{value}" if joined else value
    return {name: value for name, value in found.items() if value}


def names(cube: Cube) -> tuple[str, ...]:
    """Return the dimensions that can be chosen from."""
    return tuple(one.id for one in cube.structure.dimensions)


def filters(cube: Cube, given: Mapping[str, str]) -> Selection:
    """Return what an exit takes: what is named and nothing else; everything where nothing is."""
    codes = {name: expanded(cube, name, given[name]) for name in names(cube) if name in given}
    return checked(cube, Selection(codes, *bounds(cube, given)))


def bounds(cube: Cube, given: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return the first and the last period wanted; raises ProblemError."""
    start, end = given.get(START), given.get(END)
    for name, period in ((START, start), (END, end)):
        if period is not None and not is_period(period):
            reason = _("not a year, quarter or month")
            raise refused(name, AGAINST, reason=reason, example=latest(cube))
    if start and end and not reaches(start, end):
        raise refused(START, AGAINST, reason=_("starts after its end"), example=end)
    return start, end


def is_period(text: str) -> bool:
    """Tell a period of SDMX that a year begins.

    >>> is_period("2024"), is_period("2024-Q1"), is_period("2024-13"), is_period("soon")
    (True, True, False, False)
    """
    year, dash, rest = text.partition("-")
    if len(year) != 4 or not (year.isascii() and year.isdigit()):
        return False
    parts = ("Q1", "Q2", "Q3", "Q4", "S1", "S2", "A1", *(f"{month:02}" for month in range(1, 13)))
    return not dash or rest in parts


def latest(cube: Cube) -> str:
    """Return the last period of a cube."""
    return max(present(cube, cube.structure.time.id), default="2024")


def checked(cube: Cube, selection: Selection) -> Selection:
    """Return a selection whose codes are all in their lists; raises ProblemError."""
    for name, codes in selection.codes.items():
        listed = cube.code_list(name)
        allowed = {code.id for code in listed.codes} if listed else present(cube, name).keys()
        for code in codes:
            if code not in allowed:
                detail = _("%(parameter)s: %(code)s is not one of its codes; try %(example)s")
                example = next(iter(present(cube, name)), "")
                raise refused(name, detail, code=code[:100], example=example)
    return selection


def choose(cube: Cube, given: Mapping[str, str]) -> Choice:
    """Return what a page shows: what was chosen, and what is usual of all else."""
    rows, columns = axes(cube, given)
    time = cube.structure.time.id
    listed, asked = {}, {}
    for name in {rows: None, columns: None}:
        if name == time:
            continue
        if name in given:
            listed[name] = expanded(cube, name, given[name])
            if given[name].startswith((ALL, LEVEL, CHILDREN)):
                asked[name] = given[name]
        else:
            listed[name], asked[name] = usual_list(cube, name)
    start, end = bounds(cube, given)
    if time not in (rows, columns):
        # Figures of several periods would lie upon each other.
        start = end = end or start or latest(cube)
    named = {name: single(cube, name, given[name]) for name in names(cube)
             if name in given and name not in (rows, columns)}  # fmt: skip
    choice = Choice(rows, columns, listed, named, start, end, given.get(SORT, ORDERS[0]), asked)
    checked(cube, choice.selection())
    return completed(cube, choice)


def axes(cube: Cube, given: Mapping[str, str]) -> tuple[str, str]:
    """Return the dimensions in rows and in columns; raises ProblemError."""
    time = cube.structure.time.id
    possible = (*names(cube), time)
    for name in (ROWS, COLUMNS):
        known(dict(given), name, possible)
    known(dict(given), SORT, ORDERS)
    columns = given.get(COLUMNS) or (time if given.get(ROWS) != time else None)
    rows = given.get(ROWS) or first_rows(cube, columns)
    columns = columns or first_rows(cube, rows)
    if rows == columns:
        reason = _("the same as rows")
        raise refused(COLUMNS, AGAINST, reason=reason, example=first_rows(cube, rows))
    return rows, columns


def first_rows(cube: Cube, other: str | None) -> str:
    """Return the dimension by which a cube is compared unless another is asked for."""
    found = [name for name in names(cube) if name != other]
    many = [name for name in found if len(present(cube, name)) > 1]
    preferred = [name for name in FIRST_ROWS if name in many]
    time = cube.structure.time.id
    return next(iter([*preferred, *many, *found]), time)


def usual_list(cube: Cube, name: str) -> tuple[tuple[str, ...], str]:
    """Return the codes that are compared unless others are named: as many levels as are few."""
    known_codes = present(cube, name)
    if len(known_codes) <= FEW:
        return tuple(known_codes), ALL
    kept: tuple[str, ...] = ()
    for level in levels(cube, name):
        more = tuple(code for code, depth in known_codes.items() if depth < level)
        if len(more) > FEW and kept:
            break
        kept = more
    return kept[: 4 * FEW], ""


def single(cube: Cube, name: str, asked: str) -> str:
    """Return the one code that is named of a dimension in neither rows nor columns."""
    codes = expanded(cube, name, asked)
    if len(codes) != 1:
        detail = _("%(parameter)s: several codes can be compared only in rows or columns; add "
                   "rows=%(parameter)s, or name one of them.")  # fmt: skip
        raise refused(name, detail)
    return codes[0]


def completed(cube: Cube, choice: Choice) -> Choice:
    """Return a choice with one code of every dimension: where none was named, the usual one.

    Each is taken among those that occur together with all the others chosen before.
    """
    for name in names(cube):
        if name in choice.fixed or name in choice.listed or follows(cube, choice, name):
            continue
        possible = beside(cube, choice.selection(), name) or tuple(present(cube, name))
        usual = next((code for code in USUAL if code in possible), None)
        if usual is None:
            usual = next((code for code in present(cube, name) if code in possible), "")
        choice = replace(choice, fixed={**choice.fixed, name: usual})
    return choice


def follows(cube: Cube, choice: Choice, name: str) -> bool:
    """Tell whether a dimension has one code for each measure that is compared."""
    measure = next((one for one in MEASURES if one in choice.listed), None)
    if measure is None or name not in FOLLOWING:
        return False
    selection = choice.selection()
    return all(
        len(beside(cube, replace(selection, codes={**selection.codes, measure: (code,)}), name)) < 2
        for code in choice.listed[measure]
    )


def alternatives(cube: Cube, choice: Choice, name: str) -> tuple[str, ...]:
    """Return the codes of a dimension that occur together with all the others chosen."""
    fixed = {other: code for other, code in choice.fixed.items() if other != name}
    found = beside(cube, replace(choice, fixed=fixed).selection(), name)
    return tuple(code for code in present(cube, name) if code in found)
