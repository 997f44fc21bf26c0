"""The statistics of a release are what the statements themselves say, counted or recounted."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from loaders.building import statistics
from loaders.building.counting import STRING, Census
from loaders.errors import LoadError
from ontology.outside import RDF
from shapes.facts import Change, Facts

TERMS = [f"<https://example.org/{n}>" for n in range(9)]
ENDS = [*TERMS, '"x"', '"x"@fr', '"a \\" . b"', '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        '"255"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '"511"^^<http://www.w3.org/2001/XMLSchema#integer>']  # fmt: skip
GRAPHS = [f"urn:graph:{n}" for n in range(3)]


def invented(rng: random.Random, number: int = 120) -> list[str]:
    """Return lines about few things, in any order, none twice."""
    lines = {f"{rng.choice(TERMS)} {rng.choice(TERMS[:3])} {rng.choice(ENDS)} ."
             for _ in range(number)}  # fmt: skip
    lines |= {f"{rng.choice(TERMS)} {RDF.type} {rng.choice(TERMS)} ." for _ in range(9)}
    return rng.sample(sorted(lines), len(lines))


def written(folder: Path, graphs: dict[str, list[str]]) -> list[Path]:
    """Write graphs as files."""
    files = []
    for number, lines in enumerate(graphs.values()):
        files.append(folder / f"{number}.nt")
        files[-1].write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return files


def stored(folder: Path, graphs: dict[str, list[str]]) -> Store:
    """Return graphs as a store serves them, beside what is not counted."""
    store = Store(str(folder))
    for graph, lines in {**graphs, "urn:graph:void": invented(random.Random(3))}.items():
        for quad in parse("\n".join(lines), format=RdfFormat.N_TRIPLES):
            said = quad.subject, quad.predicate, quad.object
            store.extend((Quad(*said, NamedNode(graph)), Quad(*said)))
    return store


def test_counting_agrees_with_the_engine_on_any_data(tmp_path: Path) -> None:
    rng = random.Random(7)
    files = written(tmp_path, {graph: invented(rng) for graph in GRAPHS})
    census = statistics.take(files, tmp_path)
    triples = {
        quad.triple for file in files for quad in parse(path=str(file), format=RdfFormat.N_TRIPLES)
    }
    assert census.triples == len(triples)
    assert census.subjects == len({t.subject for t in triples})
    assert census.objects == len({t.object for t in triples})
    for name in {t.predicate for t in triples}:
        key = str(name).encode()
        mine = [t for t in triples if t.predicate == name]
        assert census.property_triples[key] == len(mine)
        assert census.property_subjects[key] == len({t.subject for t in mine})
        assert census.property_objects[key] == len({t.object for t in mine})
    kinds = [(t.subject, t.object) for t in triples if t.predicate == RDF.type]
    for cls in {cls for _thing, cls in kinds}:
        things = {thing for thing, one in kinds if one == cls}
        assert census.entities[str(cls).encode()] == len(things)
        held = [t for t in triples if t.subject in things]
        assert census.class_triples[str(cls).encode()] == len(held)
        for name in {t.predicate for t in held}:
            mine = [t for t in held if t.predicate == name]
            key_ = (str(cls).encode(), str(name).encode())
            assert (census.used[key_], census.users[key_]) == (
                len(mine), len({t.subject for t in mine}),
            )  # fmt: skip
            plain = [t for t in mine if isinstance(t.object, Literal) and not t.object.language]
            strings = [t for t in plain if str(t.object).endswith('"')]
            assert census.datatypes[(*key_, STRING)] == len(strings)
            for other in {other for _thing, other in kinds}:
                there = {thing for thing, one in kinds if one == other}
                count = len([t for t in mine if t.object in there])
                assert census.values[(*key_, str(other).encode())] == count


def test_no_statements_are_counted_as_none(tmp_path: Path) -> None:
    empty = tmp_path / "empty.nt"
    empty.write_bytes(b"")
    assert statistics.take([empty]) == statistics.take([]) == Census()


@pytest.mark.parametrize("seed", range(10))
def test_recounting_what_changed_is_counting_all(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    old = {graph: invented(rng, rng.choice((5, 40, 120))) for graph in GRAPHS}
    new, changes = {}, {}
    for graph, lines in old.items():
        kept = [line for line in lines if rng.random() < 0.9]
        came = [line for line in invented(rng, 4) if line not in lines]
        new[graph] = kept + came
        changes[graph] = Change([line for line in lines if line not in kept], came)
    former = statistics.take(written(tmp_path, old))
    former.write(tmp_path / "census")
    before, after = stored(tmp_path / "before", old), stored(tmp_path / "after", new)
    found = statistics.update(
        Census.read(tmp_path / "census"), changes, Facts(before, GRAPHS), Facts(after, GRAPHS)
    )
    counted = statistics.take(written(tmp_path, new))
    assert found == counted
    found.write(tmp_path / "one")
    counted.write(tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_counts_of_another_version_are_refused(tmp_path: Path) -> None:
    (tmp_path / "census").write_bytes(b"no counts")
    with pytest.raises(LoadError, match="no counts of a release"):
        Census.read(tmp_path / "census")
