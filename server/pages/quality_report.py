"""The gate's report as far as it concerns public graphs: what others hold is not shown."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from queries.release import Graph
from server.engine.published import Snapshot
from server.pages.description import title_of
from server.pages.display import Shower, Shown

NAME = "report.json"
MOST_EXAMPLES = 5
SEVERITIES = ("Violation", "Warning")


@dataclass(frozen=True)
class Found:
    """One rule that a graph does not keep."""

    severity: str
    shape: Shown
    message: str
    count: int
    examples: list[Shown]
    conflict: bool


@dataclass(frozen=True)
class Judged:
    """What was found in one graph."""

    graph: Shown
    title: str
    statements: int
    violations: int
    warnings: int
    found: list[Found]


def read_report(snapshot: Snapshot) -> dict[str, Any] | None:
    """Return the report as it was written; None when there is none or it cannot be read."""
    try:
        text = (snapshot.release.quality / NAME).read_text(encoding="utf-8")
        found = json.loads(text)
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return found if isinstance(found, dict) else None


def is_public(entry: dict[str, Any], snapshot: Snapshot) -> bool:
    """Tell whether an entry of the report is about a graph that everyone may read."""
    return entry.get("visibility", "public") == "public" and entry["iri"] in snapshot.graphs


def public_report(snapshot: Snapshot) -> dict[str, Any] | None:
    """Return the report without what it says of graphs that are not public."""
    report = read_report(snapshot)
    if report is None:
        return None
    graphs = [one for one in report.get("graphs", ()) if is_public(one, snapshot)]
    names = {one["iri"] for one in graphs}
    findings = [one for one in report.get("findings", ()) if one["graph"] in names]
    counts: Counter[str] = Counter({severity.lower(): 0 for severity in SEVERITIES})
    for one in findings:
        counts[one["severity"].lower()] += one["count"]
    blocked = [one for one in report.get("blocked", ()) if one in names]
    return {**report, "graphs": graphs, "findings": findings, "counts": counts, "blocked": blocked}


def is_wholly_public(snapshot: Snapshot) -> bool:
    """Tell whether the other forms of the report, which cannot be filtered, may be given away."""
    report = read_report(snapshot)
    return report is not None and all(is_public(one, snapshot) for one in report.get("graphs", ()))


def judged_graphs(report: dict[str, Any], shower: Shower) -> list[Judged]:
    """Return the graphs of a report, those with most to correct first."""
    found = [judged(one, report, shower) for one in report["graphs"]]
    return sorted(found, key=lambda one: (-one.violations, -one.warnings, one.title.casefold()))


def judged(entry: dict[str, Any], report: dict[str, Any], shower: Shower) -> Judged:
    """Return what was found in one graph."""
    findings = [one for one in report["findings"] if one["graph"] == entry["iri"]]
    counts: Counter[str] = Counter()
    for one in findings:
        counts[one["severity"]] += one["count"]
    graph: Graph | None = shower.snapshot.graphs.get(entry["iri"])
    return Judged(
        shower.iri(entry["iri"]),
        title_of(graph, shower.short(entry["iri"]), shower.speech.code),
        entry.get("triples", 0),
        counts["Violation"],
        counts["Warning"],
        [finding(one, shower) for one in findings],
    )


def finding(entry: dict[str, Any], shower: Shower) -> Found:
    """Return one finding."""
    message = entry["message"]
    return Found(
        entry["severity"].lower(),
        shower.iri(entry["shape"]),
        message.get(shower.speech.code) or message.get("en", ""),
        entry["count"],
        [shower.iri(one["focus"]) for one in entry["results"][:MOST_EXAMPLES]],
        entry["conflict"],
    )


def examples(report: dict[str, Any]) -> list[str]:
    """Return the things that a page names."""
    return [
        one["focus"] for entry in report["findings"] for one in entry["results"][:MOST_EXAMPLES]
    ]


def report_files(snapshot: Snapshot) -> list[Path]:
    """Return the files of the report that may be given away."""
    folder = snapshot.release.quality
    if not folder.is_dir() or not is_wholly_public(snapshot):
        return []
    return sorted(one for one in folder.iterdir() if one.name != NAME and one.is_file())
