"""The form of a cube: what can be compared, and what can be chosen of everything else."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from server.cubes.choice import COLUMNS, END, ROWS, START, Choice, alternatives, names
from server.cubes.codes import LEVEL, levels, present
from server.cubes.seen import Name, Seen

# From so many codes on, levels are offered to choose at once.
MANY = 6


@dataclass(frozen=True)
class Option:
    """One code that can be chosen."""

    code: str
    name: Name
    depth: int
    chosen: bool


@dataclass(frozen=True)
class Field:
    """One dimension that can be chosen from; several codes of one that is compared."""

    id: str
    name: Name
    options: list[Option]
    several: bool = False
    levels: tuple[tuple[int, int, str], ...] = ()

    @property
    def chosen(self) -> int:
        """How many codes are chosen."""
        return sum(one.chosen for one in self.options)


@dataclass(frozen=True)
class Axis:
    """What can be put in rows, or in columns, with the address that does it."""

    id: str
    ways: list[tuple[Name, str, bool]]


@dataclass(frozen=True)
class Form:
    """Everything that can be chosen."""

    axes: list[Axis]
    hidden: list[tuple[str, str]]
    fields: list[Field]
    settled: list[tuple[Name, Name]]
    periods: list[str]
    start: str
    end: str
    sort: str
    one_period: bool


def form(seen: Seen, choice: Choice, path: str, more: list[tuple[str, str]]) -> Form:
    """Return the form of a choice; ``more`` are parameters that go with every address."""
    cube, time = seen.cube, seen.cube.structure.time.id
    fields = [listed(seen, choice, name, path, more) for name in choice.listed]
    settled: list[tuple[Name, Name]] = []
    for name, code in choice.fixed.items():
        possible = alternatives(cube, choice, name)
        if len(possible) > 1 or (possible and code not in possible):
            fields.append(single(seen, name, code, possible))
        else:
            settled.append((seen.of_component(name), seen.of_code(name, code)))
    periods = list(present(cube, time))
    return Form(
        [axis(seen, choice, one, path, more) for one in (ROWS, COLUMNS)],
        [(ROWS, choice.rows), (COLUMNS, choice.columns), *more],
        fields, settled, periods,
        choice.start or periods[0] if periods else "", choice.end or periods[-1] if periods else "",
        choice.sort, time not in (choice.rows, choice.columns),
    )  # fmt: skip


def axis(seen: Seen, choice: Choice, which: str, path: str, more: list[tuple[str, str]]) -> Axis:
    """Return what can be put in rows or in columns."""
    time = seen.cube.structure.time.id
    here, there = (choice.rows, choice.columns) if which == ROWS else (choice.columns, choice.rows)
    possible = [one for one in names(seen.cube) if len(present(seen.cube, one)) > 1]
    ways = []
    for name in [*possible, time] if which == COLUMNS else possible:
        if name == there or (name != here and choice.fixed.get(name) and alone(seen, choice, name)):
            continue
        changed: dict[str, str | None] = {which: name, here: None, name: None}
        if time in (name, here):
            changed |= {START: None, END: None}
        ways.append((seen.of_component(name), address(path, choice.parameters(changed), more),
                     name == here))  # fmt: skip
    return Axis(which, ways)


def alone(seen: Seen, choice: Choice, name: str) -> bool:
    """Tell whether a dimension has one code only beside all that is chosen."""
    return len(alternatives(seen.cube, choice, name)) < 2


def address(path: str, parameters: Iterable[tuple[str, str]], more: list[tuple[str, str]]) -> str:
    """Return an address with parameters, commas and colons left readable."""
    return f"{path}?{urlencode([*parameters, *more], safe=',:')}"


def listed(seen: Seen, choice: Choice, name: str, path: str, more: list[tuple[str, str]]) -> Field:
    """Return the field of a dimension of which several codes are compared."""
    known, chosen = present(seen.cube, name), set(choice.listed[name])
    options = [Option(code, seen.of_code(name, code), depth, code in chosen)
               for code, depth in known.items()]  # fmt: skip
    steps = levels(seen.cube, name)
    offered = tuple(
        (level, count, address(path, choice.parameters({name: f"{LEVEL}{level}"}), more))
        for level, count in steps.items()
    )
    many = len(known) >= MANY and len(steps) > 1
    return Field(name, seen.of_component(name), options, several=True,
                 levels=offered if many else ())  # fmt: skip


def single(seen: Seen, name: str, code: str, possible: Iterable[str]) -> Field:
    """Return the field of a dimension of which one code is held."""
    known, offered = present(seen.cube, name), {*possible, code}
    options = [Option(one, seen.of_code(name, one), depth, one == code)
               for one, depth in known.items() if one in offered]  # fmt: skip
    return Field(name, seen.of_component(name), options)


def kept(release: str | None) -> list[tuple[str, str]]:
    """Return the parameters that go with every address of a page."""
    return [("release", release)] if release else []
