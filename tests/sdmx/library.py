"""sdmx1 as a reader of messages of version 2.1: what it holds, as cubes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import sdmx
from sdmx.model import common, v21

from loaders.sdmx.received import Received, ReceivedSet, Row
from queries.cubes.annotations import INVENTED, ISSUED, LICENCE, SAID, SOURCE, UPDATED
from queries.cubes.model import (
    Code,
    CodeList,
    Collection,
    Component,
    Concept,
    Dataflow,
    Structure,
)

ATTACHMENTS = {
    v21.PrimaryMeasureRelationship: "observation", v21.DimensionRelationship: "series",
    v21.NoSpecifiedRelationship: "dataset",
}  # fmt: skip


class LibraryReader:
    """Reads one message of structures, and messages of data of them."""

    def __init__(self, content: bytes) -> None:
        self.message: Any = sdmx.read_sdmx(io.BytesIO(content))

    def collection(self) -> Collection:
        """Return what the message has as a collection."""
        agencies = next(iter(self.message.organisation_scheme.values()))
        # sdmx1 puts whoever maintains the scheme into it.
        agency = next(one for one in agencies.items.values() if one.id != agencies.maintainer.id)
        schemes = self.message.concept_scheme.values()
        concepts = [concept(one) for scheme in schemes for one in scheme.items.values()]
        lists = [code_list(one) for one in self.message.codelist.values()]
        structures = [structure(one) for one in self.message.structure.values()]
        return Collection(
            agency=agency.id, agency_names=names(agency.name),
            concepts={one.id: one for one in concepts},
            code_lists={one.reference: one for one in lists},
            structures={one.reference: one for one in structures},
            dataflows=tuple(dataflow(one) for one in self.message.dataflow.values()),
        )  # fmt: skip

    def data(self, content: bytes) -> Received:
        """Return a message of data."""
        structure = self.structure_of(content)
        message: Any = sdmx.read_sdmx(io.BytesIO(content), structure=structure)
        (one,) = message.data
        flow = one.described_by or message.dataflow
        said = {name: str(value.value) for name, value in one.attrib.items()}
        reference = next(
            dataflow(each).reference for each in self.message.dataflow.values()
            if each.id == message.dataflow.id
        )  # fmt: skip
        assert flow is not None
        measure = structure.measures.components[0].id
        rows = [row(each, measure) for each in one.obs]
        return Received([ReceivedSet("dataflow", reference, attributes=said, rows=rows)])

    def structure_of(self, content: bytes) -> Any:
        """Return the structure of the dataflow that a message of data names."""
        flows = self.message.dataflow.values()
        named = next(one for one in flows if f'id="{one.id}"'.encode() in content)
        return self.message.structure[named.structure.id]


def names(text: Any) -> Mapping[str, str]:
    found: dict[str, str] = dict(text.localizations)
    return found


def maintained(one: Any) -> dict[str, Any]:
    """Return what artefacts have in common."""
    agency = one.maintainer.id
    return {"agency": agency, "id": one.id, "version": str(one.version), "names": names(one.name)}


def concept(one: Any) -> Concept:
    return Concept(id=one.id, names=names(one.name), iri=one.uri,
                   definitions=names(one.description))  # fmt: skip


def code_list(one: Any) -> CodeList:
    issued = next((each.title for each in one.annotations
                   if each.type == ISSUED), None)  # fmt: skip
    codes = tuple(
        Code(id=code.id, names=names(code.name), iri=code.uri,
             parent=code.parent.id if isinstance(code.parent, common.Code) else None,
             definitions=names(code.description))
        for code in one.items.values()
    )  # fmt: skip
    return CodeList(**maintained(one), iri=one.uri, codes=codes,
                    issued=date.fromisoformat(issued) if issued else None)  # fmt: skip


def structure(one: Any) -> Structure:
    return Structure(**maintained(one), components=tuple(components(one)))


def components(one: Any) -> Iterator[Component]:
    for each in one.dimensions:
        role = "time" if isinstance(each, common.TimeDimension) else "dimension"
        yield component(each, role)
    for each in one.measures:
        yield component(each, "measure")
    for each in one.attributes:
        mandatory = each.usage_status == common.UsageStatus.mandatory
        attachment = ATTACHMENTS[type(each.related_to) if not isinstance(each.related_to, type)
                                 else each.related_to]  # fmt: skip
        yield component(each, "attribute", mandatory=mandatory, attachment=attachment)


def component(one: Any, role: str, **more: Any) -> Component:
    held = one.local_representation
    if held.enumerated is not None:
        listed = held.enumerated
        more["code_list"] = f"{listed.maintainer.id}:{listed.id}({listed.version})"
    else:
        name = held.non_enumerated[0].value_type.name
        more["text"] = "URI" if name == "uri" else f"{name[0].upper()}{name[1:]}"
    return Component.model_validate({"id": one.id, "role": role, "iri": one.uri, **more})


def dataflow(one: Any) -> Dataflow:
    notes = [(each.type, each.title or each.url, each.text) for each in one.annotations]
    said = {kind: value for kind, value, _texts in notes}
    used = one.structure
    return Dataflow(
        **maintained(one), structure=f"{used.maintainer.id}:{used.id}({used.version})",
        descriptions=names(one.description), licence=str(said[LICENCE]),
        sources=tuple(str(value) for kind, value, _ in notes if kind == SOURCE),
        texts={str(value): names(text) for kind, value, text in notes if kind == SAID},
        synthetic=INVENTED in said,
        updated=datetime.fromisoformat(str(said[UPDATED])),
        file=f"{one.id}.parquet", observations=0,
    )  # fmt: skip


def row(one: Any, measure: str) -> Row:
    """Return one observation, with what is said of its series."""
    found: Row = {name: plain(value) for name, value in one.key.values.items()}
    for attributes in (one.series_key.attrib if one.series_key else {}, one.attrib):
        found |= {name: plain(value) for name, value in attributes.items()}
    found[measure] = None if one.value in (None, "") else str(one.value)
    return found


def plain(value: Any) -> str:
    return str(getattr(value.value, "id", value.value))
