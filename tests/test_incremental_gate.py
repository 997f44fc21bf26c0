"""A release judged by what changed gives the report that judging all of it gives."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from shapes import gate, incremental
from shapes.facts import Change
from shapes.incremental import FullExaminationNeeded, Served, examine_changes
from shapes.reading import ShapesError
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


@pytest.mark.parametrize("seed", range(6))
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


def test_what_cannot_be_judged_alone_is_said(tmp_path: Path) -> None:
    graphs = {graph: storable(lines) for graph, lines in dealt(random.Random(1), 20).items()}
    record = whole(tmp_path, graphs).record
    assert record is not None

    def needed(line: str, before: Record = record) -> str:
        after = {**graphs, "urn:graph:one": graphs["urn:graph:one"] | {line}}
        with pytest.raises(FullExaminationNeeded) as refused:
            after_changes(tmp_path, graphs, after, before)
        return refused.value.reason

    below = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
    assert "places classes below" in needed(f"<urn:a> {below} <urn:b> .\n")
    assert "blank nodes" in needed("<urn:a> <urn:b> _:c .\n")
    assert "the shapes" in needed("<urn:a> <urn:b> <urn:c> .\n", replace(record, digest=""))


def test_a_change_that_concerns_too_much_is_left_to_a_full_examination(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graphs = {graph: storable(lines) for graph, lines in dealt(random.Random(1), 40).items()}
    record = whole(tmp_path, graphs).record
    assert record is not None
    monkeypatch.setattr(incremental, "MOST", 3)
    with pytest.raises(FullExaminationNeeded, match="more than 3 nodes"):
        after_changes(tmp_path, graphs, {**graphs, "urn:graph:codes": set()}, record)


def test_a_record_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "record").write_bytes(b"{}")
    with pytest.raises(ShapesError, match="no record of an examination"):
        Record.read(tmp_path / "record")
