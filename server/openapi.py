"""The OpenAPI description: the routes, and one operation per named question."""

from typing import Any

from fastapi import FastAPI

from queries.catalogue import NamedQuery, Parameter
from server.negotiate import CSV, HTML, SPARQL_JSON
from server.problems import MEDIA
from server.published import Snapshot

TYPES = {
    "date": {"type": "string", "format": "date"},
    "integer": {"type": "integer"},
    "iri": {"type": "string", "format": "iri"},
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "hint": {"type": "string"},
        "instance": {"type": "string"},
        "line": {"type": "integer"},
        "column": {"type": "integer"},
    },
}
REFUSED = {
    "description": "A problem, with what to do about it",
    "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def described(app: FastAPI, snapshot: Snapshot) -> dict[str, Any]:
    """Return the description of an application over a release."""
    found: dict[str, Any] = {**app.openapi()}
    paths = {path: without_validation(item) for path, item in found["paths"].items()}
    for query in snapshot.queries.values():
        paths[f"/queries/{query.name}"] = {"get": operation(query)}
    components = {**found.get("components", {})}
    components["schemas"] = {"Problem": PROBLEM}
    return {**found, "paths": paths, "components": components}


def without_validation(item: dict[str, Any]) -> dict[str, Any]:
    """Return the operations of a path with our problems in place of the framework's."""
    return {
        method: {**one, "responses": {"200": {"description": "The answer"}, "default": REFUSED}}
        for method, one in item.items()
    }


def operation(query: NamedQuery) -> dict[str, Any]:
    """Return a named question as an operation."""
    return {
        "operationId": query.name,
        "summary": query.summary,
        "tags": [query.topic],
        "parameters": [parameter(one) for one in query.parameters],
        "responses": {
            "200": {
                "description": f"Columns: {', '.join(query.columns)}",
                "content": {media: {} for media in (SPARQL_JSON, CSV, HTML)},
            },
            "default": REFUSED,
        },
    }


def parameter(one: Parameter) -> dict[str, Any]:
    """Return a parameter of a question."""
    return {
        "name": one.name,
        "in": "query",
        "required": not one.optional,
        "description": one.about,
        "schema": TYPES.get(one.type, {"type": "string"}),
        "example": one.example,
    }
