"""Built graphs: each delivery described once, and again only when what it reads changed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import ontology
from loaders import describe, identify
from loaders.codes import CodeBook
from loaders.delivery import Delivery
from loaders.source import FOLDER, Source
from ontology import DEFAULT_BASE
from queries.release import Home


@dataclass(frozen=True)
class BuiltGraph:
    """One named graph as N-Triples lines in a file, sorted, without duplicates."""

    iri: str
    source: str
    delivery: str
    visibility: str
    title: str
    title_fr: str
    publisher: str
    licence: str
    period: str
    input_digest: str
    loader_version: str
    file: Path
    triples: int
    sha256: str

    def lines(self) -> Iterator[str]:
        """Yield the N-Triples lines, without line ends."""
        with self.file.open(encoding="utf-8", newline="\n") as stream:
            for line in stream:
                yield line.rstrip("\n")


@dataclass(frozen=True)
class BuiltDelivery:
    """The graphs of one delivery, and what was counted and noticed on the way."""

    graphs: tuple[BuiltGraph, ...]
    rows: dict[str, int]
    classes: dict[str, int]
    remarks: tuple[str, ...]
    shortfalls: tuple[str, ...] = ()


@cache
def code_digest(folder: Path) -> str:
    """Return the sha256 over what decides how a folder describes: its files, not its inputs."""
    total = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".py", ".toml", ".ttl", ".csv"} and "tests" not in file.parts:
            total.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


@cache
def framework_digest() -> str:
    """Return the sha256 over the vocabulary and the part of loading that all sources share."""
    total = hashlib.sha256(code_digest(Path(ontology.__file__).parent).encode())
    for name in ("codes", "concepts", "dates", "describe", "identify", "row", "tables"):
        total.update((FOLDER / f"{name}.py").read_bytes())
    return total.hexdigest()


def loader_version(source: Source) -> str:
    """Return a short version of how a source is read: it changes when the reading changes."""
    parts = f"{framework_digest()}{code_digest(source.folder)}"
    return hashlib.sha256(parts.encode()).hexdigest()[:12]


def readable(built: Iterable[BuiltDelivery]) -> tuple[BuiltGraph, ...]:
    """Return the graphs that a derived loader may read to write a public graph."""
    return tuple(g for delivery in built for g in delivery.graphs if g.visibility == "public")


def build(
    home: Home,
    source: Source,
    delivery: Delivery,
    codes: CodeBook,
    inputs: tuple[BuiltGraph, ...] = (),
) -> BuiltDelivery:
    """Return the graphs of a delivery, described now or kept from an earlier build.

    A derived source is described from ``inputs``, and again whenever one of them changed.
    """
    folder = home.graphs / source.name
    parts = [loader_version(source), delivery.digest, "" if source.codes else codes.digest]
    parts += [f"{graph.iri} {graph.sha256}" for graph in inputs]
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    stem = folder / f"{delivery.period or 'package'}-{key[:12]}"
    record = stem.with_suffix(".json")
    if (kept := read_built(record)) is not None:
        return kept
    files = [graph.file for graph in inputs]
    described = describe.describe(source, delivery.folder, codes, files)
    folder.mkdir(parents=True, exist_ok=True)
    graphs = tuple(
        write_graph(source, delivery, visibility, lines, stem)
        for visibility, lines in described.lines.items()
    )
    built = BuiltDelivery(
        graphs,
        dict(described.rows),
        dict(described.classes),
        tuple(described.remarks),
        tuple(described.shortfalls),
    )
    write_whole(record, json.dumps(asdict(built), default=str, indent=1))
    sweep(folder, keep=f"{stem.name}.")
    return built


def write_graph(
    source: Source, delivery: Delivery, visibility: str, lines: list[str], stem: Path
) -> BuiltGraph:
    """Write the lines of one named graph and return what identifies it."""
    content = "".join(f"{line}\n" for line in lines)
    file = stem.with_name(f"{stem.name}.{visibility}.nt")
    write_whole(file, content)
    return BuiltGraph(
        iri=identify.graph(source.name, delivery.period, visibility).value,
        source=source.name,
        delivery=delivery.period or "package",
        visibility=visibility,
        title=source.title,
        title_fr=source.title_fr,
        publisher=source.publisher,
        licence=source.licence,
        period=delivery.period,
        input_digest=delivery.digest,
        loader_version=loader_version(source),
        file=file,
        triples=len(lines),
        sha256=hashlib.sha256(content.encode()).hexdigest(),
    )


def read_built(record: Path) -> BuiltDelivery | None:
    """Return a kept build, None when there is none or a file of it is gone.

    Files are looked for beside the record: a home can be moved.
    """
    if not record.is_file():
        return None
    content = json.loads(record.read_text(encoding="utf-8"))
    graphs = tuple(
        BuiltGraph(**{**graph, "file": record.parent / Path(graph["file"]).name})
        for graph in content["graphs"]
    )
    if not all(graph.file.is_file() for graph in graphs):
        return None
    return BuiltDelivery(
        graphs,
        content["rows"],
        content["classes"],
        tuple(content["remarks"]),
        tuple(content["shortfalls"]),
    )


def write_whole(file: Path, content: str) -> None:
    """Write a file so that it is there whole or not at all."""
    partial = file.with_name(f".{file.name}.partial")
    partial.write_text(content, encoding="utf-8", newline="\n")
    partial.replace(file)


def sweep(folder: Path, keep: str) -> None:
    """Remove the builds of a source that its newest one supersedes."""
    for file in folder.iterdir():
        if not file.name.startswith(keep):
            file.unlink(missing_ok=True)


def rebased(lines: Iterable[str], base: str) -> Iterator[str]:
    """Yield lines with instance IRIs under another base; the vocabulary stays where it is."""
    if base == DEFAULT_BASE:
        yield from lines
        return
    for line in lines:
        moved = line
        for path in ("id/", "code/", "graph/"):
            moved = moved.replace(f"<{DEFAULT_BASE}{path}", f"<{base}{path}")
        yield moved


def counted(built: Iterable[BuiltDelivery]) -> Counter[str]:
    """Sum the instances of each class over deliveries."""
    total: Counter[str] = Counter()
    for delivery in built:
        total.update(delivery.classes)
    return total
