"""What a client wants of one cube, from the words of a request; refuses what no cube could have."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from queries.cubes import periods
from queries.cubes.model import Component, Dataflow, Structure
from queries.cubes.reading import Cube
from queries.cubes.selection import OPERATORS, Condition, Filter, Key, Operator
from server.errors import ProblemError
from server.language import mark as _
from server.questions.parameters import LONGEST_SHOWN
from server.sdmx.data_query import FLAT, DataQuery
from server.sdmx.rest.asked import Asked, refuse

ANY = ("", "*", "all")
_PERIODS = ("eq", "ne", "lt", "le", "gt", "ge")
LEVELS = {"dataset": "dataset", "series": "series", "obs": "observation"}
EVERYTHING = ("dsd", "all")
MOST_KEYS = 500
_DAY = re.compile(r"--(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", re.ASCII)
# A quarter, a semester, a week: a part of a reporting year, not of that of the calendar.
_REPORTED = re.compile(r"\d{4}-[ASTQMWD]", re.ASCII)
_COMPARED: Mapping[str, Callable[[str, str], bool]] = {
    "eq": operator.eq, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
    "co": operator.contains, "sw": str.startswith, "ew": str.endswith,
}  # fmt: skip


def read_key(cube: Cube, text: str) -> tuple[Key, ...]:
    """Return the keys that a text is for; none for all data."""
    if text in ANY:
        return ()
    keys = text.split(",")
    if len(keys) > MOST_KEYS:
        refuse("key", text, str(MOST_KEYS))
    return tuple(one_key(cube, key) for key in keys)


def one_key(cube: Cube, text: str) -> Key:
    """Return one key; ProblemError with the place of what cannot be."""
    dimensions = cube.structure.dimensions
    parts = text.split(".")
    if len(parts) > len(dimensions):
        detail = _("The key has %(given)s positions; that of %(flow)s has %(most)s: %(known)s.")
        raise ProblemError(
            "bad-request", detail, given=len(parts), flow=cube.dataflow.id, most=len(dimensions),
            known=".".join(one.id for one in dimensions),
        )  # fmt: skip
    found: list[frozenset[str] | None] = []
    for place, (dimension, part) in enumerate(zip(dimensions, parts, strict=False), 1):
        if part in ("", "*"):
            found.append(None)
            continue
        codes = part.split("+")
        for code in codes:
            known_code(cube, dimension, code, place)
        found.append(frozenset(codes))
    return tuple(found)


def known_code(cube: Cube, dimension: Component, code: str, place: int) -> None:
    """Refuse a code that the list of a dimension does not have."""
    codes = cube.code_list(dimension.id)
    if codes is not None and not any(one.id == code for one in codes.codes):
        detail = _("Position %(place)s of the key, %(component)s: there is no code %(code)s.")
        raise ProblemError(
            "bad-request", detail, place=place, component=dimension.id, code=code[:LONGEST_SHOWN]
        )


def component(structure: Structure, name: str, parameter: str) -> Component:
    """Return a component that has a column; ProblemError where there is none."""
    found = next((one for one in structure.components if one.id == name), None)
    if found is None or (found.role == "attribute" and found.attachment == "dataset"):
        detail = _("%(parameter)s: %(structure)s has no component %(name)s with values of its own.")
        raise ProblemError(
            "invalid-request", detail, parameter=parameter, structure=structure.reference,
            name=name[:LONGEST_SHOWN],
        )  # fmt: skip
    return found


def asked_of(cube: Cube, given: Mapping[str, str]) -> tuple[dict[str, Filter], bool]:
    """Return what is asked of components with a column, and whether the rest holds.

    What is said of all observations holds of all of them, or of none.
    """
    attributes = {one.id for one in cube.structure.attributes if one.attachment == "dataset"}
    found: dict[str, Filter] = {}
    holds = True
    for name, text in given.items():
        if name not in attributes:
            found[name] = read_filter(cube, name, text)
            continue
        part = next(one for one in cube.structure.attributes if one.id == name)
        said = said_by(cube.dataflow, name)
        holds = holds and any(
            all(meets(said, one) for one in every) for every in alternatives(part, text)
        )
    return found, holds


def read_filter(cube: Cube, name: str, text: str) -> Filter:
    """Return what is asked of one component: alternatives of things that hold together."""
    return alternatives(component(cube.structure, name, f"c[{name}]"), text)


def alternatives(one: Component, text: str) -> Filter:
    """Return the comparisons of one component, as they are written."""
    return tuple(
        tuple(condition(one, part) for part in alternative.split("+"))
        for alternative in text.split(",")
    )


def said_by(flow: Dataflow, name: str) -> list[str]:
    """Return what is said of all observations of a dataflow, in each language."""
    said = flow.texts.get(name)
    return list(said.values()) if said else [flow.attributes[name]] * (name in flow.attributes)


def meets(texts: Sequence[str], one: Condition) -> bool:
    """Tell whether one of some texts is as is wanted; none of them, where that is denied."""
    value = one.value
    match one.operator:
        case "ne":
            return value not in texts
        case "nc":
            return not any(value in text for text in texts)
    return any(_COMPARED[one.operator](text, value) for text in texts)


def condition(one: Component, text: str) -> Condition:
    """Return one comparison; equality where there is no operator."""
    before, colon, after = text.partition(":")
    told: Operator = next((known for known in OPERATORS if colon and known == before), "eq")
    value = after if told == before and colon else text
    name = f"c[{one.id}]"
    # No code has a colon, and no number: what stands before it was meant as an operator.
    if value == "" or (":" in value and (one.code_list or one.role == "measure")):
        refuse(name, text, ", ".join(OPERATORS))
    if one.role == "measure":
        check_number(name, value)
    if one.role == "time" and told in _PERIODS:
        check_period(name, value)
    return Condition(told, value)


def check_number(name: str, value: str) -> None:
    """Refuse what is no number."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        refuse(name, value, "10.5")
    if not number.is_finite() or abs(number.adjusted()) > 20:
        refuse(name, value, "10.5")


