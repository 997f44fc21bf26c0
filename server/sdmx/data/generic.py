"""Generic data in SDMX-ML, which only version 2.1 has: pairs of a component and its value.

pysdmx writes it validly, from a table of pandas and with names in English; it is written here so
that all forms come from one table of the engine, at its speed.
"""

from __future__ import annotations

from collections.abc import Iterator

from queries.cubes.database import quoted, text
from server.sdmx.data.message import DataSet, Message, pieces
from server.sdmx.data.ml import DataWriter
from server.sdmx.data.xml_text import content, escaped, in_one


def generic(message: Message, *, series: bool = False) -> Iterator[bytes]:
    """Yield a generic message."""
    return pieces(GenericWriter("2.1", message, series=series).parts())


class GenericWriter(DataWriter):
    """Writes data as pairs of a component and its value."""

    root, series_root = "GenericData", "GenericTimeSeriesData"

    def declarations(self) -> str:
        """Return the namespaces that the root declares."""
        names = self.names
        return (
            f' xmlns:mes="{names.message}" xmlns:com="{names.common}" xmlns:gen="{names.generic}"'
        )

    def particular(self, _data_set: DataSet) -> dict[str, str]:
        """Return nothing: a generic message is the same for all structures."""
        return {}

    def opening(self, data_set: DataSet) -> str:
        """Return the beginning of a data set with what is said of all its observations."""
        index = self.message.place(data_set)
        languages = self.message.languages
        said = "".join(
            f'<gen:Value id="{name}" value="{escaped(in_one(value, languages))}"/>'
            for name, value in data_set.attributes.items()
        )
        action = self.action(data_set.action)
        return (
            f'<mes:DataSet structureRef="S{index}" action="{action}"'
            f"{self.validity(data_set, '')}>"
            + (f"<gen:Attributes>{said}</gen:Attributes>" if said else "")
        )

    def head(self, data_set: DataSet) -> str:
        """Return the beginning of a series, in SQL."""
        if data_set.flat:
            return "''"
        parts = [text("<gen:Series><gen:SeriesKey>")]
        parts += [value(one.id, quoted(one.id)) for one in data_set.head]
        parts.append(text("</gen:SeriesKey>"))
        if data_set.action != "Delete":
            parts += self.attributes([
                (one.id, bool(one.code_list)) for one in data_set.head_attributes
            ])  # fmt: skip
        return " || ".join(parts)

    def own(self, data_set: DataSet) -> str:
        """Return an observation, in SQL."""
        if data_set.keys_only:
            return "''"
        parts = [text("<gen:Obs>")]
        if data_set.flat:
            parts.append(text("<gen:ObsKey>"))
            parts += [value(one.id, quoted(one.id)) for one in data_set.own]
            parts.append(text("</gen:ObsKey>"))
        else:
            column = quoted(data_set.observed_by)
            parts.append(f"""'<gen:ObsDimension value="' || {column} || '"/>'""")
        if data_set.value:
            parts.append(f"""coalesce('<gen:ObsValue value="' || {data_set.value} || '"/>', '')""")
        parts += self.attributes([
            (one.id, bool(one.code_list)) for one in data_set.own_attributes
        ])  # fmt: skip
        return " || ".join([*parts, text("</gen:Obs>")])

    def attributes(self, some: list[tuple[str, bool]]) -> list[str]:
        """Return the attributes that have a value, in SQL; nothing where none has."""
        if not some:
            return []
        each = " || ".join(
            f"coalesce({value(name, content(name, coded=coded))}, '')" for name, coded in some
        )
        missing = " AND ".join(f"{quoted(name)} IS NULL" for name, _coded in some)
        around = f"'<gen:Attributes>' || {each} || '</gen:Attributes>'"
        return [f"CASE WHEN {missing} THEN '' ELSE {around} END"]

    def close(self, data_set: DataSet) -> str:
        """Return the end of a series."""
        return "" if data_set.flat else "</gen:Series>"


def value(name: str, sql: str) -> str:
    """Return a pair of generic data, in SQL."""
    return f"""'<gen:Value id="{name}" value="' || {sql} || '"/>'"""
