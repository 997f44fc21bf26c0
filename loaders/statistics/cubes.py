"""All cubes of a release: computed from the graphs of a build, or taken over from its parent."""

# ruff: noqa: S608  Statements are made of declared names, never of data.

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

import ontology
from loaders.description.graphs import BuiltDelivery, BuiltGraph, code_digest
from loaders.disclosure.rules import Rules
from loaders.durable import link_or_copy
from loaders.records.source import FOLDER
from loaders.sdmx_codes.lists import Listing, listings
from loaders.statistics import cells, facts, identities, protection, rules, writing
from loaders.statistics.cells import Plan
from loaders.statistics.dataflows import Flow, flows
from loaders.statistics.relations import RELATIONS
from loaders.statistics.units import Relation
from ontology import DEFAULT_BASE
from queries.cubes import reading
from queries.cubes.model import Code, CodeList, Collection, Dataflow
from queries.cubes.reading import STRUCTURES
from queries.cubes.structures import design

# What decides how cubes come about, beside what they are computed from.
CODE = ("statistics", "disclosure", "sdmx_codes", "nace", "refnis", "maillage_codes")
# Where a release keeps what its cubes were computed from, beside what no store serves.
INPUTS = Path("kept") / "cubes.json"


@dataclass(frozen=True)
class Given:
    """What cubes are computed from: built graphs by source, decisions, and when each arrived.

    ``former`` is the release whose cubes are taken over where they would be the same; ``rules``
    are those of disclosure control.
    """

    built: Mapping[str, BuiltDelivery]
    replaced: Mapping[str, str] = field(default_factory=dict)
    recorded: Mapping[str, str] = field(default_factory=dict)
    base: str = DEFAULT_BASE
    former: Path | None = None
    rules: Rules = field(default_factory=Rules)

    def place(self, file: str) -> Path:
        """Return where the former release has a file of cubes."""
        return (self.former or Path()) / reading.FOLDER / file

    def kept(self, own: Sequence[Flow]) -> list[Dataflow]:
        """Return what the former release has of some dataflows."""
        known = reading.read(self.former / reading.FOLDER) if self.former else None
        names = {flow.id for flow in own}
        return [one for one in known.dataflows if one.id in names] if known else []

    def graphs(self, relation: Relation) -> list[BuiltGraph]:
        """Return the graphs that a relation reads; none when a source that it needs is missing."""
        return [
            graph
            for name in relation.sources(self.built)
            for graph in self.built[name].graphs if graph.visibility != "partner"
        ]  # fmt: skip

    def updated(self, flow: Flow) -> datetime:
        """Return since when a dataflow is as it is: its method, or what arrived last."""
        read = RELATIONS[flow.relation].sources(self.built)
        times = [self.recorded.get(name) for name in read]
        arrived = [datetime.fromisoformat(time) for time in times if time]
        return max([flow.issued, *arrived]).astimezone(UTC)

    def method(self) -> str:
        """Return the digest of all that decides how cubes come about, whatever the units."""
        total = hashlib.sha256(f"{self.base}\n{self.rules.model_dump_json()}".encode())
        total.update(code_digest(Path(ontology.__file__).parent / "structures").encode())
        for name in CODE:
            total.update(code_digest(FOLDER / name).encode())
        return total.hexdigest()

    def digest(self, relation: str) -> str:
        """Return the digest of the method, and of all that a relation is read from."""
        total = hashlib.sha256(self.method().encode())
        for graph in self.graphs(RELATIONS[relation]):
            total.update(f"{graph.iri} {graph.sha256}\n".encode())
        for one in sorted(self.replaced):
            total.update(f"{one} {self.replaced[one]}\n".encode())
        return total.hexdigest()


@dataclass(frozen=True)
class Made:
    """The cubes of a release: the folder with their files, and of what each relation was made.

    ``inputs`` has two digests per relation: of what it was read from, and of the units read.
    """

    folder: Path
    inputs: Mapping[str, Mapping[str, str]]
    taken: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()


def make(given: Given, folder: Path) -> Made:
    """Make all cubes for which there are units, as far as the former release does not have them.

    LoadError when a cube does not add up, or cannot be protected.
    """
    folder.mkdir(parents=True)
    known = inputs(given.former)
    digests, taken, remarks = dict[str, dict[str, str]](), set[str](), list[str]()
    dataflows: list[Dataflow] = []
    by_relation = sorted(flows().values(), key=lambda flow: flow.relation)
    for relation, group in groupby(by_relation, key=lambda flow: flow.relation):
        if not given.graphs(RELATIONS[relation]):
            continue
        own, former = list(group), known.get(relation, {})
        arrived = max(given.updated(flow) for flow in own).isoformat()
        state = {
            "read": given.digest(relation), "units": former.get("units", ""), "updated": arrived,
        }  # fmt: skip
        if former.get("read") == state["read"]:
            found = list(take_over(given, folder, own))
        else:
            computation = Computation(given, relation, own, remarks)
            found = computation.run(folder, unless=former.get("units", ""))
            state["units"] = computation.units
        if all(former.get(key) == state[key] for key in ("units", "updated")):
            taken.add(relation)
        digests[relation] = state
        dataflows += found
    if dataflows:
        text = collection(dataflows, given.base).model_dump_json(indent=1)
        (folder / STRUCTURES).write_text(text + "\n", encoding="utf-8")
        rules.write(folder)
    return Made(folder, digests, frozenset(taken), tuple(remarks))


