"""The computation of the dataflows of one relation: units, cells, what is withheld, files."""

# ruff: noqa: S608  Statements are made of declared names, never of data.

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from loaders.statistics import (
    cells,
    earlier,
    facts,
    gates,
    identities,
    protection,
    writing,
)
from loaders.statistics.cells import Plan
from loaders.statistics.dataflows import Flow
from loaders.statistics.earlier import Earlier
from loaders.statistics.given import Given, moment
from loaders.statistics.relations import RELATIONS
from queries.cubes import reading
from queries.cubes.model import Dataflow
from queries.cubes.structures import design


@dataclass
class Computation:
    """The dataflows of some relations, computed together because they are protected together.

    ``unless`` are digests of units, by relation, whose cubes hold already: much of what a relation
    is read from may change without any of its units doing so. ``units`` are those of the units,
    once they are read, and of the method.
    """

    given: Given
    relations: Sequence[str]
    flows: Sequence[Flow]
    remarks: list[str]
    unless: Mapping[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)

    def run(self, folder: Path, kept: Path) -> list[Dataflow] | None:
        """Compute all, and write what there is of them, and the units into ``kept``.

        None when the cubes that are there already hold.
        """
        synthetic = {relation: self.gather(relation, folder, kept) for relation in self.relations}
        if self.units == self.unless:
            return None
        with self.working(folder) as (connection, _):
            plans = self.plans(connection, kept)
            withheld = self.settle(connection, plans, kept)
            found = [
                self.write(
                    connection, plan, withheld.get(plan.number), folder,
                    synthetic[plan.flow.relation],
                )
                for plan in plans
            ]  # fmt: skip
            gates.search(connection, plans, folder)
        if withheld:
            gates.rehearse(self.relations, plans, kept, self.given.rules)
        return [one for one in found if one]

    def gather(self, relation: str, folder: Path, kept: Path) -> bool:
        """Read the units of a relation and keep them; return whether they are invented."""
        with self.working(folder) as (connection, scratch):
            synthetic = self.read(connection, relation, scratch)
            self.units[relation] = self.digest(connection, relation)
            earlier.keep(connection, relation, kept)
        return synthetic

    def restricted(self, release: Path, folder: Path) -> list[Dataflow]:
        """Write dataflows of a release with their withheld values, from the units that it keeps.

        Which these are is what the release says.
        """
        with self.working(folder) as (connection, _):
            found = []
            for plan in self.plans(connection, release / earlier.FOLDER):
                cells.compute(connection, plan)
                withheld = writing.withheld(connection, plan, release / reading.FOLDER)
                found.append(self.write(connection, plan, withheld, folder, False, True))
        return [one for one in found if one]

    @contextmanager
    def working(self, folder: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
        """Provide a database that spills beside a folder, and where to put what is read."""
        with (
            TemporaryDirectory(dir=folder.parent, prefix=".units-") as scratch,
            facts.opened(Path(scratch)) as connection,
        ):
            yield connection, Path(scratch)

    def settle(
        self, connection: duckdb.DuckDBPyConnection, plans: Sequence[Plan], kept: Path
    ) -> Mapping[int, str]:
        """Make the cells, and the tables of withheld keys of the dataflows that are protected.

        Of units that are public one by one nothing is withheld: the release itself tells them.
        Where a revision would tell what few holdings did, the units are what they were in the
        release before, until more of them have changed.
        """
        protected = [
            plan for plan in plans
            if plan.flow.confidentiality == "protected"
            and self.given.confidential(plan.flow.relation)
        ]  # fmt: skip
        while True:
            for plan in plans:
                cells.compute(connection, plan)
                identities.check(connection, plan)
            if not protected:
                return {}
            before = list(self.before(connection, protected))
            decided = protection.protect(connection, protected, self.given.rules, before)
            if not decided.held_back:
                return decided.withheld
            for one in before:
                one.put_back(decided.held_back)
                earlier.keep(connection, one.relation, kept)
            self.remarks.append(
                f"{', '.join(self.relations)} {', '.join(decided.held_back)}: published as before, "
                "for the revision would tell what few enterprises did"
            )

    def before(
        self, connection: duckdb.DuckDBPyConnection, plans: Sequence[Plan]
    ) -> Iterator[Earlier]:
        """Yield what the newest release with the same cubes published of each relation."""
        for relation in self.relations:
            own = [plan for plan in plans if plan.flow.relation == relation]
            for release in self.given.compared if own else ():
                found = Earlier(connection, own, release)
                if found.read():
                    yield found
                    break

    def write(
        self, connection: duckdb.DuckDBPyConnection, plan: Plan, withheld: str | None,
        folder: Path, synthetic: bool, restricted: bool = False,
    ) -> Dataflow | None:  # fmt: skip
        """Write one dataflow with its lineage; return it as the release tells of it.

        What nobody states is not offered.
        """
        observed = writing.observe(connection, plan, withheld)
        file = folder / f"{plan.flow.id}.parquet"
        count = writing.write(connection, plan, observed, file, restricted=restricted)
        if not count:
            file.unlink()
            return None
        writing.write_lineage(
            connection, plan, observed, folder / f"{plan.flow.id}{writing.LINEAGE}"
        )
        return self.described(plan.flow, file, count, synthetic)

    def read(self, connection: duckdb.DuckDBPyConnection, relation: str, scratch: Path) -> bool:
        """Make the table of units; return whether they are invented.

        Invented units never stand beside real ones: they are left out where there are real ones.
        """
        source = RELATIONS[relation]
        graphs = self.given.graphs(source)
        facts.read(connection, graphs, source.wanted, self.given.replaced, scratch)
        source.build(connection)
        kinds = connection.execute(
            f"SELECT synthetic, count(DISTINCT unit) FROM {relation} GROUP BY ALL"
        ).fetchall()
        invented = dict(kinds)
        if invented.get(True) and invented.get(False):
            connection.execute(f"DELETE FROM {relation} WHERE synthetic")
            self.remarks.append(f"{relation}: {invented[True]} invented units are left out")
        self.make_origins(connection, relation)
        return bool(invented.get(True)) and not invented.get(False)

    def make_origins(self, connection: duckdb.DuckDBPyConnection, relation: str) -> None:
        """Make the table of which graphs and rules units come from; each unit has its number."""
        names = [self.given.named(graph) for graph in self.given.graphs(RELATIONS[relation])]
        connection.execute(
            f"""
CREATE TEMP TABLE origin AS
SELECT row_number() OVER (ORDER BY graphs, rules)::INTEGER AS origin, graphs, rules,
  array_to_string(list_concat(
    [concat('graph:', (?::VARCHAR[])[one + 1]) FOR one IN graphs],
    [concat('rule:', one) FOR one IN rules]
  ), ' ') AS said
FROM (SELECT DISTINCT graphs, rules FROM {relation})""",
            [names],
        )
        connection.execute(
            f"""
CREATE OR REPLACE TEMP TABLE {relation} AS
SELECT unit.* EXCLUDE (graphs, rules), origin
FROM {relation} AS unit JOIN origin USING (graphs, rules);
ALTER TABLE origin DROP graphs"""
        )

    def digest(self, connection: duckdb.DuckDBPyConnection, relation: str) -> str:
        """Return the digest of the units, in any order and without the names of graphs."""
        columns = connection.execute(f"DESCRIBE {relation}").fetchall()
        told = [f"coalesce(\"{name}\"::VARCHAR, '')" for name, *_ in columns if name != "origin"]
        row = f"concat_ws('|', {', '.join(told)}, array_to_string(rules, ' '))"
        found = connection.execute(
            f"SELECT count(*), sum(md5_number_lower({row})), sum(md5_number_upper({row})) "
            f"FROM {relation} JOIN origin USING (origin)"
        ).fetchone()
        return hashlib.sha256(f"{self.given.method()}\n{found}".encode()).hexdigest()

    def plans(self, connection: duckdb.DuckDBPyConnection, kept: Path) -> list[Plan]:
        """Make the tables of the units kept; return the dataflows that have any."""
        there = earlier.recall(connection, self.relations, kept)
        own = [flow for flow in self.flows if flow.relation in there]
        return [Plan(flow, number) for number, flow in enumerate(own)]

    def described(self, flow: Flow, file: Path, count: int, synthetic: bool) -> Dataflow:
        """Return a dataflow as the release tells of it."""
        agency, updated = design().agency, self.given.updated(flow)
        said = {
            "COMPILING_ORG": agency,
            "LAST_UPDATE": moment(updated),
            "METHOD_VERSION": flow.method,
        }
        graphs = self.given.graphs(RELATIONS[flow.relation])
        return Dataflow(
            agency=agency, id=flow.id, version=flow.version, names=flow.names,
            structure=design().reference(flow.structure), descriptions=flow.descriptions,
            attributes={**flow.attributes, **said}, licence=flow.licence,
            sources=tuple(sorted({self.given.named(graph).partition("/")[0] for graph in graphs})),
            synthetic=synthetic, updated=updated, file=file.name, observations=count,
        )  # fmt: skip
