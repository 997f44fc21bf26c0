"""What cubes are computed from: built graphs, decisions, rules, and the release before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import ontology
from loaders.description.graphs import BuiltDelivery, BuiltGraph, code_digest
from loaders.disclosure.rules import Rules
from loaders.records.source import FOLDER, find
from loaders.statistics.dataflows import Flow, flows
from loaders.statistics.relations import RELATIONS
from loaders.statistics.units import Relation
from ontology import DEFAULT_BASE
from queries.cubes import reading
from queries.cubes.model import Dataflow

# What decides how cubes come about, beside what they are computed from.
CODE = ("statistics", "disclosure", "sdmx_codes", "nace", "refnis", "maillage_codes")


@dataclass(frozen=True)
class Given:
    """What cubes are computed from: built graphs by source, decisions, and when each arrived.

    ``former`` is the release whose cubes are taken over where they would be the same; with the
    newest of those ``compared`` that has the same cubes they are compared; ``rules``
    are those of disclosure control.
    """

    built: Mapping[str, BuiltDelivery]
    replaced: Mapping[str, str] = field(default_factory=dict)
    recorded: Mapping[str, str] = field(default_factory=dict)
    base: str = DEFAULT_BASE
    former: Path | None = None
    compared: Sequence[Path] = ()
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
        """Return the graphs that a relation reads; none when a source that it needs is missing.

        What partners alone may see is in no cube; what is confidential is in those that are
        protected.
        """
        read = {"public"} if relation in open_relations() else {"public", "confidential"}
        return [
            graph
            for name in relation.sources(self.built)
            for graph in self.built[name].graphs if graph.visibility in read
        ]  # fmt: skip

    def named(self, graph: BuiltGraph) -> str:
        """Return how lineage names a graph.

        Of a confidential list neither who sent it is told nor when: that would tell lists apart,
        and so who is on which.
        """
        name = graph.iri.partition("/graph/")[2]
        sender = find(graph.source).sender if graph.visibility == "confidential" else ""
        if not sender:
            return name
        source, _, rest = name.replace(f"-{sender}/", "/", 1).partition("/")
        period, slash, more = rest.partition("/")
        return f"{source}/{period[:4]}{slash}{more}"

    def confidential(self, relation: str) -> bool:
        """Tell whether anything that a relation is read from is not public."""
        return any(graph.visibility != "public" for graph in self.graphs(RELATIONS[relation]))

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


def open_relations() -> list[Relation]:
    """Return the relations whose dataflows withhold nothing."""
    return [
        RELATIONS[flow.relation]
        for flow in flows().values() if flow.confidentiality == "public-microdata"
    ]  # fmt: skip


def moment(when: datetime) -> str:
    """Return a moment in UTC as stores write it, with a Z."""
    return when.isoformat().replace("+00:00", "Z")
