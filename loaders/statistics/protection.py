"""Disclosure control of the dataflows of one relation together: what is withheld in which cell."""

# ruff: noqa: S608  Statements are made of declared names, never of data.

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import duckdb

from loaders.disclosure import audit
from loaders.disclosure import protection as disclosure
from loaders.disclosure.model import Codes, Finding, Protected, Release, Shown, Table
from loaders.disclosure.rules import Rules
from loaders.errors import LoadError
from loaders.statistics.cells import TIME, VALUE, Plan
from loaders.statistics.crossing import crossed
from loaders.statistics.earlier import Earlier
from loaders.statistics.tabling import Published, Tables, equalities, variable
from loaders.statistics.writing import FREE, NORMAL, SUPPRESSED

# Findings that a message names.
NAMED = 3
# How often more is withheld around what an audit finds.
ATTEMPTS = 3
# Which reason a cell bears that several measures give: what is wrong with it before the rest.
GRAVEST = "AOTGMD"

Key = tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """The tables of withheld keys by number of plan, or the years that may not be revised."""

    withheld: Mapping[int, str] = field(default_factory=dict)
    held_back: tuple[str, ...] = ()


@dataclass
class Protection:
    """The tables of one relation on their way through disclosure control.

    ``earlier`` is what the release before published of them, and from which units.
    """

    connection: duckdb.DuckDBPyConnection
    plans: Sequence[Plan]
    rules: Rules
    earlier: Sequence[Earlier] = ()

    @cached_property
    def tables(self) -> Mapping[str, Tables]:
        """The tables of the units, by relation."""
        return {
            relation: Tables(
                self.connection, [p for p in self.plans if p.flow.relation == relation], relation
            )
            for relation in self.relations
        }

    @property
    def relations(self) -> list[str]:
        """The relations."""
        return list(dict.fromkeys(plan.flow.relation for plan in self.plans))

    def run(self) -> Decision:
        """Make the tables of withheld keys.

        Where a change since the release before would tell of few, the years are returned
        instead: what was published of them has to be published again. Where the audit finds
        anything else, more is withheld there; LoadError when that does not help either.
        """
        relation = ", ".join(self.relations)
        published = [one for found in self.tables.values() for one in found.published()]
        tables = [self.tables[one.plan.flow.relation].table(one) for one in published]
        for found in self.tables.values():
            tables += crossed(found, [one for one in published if one.plan in found.plans])
        identities = [*equalities(published)]
        for found in self.tables.values():
            identities += found.identities(published)
        before = self.before(tables)
        distrusted: list[Finding] = []
        for _ in range(ATTEMPTS):
            try:
                decided = disclosure.protect(tables, self.rules, identities, before, distrusted)
            except ValueError as error:
                raise LoadError(f"{relation}: cannot be protected ({error})") from None
            kept = self.keep(published, decided)
            shown = {one.name: dict(self.shown(one, kept[one.plan.number])) for one in published}
            findings = audit.audit(Release(tables, shown), self.rules, identities, before=before)
            if years := revised(published, findings, before):
                return Decision(held_back=years)
            if not findings:
                return Decision(kept)
            distrusted += findings
        said = "; ".join(str(one) for one in findings[:NAMED])
        raise LoadError(
            f"{relation}: the audit finds {len(findings)} cells that would tell too much "
            f"({said}); nothing is published, and the current release stays"
        )

    def before(self, tables: Sequence[Table]) -> Release | None:
        """Return the release before, as far as it published the same tables."""
        names = {one.name for one in tables}
        found = [made for one in self.earlier if (made := one.release(names))]
        if not found:
            return None
        return Release(
            [table for made in found for table in made.tables],
            {name: cells for made in found for name, cells in made.publication.items()},
        )

    def shown(self, one: Published, withheld: str) -> Iterator[tuple[Codes, Shown]]:
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
            where = one.codes(dict(zip(names, codes, strict=True)))
            if status == FREE:
                yield where, Shown(value, FREE, NORMAL)
            else:
                yield where, Shown(None, status, SUPPRESSED)

    def keep(self, published: Sequence[Published], decided: Protected) -> dict[int, str]:
        """Make a table of withheld keys for each plan, a cell whole with all of its group."""
        reasons: dict[tuple[str, Key], str] = {}
        cells: list[tuple[Plan, str, Key, Key]] = []
        for one in published:
            for key, codes in self.keys(one):
                status = decided.status(one.name, codes)
                group = f"{one.plan.flow.relation} {one.measure.group or variable(one.measure)}"
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

    def keys(self, one: Published) -> Iterator[tuple[Key, Codes]]:
        """Yield the keys of the cells of a table, with their codes in disclosure control."""
        plan = one.plan
        shown = ", ".join(f'"{name}"' for name in (*plan.dimensions, TIME))
        number = plan.flow.measures.index(one.measure)
        for key in self.connection.execute(
            f'SELECT {shown} FROM {plan.cells} WHERE "table" = ? AND measure = ? AND {TIME} = ?',
            [one.table.id, number, one.year],
        ).fetchall():
            yield key, one.codes(dict(zip((*plan.dimensions, TIME), key, strict=True)))

    def make_withheld(self, plan: Plan, found: Mapping[Key, str]) -> str:
        """Make the table of withheld keys of one plan."""
        name, columns = f"withheld_{plan.number}", (*plan.dimensions, TIME)
        shown = ", ".join(f'unnest(?::VARCHAR[]) AS "{column}"' for column in columns)
        values = [[key[place] for key in found] for place in range(len(columns))]
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS "
            f"SELECT {shown}, unnest(?::VARCHAR[]) AS status",
            [*values, list(found.values())],
        )
        return name


def revised(
    published: Sequence[Published], findings: Sequence[Finding], before: Release | None
) -> tuple[str, ...]:
    """Return the years of which the change since the release before would tell too much."""
    known = {table.name for table in before.tables} if before else set()
    telling = {
        one.table for one in findings if one.check == audit.DIFFERENCES and one.table in known
    }
    return tuple(sorted({one.year for one in published if one.name in telling}))


def without_measure(plan: Plan, key: Key) -> Key:
    """Return the part of a key that does not say what is measured."""
    said = plan.flow.measures[0].key
    return tuple(
        code for name, code in zip((*plan.dimensions, TIME), key, strict=True) if name not in said
    )


def protect(
    connection: duckdb.DuckDBPyConnection, plans: Sequence[Plan], rules: Rules,
    earlier: Sequence[Earlier] = (),
) -> Decision:  # fmt: skip
    """Decide what is withheld of the dataflows of one relation."""
    return Protection(connection, plans, rules, earlier).run()
