"""Data in SDMX-ML: generic (2.1) and particular to their structure (2.1, 3.0 and 3.1).

Written by hand because pysdmx leaves the attribute for the action without its namespace and names
a scope that the schema has not, so that what it writes is particular to no structure; sdmx1 writes
the name of an enumeration for an action. The texts of observations are made in SQL: the engine
that reads them is much faster than a loop over rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from queries.cubes.model import Names
from queries.cubes.urns import urn
from server.sdmx.data.message import Action, DataSet, Message, pieces
from server.sdmx.database import quoted, text
from server.sdmx.elements import LANG, XSI, Element, Namespaces, Version, writable
from server.sdmx.header import SYNTHETIC, best, instant
from server.sdmx.structures.references import References

# What an action is called where the version has no word for it.
_OLD_ACTIONS: dict[Action, str] = {"Merge": "Append"}


def specific(version: Version, message: Message) -> Iterator[bytes]:
    """Yield a message that is particular to the structure of its data."""
    return pieces(SpecificWriter(version, message).parts())


def generic(message: Message) -> Iterator[bytes]:
    """Yield a generic message, which only version 2.1 has."""
    return pieces(GenericWriter("2.1", message).parts())


class DataWriter:
    """Writes a message of data: what its forms have in common."""

    root: str

    def __init__(self, version: Version, message: Message) -> None:
        self.version = version
        self.message = message
        self.names = Namespaces(version)
        self.refer = References(self.names)

    def parts(self) -> Iterator[str]:
        """Yield the message in parts."""
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield f"<mes:{self.root}{self.declarations()}>"
        yield plain(self.header())
        for data_set in self.message.data_sets:
            yield from self.data_set(data_set)
        yield f"</mes:{self.root}>"

    def data_set(self, data_set: DataSet) -> Iterator[str]:
        """Yield one data set."""
        yield self.opening(data_set)
        head, own, close = self.head(data_set), self.own(data_set), self.close(data_set)
        last: str | None = None
        for series, observation in data_set.table.rows(head, own):
            if series != last:
                if last is not None:
                    yield close
                yield series
                last = series
            yield observation
        if last is not None:
            yield close
        yield "</mes:DataSet>"

    def header(self) -> Element:
        """Return the head of the message with what its data sets are made of."""
        head, make = self.message.header, self.names.mes
        found = self.names.header(replace(head, names=None))
        found.extend(
            self.structure(index, one) for index, one in enumerate(self.message.structures)
        )
        actions = {one.action for one in self.message.data_sets}
        if len(actions) == 1:
            found.append(make("DataSetAction", self.action(actions.pop())))
        if head.data_set:
            found.append(make("DataSetID", head.data_set))
        found.append(make("Extracted", head.moment))
        if head.reporting:
            found.append(make("ReportingBegin", head.reporting[0]))
            found.append(make("ReportingEnd", head.reporting[1]))
        if head.embargo:
            found.append(make("EmbargoDate", instant(head.embargo)))
        found.extend(self.sources())
        return found

    def sources(self) -> Iterator[Element]:
        """Yield where the data come from, with their licence, and whether they were invented.

        That is not said in a name of the message, at which sdmx1 stops reading.
        """
        flows = [one.flow for one in self.message.structures]
        said = "; ".join(
            dict.fromkeys(text for one in flows for text in (*one.sources, one.licence))
        )
        invented = any(one.synthetic for one in flows)
        texts = (
            {code: f"{said}. {told}" for code, told in SYNTHETIC.items()}
            if invented
            else {"en": said}
        )
        for code, told in texts.items():
            yield self.names.mes("Source", writable(told), {LANG: code})

    def structure(self, index: int, data_set: DataSet) -> Element:
        """Return the reference to the dataflow of a data set."""
        given = {"structureID": f"S{index}", "dimensionAtObservation": data_set.observed_by}
        given |= self.particular(data_set)
        tag, make = "StructureUsage", self.names.com
        reference = data_set.flow.reference
        if self.version != "2.1":
            usage = make(tag, urn("dataflow", reference))
        else:
            usage = make(tag, *self.refer.to("Structure", "dataflow", reference))
        return self.names.mes("Structure", given, usage)

    def action(self, action: Action) -> str:
        """Return what an action is called in this version."""
        return action if self.version == "3.1" else _OLD_ACTIONS.get(action, action)

    def validity(self, data_set: DataSet, prefix: str) -> str:
        """Return since and until when a data set was what was published."""
        found = ""
        for name, moment in (("From", data_set.valid_from), ("To", data_set.valid_to)):
            if moment:
                found += f' {prefix}valid{name}Date="{instant(moment)}"'
        return found

    def declarations(self) -> str:
        """Return the namespaces that the root declares."""
        raise NotImplementedError

    def particular(self, data_set: DataSet) -> dict[str, str]:
        """Return what the reference to a structure says beside it."""
        raise NotImplementedError

    def opening(self, data_set: DataSet) -> str:
        """Return the beginning of a data set."""
        raise NotImplementedError

    def head(self, data_set: DataSet) -> str:
        """Return the beginning of a series, in SQL."""
        raise NotImplementedError

    def own(self, data_set: DataSet) -> str:
        """Return an observation, in SQL."""
        raise NotImplementedError

    def close(self, data_set: DataSet) -> str:
        """Return the end of a series."""
        raise NotImplementedError


class SpecificWriter(DataWriter):
    """Writes data as attributes that are named as their components."""

    root = "StructureSpecificData"

    def declarations(self) -> str:
        """Return the namespaces that the root declares."""
        names = self.names
        own = "".join(
            f' xmlns:ns{index}="{namespace(one)}"'
            for index, one in enumerate(self.message.structures)
        )
        return (
            f' xmlns:mes="{names.message}" xmlns:com="{names.common}" xmlns:ss="{names.specific}"'
            f' xmlns:xsi="{XSI}"{own}'
        )

    def particular(self, data_set: DataSet) -> dict[str, str]:
        """Return the namespace that is particular to the structure."""
        return {"namespace": namespace(data_set)}

    def opening(self, data_set: DataSet) -> str:
        """Return the beginning of a data set with what is said of all its observations."""
        index, languages = self.message.place(data_set), self.message.languages
        scope = ' ss:dataScope="Dataflow"' if self.version == "2.1" else ""
        said = "".join(
            f' {name}="{escaped(in_one(value, languages))}"'
            for name, value in data_set.attributes.items()
        )
        action = self.action(data_set.action)
        return (
            f'<mes:DataSet ss:structureRef="S{index}" xsi:type="ns{index}:DataSetType"'
            f'{scope} ss:action="{action}"{self.validity(data_set, "ss:")}{said}>'
        )

    def head(self, data_set: DataSet) -> str:
        """Return the beginning of a series, in SQL."""
        if data_set.flat:
            return "''"
        parts = [text("<Series")]
        parts += [attribute(one.id, quoted(one.id)) for one in data_set.head]
        if data_set.action != "Delete":
            parts += [optional(one.id, content(one.id, coded=bool(one.code_list)))
                      for one in data_set.head_attributes]  # fmt: skip
        return " || ".join([*parts, text(">")])

    def own(self, data_set: DataSet) -> str:
        """Return an observation, in SQL."""
        if data_set.keys_only:
            return "''"
        parts = [text("<Obs")]
        parts += [attribute(one.id, quoted(one.id)) for one in data_set.own]
        if data_set.value:
            parts.append(optional(data_set.structure.measure.id, data_set.value))
        parts += [optional(one.id, content(one.id, coded=bool(one.code_list)))
                  for one in data_set.own_attributes]  # fmt: skip
        return " || ".join([*parts, text("/>")])

    def close(self, data_set: DataSet) -> str:
        """Return the end of a series."""
        return "" if data_set.flat else "</Series>"


class GenericWriter(DataWriter):
    """Writes data as pairs of a component and its value."""

    root = "GenericData"

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


def namespace(data_set: DataSet) -> str:
    """Return the namespace of what is particular to a structure in an arrangement."""
    return f"{urn('dataflow', data_set.flow.reference)}:ObsLevelDim:{data_set.observed_by}"


def plain(element: Element) -> str:
    """Return an element whose namespaces the root declares."""
    found: str = etree.tostring(element, encoding="unicode")
    return found


def attribute(name: str, sql: str) -> str:
    """Return an attribute of XML, in SQL."""
    return f"""' {name}="' || {sql} || '"'"""


def optional(name: str, sql: str) -> str:
    """Return an attribute of XML that is left out where it has no value, in SQL."""
    return f"coalesce({attribute(name, sql)}, '')"


def value(name: str, sql: str) -> str:
    """Return a pair of generic data, in SQL."""
    return f"""'<gen:Value id="{name}" value="' || {sql} || '"/>'"""


def content(name: str, *, coded: bool) -> str:
    """Return what a column says as XML takes it, in SQL; codes need no escaping."""
    column = quoted(name)
    if coded:
        return column
    found = f"regexp_replace({column}, '{_UNWRITABLE}', '', 'g')"
    for sign, written in _SIGNS.items():
        found = f"replace({found}, {sign}, '{written}')"
    return found


_UNWRITABLE = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}]"
_SIGNS = {
    "'&'": "&amp;", "'<'": "&lt;", "'>'": "&gt;", "'\"'": "&quot;", "chr(9)": "&#9;",
    "chr(10)": "&#10;", "chr(13)": "&#13;",
}  # fmt: skip


def in_one(value: str | Names, languages: tuple[str, ...]) -> str:
    """Return a text that may be in several languages in the one that is liked best."""
    return value if isinstance(value, str) else best(value, languages)


def escaped(text: str) -> str:
    """Return a text as an attribute of XML takes it.

    >>> escaped('a "b" & <c>')
    'a &quot;b&quot; &amp; &lt;c&gt;'
    """
    found = writable(text)
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"),
                          ("\t", "&#9;"), ("\n", "&#10;"), ("\r", "&#13;")):  # fmt: skip
        found = found.replace(sign, written)
    return found
