"""Chosen observations as a table: rows, columns, and in each cell a value or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from server.cubes.choice import Choice
from server.cubes.codes import present
from server.cubes.seen import CONFIDENTIALITY, FREE, NORMAL, STATUS, Name, Row, Seen, territory_of

# More than any figure has that is worth printing.
MOST_DECIMALS = 6


@dataclass(frozen=True)
class Cell:
    """One observation: its value, or why it is not shown; what is said of it; and its key.

    With ``decimals`` it is written at the least, so that figures stand below each other.
    """

    value: Decimal | None
    withheld: str | None = None
    status: str | None = None
    comment: str | None = None
    key: str = ""
    decimals: int = 0


@dataclass(frozen=True)
class Head:
    """The head of a row or column."""

    code: str
    name: Name
    depth: int = 0
    territory: str | None = None


@dataclass(frozen=True)
class Pivot:
    """A table."""

    rows: list[Head]
    columns: list[Head]
    cells: Mapping[tuple[str, str], Cell]
    by_time: bool
    # What is said of all or some of the figures by coded attributes, such as the basis.
    said: list[tuple[Name, list[Name]]] = field(default_factory=list)

    def cell(self, row: Head, column: Head) -> Cell | None:
        """Return a cell; None where the cube has no such observation."""
        return self.cells.get((row.code, column.code))

    def key(self, row: Head, column: Head) -> str:
        """Return the key of a cell; nothing where the cube has no such observation."""
        found = self.cell(row, column)
        return found.key if found else ""

    def decimals(self, row: Head, column: Head) -> int:
        """Return how many decimals a cell is written with at the least."""
        found = self.cell(row, column)
        return found.decimals if found else 0

    def value(self, row: Head, column: Head) -> Decimal | None:
        """Return the value of a cell, if it has one that is shown."""
        found = self.cell(row, column)
        return found.value if found else None

    @cached_property
    def shown(self) -> bool:
        """Whether any cell has a value that is shown."""
        return any(cell.value is not None for cell in self.cells.values())

    @cached_property
    def gaps(self) -> bool:
        """Whether the cube has no observation for some row and column."""
        return len(self.cells) < len(self.rows) * len(self.columns)

    @cached_property
    def withheld(self) -> dict[str, int]:
        """How many cells are withheld, for each reason."""
        found: dict[str, int] = {}
        for cell in self.cells.values():
            if cell.withheld:
                found[cell.withheld] = found.get(cell.withheld, 0) + 1
        return dict(sorted(found.items()))

    @cached_property
    def statuses(self) -> list[str]:
        """The statuses, other than the normal one, of cells that are shown."""
        return sorted({cell.status for cell in self.cells.values() if cell.status})

    @cached_property
    def comments(self) -> list[str]:
        """What is said of single observations, each once."""
        return list(dict.fromkeys(one.comment for one in self.cells.values() if one.comment))

    @property
    def main(self) -> Head | None:
        """The column that is told of first: the last period, or else the first column."""
        return (self.columns[-1] if self.by_time else self.columns[0]) if self.columns else None

    def status(self, column: Head) -> str | None:
        """Return the status that all figures of a column share, if there is one."""
        found = {cell.status for (_row, code), cell in self.cells.items()
                 if code == column.code and cell.value is not None}  # fmt: skip
        return found.pop() if len(found) == 1 else None

    def change(self, row: Head) -> Decimal | None:
        """Return by which share of itself a row grew from the first column to the last."""
        if not self.by_time or len(self.columns) < 2:
            return None
        first, last = (self.value(row, self.columns[place]) for place in (0, -1))
        return last / first - 1 if first and last is not None and first > 0 else None

    def ranked(self, column: Head) -> list[tuple[Head, Decimal]]:
        """Return the rows that have a value in a column, the largest first."""
        found = [(row, value) for row in self.rows
                 if (value := self.value(row, column)) is not None]  # fmt: skip
        return sorted(found, key=lambda one: (-one[1], one[0].code))


def pivot(seen: Seen, choice: Choice) -> Pivot:
    """Return what was chosen as a table; rows and columns without an observation are left out."""
    place = seen.place
    rows, columns = place[choice.rows], place[choice.columns]
    cells: dict[tuple[str, str], Cell] = {}
    attributes: dict[str, set[str]] = {one: set() for one in coded(seen)}
    for row in seen.rows():
        cells[str(row[rows]), str(row[columns])] = cell(seen, row)
        for name, held in attributes.items():
            held.add(str(row[place[name]] or ""))
    time = seen.cube.structure.time.id
    found = Pivot(
        heads(seen, choice.rows, {row for row, _column in cells}),
        heads(seen, choice.columns, {column for _row, column in cells}),
        cells, choice.columns == time,
        [(seen.of_component(name), [seen.of_code(name, one) for one in sorted(held) if one])
         for name, held in attributes.items() if any(held)],
    )  # fmt: skip
    if choice.sort == "value" and found.columns:
        order = {
            head.code: place for place, (head, _) in enumerate(found.ranked(found.columns[-1]))
        }
        found.rows.sort(key=lambda head: order.get(head.code, len(order)))
    return found


def coded(seen: Seen) -> list[str]:
    """Return the attributes with codes that a table does not show in its cells."""
    return [one.id for one in seen.columns if one.role == "attribute" and one.code_list
            and one.id not in (STATUS, CONFIDENTIALITY)]  # fmt: skip


def cell(seen: Seen, row: Row) -> Cell:
    """Return an observation as a cell."""

    def told(name: str) -> str | None:
        found = row[seen.place[name]] if name in seen.place else None
        return str(found) if found is not None else None

    reason, status = told(CONFIDENTIALITY), told(STATUS)
    withheld = reason if reason not in (None, FREE) else None
    value, power = row[seen.measure], told("UNIT_MULT")
    if isinstance(value, Decimal) and power and power.lstrip("-").isdigit():
        value = value.scaleb(int(power))
    return Cell(
        value if isinstance(value, Decimal) else None, withheld,
        status if status != NORMAL and not withheld else None, told("COMMENT_OBS"), seen.key(row),
        decimals(told("DECIMALS"), power),
    )  # fmt: skip


def decimals(said: str | None, power: str | None) -> int:
    """Return how many decimals a value has once it is multiplied by a power of ten.

    >>> decimals("1", None), decimals("2", "3"), decimals(None, "0"), decimals("many", None)
    (1, 0, 0, 0)
    """
    places = int(said) if said and said.isascii() and said.isdigit() else 0
    steps = int(power) if power and power.lstrip("-").isdigit() else 0
    return min(max(0, places - steps), MOST_DECIMALS)


def heads(seen: Seen, name: str, found: set[str]) -> list[Head]:
    """Return the heads of rows or columns, in the order of the list of codes."""
    if name == seen.cube.structure.time.id:
        return [Head(period, Name(period)) for period in sorted(found)]
    known = present(seen.cube, name)
    codes = [code for code in known if code in found]
    least = min((known[code] for code in codes), default=0)
    return [head(seen, name, code, known[code] - least) for code in codes]


def head(seen: Seen, name: str, code: str, depth: int) -> Head:
    """Return the head of one code."""
    listed = seen.codes.get(name, {}).get(code)
    return Head(code, seen.of_code(name, code), depth, territory_of(listed) if listed else None)
