"""The OpenAPI description: the routes, and one operation per named question."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI

from queries.catalogue import NamedQuery
from server.about.openapi_parameters import COMMON, parameter
from server.about.openapi_rows import TERM, content
from server.engine.published import Snapshot
from server.problems import MEDIA

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
        "parameter": {"type": "string"},
        "example": {"type": "string"},
    },
}
REFUSED = {
    "description": "A problem, with what to do about it",
    "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
REFUSALS: Mapping[str, tuple[str, str, str]] = {
    "400": ("BadParameter", "bad-parameter", "A parameter is missing, unknown or cannot be used"),
    "401": ("KeyRefused", "key-refused", "The key does not exist, has expired or was revoked"),
    "406": ("NotAcceptable", "not-acceptable", "The answer does not exist in the format asked for"),
    "409": ("OtherRelease", "other-release", "The page after belongs to another release"),
    "413": ("TooLarge", "result-too-large", "The answer is too large"),
    "429": ("RateLimited", "rate-limited", "Too much was asked in a short time"),
    "503": ("Unavailable", "overloaded", "Too busy, or the question took too much time or memory"),
}
KEY = {"type": "http", "scheme": "bearer", "description": "A key that the operator gives out"}
HEADERS = {
    "X-Release": {
        "description": "The release that the answer comes from",
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "Changes with the release; send it back as If-None-Match",
        "schema": {"type": "string"},
    },
    "Link": {
        "description": "The first page and the next one, of an answer in pages",
        "schema": {"type": "string"},
    },
}


def described(
    app: FastAPI, snapshot: Snapshot, codes: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return the description of an application over a release, and of its short code lists."""
    found: dict[str, Any] = {**app.openapi()}
    paths = {path: without_validation(item) for path, item in found["paths"].items()}
    for query in snapshot.queries.values():
        paths[f"/queries/{query.name}"] = {"get": operation(query, codes)}
    components = {
        **found.get("components", {}),
        "schemas": {"Problem": PROBLEM, "Term": TERM},
        "parameters": COMMON,
        "headers": HEADERS,
        "securitySchemes": {"key": KEY},
        "responses": {name: refusal(*told) for told in REFUSALS.values() for name in told[:1]},
    }
    # Without a public address, the addresses are beside that of the description itself.
    servers = [{"url": (app.state.settings.public or "/").rstrip("/") or "/"}]
    # A key is never needed for what is public.
    security: list[dict[str, list[str]]] = [{}, {"key": []}]
    described = {"servers": servers, "paths": paths, "components": components}
    return {**found, **described, "security": security}


def without_validation(item: dict[str, Any]) -> dict[str, Any]:
    """Return the operations of a path with our problems in place of the framework's."""
    return {
        method: {**one, "responses": {"200": {"description": "The answer"}, "default": REFUSED}}
        for method, one in item.items()
    }


def refusal(_name: str, slug: str, description: str) -> dict[str, Any]:
    """Return a refusal as a response, with an example."""
    status = next(code for code, told in REFUSALS.items() if told[1] == slug)
    example = {
        "type": f"/problems/{slug}",
        "title": description,
        "status": int(status),
        "instance": "urn:uuid:00000000-0000-4000-8000-000000000000",
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": description,
        "content": {MEDIA: {"schema": schema, "example": example}},
    }


def operation(query: NamedQuery, codes: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return a named question as an operation."""
    own = [parameter(one, codes) for one in query.parameters]
    common = [{"$ref": f"#/components/parameters/{name}"} for name in COMMON]
    refusals = {
        code: {"$ref": f"#/components/responses/{told[0]}"} for code, told in REFUSALS.items()
    }
    return {
        "operationId": query.name,
        "summary": query.summary,
        "description": query.summary_fr,
        "tags": [query.topic],
        "parameters": [*own, *common],
        "responses": {
            "200": {
                "description": f"Columns: {', '.join(query.columns)}",
                "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS},
                "content": content(query.columns),
            },
            **refusals,
            "default": REFUSED,
        },
    }
