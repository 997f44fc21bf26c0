"""A release judged by what changed gives the report that judging all of it gives."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from shapes import gate
from shapes.facts import Change
from shapes.incremental import Served, examine_changes
from shapes.record import Record
from shapes.report import Report
from tests.shaped import examples, ntriples, write
from tests.test_gate_volume import VISIBILITY, dealt, files, forms

Graphs = dict[str, set[str]]


def storable(lines: Iterable[str]) -> set[str]:
    """Return lines as loaders write them: without blank nodes, numbers as a store writes them."""
    store = Store()
    store.load("".join(line for line in lines if "_:" not in line), format=RdfFormat.N_TRIPLES)
    return {f"{quad.triple} .\n" for quad in store}


def served(folder: Path, graphs: Mapping[str, Iterable[str]]) -> Served:
    """Return graphs as a release serves them."""
    store, hidden = Store(), {}
    folder.mkdir(exist_ok=True)
    for number, (graph, lines) in enumerate(graphs.items()):
        if VISIBILITY[graph] == "confidential":
            hidden[graph] = write(folder / f"hidden-{number}.nt", lines)
        for quad in parse("".join(lines), format=RdfFormat.N_TRIPLES):
            if VISIBILITY[graph] != "confidential":
                said = quad.subject, quad.predicate, quad.object
                store.add(Quad(*said, NamedNode(graph)))
                # Whatever else a store has is not looked at.
                store.add(Quad(quad.subject, quad.predicate, quad.subject, NamedNode("urn:void")))
    return Served(store, hidden)


def differences(before: Graphs, after: Graphs) -> dict[str, Change]:
    """Return what changed, as lines without their ends."""
    found = {}
    for graph in before.keys() | after.keys():
        old, new = before.get(graph, set()), after.get(graph, set())
        if old != new or (graph in before) != (graph in after):
            gone = [line.rstrip("\n") for line in sorted(old - new)]
            found[graph] = Change(gone, [line.rstrip("\n") for line in sorted(new - old)])
    return found


def edited(graphs: Graphs, rng: random.Random) -> Graphs:
    """Return graphs with some lines taken away, added, moved and bent."""
    new = {graph: set(lines) for graph, lines in graphs.items()}
    everything = sorted({line for lines in graphs.values() for line in lines})
    known = sorted(storable(line for one in examples() for line in ntriples(one.file)))
    for _ in range(rng.randint(1, 15)):
        graph = rng.choice(sorted(new))
        choice = rng.random()
        if choice < 0.4 and new[graph]:
            new[graph].discard(rng.choice(sorted(new[graph])))
        elif choice < 0.7:
            new[graph].add(rng.choice(known))
        else:
            new[graph].add(bent(rng.choice(everything), rng.choice(everything), rng))
    if rng.random() < 0.2:
        new.pop(rng.choice(["urn:graph:two", "urn:graph:four"]), None)
    return new


def bent(line: str, other: str, rng: random.Random) -> str:
    """Return a line with one of its terms from another line."""
    terms, others = line.split(" ", 2), other.split(" ", 2)
    place = rng.randrange(3)
    terms[place] = others[place]
    return " ".join(terms)


def after_changes(folder: Path, before: Graphs, after: Graphs, record: Record) -> Report:
    """Judge by what changed."""
    return examine_changes(
        record, differences(before, after), {graph: VISIBILITY[graph] for graph in after},
        served(folder / "before", before), served(folder / "after", after), minimums=False,
    )  # fmt: skip


def whole(folder: Path, graphs: Graphs) -> Report:
    """Judge all."""
    given = files(folder, graphs, random.Random(0))
    return gate.examine(given, {g: VISIBILITY[g] for g in graphs}, working=folder, minimums=False)


@pytest.mark.parametrize("seed", range(15))
def test_judging_changes_is_judging_all(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    graphs = {graph: storable(lines) for graph, lines in dealt(rng, 60).items()}
    report = whole(tmp_path, graphs)
    for step in range(4):
        assert report.record is not None
        report.record.write(tmp_path / "record")
        record = Record.read(tmp_path / "record")
        after = edited(graphs, rng)
        found = after_changes(tmp_path, graphs, after, record)
        graphs, report = after, whole(tmp_path, after)
        for one, other in zip(forms(found), forms(report), strict=True):
            assert one == other, step
        assert found.record is not None
        assert report.record is not None
        found.record.write(tmp_path / "one")
        report.record.write(tmp_path / "other")
        assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
