"""Reading of large graphs in packets, which releases keep: what is said of one entity together.

The packets of a graph follow each other in the order of their keys and are grouped in blocks. Where
a block begins is decided by the keys alone, so that graphs that differ little share most blocks.
The blocks stand in one file, or in that of an earlier state and in further files beside it, each
with what came later: what did not change is not written again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
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

    @property
    def place(self) -> Place:
        """Where the block stands."""
        return Place(self.part, self.offset, self.length)


@dataclass(frozen=True)
class Index:
    """The blocks of a packet file, and where the packet of each key stands."""

    blocks: tuple[Block, ...]

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


@dataclass(frozen=True)
class IndexFile:
    """A written index, known by what the file system says: hard links of one are the same."""

    path: Path = field(compare=False)
    device: int
    inode: int
    modified: int
    size: int

    @classmethod
    def at(cls, path: Path) -> IndexFile:
        """Return the index that stands at a path."""
        seen = path.stat()
        return cls(path, seen.st_dev, seen.st_ino, seen.st_mtime_ns, seen.st_size)


@dataclass(frozen=True)
class PacketFile:
    """A file of packets, with those beside it, and its index."""

    file: Path
    index: Index

    @classmethod
    def of(cls, file: Path, blocks: Iterable[Block]) -> PacketFile:
        """Return a packet file with some blocks."""
        return cls(file, Index(tuple(blocks)))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks, in order."""
        return self.index.blocks

    @property
    def places(self) -> Mapping[str, Place]:
        """Where the packet of each key stands."""
        return self.index.places

    @property
    def triples(self) -> int:
        """Number of lines."""
        return sum(block.triples for block in self.blocks)

    @property
    def digest(self) -> str:
        """The sha256 over the digests of the blocks."""
        return hashlib.sha256("".join(block.digest for block in self.blocks).encode()).hexdigest()

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

    @contextmanager
    def reading(self) -> Iterator[Callable[[Place], bytes]]:
        """Open the files and give what reads a place of them."""
        with ExitStack() as stack:
            streams: dict[int, BinaryIO] = {
                number: stack.enter_context(part(self.file, number).open("rb"))
                for number in self.parts
            }

            def read(place: Place) -> bytes:
                stream = streams[place.part]
                if stream.tell() != place.offset:
                    stream.seek(place.offset)
                return stream.read(place.length)

            yield read

    def packets(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the packets of some keys, empty where there is none."""
        with self.reading() as read:
            places = ((key, self.places.get(key)) for key in keys)
            return {key: read(place) if place else b"" for key, place in places}

    def packet(self, key: str) -> bytes:
        """Return the packet of a key, empty when there is none."""
        return self.packets([key])[key]

    def contents(self) -> Iterator[tuple[Block, bytes]]:
        """Yield the blocks with their content, in order."""
        with self.reading() as read:
            for block in self.blocks:
                yield block, read(block.place)

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
    return PacketFile(file, read_index(IndexFile.at(index(file))))


@lru_cache(maxsize=16)
def read_index(written: IndexFile) -> Index:
    """Return what an index says."""
    blocks = []
    with written.path.open(encoding="utf-8") as stream:
        for line in stream:
            digest, triples, number, offset, *parts = line.rstrip("\n").split("\t")
            pairs = zip(parts[::2], map(int, parts[1::2]), strict=True)
            blocks.append(Block(digest, int(triples), tuple(pairs), int(number), int(offset)))
    return Index(tuple(blocks))


def changes(
    before: PacketFile, after: PacketFile, keys: Iterable[str]
) -> tuple[list[str], list[str]]:
    """Return the lines, without line ends, that went and came with the packets of some keys."""
    removed: list[str] = []
    added: list[str] = []
    wanted = sorted(keys)
    was, now = before.packets(wanted), after.packets(wanted)
    for key in wanted:
        if was[key] == now[key]:
            continue
        old = set(was[key].decode().split("\n")) - {""}
        new = set(now[key].decode().split("\n")) - {""}
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
