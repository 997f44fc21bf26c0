"""Graph Store tests: the reading requests are sent, a new release stands for each writing one.

Our server takes no writing: it must say 405. What the request wanted is then published as a
release, as a loader would, so that each GET and HEAD meets the state that the test expects.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from email import message_from_bytes
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from pyoxigraph import RdfFormat, Triple, parse

from tests.conformance.manifest import Case, Request
from tests.conformance.outcome import PASS, Outcome, Verdict
from tests.conformance.protocol import misses, send
from tests.conformance.results import canonical_triples
from tests.conformance.site import Contents, Reply, Site

BASE = "http://www.example/"
# Indirect and direct addresses in the manifests, and ours.
THEIRS = "/gsp"
INDIRECT, DIRECT = "/rdf-graph-store", "/graphs/"
SUFFIX = ".ttl"
READING = ("GET", "HEAD")
DEFAULT = ""
MINTED = f"{BASE}graph/minted/1"


@dataclass
class State:
    """What the graph store should hold at a moment of a test; the default graph is named ''."""

    graphs: dict[str, list[Triple]] = field(default_factory=lambda: {DEFAULT: []})
    names: dict[str, str] = field(default_factory=dict)

    def contents(self) -> Contents:
        """Return the state as what a release holds."""
        named = {iri: held for iri, held in self.graphs.items() if iri != DEFAULT}
        return Contents(self.graphs[DEFAULT], named, BASE)

    def path(self, request: Request) -> str:
        """Return the address of ours that a request goes to."""
        path = request.path
        for name, value in self.names.items():
            path = path.replace(name, value)
        direct = path.removeprefix(THEIRS + "/")
        return INDIRECT + path.removeprefix(THEIRS) if direct == path else DIRECT + direct

    def graph(self, path: str) -> str:
        """Return the graph that an address of ours stands for; a new one when it names none."""
        parts = urlsplit(path)
        if parts.path.startswith(DIRECT):
            # A suffix asks for a format; it is no part of the name of a graph.
            place = parts.path.removeprefix(DIRECT).removesuffix(SUFFIX)
            return f"{BASE}graph/{place}"
        given = parse_qs(parts.query, keep_blank_values=True)
        return DEFAULT if "default" in given else given.get("graph", [MINTED])[0]

    def write(self, request: Request, path: str) -> None:
        """Do what a writing request wants."""
        iri = self.graph(path)
        if request.method == "DELETE":
            self.graphs.pop(iri, None)
            return
        before = self.graphs.get(iri, []) if request.method == "POST" else []
        self.graphs[iri] = [*before, *sent(request, iri)]
        for request_name in filter(None, [request.location]):
            self.names[request_name] = iri


def sent(request: Request, iri: str) -> list[Triple]:
    """Return the statements in the body of a request: Turtle, or a form of several files."""
    assert request.body is not None
    kind = dict(request.headers)["content-type"]
    content = request.body.text.encode(request.body.encoding)
    texts = [content]
    if kind.startswith("multipart/"):
        message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + content)
        texts = [
            bytes(part.get_payload(decode=True))
            for part in message.walk()
            if not part.is_multipart()
        ]
    return [q.triple for one in texts for q in parse(one, RdfFormat.TURTLE, base_iri=iri or BASE)]


def run(case: Case, site: Site) -> Verdict:
    """Run a test from an empty store on."""
    state = State()
    site.publish(state.contents())
    for request in case.requests:
        path = state.path(request)
        reply = send(site, replace(request, path=path), path)
        if request.method in READING:
            fault = misses(request, reply) or differs(request, reply)
        else:
            fault = takes(request, reply)
            state.write(request, path)
            site.publish(state.contents())
        if fault:
            return Verdict(case, Outcome("fail", fault), required=True)
    return Verdict(case, PASS, required=True)


def takes(request: Request, reply: Reply) -> str | None:
    """Return in words that a writing request was not refused as it must be."""
    allowed = [one.strip() for one in (reply.headers.get("Allow") or "").split(",")]
    if reply.status == HTTPStatus.METHOD_NOT_ALLOWED and request.method not in allowed:
        return None
    return f"{request.method} is {reply.status}, not 405, with Allow: {', '.join(allowed)}"


def differs(request: Request, reply: Reply) -> str | None:
    """Return how an answer differs in format or content from what must come back."""
    wanted = dict(request.answer_headers).get("content-type")
    if wanted and reply.media != wanted.partition(";")[0]:
        return f"{reply.media}, not {wanted}"
    if request.method == "HEAD":
        return "HEAD is answered with a body" if reply.body else None
    if request.answer is None:
        return None
    held = (request.answer.text.encode(request.answer.encoding), reply.body)
    expected, found = (
        canonical_triples(q.triple for q in parse(one, RdfFormat.TURTLE, base_iri=BASE))
        for one in held
    )
    return None if expected == found else "not the statements of the graph"
