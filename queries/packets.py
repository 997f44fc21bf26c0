"""Reading of large graphs in packets, which releases keep: what is said of one entity together.

The packets of a file follow each other in the order of their keys and are grouped in blocks. Where
a block begins is decided by the keys alone, so that files that differ little share most blocks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from queries.release import Graph

INDEX = ".blocks"


@dataclass(frozen=True)
class Block:
    """Packets that follow each other: their digest, number of lines, keys and lengths in bytes."""

    digest: str
    triples: int
    packets: tuple[tuple[str, int], ...]

    @property
    def length(self) -> int:
        """Bytes that the block takes."""
        return sum(length for _, length in self.packets)


@dataclass(frozen=True)
class PacketFile:
    """A file of packets and its blocks."""

    file: Path
    blocks: tuple[Block, ...]

    @property
    def triples(self) -> int:
        """Number of lines."""
        return sum(block.triples for block in self.blocks)

    @property
    def digest(self) -> str:
        """The sha256 over the digests of the blocks."""
        return hashlib.sha256("".join(block.digest for block in self.blocks).encode()).hexdigest()

    @cached_property
    def places(self) -> Mapping[str, tuple[int, int]]:
        """Where the packet of each key begins, and its length in bytes."""
        found, offset = {}, 0
        for block in self.blocks:
            for key, length in block.packets:
                found[key] = (offset, length)
                offset += length
        return found

    def packet(self, key: str) -> bytes:
        """Return the packet of a key, empty when there is none."""
        offset, length = self.places.get(key, (0, 0))
        with self.file.open("rb") as stream:
            stream.seek(offset)
            return stream.read(length)

    def contents(self) -> Iterator[tuple[Block, bytes]]:
        """Yield the blocks with their content, in order."""
        with self.file.open("rb") as stream:
            for block in self.blocks:
                yield block, stream.read(block.length)


def index(file: Path) -> Path:
    """Return the place of the index of a packet file."""
    return file.with_name(file.name + INDEX)


def opened(file: Path) -> PacketFile:
    """Return a packet file that was written before."""
    blocks = []
    with index(file).open(encoding="utf-8") as stream:
        for line in stream:
            digest, triples, *parts = line.rstrip("\n").split("\t")
            pairs = zip(parts[::2], map(int, parts[1::2]), strict=True)
            blocks.append(Block(digest, int(triples), tuple(pairs)))
    return PacketFile(file, tuple(blocks))


def changes(
    before: PacketFile, after: PacketFile, keys: Iterable[str]
) -> tuple[list[str], list[str]]:
    """Return the lines, without line ends, that went and came with the packets of some keys."""
    removed: list[str] = []
    added: list[str] = []
    for key in sorted(keys):
        old = set(before.packet(key).decode().split("\n")) - {""}
        new = set(after.packet(key).decode().split("\n")) - {""}
        removed += sorted(old - new)
        added += sorted(new - old)
    return removed, added


def differing(before: PacketFile, after: PacketFile) -> set[str]:
    """Return the keys of the blocks in which two files differ."""
    old = {one.digest: one for one in before.blocks}
    new = {one.digest: one for one in after.blocks}
    apart = [old[digest] for digest in old.keys() - new.keys()]
    apart += [new[digest] for digest in new.keys() - old.keys()]
    return {key for one in apart for key, _ in one.packets}


def packed(graph: Graph) -> bool:
    """Tell whether a release keeps a graph in packets."""
    return bool((graph.model_extra or {}).get("packed"))


def kept_file(release: Path, iri: str) -> Path:
    """Return where a release keeps the lines of a graph that is packed or confidential."""
    return release / "kept" / f"{hashlib.sha256(iri.encode()).hexdigest()[:16]}.nt"
