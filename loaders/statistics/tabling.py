"""Dataflows as disclosure control sees them: tables of what each holding adds to each cell.

Perimeters overlap and a unit may be of another family in each. Both become one dimension, whose
finest codes say of what family a unit is in every perimeter; these are never published.
"""

# ruff: noqa: S608  Statements are made of declared names, never of data.

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from loaders.disclosure.model import Codes, Contribution, Identity, Table
from loaders.errors import LoadError
from loaders.statistics import dataflows
from loaders.statistics.cells import Plan
from loaders.statistics.dataflows import Measure
from loaders.statistics.hierarchy import Tree

PERIMETER, FAMILY, PROFILE = "SE_PERIMETER", "SE_FAMILY", "PROFILE"
TOTAL = "_T"
Parents = dict[str, str | tuple[str, ...] | None]
# From a code of a list to the one that a table shows.
Leaf = Callable[[str], str]


@dataclass(frozen=True)
class Published:
    """One table, measure and year as it is published."""

    plan: Plan
    table: dataflows.Table
    measure: Measure
    year: str

    @property
    def name(self) -> str:
        """The name of the table in disclosure control."""
        return "/".join((self.plan.flow.id, self.table.id, variable(self.measure), self.year))

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that are not fixed, without those that make the profile."""
        return tuple(one for one in self.table.by if one not in (PERIMETER, FAMILY))

    def codes(self, key: Mapping[str, str]) -> Codes:
        """Return the codes that a cell has in disclosure control, by its key."""
        return (f"{key[PERIMETER]}.{key[FAMILY]}", *(key[name] for name in self.dimensions))


def summed(one: Published) -> str:
    """Return the name of what is added up, over which units."""
    return f"{one.plan.flow.relation}.{variable(one.measure)}/{one.year}"


def variable(measure: Measure) -> str:
    """Return what tells measures apart: what is measured, in which unit."""
    return f"{measure.column}.{measure.key['STO']}.{measure.key['UNIT_MEASURE']}"


@dataclass
class Tables:
    """The tables of some plans, from a table of units: that of the relation, or an earlier one."""

    connection: duckdb.DuckDBPyConnection
    plans: Sequence[Plan]
    units: str
    profiles: Parents = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_hierarchies(self.plans)
        self.make_profiles()

    def make_profiles(self) -> None:
        """Make the table of what each unit is in every perimeter, and the codes above that."""
        self.connection.execute(
            f"""
CREATE OR REPLACE TEMP TABLE {self.profile} AS
SELECT unit, year, string_agg(DISTINCT code, '+' ORDER BY code) AS profile
FROM (SELECT unit, year, {PERIMETER} || '.' || {FAMILY} AS code FROM {self.units})
GROUP BY unit, year"""
        )
        found = self.connection.execute(f"SELECT DISTINCT profile FROM {self.profile}").fetchall()
        for (profile,) in sorted(found):
            parts = tuple(profile.split("+"))
            for part in parts:
                top = f"{part.partition('.')[0]}.{TOTAL}"
                self.profiles[part] = top
                self.profiles[top] = None
            self.profiles[f"={profile}"] = parts

    @property
    def profile(self) -> str:
        """The name of the table of profiles."""
        return f"profile_of_{self.units}"

    def published(self, years: Collection[str] | None = None) -> Iterator[Published]:
        """Yield each table, measure and year once; of some years, or of all."""
        found = self.connection.execute(f"SELECT DISTINCT year FROM {self.units} ORDER BY year")
        chosen = [year for (year,) in found.fetchall() if years is None or year in years]
        for plan in self.plans:
            for table in plan.flow.tables:
                for measure in plan.flow.measures:
                    yield from (Published(plan, table, measure, year) for year in chosen)

    def table(self, one: Published) -> Table:
        """Return a table with what each holding adds to it."""
        trees = {name: one.plan.trees[one.table.id, name] for name in one.dimensions}
        hidden = {code for code in self.profiles if code.startswith("=")}
        if FAMILY not in one.table.by:
            hidden |= {code for code in self.profiles if not code.endswith(f".{TOTAL}")}
        if PERIMETER not in one.table.by:
            raise LoadError(f"{one.name}: a protected table has the perimeter")
        return Table(
            name=one.name,
            dimensions=(PROFILE, *one.dimensions),
            hierarchies={
                PROFILE: self.profiles,
                **{name: self.used(name, found) for name, found in trees.items()},
            },
            contributions=list(
                self.contributions(one, {name: found.leaf for name, found in trees.items()})
            ),
            variable=summed(one),
            previous=replace(one, year=str(int(one.year) - 1)).name,
            hidden={PROFILE: frozenset(hidden)},
            step=1.0 if one.measure.counts else 0.0,
            group=self.group(one),
            zero_tells=one.measure.zero_tells,
        )

    def group(self, one: Published) -> str:
        """Return the name of the group of a measure in a year, or none."""
        return f"{self.units}.{one.measure.group}/{one.year}" if one.measure.group else ""

    def used(self, dimension: str, tree: Tree) -> Mapping[str, str | None]:
        """Return the codes of a tree in which there are units, each with the one above.

        Of a list with several codes above all, one is the total where the others are empty: so
        a table by region has the cells of a table of the country.
        """
        found = self.connection.execute(f'SELECT DISTINCT "{dimension}" FROM {self.units}')
        shown = {code for (leaf,) in found.fetchall() for code in tree.shown[leaf]}
        return {code: above for code, above in tree.parents.items() if code in shown}

    def contributions(self, one: Published, leaf: Mapping[str, Leaf]) -> Iterator[Contribution]:
        """Yield what each holding adds, by the ``leaf`` that a code of a dimension counts in.

        A unit counts in one perimeter.
        """
        counted = "count(DISTINCT unit)" if one.measure.counts else f'sum("{one.measure.column}")'
        codes = "".join(f', "{name}"' for name in leaf)
        none = "".join(
            f""" AND "{name}" NOT IN ({", ".join(f"'{code}'" for code in some)})"""
            for name, some in one.measure.none_for.items()
        )
        rows = self.connection.execute(
            f"""
