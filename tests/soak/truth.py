"""The one right answer to each request in each release, learnt before the trouble begins."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass

import httpx
from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
)

from queries.release import Home, open_store, read_release
from tests.server.releases import make, point
from tests.soak.wishes import CSV, Form, Wish

# Enough rows that the longest answer is compressed in a thread and sent in many packets.
ROWS = 4_000
SWAP_LIMIT = 30


class TruthError(Exception):
    """A server that is wrong before anything disturbs it."""


@dataclass(frozen=True)
class Right:
    """One right answer, not compressed: its body, media type, announced length, entity tag."""

    body: bytes
    media: str
    length: str | None
    entity: str | None
    form: Form

    def agrees(self, body: bytes) -> bool:
        """Tell whether another body says the same."""
        if body == self.body:
            return True
        return self.form != "bytes" and content(body, self.media) == content(self.body, self.media)


Truths = dict[tuple[str, str], Right]


def make_releases(home: Home, names: list[str]) -> None:
    """Write releases that answer the same questions differently."""
    for number, name in enumerate(names):
        said = f'org:umbrella skos:altLabel "known in {name} only" .'
        filler = ROWS + 100 * number
        make(home, name, extra=f"graph:register\\/2020 {{ {said} }}", filler=filler)


def learn(client: httpx.Client, home: Home, names: list[str], wishes: list[Wish]) -> Truths:
    """Ask a calm server everything of every release; raises TruthError where it is wrong."""
    found: Truths = {}
    for name in names:
        point(home, name)
        await_release(client, name)
        for wish in wishes:
            if wish.release in (None, name):
                found[name, wish.name] = learn_one(client, home, name, wish)
    for wish in wishes:
        if wish.query and not wish.release and wish.method != "HEAD":
            bodies = {found[name, wish.name].body for name in names}
            if len(bodies) < len(names):
                raise TruthError(f"{wish.name}: two releases give the same answer")
    return found


def await_release(client: httpx.Client, name: str) -> None:
    """Wait until a release is the one being served."""
    end = time.monotonic() + SWAP_LIMIT
    while client.get("/sparql", params={"query": "ASK {}"}).headers.get("x-release") != name:
        if time.monotonic() > end:
            raise TruthError(f"release {name} is not served after {SWAP_LIMIT} seconds")
        time.sleep(0.05)


def learn_one(client: httpx.Client, home: Home, name: str, wish: Wish) -> Right:
    """Return the answer to one request, checked where pyoxigraph can tell."""
    answer = send(client, wish, {"Accept-Encoding": "identity"})
    if answer.status_code != httpx.codes.OK or answer.headers.get("x-release") != name:
        said = f"{answer.status_code} {answer.headers.get('x-release')}: {answer.text[:300]}"
        raise TruthError(f"{wish.name} of {name}: {said}")
    media = answer.headers["content-type"].partition(";")[0]
    length, entity = answer.headers.get("content-length"), answer.headers.get("etag")
    right = Right(answer.content, media, length, entity, wish.form)
    if wish.query and wish.form != "bytes" and wish.method != "HEAD":
        expected = computed(home, name, wish.query, media)
        if content(right.body, media) != content(expected, media):
            raise TruthError(f"{wish.name} of {name}: other than pyoxigraph's answer")
    return right


def send(client: httpx.Client, wish: Wish, headers: dict[str, str]) -> httpx.Response:
    """Send one request."""
    given: dict[str, object] = {}
    if isinstance(wish.body, dict):
        given = {"data": wish.body}
    elif wish.body is not None:
        given = {"content": wish.body.encode()}
        headers = {**headers, "Content-Type": "application/sparql-query"}
    return client.request(
        wish.method, wish.path, params=wish.params or None,
        headers={"Accept": wish.accept, **headers}, **given,  # type: ignore[arg-type]
    )  # fmt: skip


def computed(home: Home, name: str, query: str, media: str) -> bytes:
    """Return what pyoxigraph answers to a query of a release, in a media type."""
    answer = open_store(read_release(home.releases / name), "public").query(query)
    if isinstance(answer, QuerySolutions | QueryBoolean):
        return answer.serialize(format=QueryResultsFormat.from_media_type(media)) or b""
    return answer.serialize(format=RdfFormat.from_media_type(media)) or b""


def content(body: bytes, media: str) -> Hashable:
    """Return what a body says, in no order: rows as often as they stand, or statements."""
    if media == CSV:
        head, *rows = body.split(b"\r\n")
        return head, frozenset(Counter(rows).items())
    if form := QueryResultsFormat.from_media_type(media):
        answer = parse_query_results(body, format=form)
        assert isinstance(answer, QuerySolutions)
        variables = tuple(variable.value for variable in answer.variables)
        return variables, frozenset(Counter(tuple(map(str, row)) for row in answer).items())
    return frozenset(map(str, parse(body, format=RdfFormat.from_media_type(media))))
