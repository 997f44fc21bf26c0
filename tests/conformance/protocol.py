"""Protocol tests: the requests of a manifest, sent as they are described."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from tests.conformance.manifest import Case, Request
from tests.conformance.outcome import PASS, REFUSALS, Outcome, Verdict
from tests.conformance.results import MEDIA, XML, read
from tests.conformance.site import Contents, Endpoint, Reply, triples

# The address that stands for the endpoint in the manifest, and ours.
THEIRS, OURS = "/sparql/", "/sparql"
BOOLEAN = (XML, MEDIA[".srj"])
READ_ONLY = ("read-only-endpoint", "updates-refused")
DATASET = ("default-graph-uri", "named-graph-uri")


def contents(cases: Iterable[Case]) -> Contents:
    """Return the graphs that protocol tests need.

    A graph that requests name and that the suite does not hold has one statement: our server
    refuses the name of a graph that is not there.
    """
    named: dict[str, list[Triple]] = {}
    for case in cases:
        named |= {iri: triples(place, iri) for iri, place in case.graphs}
        for request in case.requests:
            for name, iri in parse_qsl(urlsplit(request.path).query):
                if name in DATASET:
                    graph = NamedNode(iri)
                    named.setdefault(iri, [Triple(graph, graph, Literal("here"))])
    return Contents(named=named)


def run(case: Case, site: Endpoint) -> Verdict:
    """Send the requests of a test; a wanted update must be refused, and ends the test."""
    for request in case.requests:
        reply = send(site, request, request.path.replace(THEIRS, OURS, 1))
        if is_update(request) and not case.name.startswith("bad_"):
            return Verdict(case, refused(reply), required=True)
        if fault := misses(request, reply):
            return Verdict(case, Outcome("fail", fault), required=True)
    return Verdict(case, PASS, required=True)


def send(site: Endpoint, request: Request, path: str) -> Reply:
    """Send a request of a manifest to a path of ours."""
    body = request.body.text.encode(request.body.encoding) if request.body else None
    return site.send(request.method, path, dict(request.headers), body)


def is_update(request: Request) -> bool:
    """Tell whether a request asks to change data."""
    media = dict(request.headers).get("content-type", "")
    given = (request.body.text if request.body else "") + "&" + urlsplit(request.path).query
    return media.startswith("application/sparql-update") or "update=" in given


def refused(reply: Reply) -> Outcome:
    """Judge the answer to an update, which is refused by design."""
    if reply.status == HTTPStatus.FORBIDDEN and reply.slug in READ_ONLY:
        return Outcome("refused", REFUSALS[reply.slug])
    return Outcome("fail", f"an update is answered {reply.status} {reply.slug}")


def misses(request: Request, reply: Reply) -> str | None:
    """Return in words what an answer lacks; None when it is as it must be."""
    if not any(fits(reply.status, name) for name in request.statuses):
        return f"{request.method} is {reply.status}, not {' or '.join(request.statuses)}"
    if request.format == "boolean" and reply.media not in BOOLEAN:
        return f"{reply.media} is no format of a yes or no"
    if request.format == "tabular" and reply.media not in MEDIA.values():
        return f"{reply.media} is no format of rows"
    if request.format == "RDF":
        return no_graph(reply)
    if request.boolean is not None and read(reply.body, reply.media) is not request.boolean:
        return f"the answer is not {request.boolean}"
    return None


def no_graph(reply: Reply) -> str | None:
    """Return what is wrong with an answer that must be RDF; None when it is."""
    form = RdfFormat.from_media_type(reply.media)
    if form is None:
        return f"{reply.media} is no format of RDF"
    try:
        list(parse(reply.body, form))
    except SyntaxError as error:
        return f"the answer is not {reply.media}: {error}"
    return None


def fits(status: int, name: str) -> bool:
    """Tell whether a status has a name of the manifests: Created, NotFound, StatusCode4xx.

    >>> fits(404, "NotFound"), fits(404, "StatusCode4xx"), fits(404, "OK")
    (True, True, False)
    """
    if name.startswith("StatusCode"):
        return name == f"StatusCode{status // 100}xx"
    return HTTPStatus(status).phrase.replace(" ", "") == name
