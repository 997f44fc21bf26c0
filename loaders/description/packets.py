"""Large graphs in packets: what is said of one entity stands together, so that a change is local.

The packets of a file follow each other in the order of their keys and are grouped in blocks. Where
a block begins is decided by the keys alone: files with the same packets have the same blocks, by
whatever changes they came about.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from queries.packets import Block, PacketFile, changes, differing, index, opened

__all__ = [
    "Block", "Copier", "PacketFile", "Writer", "begins", "block", "changes", "differing", "index",
    "indexed", "new_blocks", "opened", "splice", "write",
]  # fmt: skip
# One key in so many begins a block: of registers, a block then has some thousand lines.
SPREAD = 16


def begins(key: str) -> bool:
    """Tell whether a key begins a block."""
    return zlib.crc32(key.encode()) % SPREAD == 0


class Writer:
    """Writes the packets of a file, which come in the order of their keys."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._stream = file.open("wb")
        self._blocks: list[Block] = []
        self._group: list[tuple[str, bytes]] = []

    def add(self, key: str, content: bytes) -> None:
        """Write a packet; an empty one is left out."""
        if not content:
            return
        if self._group and begins(key):
            self._end_block()
        self._group.append((key, content))

    def _end_block(self) -> None:
        self._blocks.append(block(self._group))
        self._stream.writelines(content for _, content in self._group)
        self._group = []

    def close(self) -> PacketFile:
        """End the file and write its index."""
        if self._group:
            self._end_block()
        self._stream.close()
        return indexed(PacketFile(self.file, tuple(self._blocks)))


def write(file: Path, packets: Iterable[tuple[str, bytes]]) -> PacketFile:
    """Write packets, which come in the order of their keys, with their index."""
    writer = Writer(file)
    for key, content in packets:
        writer.add(key, content)
    return writer.close()


def block(group: Iterable[tuple[str, bytes]]) -> Block:
    """Return the block that packets make."""
    digest, triples, sizes = hashlib.sha256(), 0, []
    for key, content in group:
        digest.update(f"{key}\0".encode() + content)
        triples += content.count(b"\n")
        sizes.append((key, len(content)))
    return Block(digest.hexdigest(), triples, tuple(sizes))


def indexed(written: PacketFile) -> PacketFile:
    """Write the index of a file."""
    with index(written.file).open("w", encoding="utf-8", newline="\n") as stream:
        for one in written.blocks:
            parts = (part for key, length in one.packets for part in (key, str(length)))
            stream.write("\t".join((one.digest, str(one.triples), *parts)) + "\n")
    return written


def splice(former: PacketFile, file: Path, changed: Mapping[str, bytes]) -> PacketFile:
    """Write a file as a former one with some packets changed; an empty packet takes its key away.

    What lies between the changes is copied by the system, not read.
    """
    if not changed:
        os.link(former.file, file)
        return indexed(PacketFile(file, former.blocks))
    known = {one.packets[0][0]: one for one in former.blocks}
    blocks: list[Block] = []
    with former.file.open("rb") as source, file.open("wb") as target:
        copier = Copier(source, target)
        for keys in new_blocks(former, changed):
            same = known.get(keys[0])
            if same and len(same.packets) == len(keys) and not any(k in changed for k in keys):
                copier.copy(former.places[keys[0]][0], same.length)
                blocks.append(same)
                continue
            group = [(key, changed.get(key) or former.packet(key)) for key in keys]
            copier.write(b"".join(content for _, content in group))
            blocks.append(block(group))
        copier.flush()
    return indexed(PacketFile(file, tuple(blocks)))


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


class Copier:
    """Copies spans of one file to another, joining those that follow each other."""

    def __init__(self, source: BinaryIO, target: BinaryIO) -> None:
        self.source, self.target = source, target
        self.start = self.end = 0

    def copy(self, offset: int, length: int) -> None:
        """Copy a span."""
        if offset != self.end:
            self.flush()
            self.start = offset
        self.end = offset + length

    def write(self, content: bytes) -> None:
        """Write bytes that come from elsewhere."""
        self.flush()
        self.target.write(content)

    def flush(self) -> None:
        """Copy what was put off."""
        offset, left = self.start, self.end - self.start
        self.target.flush()
        while left:
            done = os.sendfile(self.target.fileno(), self.source.fileno(), offset, left)
            if not done:
                raise OSError(f"{self.source.name} ends before byte {offset + left}")
            offset, left = offset + done, left - done
        self.start = self.end
