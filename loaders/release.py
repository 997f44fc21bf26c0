"""Writing a release: stores, dumps, report and manifest, then one atomic swap."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pyoxigraph import RdfFormat, Store, parse, serialize

from loaders.graphs import BuiltDelivery, BuiltGraph, read_built
from queries.describe import own_prefixes
from queries.release import MANIFEST, PARTIAL, STATISTICS, Home, Release, read_release

# Each tier also sees the one before it.
TIERS = ("public", "partner")
COMPRESSION = 5
# Working directories in a home; a killed command leaves its own to the next one.
WORKING = ".working-"
# The prefixes of the statistics.
SHORT = ("graph", "se", "void", "xsd")


@dataclass(frozen=True)
class Published:
    """What goes into a release beside its graphs."""

    base: str
    reports: Mapping[str, Mapping[str, str]]
    counts: Mapping[str, object]
    timings: Mapping[str, float]
    sources: Mapping[str, BuiltDelivery]


def write(home: Home, graphs: Sequence[BuiltGraph], published: Published) -> Release:
    """Write a release beside the others; it appears under its name only when complete."""
    digests = "".join(f"{graph.iri} {graph.sha256}\n" for graph in graphs)
    now = datetime.now(UTC)
    content = hashlib.sha256(digests.encode()).hexdigest()
    identifier = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{content[:8]}"
    partial = home.releases / f"{identifier}{PARTIAL}"
    partial.mkdir(parents=True)
    tiers = write_tiers(partial, graphs)
    for tier, report in published.reports.items():
        write_report(partial / ("quality" if tier == "public" else f"{tier}/quality"), report)
    keep_sources(partial / "sources", published.sources)
    write_statistics(partial / STATISTICS, graphs, published.base)
    manifest = {
        "id": identifier,
        "created": now.isoformat(timespec="milliseconds"),
        "parent": home.current.resolve().name if home.current.exists() else None,
        "base": published.base,
        "version": version("maillage"),
        "graphs": [entry(graph) for graph in graphs],
        "tiers": tiers,
        "counts": dict(published.counts),
        "timings": dict(published.timings),
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (partial / MANIFEST).write_text(text + "\n", encoding="utf-8")
    persist(partial)
    final = home.releases / identifier
    partial.rename(final)
    persist_directory(home.releases)
    return read_release(final)


def entry(graph: BuiltGraph) -> dict[str, object]:
    """Return the manifest's entry for a graph."""
    content = asdict(graph)
    content["file"] = dump_name(graph) if graph.visibility != "confidential" else None
    return content


def dump_name(graph: BuiltGraph) -> str:
    """Return the name of the dump of one graph."""
    suffix = "" if graph.visibility == "public" else f".{graph.visibility}"
    return f"{graph.source}.{graph.delivery}{suffix}.nq.gz"


def write_tiers(folder: Path, graphs: Sequence[BuiltGraph]) -> dict[str, dict[str, object]]:
    """Write the stores and dumps of the tiers; return their counts and digests.

    A store holds its tier's graphs and those of the tier before, of which it is a checkpoint
    that shares the files; dumps hold a tier's own graphs only.
    """
    tiers: dict[str, dict[str, object]] = {}
    digest, quads = hashlib.sha256(), 0
    below: Path | None = None
    for tier in TIERS:
        own = sorted((g for g in graphs if g.visibility == tier), key=lambda g: g.iri)
        dumps = folder / "dumps" if tier == "public" else folder / tier / "dumps"
        lines = folder / f"{tier}.nq"
        write_dumps(dumps, tier, own, lines)
        for graph in own:
            digest.update(f"{graph.iri} {graph.sha256}\n".encode())
            quads += graph.triples
        below = load(folder / tier / "store", lines, below)
        lines.unlink()
        tiers[tier] = {"quads": quads, "sha256": digest.hexdigest()}
    return tiers


