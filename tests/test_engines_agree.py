"""The compiled engine against the reference: on damaged valid data and on a real release."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

import shapes
from ontology.outside import SH
from queries.release import Graph, Home, Release, current
from tests.shaped import (
    examples,
    judge,
)

ALL = shapes.load()


def same(folder: Path, lines: list[str]) -> None:
    by_reference = judge(folder, lines, ALL, "reference")
    assert judge(folder, lines, ALL, "compiled") == by_reference


VALID = [example for example in examples() if example.valid]
# No blank node: none leaves a loader, and pySHACL stops at one that it should compare.
OTHER = [f"<{NamedNode('https://w3id.org/maillage/id/other/1').value}>", '"text"', '"texte"@fr',
         '"2024-02-30"^^<http://www.w3.org/2001/XMLSchema#date>',
         '"-1"^^<http://www.w3.org/2001/XMLSchema#integer>']  # fmt: skip


# Dates that a shape compares: pySHACL breaks off where one of them is none, so they stay dates.
COMPARED = {
    predicate
    for subject in ALL.subjects
    for comparison in (SH.lessThan, SH.lessThanOrEquals)
    for other in ALL.objects(subject, comparison)
    for predicate in (str(other), *(f"<{step}>" for step in ALL.steps(subject.value)))
}


@st.composite
def mutated(draw: st.DrawFn) -> list[str]:
    """Valid data of several examples in which statements are dropped, doubled or altered."""
    chosen = draw(st.lists(st.sampled_from(VALID), min_size=3, max_size=8, unique=True))
    lines = [line for example in chosen for line in example.lines()]
    for _ in range(draw(st.integers(1, 12))):
        place = draw(st.integers(0, len(lines) - 1))
        subject, predicate, _value = lines[place].split(" ", 2)
        other = draw(st.sampled_from([None, *OTHER, lines[draw(st.integers(0, len(lines) - 1))]]))
        if other is None or (predicate in COMPARED and not other.endswith(".\n")):
            del lines[place]
        elif other.endswith(".\n"):
            lines.append(f"{subject} {other.split(' ', 1)[1]}")
        elif draw(st.booleans()):
            lines[place] = f"{subject} {predicate} {other} .\n"
        else:
            lines.append(f"{subject} {predicate} {other} .\n")
    return lines


@settings(
    # Each takes pySHACL a second: a failing one is shown as it was found.
    max_examples=8, phases=(Phase.explicit, Phase.reuse, Phase.generate), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(mutated())
def test_both_engines_find_the_same_in_valid_data_that_were_damaged(
    tmp_path: Path, lines: list[str]
) -> None:
    same(tmp_path, lines)


def test_both_engines_find_the_same_in_a_sample_of_the_bundled_release(
    published: Home, tmp_path: Path
) -> None:
    release = current(published)
    assert release is not None
    lines = sample(release)
    assert 2_000 < len(lines) < 10_000
    same(tmp_path, lines)


SAMPLE = 4_000


def sample(release: Release) -> list[str]:
    """Return all that the public graphs say of things chosen evenly by a hash of their names."""
    public = [graph for graph in release.graphs if graph.visibility == "public"]
    share = max(1, sum(graph.triples for graph in public) // SAMPLE)
    return [line for graph in public for line in lines_of(release, graph, share)]


def lines_of(release: Release, graph: Graph, share: int) -> Iterator[str]:
    """Yield the statements of a graph about one thing in so many."""
    ending = f" <{graph.iri}> .\n"
    with gzip.open(release.dumps / "graphs" / (graph.file or ""), "rt", encoding="utf-8") as dump:
        for line in dump:
            if crc32(line.partition(" ")[0].encode()) % share == 0:
                yield line.removesuffix(ending) + " .\n"
