"""Large graphs in packets: what is said of one entity stands together, so that a change is local.

The packets of a graph follow each other in the order of their keys and are grouped in blocks. Where
a block begins is decided by the keys alone: graphs with the same packets have the same blocks, by
whatever changes they came about, and in whichever files the blocks stand.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from loaders.durable import link_or_copy
from queries.packets import Block, PacketFile, changes, differing, index, opened, part

__all__ = [
    "Block", "PacketFile", "Writer", "begins", "block", "changes", "differing", "index", "indexed",
    "link", "new_blocks", "opened", "plain", "splice", "write",
]  # fmt: skip
# One key in so many begins a block: of registers, a block then has some thousand lines.
SPREAD = 16
# A graph is written whole again when its files hold more than this many times its bytes.
SLACK = 1.5


def begins(key: str) -> bool:
    """Tell whether a key begins a block."""
    return zlib.crc32(key.encode()) % SPREAD == 0


class Writer:
    """Writes the packets of a file, which come in the order of their keys."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._stream = file.open("wb")
        self._blocks: list[Block] = []
        self._offset = 0
        self._group: list[tuple[str, bytes]] = []

    def add(self, key: str, content: bytes) -> None:
        """Write a packet; an empty one is left out."""
        if not content:
            return
        if self._group and begins(key):
            self._end_block()
        self._group.append((key, content))

    def _end_block(self) -> None:
        self._blocks.append(block(self._group, self._offset))
        self._offset += self._blocks[-1].length
        self._stream.writelines(content for _, content in self._group)
        self._group = []

    def close(self) -> PacketFile:
        """End the file and write its index."""
        if self._group:
            self._end_block()
        self._stream.close()
        return indexed(PacketFile.of(self.file, self._blocks))


def write(file: Path, packets: Iterable[tuple[str, bytes]]) -> PacketFile:
    """Write packets, which come in the order of their keys, with their index."""
    writer = Writer(file)
    for key, content in packets:
        writer.add(key, content)
    return writer.close()


def block(group: Iterable[tuple[str, bytes]], offset: int = 0, number: int = 0) -> Block:
    """Return the block that packets make, which stands at an offset of a file."""
    digest, triples, sizes = hashlib.sha256(), 0, []
    for key, content in group:
        digest.update(f"{key}\0".encode() + content)
        triples += content.count(b"\n")
        sizes.append((key, len(content)))
    return Block(digest.hexdigest(), triples, tuple(sizes), number, offset)


def indexed(written: PacketFile) -> PacketFile:
    """Write the index of a file."""
    with index(written.file).open("w", encoding="utf-8", newline="\n") as stream:
        for one in written.blocks:
            parts = (part for key, length in one.packets for part in (key, str(length)))
            where = (str(one.part), str(one.offset))
            stream.write("\t".join((one.digest, str(one.triples), *where, *parts)) + "\n")
    return written


def splice(former: PacketFile, file: Path, changed: Mapping[str, bytes]) -> PacketFile:
    """Write a file as a former one with some packets changed; an empty packet takes its key away.

    Only the blocks that change are written, to a file beside those of the former state, which
    the new one shares; from time to time, all of them.
    """
    known = {one.packets[0][0]: one for one in former.blocks}
    number = former.parts[-1] + 1
    blocks: list[Block] = []
    offset = 0
    with part(file, number).open("wb") as target, former.reading() as read:

        def content(key: str) -> bytes:
            return changed.get(key) or read(former.places[key])

        for keys in new_blocks(former, changed):
            same = known.get(keys[0])
            if same and len(same.packets) == len(keys) and not any(k in changed for k in keys):
                blocks.append(same)
                continue
            group = [(key, content(key)) for key in keys]
            target.writelines(content for _, content in group)
            blocks.append(block(group, offset, number))
            offset += blocks[-1].length
    if not offset:
        part(file, number).unlink()
    return settled(former, PacketFile.of(file, blocks))


def settled(former: PacketFile, spliced: PacketFile) -> PacketFile:
    """Give a spliced file the files that it shares, or write it whole when these hold too much."""
    for number in spliced.parts:
        if not part(spliced.file, number).exists():
            link_or_copy(part(former.file, number), part(spliced.file, number))
    held = sum(file.stat().st_size for file in spliced.files)
    if held <= SLACK * sum(one.length for one in spliced.blocks):
        return indexed(spliced)
    whole = spliced.file.with_name(f"{spliced.file.name}.whole")
    write_plain(spliced, whole)
    for file in spliced.files:
        file.unlink()
    whole.rename(spliced.file)
    return indexed(PacketFile.of(spliced.file, straightened(spliced.blocks)))


def straightened(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks as they stand when they follow each other in one file."""
    offset = 0
    for one in blocks:
        yield Block(one.digest, one.triples, one.packets, 0, offset)
        offset += one.length


def write_plain(packets: PacketFile, file: Path) -> None:
    """Write the lines of a packet file to one file, in order."""
    with file.open("wb") as target:
        target.writelines(content for _, content in packets.contents())


def plain(packets: PacketFile, file: Path) -> Path:
    """Return a file with nothing but the lines, in order: its own, or one that is written."""
    if packets.straight:
        return packets.file
    write_plain(packets, file)
    return file


def link(origin: Path, target: Path) -> None:
    """Give a packet file, with what stands beside it, a second name."""
    for number in opened(origin).parts:
        link_or_copy(part(origin, number), part(target, number))
    link_or_copy(index(origin), index(target))


def new_blocks(former: PacketFile, changed: Mapping[str, bytes]) -> Iterator[list[str]]:
    """Yield the keys of the blocks that a file has after a change."""
    kept = former.places.keys() - changed.keys()
    added = {key for key, content in changed.items() if content}
    group: list[str] = []
    for key in sorted(kept | added):
        if group and begins(key):
            yield group
            group = []
        group.append(key)
    if group:
        yield group
