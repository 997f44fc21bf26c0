"""What a delivery said before: rows that stand twice, and organisations that others refer to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import finalize, ref

from loaders.records.row import Context, Row

ID, NAME = "CUK Organisation ID", "Registered Name"
ORGANISATION_ID = re.compile(r"R\d{6}", re.ASCII)
Cells = Mapping[str, str | None]


@dataclass(frozen=True)
class First:
    """The first row under a key: where it stands, and the cells that are read."""

    line: int
    cells: Cells


@dataclass
class Memory:
    """The first rows of one delivery, by table and key: forgotten when it has been read."""

    context: ref[Context] | None = None
    rows: dict[tuple[str, str], First] = field(default_factory=dict)

    def of(self, context: Context) -> dict[tuple[str, str], First]:
        """Return the first rows of the delivery that is being read."""
        if self.context is None or self.context() is not context:
            self.context, self.rows = ref(context), {}
            finalize(context, self.rows.clear)
        return self.rows


MEMORY = Memory()


def read_cells(row: Row) -> Cells:
    """Return all cells of a row that are not declared as ignored."""
    return {name: row.get(name) for name in row.table.header if name not in row.table.ignored}


def earlier(row: Row, key: str, cells: Cells) -> First | None:
    """Return the row of the same table that had this key first, None when this one is the first."""
    rows, place = MEMORY.of(row.context), (row.table.name, key)
    if (first := rows.get(place)) is None:
        rows[place] = First(row.line, cells)
    return first


def differences(first: First, cells: Cells) -> Cells:
    """Return the cells that say something else than those of the first row."""
    return {name: value for name, value in cells.items() if value != first.cells[name]}


def owner(row: Row) -> str | None:
    """Return the id of the organisation to which a row belongs; None once it is set aside."""
    number, name = row.take(ID), row.get(NAME)
    organisation = MEMORY.of(row.context).get(("organisations", number))
    if organisation is None:
        kind = "of no row of the organisations" if ORGANISATION_ID.fullmatch(number) else "no id"
        row.skip(f"{number!r} ({name}) is {kind}; the row is set aside")
        return None
    if name != organisation.cells[NAME]:
        row.remark(f"{number} is named {name!r} here, {organisation.cells[NAME]!r} there")
    return number
