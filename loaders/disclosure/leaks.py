"""Searching what is public for values that are withheld, whatever the format.

Compressed files are opened, Parquet and stores are read; in all other bytes, numbers are looked
for as text in the ways people and programs write them, and as binary numbers.
"""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import duckdb
from pyoxigraph import Literal, Store

# Fewer digits than this are found anywhere by chance.
DIGITS = 5
_BETWEEN = rb"(?:[ '_]|\xc2\xa0|\xe2\x80\xaf|%20|&#160;)"
_BARE = rb"\d[\d.,]{%d,}\d(?:[eE][+-]?\d{1,3})?|\d[\d.,]*[eE][+-]?\d{1,3}"
_GROUPED = re.compile(rb"(?<!\d)\d{1,3}(?:" + _BETWEEN + rb"\d{3})+(?!\d)(?:[.,]\d+)?")
_GAP = re.compile(_BETWEEN)


class Wanted:
    """Values to look for, as what they are written as."""

    def __init__(self, values: Iterable[float | Decimal]) -> None:
        self.numbers: dict[str, str] = {}
        for value in values:
            text = plain(Decimal(repr(value)) if isinstance(value, float) else value)
            if len(significant(text)) >= DIGITS:
                self.numbers[text.lstrip("-")] = text
        # A number is never written in fewer signs than it has digits, unless by a power of ten.
        self.shortest = min((len(significant(text)) for text in self.numbers), default=DIGITS)
        self.patterns = (re.compile(_BARE % (self.shortest - 2)), _GROUPED)
        self.doubles = {
            struct.pack(f"{order}d", sign * float(text)): shown
            for text, shown in self.numbers.items()
            for order in "<>"
            for sign in (1, -1)
        }

    def __bool__(self) -> bool:
        return bool(self.numbers)

    def in_text(self, content: bytes) -> set[str]:
        """Return the values that are written in a text."""
        found = set()
        for pattern in self.patterns:
            for match in pattern.finditer(content):
                for reading in readings(match.group()):
                    if reading in self.numbers:
                        found.add(self.numbers[reading])
        return found

    def in_binary(self, content: bytes) -> set[str]:
        """Return the values that stand in bytes as numbers of eight bytes; text has none."""
        if is_text(content):
            return set()
        return {shown for packed, shown in self.doubles.items() if packed in content}


def is_text(content: bytes) -> bool:
    """Tell whether bytes are a text in UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


def significant(text: str) -> str:
    """Return the digits of a plain number that tell it from others."""
    return text.replace(".", "").replace("-", "").strip("0")


def plain(value: Decimal) -> str:
    """Return a number in its shortest plain form."""
    text = format(value.normalize(), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def readings(token: bytes) -> Iterator[str]:
    """Yield what numbers may stand for, whichever sign divides decimals, thousands or numbers."""
    text = _GAP.sub(b"", token).decode()
    for part in text.split(",") if "," in text else ():
        yield from number(part)
    for decimal, group in ((".", ","), (",", ".")):
        yield from number(text.replace(group, "").replace(decimal, "."))


def number(text: str) -> Iterator[str]:
    """Yield a number in its plain form, if a text is one."""
    if text.count(".") <= 1:
        try:
            yield plain(Decimal(text))
        except ArithmeticError:
            return


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
