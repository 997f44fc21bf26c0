"""Disclosure control of the dataflows of one relation together: what is withheld in which cell.

Perimeters overlap and a unit may be of another family in each. Both become one dimension, whose
finest codes say of what family a unit is in every perimeter; these are never published.
"""

# ruff: noqa: S608  Statements are made of declared names, never of data.

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from loaders.disclosure import audit
from loaders.disclosure import protection as disclosure
from loaders.disclosure.model import Contribution, Identity, Protected, Shown, Table
from loaders.disclosure.rules import Rules
from loaders.errors import LoadError
from loaders.statistics import dataflows
from loaders.statistics.cells import TIME, VALUE, Plan
from loaders.statistics.dataflows import Measure
from loaders.statistics.hierarchy import Tree
from loaders.statistics.writing import FREE, NORMAL, SUPPRESSED

PERIMETER, FAMILY, PROFILE = "SE_PERIMETER", "SE_FAMILY", "PROFILE"
TOTAL = "_T"
# Findings that a message names.
NAMED = 3
# Which reason a cell bears that several measures give: what is wrong with it before the rest.
GRAVEST = "AOTGMD"

Parents = dict[str, str | tuple[str, ...] | None]
Key = tuple[str, ...]


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


def variable(measure: Measure) -> str:
    """Return what tells measures apart: what is measured, in which unit."""
    return f"{measure.column}.{measure.key['STO']}.{measure.key['UNIT_MEASURE']}"


