"""Data in SDMX-JSON 1.0, 2.0 and 2.1.

Written by hand because no library writes it. Values are numbered among those that the data really
have, in the order of their list; the numbers are put together in SQL.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from queries.cubes import periods
from queries.cubes.database import quoted, text
from queries.cubes.model import CodeList, Component
from queries.cubes.urns import urn
from server.sdmx.data.message import Action, DataSet, Message, pieces
from server.sdmx.header import instant
from server.sdmx.json_message import Object, Version, message, named

# What an action is called where the version has no word for it.
_OLD_ACTIONS: dict[Action, str] = {"Merge": "Append"}
_MARK = "\ue000data sets\ue000"


def write(version: Version, made: Message) -> Iterator[bytes]:
    """Yield a message; version 1.0 has room for one structure only."""
    return pieces(JsonWriter(version, made).parts())


class JsonWriter:
    """Writes data sets whose values are numbers in the lists of their structure."""

    def __init__(self, version: Version, made: Message) -> None:
        self.version = version
        self.message = made
        self.languages = made.languages
        self.old = version == "1.0"
        # Which values each component of each structure has.
        self.used = [self.values(index) for index in range(len(made.structures))]

    def parts(self) -> Iterator[str]:
        """Yield the message in parts."""
        structures = [
            self.structure(index, one) for index, one in enumerate(self.message.structures)
        ]
        data: Object = {"structure": structures[0]} if self.old else {"structures": structures}
        data["dataSets"] = _MARK
        whole = message(self.version, "data", self.message.header, data, self.languages)
        around = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
        before, _mark, after = around.partition(f'"{_MARK}"')
        yield f"{before}["
        for position, data_set in enumerate(self.message.data_sets):
            yield "," if position else ""
            yield from self.data_set(data_set)
        yield f"]{after}"

    def values(self, index: int) -> Mapping[str, Sequence[str]]:
        """Return the values that each component has in the data sets of a structure."""
        first = self.message.structures[index]
        shown = [*first.dimensions, *first.head_attributes, *first.own_attributes]
        listed = [one.id for one in shown if self.is_listed(one)]
        found: dict[str, set[str]] = {name: set() for name in listed}
        for data_set in self.message.data_sets:
            if self.message.place(data_set) == index:
                for name, some in zip(listed, data_set.table.distinct(*listed), strict=True):
                    found[name] |= set(some)
        return {
            one.id: ordered(first.cube.code_list(one.id), found[one.id])
            for one in shown if one.id in found
        }  # fmt: skip

    def is_listed(self, one: Component) -> bool:
        """Tell whether values of a component are numbered; free texts are only in version 1.0."""
        return self.old or one.role in ("dimension", "time") or one.code_list is not None

    def structure(self, index: int, data_set: DataSet) -> Object:
        """Return the components with their values."""
        flow, used = data_set.flow, self.used[index]
        links = [
            {"rel": "dataflow", "urn": urn("dataflow", flow.reference), "href": address(data_set)}
        ]
        if data_set.flow.licence:
            links.append({"rel": "license", "href": data_set.flow.licence})
        positions = {one.id: place for place, one in enumerate(data_set.dimensions)}

        def dimensions(some: Sequence[Component]) -> list[Object]:
            return [
                {**self.component(data_set, one, used[one.id]), "keyPosition": positions[one.id]}
                for one in some
            ]

        held: Object = {
            "links": links, **named(flow.names, self.languages),
            "dimensions": {
                "dataSet": [], "series": dimensions(data_set.head),
                "observation": dimensions(data_set.own),
            },
        }  # fmt: skip
        if flow.descriptions:
            held["descriptions"] = dict(flow.descriptions)
        if not self.old:
            measures = [self.measure(data_set)] if data_set.measures else []
            held["measures"] = {"observation": measures}
            held["dataSets"] = [
                place for place, one in enumerate(self.message.data_sets)
                if self.message.place(one) == index
            ]  # fmt: skip
        held["attributes"] = {
            "dataSet": [self.said_of_all(data_set, name) for name in data_set.attributes],
            "series": [self.attribute(data_set, one, used) for one in data_set.head_attributes],
            "observation": [self.attribute(data_set, one, used) for one in data_set.own_attributes],
        }
        return held

    def component(self, data_set: DataSet, one: Component, used: Sequence[str]) -> Object:
        """Return a component with its name, role and values."""
        concept = data_set.cube.collection.concepts[one.id]
        found: Object = {"id": one.id, **named(concept.names, self.languages)}
        if one.role == "time":
            found |= {"role": one.id} if self.old else {"roles": [one.id]}
        codes = data_set.cube.code_list(one.id)
        if codes is not None:
            known = {code.id: code.names for code in codes.codes}
            found["values"] = [{"id": code, **named(known[code], self.languages)} for code in used]
        elif one.role == "time":
            found["values"] = [time_value(time) for time in used]
        elif self.old:
            found["values"] = [{"name": value} for value in used]
        return found

    def attribute(
        self, data_set: DataSet, one: Component, used: Mapping[str, Sequence[str]]
    ) -> Object:
        """Return an attribute with what it is said of."""
        return {
            **self.component(data_set, one, used.get(one.id, ())),
            "relationship": self.relationship(data_set, one),
        }

    def relationship(self, data_set: DataSet, one: Component) -> Object:
        """Return what an attribute is said of."""
        if one.attachment == "dataset":
            return {"none": {}} if self.old else {"dataflow": {}}
        if one.attachment == "series":
            return {"dimensions": [part.id for part in data_set.structure.dimensions]}
        measure = data_set.structure.measure.id
        return {"primaryMeasure": measure} if self.old else {"observation": {}}

    def said_of_all(self, data_set: DataSet, name: str) -> Object:
        """Return an attribute of the whole data set with its one value."""
        one = next(part for part in data_set.structure.attributes if part.id == name)
        value = data_set.attributes[name]
        found = self.attribute(data_set, one, {name: [value] if isinstance(value, str) else []})
        codes = data_set.cube.code_list(name)
        if codes is None and self.old:
            found["values"] = [named(value, self.languages) if not isinstance(value, str)
                               else {"name": value}]  # fmt: skip
        return found

    def measure(self, data_set: DataSet) -> Object:
        """Return the measure."""
        one = data_set.structure.measure
        concept = data_set.cube.collection.concepts[one.id]
        return {"id": one.id, **named(concept.names, self.languages),
                "format": {"dataType": one.text}}  # fmt: skip

    def data_set(self, data_set: DataSet) -> Iterator[str]:
        """Yield one data set."""
        place = self.message.place(data_set)
        action = data_set.action
        start: Object = {} if self.old else {"structure": place}
        start["action"] = action if self.version == "2.1" else _OLD_ACTIONS.get(action, action)
        start["links"] = [{
            "rel": "dataflow", "urn": urn("dataflow", data_set.flow.reference),
            "href": address(data_set),
        }]  # fmt: skip
        for name, moment in (("validFrom", data_set.valid_from), ("validTo", data_set.valid_to)):
            if moment:
                start[name] = instant(moment)
        if data_set.attributes:
            start["attributes"] = [
                self.value_of_all(data_set, name) for name in data_set.attributes
            ]
        yield json.dumps(start, ensure_ascii=False, separators=(",", ":"))[:-1]
        yield from self.flat(data_set, place) if data_set.flat else self.series(data_set, place)
        yield "}"

    def value_of_all(self, data_set: DataSet, name: str) -> Any:
        """Return the value of an attribute of the whole data set: a number where it is listed."""
        value = data_set.attributes[name]
        if self.old or data_set.cube.code_list(name) is not None:
            return 0
        return value if isinstance(value, str) else dict(value)

    def flat(self, data_set: DataSet, place: int) -> Iterator[str]:
        """Yield observations with whole keys."""
        yield ',"observations":{'
        used = self.used[place]
        between = ""
        for (row,) in data_set.table.rows(self.observation(data_set, used)):
            yield between + row
            between = ","
        yield "}"

    def series(self, data_set: DataSet, place: int) -> Iterator[str]:
        """Yield series with their observations."""
        used = self.used[place]
        attributes = self.series_attributes(data_set, used)
        key = f"""'"' || {key_of(data_set.head, used)} || '":{{' || {attributes}"""
        own = "''" if data_set.keys_only else self.observation(data_set, used)
        yield ',"series":{'
        last: str | None = None
        end = "}" if data_set.keys_only else "}}"
        for head, observation in data_set.table.rows(key, own):
            if head != last:
                yield head if last is None else f"{end},{head}"
                yield "" if data_set.keys_only else '"observations":{'
                yield observation
                last = head
            elif observation:
                yield f",{observation}"
        yield "}" if last is None else f"{end}}}"

    def series_attributes(self, data_set: DataSet, used: Mapping[str, Sequence[str]]) -> str:
        """Return the attributes of a series, in SQL."""
        some = data_set.head_attributes
        if not some or data_set.action == "Delete":
            return "''"
        values = " || ',' || ".join(self.value(one, used) for one in some)
        end = text("]" if data_set.keys_only else "],")
        return f"""'"attributes":[' || {values} || {end}"""

    def observation(self, data_set: DataSet, used: Mapping[str, Sequence[str]]) -> str:
        """Return an observation: its key, its value and its attributes, in SQL."""
        parts = []
        if data_set.value:
            parts.append(f"coalesce({data_set.value}, 'null')")
        parts += [self.value(one, used) for one in data_set.own_attributes]
        held = " || ',' || ".join(parts) or "''"
        return f"""'"' || {key_of(data_set.own, used)} || '":[' || {held} || ']'"""

    def value(self, one: Component, used: Mapping[str, Sequence[str]]) -> str:
        """Return the value of an attribute, in SQL: its number, or itself where it has none."""
        if self.is_listed(one):
            return f"coalesce({number(one.id, used[one.id])}, 'null')"
        return f"coalesce(CAST(to_json({quoted(one.id)}) AS VARCHAR), 'null')"


def key_of(some: Sequence[Component], used: Mapping[str, Sequence[str]]) -> str:
    """Return the numbers of a key, in SQL."""
    return " || ':' || ".join(number(one.id, used[one.id]) for one in some)


def number(column: str, values: Sequence[str]) -> str:
    """Return the number of a value among those that a column has, in SQL."""
    if not values:
        return "NULL"
    listed = ", ".join(map(text, values))
    return f"CAST(enum_code(CAST({quoted(column)} AS ENUM({listed}))) AS VARCHAR)"


def ordered(codes: CodeList | None, used: set[str]) -> list[str]:
    """Return values in the order of their list; others in their own."""
    if codes is None:
        return sorted(used)
    return [code.id for code in codes.codes if code.id in used]


def time_value(time: str) -> Object:
    """Return a period with its days."""
    found = periods.read(time)
    return {
        "id": time, "name": time, "start": f"{found.start.isoformat()}T00:00:00Z",
        "end": f"{found.end.isoformat()}T00:00:00Z",
    }  # fmt: skip


def address(data_set: DataSet) -> str:
    """Return where the dataflow is, below the address of the server."""
    flow = data_set.flow
    return f"/sdmx/v2/structure/dataflow/{flow.agency}/{flow.id}/{flow.version}"
