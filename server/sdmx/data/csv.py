"""Data in SDMX-CSV 1.0, 2.0 and 2.1.

Written by hand because pysdmx needs all observations in a table of pandas, knows names in English
only and writes no keys of observations; sdmx1 leaves attributes out. Lines are made in SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from queries.cubes import periods
from queries.cubes.database import quoted, text
from queries.cubes.model import Component, Names
from server.sdmx.data.message import Action, DataSet, Message, pieces
from server.sdmx.header import best, instant

Version = Literal["1.0", "2.0", "2.1"]
Labels = Literal["id", "name", "both"]
Keys = Literal["none", "obs", "series", "both"]
_ACTIONS: dict[Action, str] = {"Replace": "R", "Delete": "D", "Merge": "M", "Append": "A"}
# Between the languages of one text.
WITHIN = ";"


@dataclass(frozen=True)
class Options:
    """How columns and values are written."""

    labels: Labels = "id"
    normalized: bool = False
    keys: Keys = "none"


def write(version: Version, message: Message, options: Options) -> Iterator[bytes]:
    """Yield a message of data sets of one structure."""
    return pieces(CsvWriter(version, message, options).parts())


class CsvWriter:
    """Writes lines of observations."""

    def __init__(self, version: Version, message: Message, options: Options) -> None:
        self.version = version
        self.message = message
        self.options = options
        self.languages = message.languages

    def parts(self) -> Iterator[str]:
        """Yield the line of titles and those of observations."""
        yield ",".join(map(field, self.titles())) + "\r\n"
        for data_set in self.message.data_sets:
            # What is not there is written as nothing.
            cells = ", ',', ".join(self.cells(data_set))
            line = f"concat({cells}, chr(13), chr(10))"
            last = ""
            for (row,) in data_set.table.rows(line):
                # Without its observations, a series is one line.
                if row != last or not data_set.keys_only:
                    yield row
                last = row

    @cached_property
    def columns(self) -> list[tuple[str, DataSet]]:
        """What has a column, with the first data set that has it.

        The dimensions of all structures come first, then their measures, then their attributes.
        """
        sets = self.message.structures
        parts = [
            *((one, held) for held in sets for one in held.dimensions),
            *((held.structure.measure, held) for held in sets if held.measures),
            *((one, held) for held in sets for one in held.structure.attributes),
        ]
        found: dict[str, DataSet] = {}
        for one, held in parts:
            found.setdefault(one.id, held)
        return list(found.items())

    def titles(self) -> Iterator[str]:
        """Yield the titles of all columns."""
        if self.version == "1.0":
            yield "DATAFLOW"
        else:
            said = (one for held in self.message.structures for one in held.attributes.values())
            several = any(not isinstance(one, str) for one in said)
            yield f"STRUCTURE[{WITHIN}]" if several else "STRUCTURE"
            yield "STRUCTURE_ID"
            if self.options.labels == "name":
                yield "STRUCTURE_NAME"
            yield "ACTION"
            if self.options.keys in ("series", "both"):
                yield "SERIES_KEY"
            if self.options.keys in ("obs", "both"):
                yield "OBS_KEY"
        for one, held in self.columns:
            yield from self.title(held, one)
        if self.dated:
            yield from ("VALID_FROM", "VALID_TO")

    def title(self, data_set: DataSet, one: str) -> Iterator[str]:
        """Yield the titles of one component: its own, and that of its name."""
        name = best(data_set.cube.collection.concepts[one].names, self.languages)
        said = [held.attributes.get(one) for held in self.message.structures]
        spoken = dict.fromkeys(code for text in said if isinstance(text, Mapping) for code in text)
        languages = f"[{WITHIN.join(spoken)}]" if spoken and self.version != "1.0" else ""
        if self.options.labels == "both":
            yield f"{one}{languages}: {name}"
        else:
            yield f"{one}{languages}"
        if self.named:
            yield name

    def cells(self, data_set: DataSet) -> Iterator[str]:
        """Yield the cells of a line, in SQL."""
        flow = data_set.flow
        name = best(flow.names, self.languages)
        both = f"{flow.reference}: {name}" if self.options.labels == "both" else flow.reference
        if self.version == "1.0":
            yield text(field(both))
        else:
            yield text("dataflow")
            yield text(field(both))
            if self.options.labels == "name":
                yield text(field(name))
            yield text(self.action(data_set.action))
            yield from self.keys(data_set)
        own = data_set.structure
        held = {one.id: one for one in (*data_set.dimensions, own.measure, *own.attributes)}
        unsaid = {one.id for one in data_set.own} if data_set.keys_only else set()
        for name, _first in self.columns:
            if name in held and name not in unsaid:
                yield from self.cell(data_set, held[name])
            else:
                yield from ["''"] * (2 if self.named else 1)
        if self.dated:
            for moment in (data_set.valid_from, data_set.valid_to):
                yield text(instant(moment) if moment else "")

    def action(self, action: Action) -> str:
        """Return the letter of an action; the letter for merging is of version 2.1."""
        if action == "Merge" and self.version == "2.0":
            return _ACTIONS["Append"]
        return _ACTIONS[action]

    @property
    def dated(self) -> bool:
        """Whether there are columns for the time that an observation was what was published.

        Columns of one's own are for all that the standard has no place for.
        """
        return self.version != "1.0" and any(one.valid_from for one in self.message.data_sets)

    @property
    def named(self) -> bool:
        """Whether each component has a column for names beside its own."""
        return self.options.labels == "name" and self.version != "1.0"

    def keys(self, data_set: DataSet) -> Iterator[str]:
        """Yield the keys of the series and of the observation, where they are wanted."""
        dimensions = data_set.dimensions
        observed = data_set.observed_by
        series = [one for one in dimensions if data_set.flat or one.id != observed]
        if self.options.keys in ("series", "both"):
            yield " || '.' || ".join(quoted(one.id) for one in series)
        if self.options.keys in ("obs", "both"):
            whole = " || '.' || ".join(quoted(one.id) for one in dimensions)
            yield "''" if data_set.keys_only else whole

    def cell(self, data_set: DataSet, one: Component) -> Iterator[str]:
        """Yield the cells of one component: its value, and its name where that is wanted."""
        labels = (
            self.options.labels if self.version != "1.0" or self.options.labels == "both" else "id"
        )
        names = self.names(data_set, one)
        column = self.column(data_set, one)
        if labels == "both" and names:
            column = lookup(
                one.id, {code: field(f"{code}: {name}") for code, name in names.items()}
            )
        yield column
        if labels == "name":
            told = {code: field(name) for code, name in names.items()}
            yield lookup(one.id, told) if told else "''"

    def column(self, data_set: DataSet, one: Component) -> str:
        """Return the value of a component, in SQL."""
        if one.role == "measure":
            return data_set.value or "''"
        if one.attachment == "dataset" and one.role == "attribute":
            return text(field(self.said(data_set.attributes.get(one.id, ""))))
        if one.role == "time" and self.options.normalized:
            times = data_set.table.facts.values[one.id]
            return lookup(one.id, {time: periods.read(time).start.isoformat() for time in times})
        return quoted(one.id) if one.code_list or one.role == "time" else free(one.id)

    def said(self, value: str | Names) -> str:
        """Return what is said of all observations, in one language or in all of them."""
        if isinstance(value, str):
            return value
        if self.version == "1.0":
            return best(value, self.languages)
        return WITHIN.join(f"{language}:{told.replace(WITHIN, ',')}"
                           for language, told in value.items())  # fmt: skip

    def names(self, data_set: DataSet, one: Component) -> Mapping[str, str]:
        """Return the names of the codes that a component has in the file."""
        codes = data_set.cube.code_list(one.id)
        if codes is None:
            return {}
        known = {code.id: best(code.names, self.languages) for code in codes.codes}
        used = data_set.table.facts.values.get(one.id, tuple(known))
        return {code: known[code] for code in used}


def lookup(column: str, values: Mapping[str, str]) -> str:
    """Return what a column stands for, in SQL: by the numbers of its codes."""
    if not values:
        return "NULL"
    codes = ", ".join(map(text, values))
    told = ", ".join(map(text, values.values()))
    return f"([{told}])[enum_code(CAST({quoted(column)} AS ENUM({codes}))) + 1]"


def free(column: str) -> str:
    """Return a column of free text as a cell, in SQL."""
    name = quoted(column)
    return (
        f"""CASE WHEN regexp_matches({name}, '[",\\r\\n]') """
        f"""THEN '"' || replace({name}, '"', '""') || '"' ELSE {name} END"""
    )


def field(value: str) -> str:
    """Return a text as a cell.

    >>> field('said "so", twice'), field("plain")
    ('"said ""so"", twice"', 'plain')
    """
    if any(sign in value for sign in '",\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value
