"""Dumps of a release: compressed N-Quads, whole and per graph, with checksums.

A gzip file is made of members that follow each other: a whole dump is its graphs one after the
other, and a packed graph its blocks. So what did not change is taken from the parent release.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO

from loaders.building.assembly import Part
from loaders.description.graphs import BuiltGraph
from loaders.durable import link_or_copy
from queries.packets import kept_file, packed
from queries.release import Release

COMPRESSION = 5
CHECKSUMS = "SHA256SUMS"
MEMBERS = ".members"
# Blocks that are compressed at a time, by as many threads as there are cores.
AT_ONCE = 64


@dataclass(frozen=True)
class Former:
    """The dumps of a tier in the parent release, with their checksums."""

    folder: Path | None = None
    kept: Path = Path()
    sums: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, parent: Release | None, tier: str) -> Former:
        """Return the dumps of a tier in a release."""
        if parent is None:
            return cls()
        folder = place(parent.path, tier)
        if not (folder / CHECKSUMS).is_file():
            return cls()
        lines = (folder / CHECKSUMS).read_text(encoding="ascii").splitlines()
        return cls(folder, parent.path, {name: digest for digest, name in map(str.split, lines)})


def place(release: Path, tier: str) -> Path:
    """Return the directory of the dumps of a tier."""
    return release / "dumps" if tier == "public" else release / tier / "dumps"


def name(graph: BuiltGraph) -> str:
    """Return the name of the dump of one graph."""
    suffix = "" if graph.visibility == "public" else f".{graph.visibility}"
    return f"{graph.source}.{graph.delivery}{suffix}.nq.gz"


def write(release: Path, tier: str, parts: Iterable[Part], parent: Release | None) -> None:
    """Write the dumps of a tier's own graphs."""
    folder, former = place(release, tier), Former.of(parent, tier)
    (folder / "graphs").mkdir(parents=True)
    sums: dict[str, str] = {}
    with (folder / f"{tier}.nq.gz").open("wb") as whole:
        for part in parts:
            file = folder / "graphs" / name(part.graph)
            relative = f"graphs/{file.name}"
            if part.same and former.folder and relative in former.sums:
                link_or_copy(former.folder / relative, file)
                keep_members(release, part.graph, former)
                sums[relative] = former.sums[relative]
            else:
                write_graph(release, file, part, former)
                sums[relative] = checksum(file)
            with file.open("rb") as written:
                shutil.copyfileobj(written, whole, 1 << 20)
    sums[f"{tier}.nq.gz"] = checksum(folder / f"{tier}.nq.gz")
    lines = (f"{sums[entry]}  {entry}\n" for entry in sorted(sums))
    (folder / CHECKSUMS).write_text("".join(lines), encoding="ascii")


def write_graph(release: Path, file: Path, part: Part, former: Former) -> None:
    """Write the dump of one graph."""
    ending = f" <{part.graph.iri}> .\n".encode()
    with file.open("wb") as target:
        if not part.graph.packed:
            content = part.graph.file.read_bytes().replace(b" .\n", ending)
            target.write(compressed(content))
            return
        lengths = write_members(target, part, former, ending)
    lines = "".join(f"{digest} {length}\n" for digest, length in lengths)
    members(release, part.graph.iri).write_text(lines, encoding="ascii")


def write_members(
    target: IO[bytes], part: Part, former: Former, ending: bytes
) -> list[tuple[str, int]]:
    """Write a packed graph, one member for each block; return their digests and lengths."""
    spans = former_members(part, former)
    old = Path(os.devnull)
    if spans and former.folder and part.former and part.former.file:
        old = former.folder / "graphs" / part.former.file
    lengths: list[tuple[str, int]] = []
    content = part.graph.packets()
    blocks = iter(content.blocks)
    with (
        ThreadPoolExecutor(os.cpu_count()) as pool,
        old.open("rb") as source,
        content.reading() as read,
    ):
        while some := list(islice(blocks, AT_ONCE)):
            fresh = [read(block.place) for block in some if block.digest not in spans]
            made = pool.map(compressed, (lines.replace(b" .\n", ending) for lines in fresh))
            for block in some:
                known = spans.get(block.digest)
                data = next(made) if known is None else span(source, *known)
                target.write(data)
                lengths.append((block.digest, len(data)))
    return lengths


def former_members(part: Part, former: Former) -> dict[str, tuple[int, int]]:
    """Return where the parent's dump of a graph has the member of each block."""
    found: dict[str, tuple[int, int]] = {}
    if former.folder is None or part.former is None or not packed(part.former):
        return found
    offset = 0
    for line in members(former.kept, part.former.iri).read_text(encoding="ascii").splitlines():
        digest, length = line.split()
        found[digest] = (offset, int(length))
        offset += int(length)
    return found


def span(source: IO[bytes], offset: int, length: int) -> bytes:
    """Return some bytes of a file."""
    source.seek(offset)
    return source.read(length)


def members(release: Path, iri: str) -> Path:
    """Return where a release keeps the digests and lengths of the members of a dump."""
    kept = kept_file(release, iri)
    return kept.with_name(kept.name + MEMBERS)


def keep_members(release: Path, graph: BuiltGraph, former: Former) -> None:
    """Keep the lengths of the members of a dump that is that of the parent."""
    if graph.packed:
        link_or_copy(members(former.kept, graph.iri), members(release, graph.iri))


def compressed(content: bytes) -> bytes:
    """Return a member of a gzip file, the same whenever it is made."""
    return gzip.compress(content, COMPRESSION, mtime=0)


def checksum(file: Path) -> str:
    """Return the sha256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
