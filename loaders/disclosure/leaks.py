"""Searching what is public for values that are withheld, whatever the format.

Compressed files are opened, Parquet and stores are read; in all other bytes, numbers are looked
for as text in the ways people and programs write them, and as binary numbers.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
from pyoxigraph import Literal, Store

# Fewer digits than this are found anywhere by chance.
DIGITS = 5
_BETWEEN = rb"(?:[ '_]|\xc2\xa0|\xe2\x80\xaf|%20|&#160;)"
_BARE = re.compile(rb"\d[\d.,]*\d(?:[eE][+-]?\d{1,3})?")
_GROUPED = re.compile(rb"(?<!\d)\d{1,3}(?:" + _BETWEEN + rb"\d{3})+(?!\d)(?:[.,]\d+)?")
_GAP = re.compile(_BETWEEN)


class Wanted:
    """Values to look for, as what they are written as."""

    def __init__(self, values: Iterable[float | Decimal]) -> None:
        self.numbers: dict[str, str] = {}
        for value in values:
            text = plain(Decimal(repr(value)) if isinstance(value, float) else value)
            if len(text.replace(".", "").replace("-", "").strip("0")) >= DIGITS:
                self.numbers[text.lstrip("-")] = text
        self.doubles = np.array([float(text) for text in self.numbers])

    def __bool__(self) -> bool:
        return bool(self.numbers)

    def in_text(self, content: bytes) -> set[str]:
        """Return the values that are written in a text."""
        found = set()
        for pattern in (_BARE, _GROUPED):
            for match in pattern.finditer(content):
                for reading in readings(match.group()):
                    if reading in self.numbers:
                        found.add(self.numbers[reading])
        return found

    def in_binary(self, content: bytes) -> set[str]:
        """Return the values that stand in bytes as numbers of eight bytes."""
        found = set()
        for start in range(8):
            end = start + (len(content) - start) // 8 * 8
            for order in "<>":
                doubles = np.frombuffer(content[start:end], dtype=f"{order}f8")
                with np.errstate(all="ignore"):
                    hits = doubles[np.isin(np.abs(doubles), self.doubles)]
                found |= {plain(Decimal(repr(abs(float(one))))) for one in hits}
        return {self.numbers[one] for one in found if one in self.numbers}


def plain(value: Decimal) -> str:
    """Return a number in its shortest plain form."""
    text = format(value.normalize(), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def readings(token: bytes) -> Iterator[str]:
    """Yield what a number may stand for, whichever sign divides its decimals."""
    text = _GAP.sub(b"", token).decode()
    for decimal, group in ((".", ","), (",", ".")):
        bare = text.replace(group, "").replace(decimal, ".")
        if bare.count(".") <= 1:
            try:
                yield plain(Decimal(bare))
            except ArithmeticError:
                continue


def search(folder: Path, values: Iterable[float | Decimal]) -> Mapping[str, frozenset[str]]:
    """Return, by path in a folder, which of some withheld values are to be found there.

    The values themselves are what is returned: show them to nobody who may not see them.
    """
    wanted = Wanted(values)
    found: dict[str, set[str]] = {}
    if not wanted:
        return {}
    stores = [one.parent for one in folder.rglob("CURRENT") if (one.parent / "IDENTITY").is_file()]
    for store in stores:
        note(found, store.relative_to(folder), in_store(wanted, store))
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not any(file.is_relative_to(store) for store in stores):
            note(found, file.relative_to(folder), in_file(wanted, file))
    return {path: frozenset(some) for path, some in found.items()}


def note(found: dict[str, set[str]], path: Path, some: set[str]) -> None:
    """Note what a path holds."""
    if some:
        found.setdefault(str(path), set()).update(some)


def in_store(wanted: Wanted, folder: Path) -> set[str]:
    """Return the values that a store of triples holds."""
    found = set()
    for quad in Store.read_only(str(folder)):
        if isinstance(quad.object, Literal):
            found |= wanted.in_text(quad.object.value.encode())
    return found


def in_file(wanted: Wanted, file: Path) -> set[str]:
    """Return the values that a file holds."""
    if file.suffix == ".parquet":
        return in_parquet(wanted, file) | in_bytes(wanted, file.read_bytes(), file.name)
    return in_bytes(wanted, file.read_bytes(), file.name)


def in_parquet(wanted: Wanted, file: Path) -> set[str]:
    """Return the values that a file of Parquet holds, in any column."""
    found = set()
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT * FROM read_parquet(?)", [str(file)])
        while batch := rows.fetchmany(10_000):
            found |= wanted.in_text("\n".join(str(one) for row in batch for one in row).encode())
    return found


def in_bytes(wanted: Wanted, content: bytes, name: str = "", depth: int = 3) -> set[str]:
    """Return the values that bytes hold, opening what is packed: an answer, a file, an archive."""
    found = wanted.in_text(content) | wanted.in_binary(content)
    if depth and content[:2] == b"\x1f\x8b":
        return found | in_bytes(wanted, gzip.decompress(content), name, depth - 1)
    if depth and content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                found |= in_bytes(wanted, archive.read(member), member, depth - 1)
    return found
