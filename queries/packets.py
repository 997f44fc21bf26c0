"""Reading of large graphs in packets, which releases keep: what is said of one entity together.

The packets of a graph follow each other in the order of their keys and are grouped in blocks. Where
a block begins is decided by the keys alone, so that graphs that differ little share most blocks.
The blocks stand in one file, or in that of an earlier state and in further files beside it, each
with what came later: what did not change is not written again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, NamedTuple

from queries.release import Graph

INDEX = ".blocks"


class Place(NamedTuple):
    """Where bytes of a graph stand: the number of the file, the offset in it, how many they are."""

    part: int
    offset: int
    length: int


@dataclass(frozen=True)
class Block:
    """Packets that follow each other: their digest, number of lines, keys and lengths in bytes.

    ``part`` and ``offset`` say where they stand: blocks that only differ in that are the same.
    """

    digest: str
    triples: int
    packets: tuple[tuple[str, int], ...]
    part: int = field(default=0, compare=False)
    offset: int = field(default=0, compare=False)

    @property
    def length(self) -> int:
        """Bytes that the block takes."""
        return sum(length for _, length in self.packets)


@dataclass(frozen=True)
class PacketFile:
    """A file of packets, with those beside it, and its blocks."""

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
    def places(self) -> Mapping[str, Place]:
        """Where the packet of each key stands."""
        found = {}
        for block in self.blocks:
            offset = block.offset
            for key, length in block.packets:
                found[key] = Place(block.part, offset, length)
                offset += length
        return found

    @property
    def parts(self) -> list[int]:
        """The numbers of the files in which the blocks stand."""
        return sorted({block.part for block in self.blocks} | {0})

    @property
    def files(self) -> list[Path]:
        """The files in which the blocks stand."""
        return [part(self.file, number) for number in self.parts]

    @cached_property
    def straight(self) -> bool:
        """Whether the first file holds all packets in their order, and nothing else."""
        offset = 0
        for block in self.blocks:
            if block.part or block.offset != offset:
                return False
            offset += block.length
        return self.file.stat().st_size == offset

    def packet(self, key: str) -> bytes:
        """Return the packet of a key, empty when there is none."""
        place = self.places.get(key)
        if place is None:
            return b""
        with part(self.file, place.part).open("rb") as stream:
            stream.seek(place.offset)
            return stream.read(place.length)

    def contents(self) -> Iterator[tuple[Block, bytes]]:
        """Yield the blocks with their content, in order."""
        with ExitStack() as stack:
            streams: dict[int, BinaryIO] = {
                number: stack.enter_context(part(self.file, number).open("rb"))
                for number in self.parts
            }
            for block in self.blocks:
                stream = streams[block.part]
                if stream.tell() != block.offset:
                    stream.seek(block.offset)
                yield block, stream.read(block.length)

    def lines(self) -> Iterator[str]:
        """Yield the lines in the order of their packets, without line ends."""
        for _, content in self.contents():
            yield from content.decode().split("\n")[:-1]


def index(file: Path) -> Path:
    """Return the place of the index of a packet file."""
    return file.with_name(file.name + INDEX)


def part(file: Path, number: int) -> Path:
    """Return the place of one of the files of a packet file; the first is the file itself."""
    return file.with_name(f"{file.name}.{number}") if number else file


def opened(file: Path) -> PacketFile:
    """Return a packet file that was written before."""
    blocks = []
    with index(file).open(encoding="utf-8") as stream:
        for line in stream:
            digest, triples, number, offset, *parts = line.rstrip("\n").split("\t")
            pairs = zip(parts[::2], map(int, parts[1::2]), strict=True)
            blocks.append(Block(digest, int(triples), tuple(pairs), int(number), int(offset)))
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