SELECT holding, profile{codes}, {counted}::DOUBLE AS value
FROM (
  SELECT * FROM {self.units} WHERE year = ?{none}
  QUALIFY {PERIMETER} = min({PERIMETER}) OVER (PARTITION BY unit)
) JOIN {self.profile} USING (unit, year)
GROUP BY ALL HAVING value IS NOT NULL ORDER BY ALL""",
            [one.year],
        ).fetchall()
        for holding, profile, *finest, value in rows:
            shown = (found(code) for found, code in zip(leaf.values(), finest, strict=True))
            yield Contribution(holding, (f"={profile}", *shown), value)

    def identities(self, published: Sequence[Published]) -> Iterator[Identity]:
        """Yield what follows from other variables, of each year."""
        seen: set[tuple[tuple[str, float], ...]] = set()
        years = sorted({one.year for one in published})
        for plan in self.plans:
            relation = plan.flow.relation
            names = {one.key["STO"]: f"{relation}.{variable(one)}" for one in plan.flow.measures}
            for identity in plan.flow.identities:
                signs = {identity.total: -1.0}
                signs |= dict.fromkeys(identity.add, 1.0)
                signs |= dict.fromkeys(identity.subtract, -1.0)
                for year in years:
                    terms = {f"{names[code]}/{year}": sign for code, sign in signs.items()}
                    if (key := tuple(sorted(terms.items()))) not in seen:
                        seen.add(key)
                        yield Identity(terms)


def equalities(published: Sequence[Published]) -> Iterator[Identity]:
    """Yield that figures of two relations are the same, where they are of the same employers.

    Who employs in one region only has there the jobs that it has at its seat.
    """
    found: dict[str, list[str]] = {}
    for one in published:
        names = found.setdefault(f"{variable(one.measure)}/{one.year}", [])
        if summed(one) not in names:
            names.append(summed(one))
    for first, *others in found.values():
        yield from (Identity({first: 1.0, other: -1.0}, alike=True) for other in others)


def check_hierarchies(plans: Sequence[Plan]) -> None:
    """Refuse tables in which a code stands below different ones: sums would not be comparable."""
    known: dict[tuple[str, str], str | None] = {}
    for plan in plans:
        for (table, dimension), found in plan.trees.items():
            for code, parent in found.parents.items():
                if known.setdefault((dimension, code), parent) != parent:
                    raise LoadError(
                        f"{plan.flow.id}, table {table}: {code} of {dimension} stands below "
                        "another code than in other tables of the relation"
                    )
