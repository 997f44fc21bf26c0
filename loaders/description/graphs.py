"""Built graphs: each delivery described once, and again only when what it reads changed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

import ontology
from loaders.delivery import Delivery
from loaders.description import describe, packets
from loaders.description.packets import PacketFile
from loaders.lists import sender_report
from loaders.records import identify
from loaders.records.codes import CodeBook
from loaders.records.source import FOLDER, Source
from ontology import DEFAULT_BASE
from queries.release import Home

# What decides how any source is read.
READING = ("records", "lists", "description", "wording.py")


@dataclass(frozen=True)
class BuiltGraph:
    """One named graph as N-Triples lines in a file, sorted, without duplicates.

    A ``packed`` one is in packets, sorted within each; its digest is that over the blocks.
    """

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
    packed: bool = False

    def packets(self) -> PacketFile:
        """Return the packets of a graph that is packed."""
        return packets.opened(self.file)

    def plain(self, folder: Path) -> Path:
        """Return a file with nothing but the lines: its own, or one written in a folder."""
        if not self.packed:
            return self.file
        name = hashlib.sha256(self.iri.encode()).hexdigest()[:16]
        return packets.plain(self.packets(), folder / f"plain-{name}.nt")

    def lines(self) -> Iterator[str]:
        """Yield the N-Triples lines, without line ends."""
        if self.packed:
            yield from self.packets().lines()
            return
        with self.file.open(encoding="utf-8", newline="\n") as stream:
            for line in stream:
                yield line.rstrip("\n")


@dataclass(frozen=True)
class BuiltDelivery:
    """The graphs of one delivery, and what was counted and noticed on the way.

    ``state`` says of packed graphs what they were built from.
    """

    graphs: tuple[BuiltGraph, ...]
    rows: dict[str, int]
    classes: dict[str, int]
    remarks: tuple[str, ...]
    shortfalls: tuple[str, ...] = ()
    state: Mapping[str, str] = field(default_factory=dict)


@cache
def code_digest(folder: Path) -> str:
    """Return the sha256 over what decides how a folder describes: its files, not its inputs."""
    total = hashlib.sha256()
    for file in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
        if (
            file.suffix in {".py", ".toml", ".ttl", ".csv", ".json", ".sql"}
            and "tests" not in file.parts
        ):
            total.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


@cache
def framework_digest() -> str:
    """Return the sha256 over the vocabulary and the part of loading that all sources share."""
    total = hashlib.sha256(code_digest(Path(ontology.__file__).parent).encode())
    for name in READING:
        total.update(code_digest(FOLDER / name).encode())
    return total.hexdigest()


def loader_version(source: Source) -> str:
    """Return a short version of how a source is read: it changes when the reading changes."""
    parts = [framework_digest(), code_digest(source.folder)]
    parts += (code_digest(FOLDER / name) for name in source.reads)
    parts += (f"{package}=={version(package)}" for package in source.packages)
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:12]


def build(
    home: Home, source: Source, delivery: Delivery, codes: CodeBook, reports: Path | None = None
) -> BuiltDelivery:
    """Return the graphs of a delivery, described now or kept from an earlier build.

    The report for the sender of a list is written into the folder ``reports``, when given.
    """
    parts = [loader_version(source), delivery.digest, "" if source.codes else codes.digest]
    parts.append("whole" if not delivery.set_aside else "rows set aside")
    stem = place(home, source, delivery.period, parts)
    if (kept := read_built(record(stem))) is not None:
        return kept
    described = describe.describe(
        source, delivery.folder, codes, period=delivery.period, set_aside=delivery.set_aside
    )
    if described.judgement and reports:
        sender_report.write(described.judgement, reports, set_aside=delivery.set_aside)
    stem.parent.mkdir(parents=True, exist_ok=True)
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
    return written(stem, built)


def place(home: Home, source: Source, period: str, parts: Iterable[str]) -> Path:
    """Return the stem of the files of what is built from such parts."""
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return home.graphs / source.name / f"{period or 'package'}-{key[:12]}"


def record(stem: Path) -> Path:
    """Return the file that describes what was built."""
    return stem.with_name(f"{stem.name}.json")


def written(stem: Path, built: BuiltDelivery) -> BuiltDelivery:
    """Write the record of what was built, and remove what it supersedes."""
    write_whole(record(stem), json.dumps(asdict(built), default=str, indent=1))
    sweep(stem.parent, keep=f"{stem.name}.")
    return built


def newest(home: Home, source: Source) -> BuiltDelivery | None:
    """Return what was last built of a source, whatever it was built from."""
    records = sorted((home.graphs / source.name).glob("[!.]*.json"))
    return read_built(records[-1]) if records else None


def adopt(home: Home, workshop: Home, source: Source) -> None:
    """Move what was built of a source in a workshop to the home, instead of what stands there."""
    made, target = workshop.graphs / source.name, home.graphs / source.name
    if not made.is_dir():
        return
    target.mkdir(parents=True, exist_ok=True)
    # The record comes last: without it, the files are nothing.
    for file in sorted(made.iterdir(), key=lambda file: file.suffix == ".json"):
        file.replace(target / file.name)
        stem = file.name
    sweep(target, keep=f"{stem.removesuffix('.json')}.")


def write_graph(
    source: Source, delivery: Delivery, visibility: str, lines: list[str], stem: Path
) -> BuiltGraph:
    """Write the lines of one named graph and return what identifies it."""
    content = "".join(f"{line}\n" for line in lines)
    file = stem.with_name(f"{stem.name}.{visibility}.nt")
    write_whole(file, content)
    return replace(
        described_graph(source, delivery.period, delivery.digest, visibility),
        file=file,
        triples=len(lines),
        sha256=hashlib.sha256(content.encode()).hexdigest(),
    )


def packed_graph(
    source: Source, period: str, digest: str, visibility: str, content: PacketFile
) -> BuiltGraph:
    """Return what identifies a named graph that is written in packets."""
    return replace(
        described_graph(source, period, digest, visibility),
        file=content.file,
        triples=content.triples,
        sha256=content.digest,
        packed=True,
    )


def described_graph(source: Source, period: str, digest: str, visibility: str) -> BuiltGraph:
    """Return a graph that is not written yet: whose it is, and from what it is made."""
    return BuiltGraph(
        iri=identify.graph(source.name, period, visibility).value,
        source=source.name,
        delivery=period or "package",
        visibility=visibility,
        title=source.title,
        title_fr=source.title_fr,
        publisher=source.publisher,
        licence=source.licence,
        period=period,
        input_digest=digest,
        loader_version=loader_version(source),
        file=Path(),
        triples=0,
        sha256="",
    )


def read_built(record: Path) -> BuiltDelivery | None:
    """Return a kept build, None when there is none or a file of it is gone.

    Files are looked for beside the record: a home can be moved.
    """
    if not record.is_file():
        return None
    try:
        content = json.loads(record.read_text(encoding="utf-8"))
    except ValueError:
        # What was built is kept to save time: it can be built again.
        return None
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
        content.get("state", {}),
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


def rebased(lines: Iterable[str], base: str, former: str = DEFAULT_BASE) -> Iterator[str]:
    """Yield lines with instance IRIs under another base; the vocabulary stays where it is."""
    if base == former:
        yield from lines
        return
    for line in lines:
        moved = line
        for path in ("id/", "code/", "graph/"):
            moved = moved.replace(f"<{former}{path}", f"<{base}{path}")
        yield moved


def counted(built: Iterable[BuiltDelivery]) -> Counter[str]:
    """Sum the instances of each class over deliveries."""
    total: Counter[str] = Counter()
    for delivery in built:
        total.update(delivery.classes)
    return total
