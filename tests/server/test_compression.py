"""Answers are compressed for those who can read them so, and stay the same answers."""

from __future__ import annotations

import gzip

import brotli
import httpx
import pytest

from server.layers.compression import SMALLEST, chosen_coding
from tests.server.running import Site

LONG = {"query": "SELECT * {?s ?p ?o} LIMIT 400"}
SHORT = {"query": "ASK {}"}


def raw(
    site: Site, path: str, accept: str, *, method: str = "GET", **given: dict[str, str]
) -> tuple[httpx.Response, bytes]:
    """Return an answer and its bytes as they were sent."""
    headers = {"Accept-Encoding": accept, **given.pop("headers", {})}
    with (
        site.client() as client,
        client.stream(method, path, headers=headers, **given) as answer,  # type: ignore[arg-type]
    ):
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("gzip;q=0, br;q=0", None),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("*;q=0", None),
        ("identity", None),
        ("identity;q=1, gzip;q=0.4", None),
        ("identity;q=0.2, gzip;q=0.4", "gzip"),
        ("deflate, zstd", None),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip;q=nonsense", None),
        ("gzip;q=2", None),
        (";;,,=", None),
    ],
)
def test_the_client_chooses_the_coding(accept: str, expected: str | None) -> None:
    assert chosen_coding(accept) == expected


@pytest.mark.parametrize("repeated", [False, True])
def test_a_compressed_answer_is_the_same_answer(site: Site, repeated: bool) -> None:
    query = {"query": LONG["query"] + f" OFFSET {int(repeated)}"}
    if repeated:
        raw(site, "/sparql", "br", params=query)
    plain, whole = raw(site, "/sparql", "identity", params=query)
    assert "content-encoding" not in plain.headers
    for coding, expand in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        answer, body = raw(site, "/sparql", coding, params=query)
        assert answer.headers["content-encoding"] == coding
        assert int(answer.headers["content-length"]) == len(body) < len(whole) / 3
        assert expand(body) == whole
        assert answer.headers["etag"] == plain.headers["etag"]
        assert answer.headers["etag"].startswith("W/")
    assert "Accept-Encoding" in plain.headers["vary"]
    assert "Accept," in plain.headers["vary"]


def test_an_unchanged_answer_is_not_sent_again_whatever_its_coding(site: Site) -> None:
    for path in ("/sparql", "/static/maillage.css"):
        first, _body = raw(site, path, "gzip", params=LONG)
        known = {"If-None-Match": first.headers["etag"]}
        again, body = raw(site, path, "br", params=LONG, headers=known)
        assert (again.status_code, body) == (304, b"")
        assert "content-encoding" not in again.headers
        assert "Accept-Encoding" in again.headers["vary"]


def test_a_short_answer_stays_as_it_is(site: Site) -> None:
    answer, body = raw(site, "/sparql", "gzip", params=SHORT)
    assert "content-encoding" not in answer.headers
    assert len(body) < SMALLEST
    assert "Accept-Encoding" in answer.headers["vary"]


def test_dumps_are_never_compressed_again(site: Site) -> None:
    answer, body = raw(site, "/dumps/public.nq.gz", "gzip, br")
    assert "content-encoding" not in answer.headers
    assert gzip.decompress(body)
    part, body = raw(site, "/dumps/SHA256SUMS", "gzip", headers={"Range": "bytes=0-9"})
    assert "content-encoding" not in part.headers
    assert body


def test_the_head_is_that_of_the_compressed_answer(site: Site) -> None:
    whole, body = raw(site, "/sparql", "gzip", params=LONG)
    head, nothing = raw(site, "/sparql", "gzip", params=LONG, method="HEAD")
    assert nothing == b""
    assert int(head.headers["content-length"]) == len(body)
    for name in ("content-encoding", "content-type", "etag", "vary", "x-release"):
        assert head.headers[name] == whole.headers[name]


def test_pages_and_static_files_are_compressed(site: Site) -> None:
    for path in ("/fr/", "/static/maillage.css", "/openapi.json"):
        answer, body = raw(site, path, "br")
        assert answer.status_code == 200
        assert answer.headers["content-encoding"] == "br", path
        assert brotli.decompress(body)
        assert "accept-ranges" not in answer.headers
