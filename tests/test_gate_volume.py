"""However large the data and in however many parts they are judged, the report is the same."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

import shapes
from shapes import engines, gate, volume
from shapes.attribution import Finding, as_said, attribute
from shapes.facts import Statement
from shapes.facts import statement as read_statement
from shapes.following import chains
from shapes.reading import ShapesError, read
from shapes.report import Report, Tallies
from tests.shaped import CODES, FIRST, Example, examples, ntriples, write

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


@pytest.mark.parametrize("seed", range(5))
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


def test_other_processes_judge_as_this_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(1)
    given = files(tmp_path, dealt(rng), rng)
    here = gate.examine(given, VISIBILITY, working=tmp_path, part=50_000)
    monkeypatch.setattr(volume, "APART", 0)
    there = gate.examine(given, VISIBILITY, working=tmp_path, part=50_000)
    assert forms(here) == forms(there)


def test_what_is_too_much_to_hold_is_counted_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(1)
    given = files(tmp_path, dealt(rng, 60), rng)
    counts = [t.count for t in gate.examine(given, VISIBILITY, working=tmp_path).tallies]
    monkeypatch.setattr(engines, "LIMIT", 100)
    report = gate.examine(given, VISIBILITY, working=tmp_path)
    assert [tally.count for tally in report.tallies] == counts
    assert not report.complete
    assert report.record is None


@pytest.mark.parametrize("part", [1 << 40, 200])
def test_a_line_that_is_none_is_found_in_any_part(tmp_path: Path, part: int) -> None:
    good = "".join(f'<urn:{n}> <urn:p> "{n}" .\n' for n in range(50))
    file = write(tmp_path / "bad.nt", [good, "<urn:x> nothing\n", good])
    with pytest.raises(ShapesError, match=r"bad\.nt:51: not a line of N-Triples"):
        gate.examine({FIRST: file}, {FIRST: "public"}, working=tmp_path, part=part)


def seconds(folder: Path, lines: Iterable[str], copies: int) -> tuple[float, int]:
    """Return the time of the processor to judge copies of some lines, and how much is found."""
    many = (line.replace("/example-", f"/copy-{n}-") for n in range(copies) for line in lines)
    file = write(folder / f"{copies}.nt", dict.fromkeys(many))
    took = []
    for _ in range(2):
        start = time.process_time()
        found = len(engines.validate(file, shapes.load()).results)
        took.append(time.process_time() - start)
    return min(took), found


# Those of cubes name no example: there is nothing to copy.
ASKING = [
    one for one in examples()
    if {said.split()[-1] for said in one.expected} == {"sparql"}
    and "cube-observation" not in one.name
]  # fmt: skip


@pytest.mark.parametrize("example", ASKING, ids=lambda example: example.name)
def test_four_times_as_much_to_ask_about_takes_some_four_times_as_long(
    tmp_path: Path, example: Example
) -> None:
    lines = example.lines()
    seconds(tmp_path, lines, 10)
    few, found = seconds(tmp_path, lines, 250)
    many, all_found = seconds(tmp_path, lines, 1000)
    assert all_found > 3 * found > 0
    assert many < 6 * few


QUERY = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:S> a sh:NodeShape ; sh:targetClass <urn:C> ; sh:sparql <urn:Q> .
<urn:Q> sh:select "SELECT $this WHERE { %s }" .
"""


@pytest.mark.parametrize(
    ("pattern", "walked"),
    [
        ("$this <urn:p>/<urn:q>? ?x", {"p", "p q"}),
        ("?x <urn:p> $this . FILTER NOT EXISTS { ?x <urn:q> ?y }", {"^p", "^p q"}),
        ("{ $this <urn:p> ?x } UNION { $this <urn:q> ?x } ?x <urn:r> ?y", {"p", "q", "p r", "q r"}),
        ("OPTIONAL { $this <urn:p> ?x } $this <urn:q> ?x . ?x <urn:r> 1", {"p", "q", "q r"}),
    ],
)
def test_the_reach_of_a_query_is_read_from_it(pattern: str, walked: set[str]) -> None:
    found = {
        " ".join(("^" if inverse else "") + name.decode()[5:-1] for name, inverse in chain)
        for chain in chains(f"SELECT $this WHERE {{ {pattern} }}")
    }
    assert found == walked


@pytest.mark.parametrize(
    "pattern",
    [
        "$this <urn:p> ?x . ?y <urn:q> ?z",
        "$this <urn:p>+ ?x",
        "OPTIONAL { $this <urn:p> ?x } ?x <urn:q> ?y",
    ],
)
def test_a_query_without_a_bound_is_refused(tmp_path: Path, pattern: str) -> None:
    rules = read({"q.ttl": (QUERY % pattern).encode()})
    with pytest.raises(ShapesError, match="its data have no bound"):
        gate.examine({FIRST: write(tmp_path / "a.nt", ["<urn:a> <urn:b> <urn:c> .\n"])},
                     {FIRST: "public"}, shapes=rules)  # fmt: skip
