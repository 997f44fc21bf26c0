"""The dataflows as ``ontology/structures/dataflows`` declares them: what is counted, and how."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from loaders.errors import LoadError
from queries.cubes import structures
from queries.cubes.model import Identifier, Names, Version

# Supplements to an account, which never enter its core.
SUPPLEMENTS = frozenset({"VOL", "VOLV"})
# The column of a relation that identifies its units: a measure of it counts them.
UNIT = "unit"


class Declared(BaseModel):
    """A piece of a declaration."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Measure(Declared):
    """One figure: the column that is summed, or the units that are counted, and its key.

    Measures of one ``group`` say so much of each other that where one is withheld, all are.
    Units of the codes of ``none_for``, by dimension, have none of it by definition: that their
    figure is zero tells nothing of them. Without ``zero_tells`` that is so of all: most have none.
    With ``whole`` it is a share instead: the measure of the same column in per cent of its cell
    whose key differs by these codes.
    """

    column: str
    key: Mapping[str, str]
    attributes: Mapping[str, str] = {}
    group: str = ""
    none_for: Mapping[str, tuple[str, ...]] = {}
    zero_tells: bool = True
    whole: Mapping[str, str] = {}

    @property
    def is_share(self) -> bool:
        """Whether it is a share of another cell."""
        return bool(self.whole)

    @property
    def counts(self) -> bool:
        """Whether it counts units instead of summing a column."""
        return self.column == UNIT


class Table(Declared):
    """What is published crossed: the levels of each dimension that is not fixed."""

    id: Identifier
    by: Mapping[str, tuple[str, ...]]


class Identity(Declared):
    """A total of an account, by the codes of its transactions."""

    total: str
    add: tuple[str, ...]
    subtract: tuple[str, ...] = ()


class Bound(Declared):
    """A figure that can never exceed another one, in the same unit."""

    part: str
    whole: str


class Flow(Declared):
    """One dataflow.

    ``relation`` names the units that it is computed from; ``issued`` is when its method took
    its present form. Of public microdata nothing is withheld. ``supplement`` marks what stands
    outside the core of an account.
    """

    id: Identifier
    version: Version
    structure: Identifier
    licence: str
    relation: str
    method: str
    issued: AwareDatetime
    confidentiality: Literal["protected", "public-microdata"] = "protected"
    supplement: bool = False
    names: Names
    descriptions: Names
    attributes: Mapping[str, str]
    fixed: Mapping[str, str]
    overlapping: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = Field(min_length=1)
    tables: tuple[Table, ...] = Field(min_length=1)
    identities: tuple[Identity, ...] = ()
    bounds: tuple[Bound, ...] = ()


@cache
def flows() -> Mapping[str, Flow]:
    """Return the declared dataflows by identifier; LoadError names what is wrong in which file."""
    found: dict[str, Flow] = {}
    for name, text in structures.dataflows().items():
        flow = parse(name, text)
        found[flow.id] = flow
        kinds = {one.confidentiality for one in found.values() if one.relation == flow.relation}
        if len(kinds) > 1:
            raise LoadError(f"{flow.id}: {flow.relation} is protected in one dataflow only")
    return found


def parse(name: str, text: str) -> Flow:
    """Return the dataflow that a text declares."""
    where = f"dataflows/{name}"
    try:
        flow = Flow.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise LoadError(f"{where}: {error}") from None
    check(where, flow)
    return flow


def check(where: str, flow: Flow) -> None:
    """Refuse a dataflow whose measures and tables leave a dimension open, or know a strange one."""
    design = structures.design()
    if flow.structure not in design.structures:
        raise LoadError(f"{where}: no structure {flow.structure!r}")
    dimensions = {one.id for one in design.structures[flow.structure].dimensions}
    for measure in flow.measures:
        for table in flow.tables:
            given = {*flow.fixed, *table.by, *measure.key}
            if odd := given ^ dimensions:
                raise LoadError(f"{where}, table {table.id}: {', '.join(sorted(odd))}")
        if measure.is_share and flow.confidentiality == "protected":
            raise LoadError(f"{where}: shares of protected figures would tell what is withheld")
        if measure.is_share and measure.column not in summed(flow):
            raise LoadError(f"{where}: {measure.column} is not summed, so it has no shares")
        if measure.key["STO"] in SUPPLEMENTS and not flow.supplement:
            raise LoadError(f"{where}: {measure.key['STO']} is a supplement, not of the core")


def summed(flow: Flow) -> set[str]:
    """Return the columns of the measures of a dataflow that are no shares."""
    return {measure.column for measure in flow.measures if not measure.is_share}