def write_dumps(dumps: Path, tier: str, graphs: Sequence[BuiltGraph], lines: Path) -> None:
    """Write the dumps of graphs, and the uncompressed lines from which their store is filled.

    There, each statement stands twice: in its named graph and in the default graph.
    """
    (dumps / "graphs").mkdir(parents=True)
    with lines.open("wb") as everything, (dumps / f"{tier}.nq.gz").open("wb") as whole:
        for graph in graphs:
            content = b"".join(f"{line[:-1]}<{graph.iri}> .\n".encode() for line in graph.lines())
            everything.write(content)
            everything.write(graph.file.read_bytes())
            packed = gzip.compress(content, COMPRESSION, mtime=0)
            (dumps / "graphs" / dump_name(graph)).write_bytes(packed)
            # Members of a gzip file add up: the whole dump is its parts one after the other.
            whole.write(packed)
    write_checksums(dumps)


def load(folder: Path, lines: Path, below: Path | None) -> Path:
    """Fill a store with N-Quads, on top of a checkpoint of another store where there is one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if below is not None:
        Store(str(below)).backup(str(folder))
    store = Store(str(folder))
    store.bulk_load(path=str(lines), format=RdfFormat.N_QUADS)
    store.flush()
    return folder


def write_checksums(dumps: Path) -> None:
    """Write the sha256 of every dump in the layout that sha256sum checks."""
    files = sorted(file for file in dumps.rglob("*.gz"))
    lines = (
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(dumps)}\n"
        for file in files
    )
    (dumps / "SHA256SUMS").write_text("".join(lines), encoding="ascii")


def write_report(folder: Path, report: Mapping[str, str]) -> None:
    """Write the gate's report in each of its forms, by file name."""
    folder.mkdir()
    for name, content in report.items():
        (folder / name).write_text(content, encoding="utf-8")


def write_statistics(file: Path, graphs: Sequence[BuiltGraph], base: str) -> None:
    """Write the public description of what the release holds as a file, in Turtle."""
    for graph in graphs:
        if graph.source == "void" and graph.visibility == "public":
            quads = parse(path=str(graph.file), format=RdfFormat.N_TRIPLES)
            triples = (quad.triple for quad in quads)
            used = {name: start for name, start in own_prefixes(base).items() if name in SHORT}
            file.write_bytes(serialize(triples, format=RdfFormat.TURTLE, prefixes=used) or b"")


def keep_sources(folder: Path, sources: Mapping[str, BuiltDelivery]) -> None:
    """Keep what each source was built to, for a build that must fall back on it."""
    folder.mkdir()
    for name, built in sources.items():
        kept = []
        for graph in built.graphs:
            file = folder / f"{name}.{graph.visibility}.nt"
            link_or_copy(graph.file, file)
            kept.append({**asdict(graph), "file": file.name})
        content = {**asdict(built), "graphs": kept}
        (folder / f"{name}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")


def link_or_copy(origin: Path, target: Path) -> None:
    """Give a file a second name; where the file system cannot, copy it."""
    try:
        target.hardlink_to(origin)
    except OSError:
        shutil.copyfile(origin, target)


def kept_source(release: Release, name: str) -> BuiltDelivery | None:
    """Return what a release was built from for one source."""
    return read_built(release.path / "sources" / f"{name}.json")


def persist(folder: Path) -> None:
    """Make the content of a directory survive a power loss."""
    for directory, _, files in os.walk(folder):
        for file in files:
            handle = os.open(Path(directory) / file, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        persist_directory(Path(directory))


def persist_directory(folder: Path) -> None:
    """Make the names in a directory survive a power loss."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def publish(home: Home, release: Release) -> None:
    """Make a release the current one: readers see the old one or the new one, never neither."""
    link = home.path / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / release.id)
    link.replace(home.current)
    persist_directory(home.path)


def sweep(home: Home) -> None:
    """Remove what a killed build left behind."""
    leftovers: Iterable[Path] = [
        *home.releases.glob(f"*{PARTIAL}"),
        *home.path.glob(".current-*"),
        *home.path.glob(f"{WORKING}*"),
        *home.deliveries.glob(f"*/.*{PARTIAL}"),
        *home.graphs.glob(f"*/.*{PARTIAL}"),
    ]
    for leftover in leftovers:
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
        else:
            leftover.unlink(missing_ok=True)
