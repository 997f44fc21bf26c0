"""Writing a release: stores, dumps, report and manifest, then one atomic swap."""

from __future__ import annotations

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

from loaders import delivery
from loaders.building import changes, dumps
from loaders.building.assembly import REPLACED, Assembly, Part
from loaders.building.changes import Recorded
from loaders.building.statistics import Census
from loaders.building.stores import TIERS, Stores
from loaders.description import list_templates, outlines, packets
from loaders.description.graphs import BuiltDelivery, BuiltGraph, read_built
from loaders.durable import link_or_copy, persist, persist_directory
from loaders.maps import making as maps
from loaders.statistics.cubes import INPUTS, Made
from loaders.statistics.earlier import FOLDER as UNITS
from loaders.statistics.earlier import PRIVATE
from queries.cubes import reading
from queries.describe import own_prefixes
from queries.packets import kept_file
from queries.release import (
    MANIFEST,
    PARTIAL,
    STATISTICS,
    Home,
    Release,
    ReleaseError,
    current,
    read_release,
)
from shapes.report import Report

# What the next release starts from: counts of everything, and what the gate found where.
CENSUS = "partner/census.json.gz"
RECORD = "partner/gate.json.gz"
REPORT = "partner/quality/report.json"
# The source whose territories the outlines are of.
TERRITORIES = "refnis"
# Working directories in a home; a killed command leaves its own to the next one.
WORKING = ".working-"
# The prefixes of the statistics.
SHORT = ("graph", "se", "void", "xsd")


@dataclass
class Making:
    """A release in the making: graphs and stores, what the gate says, counts, changes, cubes."""

    assembly: Assembly
    stores: Stores
    report: Report
    census: Census
    recorded: Recorded
    cubes: Made


@dataclass(frozen=True)
class Published:
    """What goes into a release beside its graphs."""

    base: str
    reports: Mapping[str, Mapping[str, str]]
    counts: Mapping[str, object]
    timings: Mapping[str, float]
    sources: Mapping[str, BuiltDelivery]


def write(home: Home, making: Making, published: Published) -> Path:
    """Write a release beside the others, complete but for its name, which ``finish`` gives it.

    The stores, which are in the folder of the making, are moved into it.
    """
    parts = [making.assembly.parts[iri] for iri in sorted(making.assembly.parts)]
    digests = "".join(f"{part.graph.iri} {part.graph.sha256}\n" for part in parts)
    now = datetime.now(UTC)
    content = hashlib.sha256(digests.encode()).hexdigest()
    identifier = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{content[:8]}"
    partial = home.releases / f"{identifier}{PARTIAL}"
    partial.mkdir(parents=True)
    keep(partial / "kept", parts)
    tiers = write_tiers(partial, making, parts)
    for tier, report in published.reports.items():
        write_report(partial / ("quality" if tier == "public" else f"{tier}/quality"), report)
    keep_sources(partial / "sources", published.sources)
    write_statistics(partial / STATISTICS, [part.graph for part in parts], published.base)
    list_templates.write_templates(partial / "lists")
    if any(part.graph.source == TERRITORIES for part in parts):
        parent = making.assembly.parent
        outlines.write_outlines(partial, parent.path if parent else None)
    write_beside(partial, making)
    write_cubes(partial, making.cubes)
    write_maps(home, partial, published.base, parts)
    changes.write(partial, identifier, making.recorded, published.base, home)
    manifest = {
        "id": identifier,
        "created": now.isoformat(timespec="milliseconds"),
        "parent": home.current.resolve().name if home.current.exists() else None,
        "base": published.base,
        "version": version("maillage"),
        REPLACED: making.assembly.decided,
        "graphs": [entry(part) for part in parts],
        "tiers": tiers,
        "counts": dict(published.counts),
        "timings": dict(published.timings),
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (partial / MANIFEST).write_text(text + "\n", encoding="utf-8")
    persist(partial)
    return partial


def finish(home: Home, written: Path) -> Release:
    """Give a written release its name: from then on it is one of the releases of the home."""
    final = written.with_name(written.name.removesuffix(PARTIAL))
    written.rename(final)
    persist_directory(home.releases)
    return read_release(final)


def entry(part: Part) -> dict[str, object]:
    """Return the manifest's entry for a graph."""
    graph = part.graph
    file = dumps.name(graph) if graph.visibility != "confidential" else None
    return {**asdict(graph), "file": file, "origin": part.origin}


def keep(folder: Path, parts: Iterable[Part]) -> None:
    """Keep the lines of the graphs that later releases compare theirs with."""
    folder.mkdir()
    for part in parts:
        if part.graph.packed or part.graph.visibility == "confidential":
            share(part.graph, kept_file(folder.parent, part.graph.iri))


def share(graph: BuiltGraph, target: Path) -> None:
    """Give the file of a graph a second name; what is confidential is for its owner only."""
    if graph.packed:
        packets.link(graph.file, target)
    else:
        link_or_copy(graph.file, target)
    if graph.visibility == "confidential":
        for file in target.parent.glob(f"{target.name}*"):
            file.chmod(PRIVATE)


def write_tiers(
    folder: Path, making: Making, parts: Sequence[Part]
) -> dict[str, dict[str, object]]:
    """Move the stores of the tiers and write their dumps; return their counts and digests.

    Dumps hold a tier's own graphs only.
    """
    tiers: dict[str, dict[str, object]] = {}
    digest, quads = hashlib.sha256(), 0
    for tier in TIERS:
        own = [part for part in parts if part.graph.visibility == tier]
        dumps.write(folder, tier, own, making.assembly.parent)
        for part in own:
            digest.update(f"{part.graph.iri} {part.graph.sha256}\n".encode())
            quads += part.graph.triples
        (folder / tier).mkdir(exist_ok=True)
        making.stores.place(tier).rename(folder / tier / "store")
        tiers[tier] = {"quads": quads, "sha256": digest.hexdigest()}
    return tiers


def write_beside(folder: Path, making: Making) -> None:
    """Write what the next release needs in order to change this one instead of starting anew."""
    making.census.write(folder / CENSUS)
    if making.report.record:
        making.report.record.write(folder / RECORD)


def write_cubes(folder: Path, made: Made) -> None:
    """Move the cubes into a release, and what they were computed from to what it keeps."""
    if any(made.folder.iterdir()):
        made.folder.rename(folder / reading.FOLDER)
    if made.units and any(made.units.iterdir()):
        made.units.rename(folder / UNITS)
    (folder / INPUTS).write_text(json.dumps(made.inputs, indent=1), encoding="utf-8")


def write_maps(home: Home, folder: Path, base: str, parts: Sequence[Part]) -> None:
    """Draw the maps of what is public, as like those of the current release as may be."""
    try:
        parent = current(home)
    except ReleaseError:
        parent = None
    store = Store.read_only(str(folder / "public" / "store"))
    maps.write(folder, store, base, [part.graph for part in parts], parent)


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
            share(graph, file)
            kept.append({**asdict(graph), "file": file.name})
        content = {**asdict(built), "graphs": kept}
        (folder / f"{name}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")


def kept_source(release: Release, name: str) -> BuiltDelivery | None:
    """Return what a release was built from for one source."""
    return read_built(release.path / "sources" / f"{name}.json")


def publish(home: Home, release: Release) -> None:
    """Make a release the current one: readers see the old one or the new one, never neither."""
    link = home.path / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / release.id)
    link.replace(home.current)
    persist_directory(home.path)


def sweep(home: Home) -> None:
    """Remove what a killed build left behind, and put back what it had moved aside."""
    delivery.put_back(home)
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