def check_period(name: str, value: str) -> None:
    """Refuse what is no period."""
    try:
        periods.read(value)
    except periods.PeriodError:
        refuse(name, value, "2024, 2024-Q1, 2024-M01, 2024-01, 2024-W01, 2024-01-31")


def check_year(day: str | None, asked: Filter) -> None:
    """Refuse reporting years that do not begin with the year, where periods depend on them."""
    if day is None:
        return
    match = _DAY.fullmatch(day)
    if match is None:
        refuse("reportingYearStartDay", day, "--01-01")
    reported = any(_REPORTED.match(one.value) for every in asked for one in every)
    if reported and day != "--01-01":
        detail = _("Reporting years are answered here where they begin with the year (--01-01).")
        raise ProblemError("not-implemented", detail)


def observed_by(structure: Structure, asked: Asked) -> str:
    """Return the dimension of observations."""
    known = [*(one.id for one in structure.dimensions), structure.time.id, FLAT]
    return asked.one_of("dimensionAtObservation", known, structure.time.id)


def shown_attributes(structure: Structure, text: str) -> frozenset[str] | None:
    """Return which attributes are shown; None for all."""
    words = text.split(",")
    if any(one in EVERYTHING for one in words):
        return None
    found: set[str] = set()
    for word in words:
        if word in LEVELS:
            found |= {one.id for one in structure.attributes if one.attachment == LEVELS[word]}
        elif word not in ("none", "msd"):
            if not any(one.id == word for one in structure.attributes):
                unknown("attributes", word, [one.id for one in structure.attributes])
            found.add(word)
    return frozenset(found)


def shows_measure(structure: Structure, text: str) -> bool:
    """Tell whether the measure is shown."""
    for word in text.split(","):
        if word not in ("all", "none", structure.measure.id):
            unknown("measures", word, ["all", "none", structure.measure.id])
    return text != "none"


def unknown(parameter: str, word: str, known: list[str]) -> NoReturn:
    """Refuse the name of a component that the structure has not."""
    detail = _("%(parameter)s: %(value)s cannot be used; this can: %(known)s.")
    raise ProblemError(
        "invalid-request", detail, parameter=parameter, value=word[:LONGEST_SHOWN],
        known=", ".join(known),
    )  # fmt: skip


def read_sort(structure: Structure, text: str, observed: str) -> tuple[tuple[str, bool], ...]:
    """Return the order that is asked for: components, and whether each descends."""
    found: list[tuple[str, bool]] = []
    key = [*(one.id for one in structure.dimensions), structure.time.id]
    for part in text.split("+"):
        name, _colon, direction = part.partition(":")
        if direction not in ("", "asc", "desc"):
            refuse("sort", part, "asc, desc")
        down = direction == "desc"
        if name in ("*", "series_key"):
            some = key if name == "*" else [one for one in key if one != observed]
            found += [(one, down) for one in some]
        else:
            found.append((component(structure, name, "sort").id, down))
    return tuple(found)


def check_sort(structure: Structure, wanted: DataQuery) -> None:
    """Refuse an order that would tear series apart."""
    if not wanted.sort or wanted.observed_by == FLAT:
        return
    series = {one.id for one in structure.dimensions} | {structure.time.id}
    series.discard(wanted.observed_by)
    if {name for name, _down in wanted.sort[: len(series)]} != series:
        detail = _(
            "An order other than that of whole series is answered with "
            "dimensionAtObservation=AllDimensions or as CSV only."
        )
        raise ProblemError("not-implemented", detail)


def check_moments(wanted: DataQuery) -> None:
    """Refuse changes since a moment that comes after the one whose data are asked for."""
    if wanted.updated_after and wanted.as_of and wanted.updated_after > wanted.as_of:
        detail = _("updatedAfter must be before asOf.")
        raise ProblemError("invalid-request", detail)
