"""What an examination found and counted, kept so that the next one need not look at all again."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shacl
from pyoxigraph import NamedNode

from shapes import census, engines, load
from shapes.attribution import Finding
from shapes.engines import Result
from shapes.reading import ShapesError, ShapesGraph

# Changes when what is kept, or what it means, changes.
VERSION = 1


@dataclass(frozen=True)
class Record:
    """All that an examination found: findings by tier, own results by graph, and counts.

    A finding of a tier that a lower tier has too is kept there only. ``graphs`` gives the
    visibility and the number of triples of each graph; ``public`` and ``everything`` how many
    nodes each shape looks at in the public graphs and in all. ``digest`` stands for the shapes
    and the vocabulary by which it was judged.
    """

    digest: str
    graphs: Mapping[str, tuple[str, int]]
    public: Counter[str]
    everything: Counter[str]
    findings: Mapping[str, tuple[Finding, ...]]
    own: tuple[tuple[str, Result], ...]

    def write(self, file: Path) -> None:
        """Write the record: the same record gives the same bytes."""
        text = json.dumps(content(self), separators=(",", ":"), ensure_ascii=False)
        file.write_bytes(gzip.compress(text.encode(), 5, mtime=0))

    @classmethod
    def read(cls, file: Path, shapes: ShapesGraph | None = None) -> Record:
        """Read a record, of results by some shapes; ShapesError when it is none of this version."""
        try:
            held = json.loads(gzip.decompress(file.read_bytes()))
        except (OSError, EOFError, ValueError) as error:
            raise ShapesError([f"{file}: no record of an examination: {error}"]) from None
        if held.get("version") != VERSION:
            raise ShapesError([f"{file}: a record of version {held.get('version')}, not {VERSION}"])
        return restored(held, shapes or load())


def digest(shapes: ShapesGraph) -> str:
    """Return what changes when anything changes by which data are judged."""
    known = b"\n".join(sorted(census.known_terms())).decode()
    parts = (str(VERSION), shacl.__version__, shapes.as_ntriples(), known)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def content(record: Record) -> dict[str, Any]:
    """Return a record as JSON objects."""
    graphs = sorted(record.graphs)
    place = {graph: number for number, graph in enumerate(graphs)}
    return {
        "version": VERSION,
        "digest": record.digest,
        "graphs": [[graph, *record.graphs[graph]] for graph in graphs],
        "public": dict(sorted(record.public.items())),
        "everything": dict(sorted(record.everything.items())),
        "findings": {
            tier: sorted(
                [*row(one.result), one.conflict, sorted(place[graph] for graph in one.graphs)]
                for one in record.findings[tier]
            )
            for tier in sorted(record.findings)
        },
        "own": sorted([place[graph], *row(result)] for graph, result in record.own),
    }


def row(result: Result) -> list[str]:
    """Return what tells a result from others by the same shapes; no path and no value as ""."""
    return [result.shape, result.constraint, result.focus, result.path or "", result.value or ""]


def restored(held: Mapping[str, Any], shapes: ShapesGraph) -> Record:
    """Return a record from JSON objects."""
    graphs = [graph for graph, _visibility, _triples in held["graphs"]]
    findings = {
        tier: tuple(
            Finding(
                engines.describe(shapes, shape, focus, value or None, constraint),
                frozenset(graphs[number] for number in blamed),
                conflict,
            )
            for shape, constraint, focus, _path, value, conflict, blamed in rows
        )
        for tier, rows in held["findings"].items()
    }
    own = tuple(
        (
            graphs[number],
            census.checked(shapes, NamedNode(shape), focus, path or None, value or None),
        )
        for number, shape, _constraint, focus, path, value in held["own"]
    )
    return Record(
        held["digest"],
        {graph: (visibility, triples) for graph, visibility, triples in held["graphs"]},
        Counter(held["public"]),
        Counter(held["everything"]),
        findings,
        own,
    )
