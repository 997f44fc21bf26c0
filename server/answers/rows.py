"""The rows of an answer outside the worker: read once, then cut or written in another format."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from server.answers.negotiate import ENGINE_NAMES, SPARQL_JSON

Row = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Rows:
    """An answer with rows, in the order in which the question gives them."""

    columns: tuple[str, ...]
    lines: list[Row]

    def between(self, start: int, end: int) -> "Rows":
        """Return some of the rows."""
        return Rows(self.columns, self.lines[start:end])

    def as_json(self) -> bytes:
        """Return the rows in the JSON results format."""
        content = {"head": {"vars": self.columns}, "results": {"bindings": self.lines}}
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()

    def written(self, media: str) -> bytes:
        """Return the rows in one of the four formats of SPARQL, written as the engine does."""
        media, body = ENGINE_NAMES.get(media, media), self.as_json()
        if media == SPARQL_JSON:
            return body
        form = QueryResultsFormat.from_media_type(media)
        solutions = parse_query_results(body, format=QueryResultsFormat.JSON)
        if form is None or not isinstance(solutions, QuerySolutions):
            raise ValueError(f"{media} is not a format of rows")
        return solutions.serialize(format=form) or b""


def read_rows(body: bytes) -> Rows:
    """Read an answer in the JSON results format."""
    content = json.loads(body)
    return Rows(tuple(content["head"]["vars"]), content["results"]["bindings"])
