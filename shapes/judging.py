"""The compiled engine made to judge chosen nodes of a file, however much is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from shapes import engines
from shapes.engines import Result
from shapes.reading import ShapesGraph
from shapes.targets import Targets, aimed, mark


def judge(
    file: Path, focus: Mapping[bytes, int], shapes: ShapesGraph, known: Targets
) -> Iterator[Result]:
    """Yield all that shapes find wrong with nodes, each given with the bits of its shapes.

    The N-Triples file holds what the shapes read of them; for the while, marks stand at its end.
    Where there are more results than the engine can hold, fewer nodes are judged at a time.
    """
    size = file.stat().st_size
    batches = [list(focus.items())]
    while batches:
        batch = batches.pop()
        if not batch:
            continue
        with file.open("r+b") as stream:
            stream.truncate(size)
            stream.seek(size)
            stream.writelines(marks(batch))
        rules = aimed(shapes, known, frozenset(bits for _node, bits in batch if bits))
        report = rules.validate_file(str(file), max_results=engines.LIMIT)
        if len(report.results) >= engines.LIMIT and len(batch) > 1:
            half = len(batch) // 2
            batches += [batch[half:], batch[:half]]
            continue
        yield from engines.ordered(engines.described(report, shapes))
    with file.open("r+b") as stream:
        stream.truncate(size)


def marks(batch: Iterable[tuple[bytes, int]]) -> Iterator[bytes]:
    """Yield the lines that make nodes focus nodes."""
    for node, bits in batch:
        if bits:
            yield b'%b %b "" .\n' % (node, mark(bits))


def write(file: Path, lines: Iterable[bytes]) -> Path:
    """Write lines, each once, some thousands at a time."""
    seen = iter(dict.fromkeys(lines))
    with file.open("wb") as stream:
        while chunk := list(islice(seen, 10_000)):
            stream.writelines(chunk)
    return file
