"""What disclosure control speaks of: tables of contributions, rules, and what was decided.

A table says how the values of units add up to cells. A cell is known by its variable and by its
codes that are not totals, so that two tables of the same variable share their cells: what one
withholds, the other withholds too. A dimension of the same name has the same hierarchy
everywhere; a second way to divide the same units is a dimension of another name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Codes = tuple[str, ...]
# Child to parent, the total included with None. A code with several parents counts in each of
# them: so perimeters that overlap are told, from hidden codes for "in A and B", "in B only".
Hierarchy = Mapping[str, str | tuple[str, ...] | None]
# Codes of CL_CONF_STATUS: free; withheld for few units, for dominance by one, by two, by one or
# two, for another concentration; withheld so that others cannot be computed.
Status = Literal["F", "A", "O", "T", "G", "M", "D"]
FREE: Status = "F"
SECONDARY: Status = "D"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one holding adds to a table; units of one group are one holding.

    ``codes`` are the finest known, in the order of the dimensions. A code that has children of
    its own says that nothing finer is known.
    """

    holding: str
    codes: Codes
    value: float


@dataclass(frozen=True)
class Table:
    """One additive breakdown of one variable: one measure, unit, period, and basis of counting.

    ``variable`` names what is added up, over which units: tables of the same variable are linked.
    ``hidden`` are codes, by dimension, of which no cell is published. ``step`` is the smallest
    difference between two values that means something: 1 for counts of persons or enterprises.
    Tables of one ``group`` are withheld together: where a cell of one is, so is in the others
    what has the same codes.
    Without ``zero_tells`` a cell to which nobody adds anything tells nothing of who is in it.
    ``previous`` names the table of the period before, when it is published at the same time.
    """

    name: str
    dimensions: tuple[str, ...]
    hierarchies: Mapping[str, Hierarchy]
    contributions: Iterable[Contribution]
    variable: str = ""
    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)
    step: float = 0.0
    previous: str | None = None
    group: str = ""
    zero_tells: bool = True

    @property
    def measured(self) -> str:
        """The variable; a table that names none stands alone."""
        return self.variable or self.name


@dataclass(frozen=True)
class Identity:
    """An accounting identity between variables, true of every cell: the sum of the terms is zero.

    ``B1G = P1 - P2`` is ``Identity({"P1": 1, "P2": -1, "B1G": -1})``. Who publishes two of the
    three publishes the third. One that is ``alike`` is true only of cells to which the same
    holdings add the same.
    """

    terms: Mapping[str, float]
    alike: bool = False


@dataclass(frozen=True)
class Ratio:
    """A published mean, share or rate: numerator over denominator, known to ``half`` a digit.

    Each side is a table and its codes. ``value`` is what is published, 0.25 for 25 %.
    """

    numerator: tuple[str, Codes]
    denominator: tuple[str, Codes]
    value: float
    half: float


@dataclass(frozen=True, slots=True)
class Shown:
    """What is published of one cell: a value or none, and why."""

    value: float | None
    conf_status: str
    obs_status: str = "A"


# By table, by codes.
Publication = Mapping[str, Mapping[Codes, Shown]]


@dataclass(frozen=True)
class Release:
    """What was published of some tables, and from which units."""

    tables: Sequence[Table]
    publication: Publication


@dataclass(frozen=True)
class Finding:
    """Something that forbids publication: which check, which cell, and why, without the value."""

    check: str
    table: str
    codes: Codes
    reason: str

    def __str__(self) -> str:
        where = " ".join((self.table, *self.codes))
        return f"{where}: {self.reason} ({self.check})"


@dataclass(frozen=True)
class Protected:
    """What was decided: the status of every cell that has a contribution and is not free.

    ``remarks`` tells what could not be done; an audit will say so too.
    """

    statuses: Mapping[str, Mapping[Codes, Status]]
    remarks: tuple[str, ...] = ()

    def status(self, table: str, codes: Codes) -> Status:
        """Return the CONF_STATUS of a cell; KeyError when the table was not protected."""
        return self.statuses[table].get(codes, FREE)
