"""The rules as data: rules.csv, one clause per row, read once."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from loaders.errors import SourceError

FILE = Path(__file__).with_name("rules.csv")
NO_FAMILY = "none"
SETS = ("families", "forms", "needs", "suggests")


@dataclass(frozen=True)
class Clause:
    """One row of rules.csv: a condition on what is known of an organisation, and its outcome.

    All filled conditions must hold: ``territory`` is ``<list>:<code>``; ``families`` (``none``:
    no family is known) and ``forms`` are alternatives; ``needs`` names accreditations or signals
    of which one must be held. Where none is held, the clause still makes a candidate with the
    reason ``lacking``, if ``suggests`` is empty or one of those is held. ``assigned`` is the family
    that the outcome gives where it is not the one found.
    """

    rule: str
    version: str
    regime: str
    territory: str
    families: frozenset[str]
    forms: frozenset[str]
    needs: frozenset[str]
    suggests: frozenset[str]
    lacking: str
    outcome: str
    reason: str
    certainty: str
    assigned: str
    basis: str


@cache
def clauses() -> Mapping[str, tuple[Clause, ...]]:
    """Return the clauses of each regime in their order: the first that holds decides."""
    found: dict[str, list[Clause]] = {}
    with FILE.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), start=2):
            sets = {name: frozenset(filter(None, row.pop(name).split("|"))) for name in SETS}
            try:
                clause = Clause(**row, **sets)  # type: ignore[arg-type]
            except TypeError as error:
                raise SourceError(str(error), FILE, number) from None
            found.setdefault(clause.regime, []).append(clause)
    return {regime: tuple(rows) for regime, rows in found.items()}
