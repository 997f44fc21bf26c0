"""However large the data and in however many parts they are judged, the report is the same."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

import shapes
from shapes import engines, gate
from shapes.attribution import Finding, as_said, attribute
from shapes.facts import Statement
from shapes.facts import statement as read_statement
from shapes.report import Report, Tallies
from tests.shaped import CODES, examples, ntriples, write

TIERS = ("public", "partner", "confidential")
VISIBILITY = {
    "urn:graph:codes": "public", "urn:graph:one": "public", "urn:graph:two": "public",
    "urn:graph:three": "partner", "urn:graph:four": "partner", "urn:graph:five": "confidential",
}  # fmt: skip


def dealt(rng: random.Random, number: int = 40) -> dict[str, set[str]]:
    """Return the lines of some examples, good and bad, dealt to graphs of all tiers."""
    graphs: dict[str, set[str]] = {graph: set() for graph in VISIBILITY}
    graphs["urn:graph:codes"] = set(ntriples(CODES))
    names = [graph for graph in VISIBILITY if graph != "urn:graph:codes"]
    for example in rng.sample(examples(), number):
        own = rng.choice(names)
        for line in ntriples(example.file):
            graphs[own if rng.random() < 0.9 else rng.choice(names)].add(line)
            if rng.random() < 0.05:
                graphs[rng.choice(names)].add(line)
    return graphs


def files(folder: Path, graphs: Mapping[str, Iterable[str]], rng: random.Random) -> dict[str, Path]:
    """Write graphs as files, their lines in any order."""
    written = {}
    for number, (graph, lines) in enumerate(graphs.items()):
        shuffled = sorted(lines)
        rng.shuffle(shuffled)
        written[graph] = write(folder / f"{number}.nt", shuffled)
    return written


def forms(report: Report) -> tuple[str, ...]:
    """Return all that a report says, in all its forms."""
    public = report.public
    assert public is not None
    return tuple(
        form
        for one in (report, public)
        for form in (one.as_text(), one.as_json(), one.as_turtle(), one.as_html("fr"))
    )


def by_union(folder: Path, graphs: Mapping[str, Iterable[str]]) -> tuple[object, ...]:
    """Return the tallies that the untouched engine gives when it judges each tier whole."""
    whole = Tallies(shapes.load())
    everything: list[Finding] = []
    for number, tier in enumerate(TIERS):
        members = [graph for graph in graphs if VISIBILITY[graph] in TIERS[: number + 1]]
        if not any(VISIBILITY[graph] == tier for graph in members):
            continue
        rules = shapes.load() if tier == "public" else shapes.load().core
        file = write(folder / "union.nt", (line for graph in members for line in graphs[graph]))
        results = engines.validate(file, rules).results
        told: dict[str, list[Statement]] = {}
        for graph in members:
            for line in graphs[graph]:
                one = read_statement(graph, line.encode())
                told.setdefault(one.subject.decode()[1:-1], []).append(one)
        said = {focus: as_said(some) for focus, some in told.items()}
        everything += attribute(results, said, members, rules)
    whole.add(everything)
    return whole.tallies()


@pytest.mark.parametrize("seed", range(12))
def test_parts_judge_as_the_engine_judges_the_whole(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    graphs = dealt(rng)
    given = files(tmp_path, graphs, rng)
    reports = [
        gate.examine(given, VISIBILITY, working=tmp_path, part=part)
        for part in (1 << 40, 5_000, 60_000)
    ]
    assert forms(reports[0]) == forms(reports[1]) == forms(reports[2])
    assert reports[0].record is not None
    kept = [report.record for report in reports if report.record]
    for number, record in enumerate(kept):
        record.write(tmp_path / f"record-{number}")
    assert len({(tmp_path / f"record-{n}").read_bytes() for n in range(len(kept))}) == 1
    own = {"unexamined", "unknownTerm"}
    assert [t for t in reports[1].tallies if t.constraint not in own] == list(
        by_union(tmp_path, graphs)
    )
    assert len(reports[0].tallies) > 20
