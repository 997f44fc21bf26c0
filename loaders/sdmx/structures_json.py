"""Structures in SDMX-JSON as plain parts: what each artefact says, in all its languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loaders.sdmx import references
from loaders.sdmx.received import Said

Part = dict[str, Any]
Object = Mapping[str, Any]


def told(message: Object) -> Part:
    """Return what a message says of agencies, lists, concepts, structures and dataflows."""
    data = message["data"]
    agencies = [
        one for scheme in data.get("agencySchemes", ()) for one in scheme.get("agencies", ())
    ]
    concepts = [
        one for scheme in data.get("conceptSchemes", ()) for one in scheme.get("concepts", ())
    ]
    return {
        "agencies": {one["id"]: texts(one, "name") for one in agencies},
        "code_lists": [code_list(one) for one in data.get("codelists", ())],
        "concepts": [item(one) for one in concepts],
        "structures": [structure(one) for one in data.get("dataStructures", ())],
        "dataflows": [dataflow(one) for one in data.get("dataflows", ())],
    }


def texts(one: Object, name: str) -> dict[str, str]:
    """Return a text in its languages; one without any is taken for English."""
    if f"{name}s" in one:
        return dict(one[f"{name}s"])
    return {"en": one[name]} if name in one else {}


def iri(one: Object) -> str | None:
    """Return under which IRI the graph knows an artefact."""
    return next((link["uri"] for link in one.get("links", ()) if "uri" in link), None)


def item(one: Object) -> Part:
    """Return what items have in common."""
    return {
        "id": one["id"], "names": texts(one, "name"), "definitions": texts(one, "description"),
        "iri": iri(one),
    }  # fmt: skip


def maintained(one: Object) -> Part:
    """Return what artefacts have in common."""
    return {
        "agency": one["agencyID"], "id": one["id"], "version": one.get("version", "1.0"),
        "names": texts(one, "name"),
    }  # fmt: skip


def code_list(one: Object) -> Part:
    """Return a list of codes."""
    codes = [{**item(code), "parent": code.get("parent")} for code in one.get("codes", ())]
    return {**maintained(one), "iri": iri(one), "codes": codes, "notes": noted(one)}


def noted(one: Object) -> list[Said]:
    """Return the annotations of an artefact."""
    return [
        Said(note.get("type", ""), note.get("title") or first_address(note), texts(note, "text"))
        for note in one.get("annotations", ())
    ]


def dataflow(one: Object) -> Part:
    """Return a dataflow."""
    return {
        **maintained(one), "descriptions": texts(one, "description"), "notes": noted(one),
        "structure": references.of_urn(one["structure"])[1],
    }  # fmt: skip


def first_address(note: Object) -> str:
    """Return the address that an annotation leads to."""
    return next((str(link["href"]) for link in note.get("links", ()) if "href" in link), "")


def structure(one: Object) -> Part:
    """Return a structure with its components: dimensions, measure, attributes."""
    held = one["dataStructureComponents"]
    dimensions = held["dimensionList"]
    times = dimensions.get("timeDimensions") or [dimensions["timeDimension"]]
    measures = held["measureList"]
    measured = measures.get("measures") or [measures["primaryMeasure"]]
    attributes = held.get("attributeList", {}).get("attributes", ())
    components = [
        *(component(part, "dimension") for part in dimensions["dimensions"]),
        *(component(part, "time") for part in times),
        *(component(part, "measure") for part in measured),
        *(attribute(part) for part in attributes),
    ]
    return {**maintained(one), "components": components}


def component(one: Object, role: str) -> Part:
    """Return one component."""
    concept = references.item_of_urn(one["conceptIdentity"]) if "conceptIdentity" in one else None
    found: Part = {"id": one.get("id") or concept, "role": role, "concept": concept}
    if known := iri(one):
        found["iri"] = known
    held = one.get("localRepresentation", {})
    if "enumeration" in held:
        found["code_list"] = references.of_urn(held["enumeration"])[1]
    elif "textFormat" in held:
        found["text"] = held["textFormat"].get("textType", "String")
    elif "format" in held:
        found["text"] = held["format"].get("dataType", "String")
    return found


def attribute(one: Object) -> Part:
    """Return an attribute with what it is said of."""
    status = one.get("assignmentStatus") or one.get("usage") or ""
    said = one.get("attributeRelationship", {})
    if "none" in said or "dataflow" in said:
        attachment = "dataset"
    elif "dimensions" in said or "group" in said:
        attachment = "series"
    else:
        attachment = "observation"
    return {
        **component(one, "attribute"), "mandatory": status.lower() == "mandatory",
        "attachment": attachment,
    }  # fmt: skip
