"""What the columns of the CSV mean, as CSV on the Web says it (W3C Metadata Vocabulary)."""

import json
from typing import Any

from queries.cubes.model import CodeList, Component, Names
from server.cubes.columns import ORIGIN, Column, columns
from server.cubes.notes import SYNTHETIC, notes
from server.cubes.seen import Seen
from server.language import mark as _

TYPES = {"Decimal": "decimal", "Integer": "integer", "Double": "double", "Boolean": "boolean"}
LINEAGE = {
    "LINEAGE_UNITS": _("How many units stand behind the figure, as a class."),
    "LINEAGE_GRAPHS": _("The deliveries that the figure comes from, by the names of their graphs."),
    "LINEAGE_RULES": _("The rules that were applied, by number and version."),
}
FRENCH = {
    "delimiter": ";", "encoding": "utf-8", "header": True, "quoteChar": '"', "doubleQuote": True,
}  # fmt: skip


def metadata(seen: Seen, address: str, *, french: bool = False) -> bytes:
    """Return the metadata of the CSV that is at an address."""
    flow, told = seen.flow, notes(seen)
    key = [one.id for one in (*seen.cube.structure.dimensions, seen.cube.structure.time)]
    found: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": seen.speech.code}],
        "url": address,
        "dc:title": spoken(flow.names, flow.id),
        "dc:description": spoken(flow.descriptions, ""),
        "dc:identifier": flow.reference,
        "dc:license": {"@id": flow.licence},
        "dc:source": list(flow.sources),
        "dc:modified": {"@value": told.updated, "@type": "xsd:dateTime"},
        "dc:isPartOf": told.release,
        "notes": [seen.speech.gettext(SYNTHETIC)] if flow.synthetic else [],
        "tableSchema": {
            "aboutUrl": about(seen, key),
            "columns": [column(seen, one, french=french) for one in columns(seen)],
            "primaryKey": key,
        },
    }
    if french:
        found["dialect"] = FRENCH
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def about(seen: Seen, key: list[str]) -> str:
    """Return the IRI of the observation of a row, as a template of its columns."""
    codes = ".".join(f"{{{name}}}" for name in key)
    return f"{seen.release.manifest.base}cube/{seen.flow.id}/{codes}"


def spoken(names: Names, otherwise: str) -> Any:
    """Return a name in all its languages."""
    return [{"@value": text, "@language": code} for code, text in names.items()] or otherwise


def column(seen: Seen, one: Column, *, french: bool) -> dict[str, Any]:
    """Return what a column is."""
    if one.component is None:
        return said_of(seen, one) if one.id in LINEAGE else origin(one)
    component = next(other for other in seen.columns if other.id == one.component)
    concept = seen.cube.collection.concepts.get(component.id)
    found: dict[str, Any] = {"name": one.id, "titles": one.id}
    if one.is_name:
        return {**found, "lang": seen.speech.code, "datatype": "string", "suppressOutput": True}
    if concept:
        found |= {"propertyUrl": concept.iri, "dc:title": spoken(concept.names, component.id)}
        if concept.definitions:
            found["dc:description"] = spoken(concept.definitions, "")
    found["datatype"] = datatype(component, french=french)
    found["required"] = component.role in ("dimension", "time") or component.mandatory
    listed = seen.code_list(component.id) if component.code_list else None
    if listed and regular(listed):
        found["valueUrl"] = f"{listed.iri}/{{{one.id}}}"
    return found


def datatype(component: Component, *, french: bool) -> Any:
    """Return the type of the values of a component."""
    base = "decimal" if component.role == "measure" else TYPES.get(component.text, "string")
    if french and base in ("decimal", "double"):
        return {"base": base, "format": {"decimalChar": ","}}
    return base


def regular(listed: CodeList) -> bool:
    """Tell whether the IRI of each code is that of its list and the code itself."""
    return all(code.iri == f"{listed.iri}/{code.id}" for code in listed.codes)


def said_of(seen: Seen, one: Column) -> dict[str, Any]:
    """Return what a column of lineage is: several names, or the class of how many units."""
    found: dict[str, Any] = {"name": one.id, "titles": one.id, "datatype": "string"}
    found["dc:description"] = seen.speech.gettext(LINEAGE[one.id])
    if one.id == "LINEAGE_UNITS":
        return found
    return {**found, "separator": " "}


def origin(one: Column) -> dict[str, Any]:
    """Return what a column at the end is: where the figures come from."""
    kinds = {"UPDATED": "dateTime", "SYNTHETIC": "boolean"}
    terms = {"RELEASE": "dc:isPartOf", "UPDATED": "dc:modified", "SOURCES": "dc:source",
             "LICENCE": "dc:license"}  # fmt: skip
    found = {"name": one.id, "titles": one.id, "datatype": kinds.get(one.id, "string")}
    if one.id in terms:
        found["propertyUrl"] = terms[one.id]
    return found if one.id in ORIGIN else {}
