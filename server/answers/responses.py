"""Answers of a worker as HTTP responses."""

from urllib.parse import quote

from starlette.responses import Response

from server.answers.rdf import written
from server.engine.pool import Answer


def content_type(media: str) -> str:
    """Return the media type with the character set where it has one."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


async def graph_answer(answer: Answer, media: str, headers: dict[str, str]) -> Response:
    """Return a small graph, which the worker gave as N-Triples, in a format."""
    body = await written(answer.body, media, answer.snapshot.base)
    return Response(body, headers={**headers, "Content-Type": content_type(media)})


def query_address(query: str) -> str:
    """Return the address at which a query is answered."""
    return f"/sparql?query={quote(query.strip(), safe='')}"
