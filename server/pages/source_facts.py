"""What a release tells everyone of its sources: how they come, their rows and warnings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from queries.release import Graph
from server.engine.published import Snapshot


@dataclass(frozen=True)
class SourceFacts:
    """One source; ``warnings`` is None where they are not for everyone."""

    name: str
    title: str
    title_fr: str
    publisher: str
    licence: str
    comes: str
    rows: Mapping[str, int]
    warnings: int | None
    first_warnings: tuple[str, ...]

    def as_json(self, graphs: list[Graph]) -> dict[str, object]:
        """Return it with its graphs."""
        return {
            "source": self.name, "title": self.title, "publisher": self.publisher,
            "licence": self.licence, "comes": self.comes, "rows": dict(self.rows),
            "warnings": self.warnings, "first_warnings": list(self.first_warnings),
            "graphs": [graph_as_json(graph) for graph in graphs],
        }  # fmt: skip


def graph_as_json(graph: Graph) -> dict[str, object]:
    """Return what everyone may know of a graph."""
    return {
        "iri": graph.iri, "period": graph.period or None, "statements": graph.triples,
        "sha256": graph.sha256, "licence": graph.licence, "publisher": graph.publisher,
        "title": graph.title, "dump": f"/dumps/graphs/{graph.file}" if graph.file else None,
    }  # fmt: skip


def source_facts(snapshot: Snapshot) -> dict[str, SourceFacts]:
    """Return the sources of which a release tells something, by name."""
    told: Any = snapshot.release.manifest.counts.get("sources")
    if not isinstance(told, Mapping):
        return {}
    return {
        name: SourceFacts(
            name, one["title"], one.get("title_fr", ""), one["publisher"], one["licence"],
            one["comes"], one["rows"], one["warnings"], tuple(one["first_warnings"]),
        )
        for name, one in told.items()
    }  # fmt: skip


def public_graphs(snapshot: Snapshot) -> dict[str, list[Graph]]:
    """Return the public graphs of a release by source."""
    found: dict[str, list[Graph]] = {}
    for graph in snapshot.release.graphs:
        if graph.visibility == "public":
            found.setdefault(graph.source, []).append(graph)
    return found
