"""What a SPARQL service elsewhere answers: read whole, or refused, in the format wanted."""

import re
from collections.abc import Mapping

import httpx
from pyoxigraph import (
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
    serialize,
)

from queries.service import Kind
from server.access.caller import Bounds
from server.engine.process import Question
from server.engine.remote_query import Put
from server.errors import ProblemError
from server.language import mark as _

# How much larger than the answer wanted the one received may be: a CSV grows as XML.
GROWTH = 6
# Virtuoso says so of an answer that ends early, with or without an error status.
ENDED_EARLY = ("x-sparql-anytime", "x-sql-state", "x-sparql-maxrows")
_TIMEOUT = re.compile(r"S1T00|S1TAT|42000 Error The estimated execution time|time-?\s?out|"
                      r"timed out|cancel", re.IGNORECASE)  # fmt: skip

_UNSUPPORTED = re.compile(r"(function|feature) .{0,300}not (supported|implemented)")
# It refuses our credentials, or a proxy before it does not reach it.
UNREACHABLE = (401, 403, 407, 502, 503)
# Within a text of the data, the quotation marks would be escaped.
_TRUTH = re.compile(
    rb'("datatype": ?"http://www.w3.org/2001/XMLSchema#boolean", ?"value": ?)"([01])"'
)
YES, NO = (
    parse_query_results(f'{{"head":{{}},"boolean":{truth}}}', QueryResultsFormat.JSON)
    for truth in ("true", "false")
)
TRUTH = {b"1": b'"true"', b"0": b'"false"'}


async def read(response: httpx.Response, bounds: Bounds) -> bytes:
    """Return the body of an answer; raises ProblemError when there is none, or not a whole one."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > bounds.result_cap * GROWTH:
            raise too_large(bounds)
    refuse_failure(response.status_code, response.headers, bytes(body), bounds)
    return bytes(body)


def refuse_failure(status: int, headers: Mapping[str, str], body: bytes, bounds: Bounds) -> None:
    """Raise the problem that a service reports, in whichever way."""
    early = next((name for name in ENDED_EARLY if name in headers), None)
    if status == httpx.codes.OK and early is None:
        return
    said = body[:2_000].decode(errors="replace")
    if early == "x-sparql-maxrows":
        raise ProblemError("result-too-large", _("The engine cuts answers of so many rows."))
    failed = status >= 500 and _TIMEOUT.search(said)
    if early or failed or status == httpx.codes.GATEWAY_TIMEOUT:
        detail = _("The query was ended after %(limit)s seconds.")
        raise ProblemError("query-timeout", detail, limit=f"{bounds.deadline:g}")
    if status in UNREACHABLE:
        raise unreachable()
    if 400 <= status < 500 or _UNSUPPORTED.search(said):
        raise ProblemError("query-unsupported", "%(message)s", message=first_line(said))
    detail = _("The engine behind this server failed (status %(code)s).")
    raise ProblemError("query-crashed", detail, code=status)


def first_line(said: str) -> str:
    r"""Return what an engine says, without the query that some repeat.

    >>> first_line("Virtuoso 37000 Error SP030: syntax error\n\nSPARQL query:\nSELEC")
    'Virtuoso 37000 Error SP030: syntax error'
    """
    lines = said.strip().splitlines()
    return lines[0][:300] if lines else ""


def convert(body: bytes, question: Question, bounds: Bounds, kind: Kind, put: Put) -> bytes:
    """Return an answer in the format wanted; raises ProblemError where it is not whole."""
    try:
        if put.answers_rows:
            made = rows_of(body, question, kind, counts_as_yes=put.counts_as_yes)
        else:
            made = triples_of(body, question, kind)
    except (SyntaxError, ValueError) as error:
        detail = _("The engine behind this server did not answer completely.")
        raise ProblemError("query-crashed", detail) from error
    if len(made) > bounds.result_cap:
        raise too_large(bounds)
    return made


def rows_of(body: bytes, question: Question, kind: Kind, *, counts_as_yes: bool) -> bytes:
    """Return rows, or a yes or no, in another format."""
    received = QueryResultsFormat.from_media_type(kind.rows)
    wanted = QueryResultsFormat.from_media_type(question.rows)
    if kind.truth_is_number:
        body = _TRUTH.sub(lambda found: found[1] + TRUTH[found[2]], body)
    found = parse_query_results(body, received)
    if counts_as_yes and isinstance(found, QuerySolutions):
        found = YES if next(found, None) else NO
    if isinstance(found, QuerySolutions):
        return found.serialize(format=wanted) or b""
    return found.serialize(format=wanted) or b""


def triples_of(body: bytes, question: Question, kind: Kind) -> bytes:
    """Return triples in another format."""
    wanted = RdfFormat.from_media_type(question.triples)
    found = parse(body, format=RdfFormat.from_media_type(kind.triples))
    # An engine may repeat a triple; an answer is a set.
    triples = list(dict.fromkeys(quad.triple for quad in found))
    return serialize(triples, format=wanted, prefixes=question.prefixes) or b""


def too_large(bounds: Bounds) -> ProblemError:
    """Return the refusal of an answer that is too large."""
    detail = _("The answer has more than %(limit)s bytes.")
    return ProblemError("result-too-large", detail, limit=bounds.result_cap, dumps="/dumps")


def unreachable() -> ProblemError:
    """Return what is said while the service cannot be asked."""
    detail = _("The engine behind this server cannot be reached at the moment.")
    return ProblemError("not-ready", detail, headers={"Retry-After": "5"})


def changing() -> ProblemError:
    """Return what is said while the service receives another release."""
    detail = _("Another release is being published to the engine behind this server.")
    return ProblemError("not-ready", detail, headers={"Retry-After": "2"})
