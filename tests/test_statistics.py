"""The statistics of a release, counted from files, are what the statements themselves say."""

from __future__ import annotations

import random
from pathlib import Path

from pyoxigraph import Literal, RdfFormat, parse

from loaders import statistics
from ontology.outside import RDF


def test_counting_agrees_with_the_engine_on_any_data(tmp_path: Path) -> None:
    rng = random.Random(7)
    terms = [f"<https://example.org/{n}>" for n in range(9)]
    ends = [*terms, '"x"', '"x"@fr', '"a \\" . b"', '"1"^^<http://www.w3.org/2001/XMLSchema#int>']
    files = []
    for number in range(3):
        lines = {f"{rng.choice(terms)} {rng.choice(terms[:3])} {rng.choice(ends)} .\n"
                 for _ in range(120)}  # fmt: skip
        lines |= {f"{rng.choice(terms)} {RDF.type} {rng.choice(terms)} .\n" for _ in range(9)}
        files.append(tmp_path / f"{number}.nt")
        files[-1].write_text("".join(sorted(lines)), encoding="utf-8")
    census = statistics.take(files)
    triples = {
        quad.triple for file in files for quad in parse(path=str(file), format=RdfFormat.N_TRIPLES)
    }
    assert census.triples == len(triples)
    assert census.subjects == len({t.subject for t in triples})
    assert census.objects == len({t.object for t in triples})
    kinds = [(t.subject, t.object) for t in triples if t.predicate == RDF.type]
    for cls in {cls for _thing, cls in kinds}:
        things = {thing for thing, one in kinds if one == cls}
        held = [t for t in triples if t.subject in things]
        assert census.class_triples[str(cls).encode()] == len(held)
        for name in {t.predicate for t in held}:
            mine = [t for t in held if t.predicate == name]
            key = (str(cls).encode(), str(name).encode())
            assert (census.used[key], census.users[key]) == (
                len(mine), len({t.subject for t in mine}),
            )  # fmt: skip
            plain = [t for t in mine if isinstance(t.object, Literal) and not t.object.language]
            strings = [t for t in plain if str(t.object).endswith('"')]
            assert census.datatypes[(*key, statistics.STRING)] == len(strings)
