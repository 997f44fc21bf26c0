"""Query tests: the same query asked of our server and of the engine alone."""

from __future__ import annotations

from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat, Store, serialize

from tests.conformance.manifest import Case
from tests.conformance.outcome import PASS, Outcome, Verdict, refusal
from tests.conformance.results import TURTLE, XML, Result, difference, expected, read
from tests.conformance.site import Contents, Endpoint, Reply

ANY = f"{XML}, {TURTLE};q=0.5"


def run(case: Case, site: Endpoint, held: Contents) -> Verdict:
    """Run a test on both; where our server refuses to call out, the engine is not asked to."""
    media, wanted = (ANY, None) if case.result is None else expected(case.result)
    headers = {"Accept": media, "Content-Type": "application/sparql-query"}
    reply = site.send("POST", "/sparql", headers, case.content)
    ours = judge(case, reply, media, wanted)
    if ours.state == "refused" and reply.slug == "federation-disabled":
        return Verdict(case, ours, Outcome("not run", "it would call out"))
    return Verdict(case, ours, ask_engine(case, held, media, wanted))


def judge(case: Case, reply: Reply, media: str, wanted: Result | None) -> Outcome:
    """Judge the answer of our server."""
    if case.kind == "negative" and reply.status == 400:
        return PASS
    if reason := refusal(reply):
        return Outcome("refused", reason)
    if reply.status != 200:
        said = reply.problem.get("detail", reply.body[:200].decode(errors="replace"))
        return Outcome("fail", f"{reply.status} {reply.slug}: {said}")
    if case.kind == "negative":
        return Outcome("fail", "a wrong query is accepted")
    if wanted is None:
        return PASS
    if reply.media != media:
        return Outcome("fail", f"{reply.media}, not {media}")
    return compare(case, wanted, reply.body, media)


def ask_engine(case: Case, held: Contents, media: str, wanted: Result | None) -> Outcome:
    """Run a test on the engine in this process, without anything of ours."""
    store = held.fill(Store())
    try:
        found = store.query(case.text, base_iri=held.base)
        if wanted is None:
            return PASS if case.kind != "negative" else Outcome("fail", "a wrong query is accepted")
        if isinstance(found, QueryTriples):
            body = serialize(found, format=RdfFormat.TURTLE)
        else:
            form = QueryResultsFormat.from_media_type(media)
            body = found.serialize(format=form)
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        return PASS if case.kind == "negative" else Outcome("fail", str(error))
    assert body is not None
    return compare(case, wanted, body, media)


def compare(case: Case, wanted: Result, body: bytes, media: str) -> Outcome:
    """Judge the content of an answer."""
    try:
        different = difference(wanted, read(body, media), lax=case.lax)
    except (SyntaxError, ValueError) as error:
        return Outcome("fail", f"the answer cannot be read: {error}")
    return Outcome("fail", different) if different else PASS