@dataclass
class Protection:
    """The tables of one relation on their way through disclosure control."""

    connection: duckdb.DuckDBPyConnection
    plans: Sequence[Plan]
    rules: Rules
    profiles: Parents = field(default_factory=dict)

    def run(self) -> dict[int, str]:
        """Make the tables of withheld keys; return their names by number of plan."""
        relation = self.plans[0].flow.relation
        check_hierarchies(self.plans)
        self.make_profiles(relation)
        published = list(self.published(relation))
        tables = [self.table(one) for one in published]
        identities = list(self.identities(published))
        try:
            decided = disclosure.protect(tables, self.rules, identities)
        except ValueError as error:
            raise LoadError(f"{relation}: cannot be protected ({error})") from None
        kept = self.keep(published, decided)
        shown = {one.name: dict(self.shown(one, kept[one.plan.number])) for one in published}
        findings = audit.audit(audit.Release(tables, shown), self.rules, identities)
        if findings:
            said = "; ".join(str(one) for one in findings[:NAMED])
            raise LoadError(
                f"{relation}: the audit finds {len(findings)} cells that would tell too much "
                f"({said}); nothing is published, and the current release stays"
            )
        return kept

    def shown(self, one: Published, withheld: str) -> Iterator[tuple[Key, Shown]]:
        """Yield what is published of each cell of a table, by its codes in disclosure control."""
        plan = one.plan
        names = (*plan.dimensions, TIME)
        key = ", ".join(f'"{name}"' for name in names)
        number = plan.flow.measures.index(one.measure)
        for *codes, value, status in self.connection.execute(
            f"SELECT {key}, {VALUE}::DOUBLE, coalesce(status, '{FREE}') FROM {plan.cells} "
            f'LEFT JOIN {withheld} USING ({key}) WHERE "table" = ? AND measure = ? AND {TIME} = ?',
            [one.table.id, number, one.year],
        ).fetchall():
            where = self.codes(one, dict(zip(names, codes, strict=True)))
            if status == FREE:
                yield where, Shown(value, FREE, NORMAL)
            else:
                yield where, Shown(None, status, SUPPRESSED)

    def codes(self, one: Published, key: Mapping[str, str]) -> Key:
        """Return the codes that a cell has in disclosure control."""
        return (f"{key[PERIMETER]}.{key[FAMILY]}", *(key[name] for name in one.dimensions))

    def make_profiles(self, relation: str) -> None:
        """Make the table of what each unit is in every perimeter, and the codes above that."""
        self.connection.execute(
            f"""
CREATE OR REPLACE TEMP TABLE profile AS
SELECT unit, year, string_agg(DISTINCT code, '+' ORDER BY code) AS profile
FROM (SELECT unit, year, {PERIMETER} || '.' || {FAMILY} AS code FROM {relation})
GROUP BY unit, year"""
        )
        found = self.connection.execute("SELECT DISTINCT profile FROM profile").fetchall()
        for (profile,) in sorted(found):
            parts = tuple(profile.split("+"))
            for part in parts:
                top = f"{part.partition('.')[0]}.{TOTAL}"
                self.profiles[part] = top
                self.profiles[top] = None
            self.profiles[f"={profile}"] = parts

    def published(self, relation: str) -> Iterator[Published]:
        """Yield each table, measure and year once."""
        found = self.connection.execute(f"SELECT DISTINCT year FROM {relation} ORDER BY year")
        years = [year for (year,) in found.fetchall()]
        for plan in self.plans:
            for table in plan.flow.tables:
                for measure in plan.flow.measures:
                    yield from (Published(plan, table, measure, year) for year in years)

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
                **{name: found.parents for name, found in trees.items()},
            },
            contributions=list(self.contributions(one, trees)),
            variable=f"{variable(one.measure)}/{one.year}",
            hidden={PROFILE: frozenset(hidden)},
            step=1.0 if one.measure.counts else 0.0,
            group=f"{one.measure.group}/{one.year}" if one.measure.group else "",
        )

    def contributions(self, one: Published, trees: Mapping[str, Tree]) -> Iterator[Contribution]:
        """Yield what each holding adds, by its finest codes; a unit counts in one perimeter."""
        relation = one.plan.flow.relation
        counted = "count(DISTINCT unit)" if one.measure.counts else f'sum("{one.measure.column}")'
        codes = "".join(f', "{name}"' for name in one.dimensions)
        rows = self.connection.execute(
            f"""
SELECT holding, profile{codes}, {counted}::DOUBLE AS value
FROM (
  SELECT * FROM {relation} WHERE year = ?
  QUALIFY {PERIMETER} = min({PERIMETER}) OVER (PARTITION BY unit)
) JOIN profile USING (unit, year)
GROUP BY ALL HAVING value IS NOT NULL ORDER BY ALL""",
            [one.year],
        ).fetchall()
        for holding, profile, *leaves, value in rows:
            shown = (trees[n].leaf(leaf) for n, leaf in zip(one.dimensions, leaves, strict=True))
            yield Contribution(holding, (f"={profile}", *shown), value)

    def identities(self, published: Sequence[Published]) -> Iterator[Identity]:
        """Yield what follows from other variables, of each year."""
        seen: set[tuple[tuple[str, float], ...]] = set()
        years = sorted({one.year for one in published})
        for plan in self.plans:
            names = {one.key["STO"]: variable(one) for one in plan.flow.measures}
            for identity in plan.flow.identities:
                signs = {identity.total: -1.0}
                signs |= dict.fromkeys(identity.add, 1.0)
                signs |= dict.fromkeys(identity.subtract, -1.0)
                for year in years:
                    terms = {f"{names[code]}/{year}": sign for code, sign in signs.items()}
                    if (key := tuple(sorted(terms.items()))) not in seen:
                        seen.add(key)
                        yield Identity(terms)

    def keep(self, published: Sequence[Published], decided: Protected) -> dict[int, str]:
        """Make a table of withheld keys for each plan, a cell whole with all of its group."""
        reasons: dict[tuple[str, Key], str] = {}
        cells: list[tuple[Plan, str, Key, Key]] = []
        for one in published:
            for key, codes in self.keys(one):
                status = decided.status(one.name, codes)
                group = one.measure.group or variable(one.measure)
                shared = without_measure(one.plan, key)
                cells.append((one.plan, group, shared, key))
                if status != FREE:
                    known = reasons.get((group, shared), status)
                    reasons[group, shared] = min(known, status, key=GRAVEST.index)
        withheld: dict[int, dict[Key, str]] = defaultdict(dict)
        for plan, group, shared, key in cells:
            if found := reasons.get((group, shared)):
                withheld[plan.number][key] = found
        return {plan.number: self.make_withheld(plan, withheld[plan.number]) for plan in self.plans}

    def keys(self, one: Published) -> Iterator[tuple[Key, Key]]:
        """Yield the keys of the cells of a table, with their codes in disclosure control."""
        plan = one.plan
        shown = ", ".join(f'"{name}"' for name in (*plan.dimensions, TIME))
        number = plan.flow.measures.index(one.measure)
        for key in self.connection.execute(
            f'SELECT {shown} FROM {plan.cells} WHERE "table" = ? AND measure = ? AND {TIME} = ?',
            [one.table.id, number, one.year],
        ).fetchall():
            yield key, self.codes(one, dict(zip((*plan.dimensions, TIME), key, strict=True)))

    def make_withheld(self, plan: Plan, found: Mapping[Key, str]) -> str:
        """Make the table of withheld keys of one plan."""
        name, columns = f"withheld_{plan.number}", (*plan.dimensions, TIME)
        shown = ", ".join(f'unnest(?::VARCHAR[]) AS "{column}"' for column in columns)
        values = [[key[place] for key in found] for place in range(len(columns))]
        self.connection.execute(
            f"CREATE TEMP TABLE {name} AS SELECT {shown}, unnest(?::VARCHAR[]) AS status",
            [*values, list(found.values())],
        )
        return name


def without_measure(plan: Plan, key: Key) -> Key:
    """Return the part of a key that does not say what is measured."""
    said = plan.flow.measures[0].key
    return tuple(
        code for name, code in zip((*plan.dimensions, TIME), key, strict=True) if name not in said
    )


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


def protect(
    connection: duckdb.DuckDBPyConnection, plans: Sequence[Plan], rules: Rules
) -> dict[int, str]:
    """Make for each dataflow the table of withheld keys; return the names by number of plan."""
    return Protection(connection, plans, rules).run()
