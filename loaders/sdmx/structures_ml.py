"""Structures in SDMX-ML as plain parts: what each artefact says, in all its languages."""

from __future__ import annotations

from typing import Any

from loaders.sdmx import references
from loaders.sdmx.received import MessageError, Said
from loaders.sdmx.xml import LANG, Element, first, local, named, parse, text
from queries.cubes.annotations import PARENT

Part = dict[str, Any]
# The role of what each list of components holds, and of each component by its element.
KINDS = ("Agency", "Codelist", "Concept", "DataStructure", "Dataflow")
ROLES = {
    "Dimension": "dimension", "TimeDimension": "time", "PrimaryMeasure": "measure",
    "Measure": "measure", "Attribute": "attribute",
}  # fmt: skip


def told(content: bytes) -> Part:
    """Return what a message says of agencies, lists, concepts, structures and dataflows."""
    root = parse(content)
    held = first(root, "Structures")
    if held is None:
        raise MessageError("the message has no structures")
    # References of version 2.1 hold elements of the same names, but no texts.
    artefacts = {
        name: [one for one in held.iter() if local(one) == name and named(one, "Name")]
        for name in KINDS
    }
    return {
        "agencies": {one.get("id"): texts(one, "Name") for one in artefacts["Agency"]},
        "code_lists": [code_list(one) for one in artefacts["Codelist"]],
        "concepts": [item(one) for one in artefacts["Concept"]],
        "structures": [structure(one) for one in artefacts["DataStructure"]],
        "dataflows": [dataflow(one) for one in artefacts["Dataflow"]],
    }


def texts(element: Element, name: str) -> dict[str, str]:
    """Return a text in its languages."""
    return {one.get(LANG, "en"): one.text or "" for one in named(element, name)}


def item(element: Element) -> Part:
    """Return what items have in common."""
    return {
        "id": element.get("id"), "names": texts(element, "Name"),
        "definitions": texts(element, "Description"), "iri": element.get("uri"),
    }  # fmt: skip


def maintained(element: Element) -> Part:
    """Return what artefacts have in common."""
    return {
        "agency": element.get("agencyID"), "id": element.get("id"),
        "version": element.get("version", "1.0"), "names": texts(element, "Name"),
    }  # fmt: skip


def code_list(element: Element) -> Part:
    """Return a list of codes."""
    codes = []
    for one in named(element, "Code"):
        above = first(one, "Parent")
        said = {note.kind: note.value for note in noted(one)}
        parent = references.local_of_element(above) if above is not None else said.get(PARENT)
        codes.append({**item(one), "parent": parent})
    own = {"iri": element.get("uri"), "codes": codes, "notes": noted(element)}
    return {**maintained(element), **own}


def noted(element: Element) -> list[Said]:
    """Return the annotations of an element."""
    held = first(element, "Annotations")
    found = []
    for one in named(held, "Annotation") if held is not None else ():
        value = text(one, "AnnotationTitle") or text(one, "AnnotationURL") or ""
        kind = text(one, "AnnotationType") or ""
        found.append(Said(kind, value, texts(one, "AnnotationText")))
    return found


def dataflow(element: Element) -> Part:
    """Return a dataflow."""
    used = first(element, "Structure")
    if used is None:
        raise MessageError(f"{element.get('id')}: refers to no structure")
    return {
        **maintained(element), "descriptions": texts(element, "Description"),
        "structure": references.of_element(used)[1], "notes": noted(element),
    }  # fmt: skip


def structure(element: Element) -> Part:
    """Return a structure with its components: dimensions, measure, attributes."""
    held = first(element, "DataStructureComponents")
    if held is None:
        raise MessageError(f"{element.get('id')}: has no components")
    lists = {local(one): one for one in held}
    ordered = [lists.get(name) for name in ("DimensionList", "MeasureList", "AttributeList")]
    components = [
        component(one)
        for part in ordered
        if part is not None
        for one in part
        if local(one) in ROLES
    ]
    return {**maintained(element), "components": components}


def component(element: Element) -> Part:
    """Return one component."""
    identity = first(element, "ConceptIdentity")
    concept = references.item_of_element(identity) if identity is not None else None
    found: Part = {
        "id": element.get("id") or concept, "role": ROLES[local(element)], "concept": concept,
    }  # fmt: skip
    if element.get("uri"):
        found["iri"] = element.get("uri")
    listed = first(element, "LocalRepresentation", "Enumeration")
    form = first(element, "LocalRepresentation", "TextFormat")
    if listed is not None:
        found["code_list"] = references.of_element(listed)[1]
    elif form is not None:
        found["text"] = form.get("textType", "String")
    if found["role"] == "attribute":
        status = element.get("assignmentStatus") or element.get("usage") or ""
        found["mandatory"] = status.lower() == "mandatory"
        found["attachment"] = attachment(element)
    return found


def attachment(element: Element) -> str:
    """Return what an attribute is said of."""
    held = first(element, "AttributeRelationship")
    said = {local(one) for one in held} if held is not None else set()
    if said & {"None", "Dataflow"}:
        return "dataset"
    return "series" if said & {"Dimension", "Group"} else "observation"