def moment(when: datetime) -> str:
    """Return a moment in UTC as stores write it, with a Z."""
    return when.isoformat().replace("+00:00", "Z")


def inputs(release: Path | None) -> Mapping[str, Mapping[str, str]]:
    """Return what the cubes of a release were computed from, by relation."""
    if release is None or not (release / INPUTS).is_file():
        return {}
    content: dict[str, dict[str, str]] = json.loads((release / INPUTS).read_text(encoding="utf-8"))
    return content


def take_over(given: Given, folder: Path, own: Sequence[Flow]) -> Iterator[Dataflow]:
    """Yield the dataflows of a relation that the former release has, their files linked."""
    by_name = {flow.id: flow for flow in own}
    for one in given.kept(own):
        for file in (one.file, f"{one.id}{writing.LINEAGE}"):
            link_or_copy(given.place(file), folder / file)
        updated = given.updated(by_name[one.id])
        said = {**one.attributes, "LAST_UPDATE": moment(updated)}
        yield one.model_copy(update={"updated": updated, "attributes": said})


@dataclass
class Computation:
    """The dataflows of one relation, computed together because they are protected together.

    ``units`` is the digest of the units once they are read, and of the method.
    """

    given: Given
    relation: str
    flows: Sequence[Flow]
    remarks: list[str]
    units: str = ""

    def run(self, folder: Path, *, restricted: bool = False, unless: str = "") -> list[Dataflow]:
        """Compute all, and write what there is of them.

        Where the units have the digest ``unless``, the cubes of the former release hold: much of
        what a relation is read from may change without any of its units doing so.
        """
        made: list[Dataflow] = []
        with (
            TemporaryDirectory(dir=folder.parent, prefix=".units-") as scratch,
            facts.opened(Path(scratch)) as connection,
        ):
            synthetic = self.read(connection, Path(scratch))
            self.units = self.digest(connection)
            if self.units == unless:
                return list(take_over(self.given, folder, self.flows))
            plans = self.plans(connection)
            for plan in plans:
                cells.compute(connection, plan)
                identities.check(connection, plan)
            statuses = self.statuses(connection, plans)
            origins = self.origins(connection)
            for plan in plans:
                observed = writing.observe(connection, plan, statuses.get(plan.number))
                file = folder / f"{plan.flow.id}.parquet"
                count = writing.write(connection, plan, observed, file, restricted=restricted)
                if not count:
                    # Nobody states what this dataflow counts: it is not offered.
                    file.unlink()
                    continue
                lineage = folder / f"{plan.flow.id}{writing.LINEAGE}"
                writing.write_lineage(connection, plan, observed, origins, lineage)
                made.append(self.described(plan.flow, file, count, synthetic))
        return made

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
        connection.execute(
            f"""
CREATE TEMP TABLE origin AS
SELECT row_number() OVER (ORDER BY graphs, rules)::INTEGER AS origin, graphs, rules
FROM (SELECT DISTINCT graphs, rules FROM {self.relation});
CREATE OR REPLACE TEMP TABLE {self.relation} AS
SELECT unit.* EXCLUDE (graphs, rules), origin
FROM {self.relation} AS unit JOIN origin USING (graphs, rules)"""
        )
        return bool(invented.get(True)) and not invented.get(False)

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

    def statuses(
        self, connection: duckdb.DuckDBPyConnection, plans: Sequence[Plan]
    ) -> Mapping[int, str]:
        """Return the tables of withheld keys of the dataflows that are protected."""
        protected = [plan for plan in plans if plan.flow.confidentiality == "protected"]
        return protection.protect(connection, protected, self.given.rules) if protected else {}

    def origins(self, connection: duckdb.DuckDBPyConnection) -> Mapping[int, str]:
        """Return in words which graphs and rules each origin stands for."""
        names = [
            graph.iri.partition("/graph/")[2]
            for graph in self.given.graphs(RELATIONS[self.relation])
        ]
        found = connection.execute("SELECT origin, graphs, rules FROM origin").fetchall()
        return {
            origin: " ".join(
                [*(f"graph:{names[number]}" for number in graphs), *(f"rule:{r}" for r in rules)]
            )
            for origin, graphs, rules in found
        }

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
            sources=tuple(sorted({graph.source for graph in graphs})), synthetic=synthetic,
            updated=updated, file=file.name, observations=count,
        )  # fmt: skip


def collection(dataflows: Sequence[Dataflow], base: str) -> Collection:
    """Return cubes with all that they are made of."""
    declared = design()
    return Collection(
        agency=declared.agency,
        agency_names=declared.agency_names,
        concepts=declared.concepts,
        code_lists={
            declared.reference(one.id): code_list(one, base) for one in listings().values()
        },
        structures={
            declared.reference(name): structure for name, structure in declared.structures.items()
        },
        dataflows=tuple(sorted(dataflows, key=lambda flow: flow.id)),
    )


def code_list(one: Listing, base: str) -> CodeList:
    """Return a list of codes as structures refer to it."""
    iri = f"{base}code/{one.slug}"
    codes = tuple(
        Code(
            id=code.code, names=code.names, iri=f"{iri}/{code.code}", parent=code.parent,
            definitions=code.definitions,
        )
        for code in one.codes.values()
    )  # fmt: skip
    return CodeList(
        agency=design().agency, id=one.id, version=design().version, names=one.names, iri=iri,
        issued=design().issued, codes=codes,
    )  # fmt: skip
