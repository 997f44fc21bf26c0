"""Data in SDMX-JSON. Read by hand because no library reads version 2."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from loaders.sdmx import references
from loaders.sdmx.received import MessageError, Received, ReceivedSet, Row
from queries.cubes.model import Names

Object = Mapping[str, Any]


def read(content: bytes) -> Received:
    """Return what a message of data says."""
    try:
        message = json.loads(content, parse_float=Decimal)
        meta, data = message["meta"], message["data"]
        structures = data["structures"] if "structures" in data else [data["structure"]]
        sets = [data_set(one, structures) for one in data["dataSets"]]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise MessageError(f"no message of SDMX-JSON data: {error!r}") from error
    return Received(
        sets, meta.get("id"), bool(meta.get("test")), meta.get("prepared"),
        meta.get("sender", {}).get("id"),
        tuple(str(one.get("id")) for one in meta.get("receivers", ())),
    )  # fmt: skip


def data_set(one: Object, structures: Sequence[Object]) -> ReceivedSet:
    """Return one data set."""
    structure = structures[one.get("structure", 0)]
    link = next(each for each in (*structure.get("links", ()), *one["links"]) if "urn" in each)
    kind, reference = references.of_urn(link["urn"])
    reader = SetReader(structure)
    found = ReceivedSet(
        references.KINDS.get(kind, kind), reference, one.get("action"), one.get("validFrom"),
        one.get("validTo"), reader.of_set(one),
    )  # fmt: skip
    found.rows = list(reader.rows(one))
    return found


class SetReader:
    """Reads a data set by the values that its structure lists."""

    def __init__(self, structure: Object) -> None:
        self.dimensions = structure["dimensions"]
        self.attributes = structure.get("attributes", {})
        measures = structure.get("measures")
        # Version 1.0 has one measure that it does not name.
        self.measures = (
            ["OBS_VALUE"] if measures is None
            else [one["id"] for one in measures.get("observation", ())]
        )  # fmt: skip

    def of_set(self, one: Object) -> dict[str, str | Names]:
        """Return what is said of all observations."""
        given = zip(self.attributes.get("dataSet", ()), one.get("attributes", ()), strict=False)
        found: dict[str, str | Names] = {}
        for component, index in given:
            value = self.value(component, index)
            if isinstance(value, Mapping):
                found[component["id"]] = dict(value)
            elif value is not None:
                found[component["id"]] = str(value)
        return found

    def rows(self, one: Object) -> Iterable[Row]:
        """Yield observations."""
        shared = self.key(self.dimensions.get("dataSet", ()), None)
        for key, observation in one.get("observations", {}).items():
            yield {**shared, **self.observation(key, observation)}
        for key, series in one.get("series", {}).items():
            head = {**shared, **self.key(self.dimensions["series"], key)}
            said = self.said("series", series.get("attributes", ()))
            for inner, observation in series.get("observations", {}).items():
                yield {**head, **said, **self.observation(inner, observation)}

    def observation(self, key: str, parts: Sequence[Any]) -> Row:
        """Return one observation."""
        found = self.key(self.dimensions["observation"], key)
        number = len(self.measures)
        for name, value in zip(self.measures, parts[:number], strict=False):
            found[name] = None if value is None else str(value)
        return {**found, **self.said("observation", parts[number:])}

    def key(self, components: Sequence[Object], key: str | None) -> Row:
        """Return the values of some dimensions."""
        places = [0] * len(components) if key is None else [int(one) for one in key.split(":")]
        return {
            one["id"]: self.value(one, place) for one, place in zip(components, places, strict=True)
        }

    def said(self, level: str, parts: Sequence[Any]) -> Row:
        """Return the attributes of a level."""
        components = self.attributes.get(level, ())
        return {
            one["id"]: self.value(one, part)
            for one, part in zip(components, parts, strict=False)
            if part is not None
        }

    def value(self, component: Object, part: Any) -> Any:
        """Return a value: the one of its number where the component lists values, or itself."""
        if not component.get("values"):
            return part
        listed = component["values"][part]
        return listed.get("id") or listed.get("value") or listed.get("name")
