"""Data in SDMX-CSV, with and without names of codes.

Read by hand because pysdmx refuses a message with two actions and needs pandas.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from loaders.sdmx.received import MessageError, Received, ReceivedSet, Row
from queries.cubes.model import Structure

OWN = ("STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY", "DATAFLOW")
ACTIONS = {"R": "Replace", "D": "Delete", "M": "Merge", "A": "Append", "I": "Information"}


def read(content: bytes, structure: Structure) -> Received:
    """Return what a message of data of a structure says."""
    lines = lines_of(content)
    try:
        reader = Lines(next(lines), structure)
        sets: dict[tuple[str, str, str], ReceivedSet] = {}
        for line in lines:
            reader.take(line, sets)
    except StopIteration:
        raise MessageError("the message is empty") from None
    except csv.Error as error:
        raise MessageError(f"not CSV: {error}") from error
    return Received(list(sets.values()))


def named(content: bytes) -> str:
    """Return the reference of what the first line is of."""
    lines = lines_of(content)
    try:
        cells = dict(zip(next(lines), next(lines), strict=False))
    except (StopIteration, csv.Error) as error:
        raise MessageError("the message has no observation") from error
    return reference_of(cells)


def reference_of(cells: Mapping[str, str]) -> str:
    """Return the reference of what a line is of."""
    found = (cells.get("STRUCTURE_ID") or cells.get("DATAFLOW") or "").partition(": ")[0]
    if not found:
        raise MessageError("a line says not of which structure it is")
    return found


def lines_of(content: bytes) -> Iterator[list[str]]:
    """Yield the lines of a message, the titles first."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MessageError("the message is not written in UTF-8") from error
    start = text.partition("\n")[0]
    separator = ";" if start.count(";") > start.count(",") else ","
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


class Lines:
    """Reads lines by their titles."""

    def __init__(self, titles: list[str], structure: Structure) -> None:
        self.structure = structure
        self.coded = {one.id for one in structure.components if one.code_list}
        self.known = {one.id for one in structure.components}
        self.whole = {one.id for one in structure.attributes if one.attachment == "dataset"}
        # With names in columns of their own, every second column of a component is one.
        self.beside = "STRUCTURE_NAME" in titles
        self.both = any(": " in title for title in titles)
        self.columns: dict[int, str] = {}
        self.languages: set[str] = set()
        place = 0
        while place < len(titles):
            title = titles[place].partition(": ")[0]
            name, bracket, _rest = title.partition("[")
            if bracket and name in self.known:
                self.languages.add(name)
            if name in OWN or name in self.known:
                self.columns[place] = name
            named = self.beside and name in self.known
            place += 2 if named else 1

    def take(self, line: list[str], sets: dict[tuple[str, str, str], ReceivedSet]) -> None:
        """Put one line into the data set that it belongs to."""
        cells = {name: line[place] for place, name in self.columns.items() if place < len(line)}
        kind = cells.get("STRUCTURE", "dataflow")
        reference = reference_of(cells)
        action = ACTIONS.get(cells.get("ACTION", ""), cells.get("ACTION") or "")
        found = sets.setdefault(
            (kind, reference, action), ReceivedSet(kind, reference, action or None)
        )
        row: Row = {}
        for name, cell in cells.items():
            if name in self.known and cell != "":
                value = cell.partition(": ")[0] if self.both and name in self.coded else cell
                if name in self.whole:
                    self.say(found, name, value)
                else:
                    row[name] = value
        found.rows.append(row)

    def say(self, found: ReceivedSet, name: str, value: str) -> None:
        """Keep what is said of all observations."""
        if name in found.attributes:
            return
        if name not in self.languages:
            found.attributes = {**found.attributes, name: value}
            return
        parts = (part.partition(":") for part in value.split(";"))
        found.attributes = {
            **found.attributes, name: {code: text for code, _colon, text in parts}
        }  # fmt: skip
