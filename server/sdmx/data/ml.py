"""Data in SDMX-ML that are particular to their structure, of version 2.1, 3.0 and 3.1.

Written by hand because pysdmx leaves the attribute for the action without its namespace and names
a scope that the schema has not, so that what it writes is particular to no structure; sdmx1 writes
the name of an enumeration for an action. The texts of observations are made in SQL: the engine
that reads them is much faster than a loop over rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from queries.cubes.database import quoted, text
from queries.cubes.urns import urn
from server.sdmx.data.message import Action, DataSet, Message, pieces
from server.sdmx.data.xml_text import attribute, content, escaped, in_one, optional, plain
from server.sdmx.elements import LANG, XSI, Element, Namespaces, Version, writable
from server.sdmx.header import SYNTHETIC, instant
from server.sdmx.structures.references import References

# What an action is called where the version has no word for it.
_OLD_ACTIONS: dict[Action, str] = {"Merge": "Append"}


def specific(version: Version, message: Message, *, series: bool = False) -> Iterator[bytes]:
    """Yield a message that is particular to the structure of its data."""
    return pieces(SpecificWriter(version, message, series=series).parts())


class DataWriter:
    """Writes a message of data: what its forms have in common."""

    # Its name, and that of a message that has time series alone.
    root: str
    series_root: str

    def __init__(self, version: Version, message: Message, *, series: bool = False) -> None:
        self.version = version
        self.name = self.series_root if series else self.root
        self.message = message
        self.names = Namespaces(version)
        self.refer = References(self.names)

    def parts(self) -> Iterator[str]:
        """Yield the message in parts."""
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield f"<mes:{self.name}{self.declarations()}>"
        yield plain(self.header())
        for data_set in self.message.data_sets:
            yield from self.data_set(data_set)
        yield f"</mes:{self.name}>"

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

    root, series_root = "StructureSpecificData", "StructureSpecificTimeSeriesData"

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


def namespace(data_set: DataSet) -> str:
    """Return the namespace of what is particular to a structure in an arrangement."""
    return f"{urn('dataflow', data_set.flow.reference)}:ObsLevelDim:{data_set.observed_by}"
