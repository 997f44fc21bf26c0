"""The computation of the dataflows of one relation: units, cells, what is withheld, files."""

# ruff: noqa: S608  Statements are made of declared names, never of data.

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
    """The dataflows of one relation, computed together because they are protected together.

    ``unless`` is the digest of units whose cubes hold already: much of what a relation is read
    from may change without any of its units doing so. ``units`` is that of the units, once they
    are read, and of the method.
    """

    given: Given
    relation: str
    flows: Sequence[Flow]
    remarks: list[str]
    unless: str = ""
    units: str = ""

    def run(self, folder: Path, kept: Path) -> list[Dataflow] | None:
        """Compute all, and write what there is of them, and the units into ``kept``.

        None when the cubes that are there already hold.
        """
        with self.working(folder) as (connection, scratch):
            synthetic = self.read(connection, scratch)
            self.units = self.digest(connection)
            if self.units == self.unless:
                return None
            plans = self.plans(connection)
            withheld = self.settle(connection, plans)
            found = [
                self.write(connection, plan, withheld.get(plan.number), folder, synthetic)
                for plan in plans
            ]
            gates.search(connection, plans, folder)
            if plans:
                earlier.keep(connection, self.relation, kept / f"{self.relation}.parquet")
        if withheld:
            gates.rehearse(self.relation, plans, kept, self.given.rules)
        return [one for one in found if one]

    def restricted(self, release: Path, folder: Path) -> list[Dataflow]:
        """Write dataflows of a release with their withheld values, from the units that it keeps.

        Which these are is what the release says.
        """
        with self.working(folder) as (connection, _):
            earlier.recall(connection, self.relation, release / earlier.FOLDER)
            plans = self.plans(connection)
            found = []
            for plan in plans:
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
        self, connection: duckdb.DuckDBPyConnection, plans: Sequence[Plan]
    ) -> Mapping[int, str]:
        """Make the cells, and the tables of withheld keys of the dataflows that are protected.

        Of units that are public one by one nothing is withheld: the release itself tells them.
        Where a revision would tell what few holdings did, the units are what they were in the
        release before, until more of them have changed.
        """
        protected = [
            plan for plan in plans
            if plan.flow.confidentiality == "protected" and self.given.confidential(self.relation)
        ]  # fmt: skip
        while True:
            for plan in plans:
                cells.compute(connection, plan)
                identities.check(connection, plan)
            if not protected:
                return {}
            before = self.before(connection, protected)
            decided = protection.protect(connection, protected, self.given.rules, before)
            if before is None or not decided.held_back:
                return decided.withheld
            before.put_back(decided.held_back)
            self.remarks.append(
                f"{self.relation} {', '.join(decided.held_back)}: published as before, for the "
                "revision would tell what few enterprises did"
            )

    def before(
        self, connection: duckdb.DuckDBPyConnection, plans: Sequence[Plan]
    ) -> Earlier | None:
        """Return what the newest release with the same cubes published of them."""
        for release in self.given.compared:
            found = Earlier(connection, plans, release)
            if found.read():
                return found
        return None

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
        writing.write_lineage(
            connection, plan, observed, folder / f"{plan.flow.id}{writing.LINEAGE}"
        )
        return self.described(plan.flow, file, count, synthetic)

    def read(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> bool:
        """Make the table of units; return whether they are invented.

        Invented units never stand beside real ones: they are left out where there are real ones.
        """
        source = RELATIONS[self.relation]
        graphs = self.given.graphs(source)
        facts.read(connection, graphs, source.wanted, self.given.replaced, scratch)
        source.build(connection)
        kinds = connection.execute(
            f"SELECT synthetic, count(DISTINCT unit) FROM {self.relation} GROUP BY ALL"
        ).fetchall()
        invented = dict(kinds)
        if invented.get(True) and invented.get(False):
            connection.execute(f"DELETE FROM {self.relation} WHERE synthetic")
            self.remarks.append(f"{self.relation}: {invented[True]} invented units are left out")
        self.make_origins(connection)
        return bool(invented.get(True)) and not invented.get(False)

    def make_origins(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the table of which graphs and rules units come from; each unit has its number."""
        names = [self.given.named(graph) for graph in self.given.graphs(RELATIONS[self.relation])]
        connection.execute(
            f"""
CREATE TEMP TABLE origin AS
SELECT row_number() OVER (ORDER BY graphs, rules)::INTEGER AS origin, graphs, rules,
  array_to_string(list_concat(
    [concat('graph:', (?::VARCHAR[])[one + 1]) FOR one IN graphs],
    [concat('rule:', one) FOR one IN rules]
  ), ' ') AS said
FROM (SELECT DISTINCT graphs, rules FROM {self.relation})""",
            [names],
        )
        connection.execute(
            f"""
CREATE OR REPLACE TEMP TABLE {self.relation} AS
SELECT unit.* EXCLUDE (graphs, rules), origin
FROM {self.relation} AS unit JOIN origin USING (graphs, rules);
ALTER TABLE origin DROP graphs"""
        )

    def digest(self, connection: duckdb.DuckDBPyConnection) -> str:
        """Return the digest of the units, in any order and without the names of graphs."""
        columns = connection.execute(f"DESCRIBE {self.relation}").fetchall()
        told = [f"coalesce(\"{name}\"::VARCHAR, '')" for name, *_ in columns if name != "origin"]
        row = f"concat_ws('|', {', '.join(told)}, array_to_string(rules, ' '))"
        found = connection.execute(
            f"SELECT count(*), sum(md5_number_lower({row})), sum(md5_number_upper({row})) "
            f"FROM {self.relation} JOIN origin USING (origin)"
        ).fetchone()
        return hashlib.sha256(f"{self.given.method()}\n{found}".encode()).hexdigest()

    def plans(self, connection: duckdb.DuckDBPyConnection) -> list[Plan]:
        """Return the dataflows to compute: none when there is no unit."""
        (units,) = connection.execute(f"SELECT count(*) FROM {self.relation}").fetchone() or (0,)
        return [Plan(flow, number) for number, flow in enumerate(self.flows)] if units else []

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
