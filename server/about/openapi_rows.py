"""The formats of the answer to a named question as OpenAPI describes them, each with an example."""

from collections.abc import Sequence
from typing import Any

from server.answers.negotiate import CSV, HTML, JSON, SPARQL_JSON, SPARQL_XML, TSV, XLSX

TERM = {
    "type": "object",
    "required": ["type", "value"],
    "properties": {
        "type": {"type": "string", "enum": ["uri", "literal", "bnode"]},
        "value": {"type": "string"},
        "datatype": {"type": "string"},
        "xml:lang": {"type": "string"},
    },
}


def content(columns: Sequence[str]) -> dict[str, Any]:
    """Return the formats of an answer with these columns."""
    rows = {"schema": json_rows(columns), "example": example(columns)}
    return {
        SPARQL_JSON: rows,
        JSON: rows,
        CSV: text(",".join(columns) + "\r\n" + ",".join("…" for _ in columns) + "\r\n"),
        TSV: text("\t".join(f"?{name}" for name in columns) + "\n"),
        SPARQL_XML: text(f"<sparql>{xml_head(columns)}<results/></sparql>"),
        XLSX: {"schema": {"type": "string", "contentMediaType": XLSX}},
        HTML: {"schema": {"type": "string"}},
    }


def text(shown: str) -> dict[str, Any]:
    """Return a format that is a text, with its first lines."""
    return {"schema": {"type": "string"}, "example": shown}


def xml_head(columns: Sequence[str]) -> str:
    """Return the head of the XML results format."""
    return "<head>" + "".join(f'<variable name="{name}"/>' for name in columns) + "</head>"


def json_rows(columns: Sequence[str]) -> dict[str, Any]:
    """Return the JSON results format with these columns; a row lacks those without a value."""
    row = {
        "type": "object",
        "properties": {name: {"$ref": "#/components/schemas/Term"} for name in columns},
    }
    head = {"vars": {"type": "array", "items": {"type": "string", "enum": list(columns)}}}
    bindings = {"bindings": {"type": "array", "items": row}}
    return {
        "type": "object",
        "required": ["head", "results"],
        "properties": {
            "head": {"type": "object", "properties": head},
            "results": {"type": "object", "properties": bindings},
        },
    }


def example(columns: Sequence[str]) -> dict[str, Any]:
    """Return an answer of one row."""
    row = {name: {"type": "literal", "value": "…"} for name in columns}
    return {"head": {"vars": list(columns)}, "results": {"bindings": [row]}}
