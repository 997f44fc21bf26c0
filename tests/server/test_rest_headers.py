"""The hostile inputs of headers, one by one: each has a clear answer.

The numbers are those of the corpus of bad inputs that the platform is held to (97 to 103); after
each of them an ordinary query is answered rightly.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest

from queries.release import Home
from tests.server.releases import REPORT
from tests.server.running import serving
from tests.server.test_rest_inputs import (
    BAD,
    NT,
    PAGES,
    QUESTION,
    ROLES,
    UNKNOWN,
    assert_answered,
    refused,
)
from tests.server.test_sparql import slug


@pytest.fixture(scope="module")
def client(small: Home) -> Iterator[httpx.Client]:
    """A client of a server that does not count refusals."""
    with serving(small, rate_errors=0, rate_seconds=0) as site, site.client() as one:
        yield one


@pytest.fixture(autouse=True)
def probe(client: httpx.Client) -> Iterator[None]:
    """After each input an ordinary query is answered, and rightly."""
    yield
    assert_answered(client)


def test_97_a_language_is_one_of_ours(client: httpx.Client) -> None:
    assert refused(client, f"{QUESTION}?label=x&lang=xx", "lang") == BAD
    for page in PAGES:
        assert refused(client, f"{page}?lang=xx", "lang") == UNKNOWN, page
    assert slug(client.get("/xx/search")) == (404, "not-found")
    for header in ("garbage;;;q=", "xx", "*;q=2", "fr;q=0", "é,,,,", "en;q=NaN", "a" * 5_000):
        answer = client.get("/search", headers=[(b"Accept-Language", header.encode())])
        assert answer.status_code == 200
        assert '<html lang="fr">' in answer.text, header


@pytest.mark.parametrize(
    ("header", "value"),
    [("If-None-Match", '"x'), ("If-None-Match", 'W/"r1-0000"'), ("If-None-Match", ",,;é"),
     ("If-Modified-Since", "yesterday"), ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"),
     ("If-Match", '"x"'), ("If-Unmodified-Since", "0")],
)  # fmt: skip
def test_99_conditions_that_mean_nothing_change_nothing(
    client: httpx.Client, header: str, value: str
) -> None:
    for page in (*PAGES, f"{ROLES}?role=enterprise", "/sparql?query=ASK%7B%7D"):
        plain = client.get(page)
        answer = client.get(page, headers=[(header.encode(), value.encode())])
        assert (answer.status_code, answer.content) == (200, plain.content), page


@pytest.mark.parametrize("part", ["bytes=0-9", "bytes=999999999-", "bytes=-0", "lines=1", "é"])
def test_100_parts_are_of_dumps_only(client: httpx.Client, part: str) -> None:
    pages = [page for page in PAGES if page != "/dumps/public.nq.gz"]
    for page in (*pages, f"{ROLES}?role=enterprise", "/sparql?query=ASK%7B%7D"):
        plain = client.get(page)
        answer = client.get(page, headers=[(b"Range", part.encode())])
        assert (answer.status_code, answer.content) == (200, plain.content), page
        assert "content-range" not in answer.headers


FORGED = (
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "81"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"Host": "evil.example", "X-Forwarded-Prefix": "/evil", "X-Original-URL": "/evil"},
)


@pytest.mark.parametrize("forged", FORGED)
def test_101_a_forged_host_changes_no_iri_of_the_data(
    client: httpx.Client, forged: dict[str, str]
) -> None:
    graph = f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{REPORT}> {{ ?s ?p ?o }} }}"
    for address in (
        "/id/organisation/umbrella.nt", "/id/organisation/umbrella.ttl", "/code/ecosystem-role.nt",
        "/graphs/report2019/2019.nt", "/ns.nt", "/shapes.nt", f"/rdf-graph-store?graph={REPORT}",
        f"/sparql?{urlencode({'query': graph, 'format': 'nt'})}", f"{ROLES}.csv?role=enterprise",
        "/dumps/graphs/report2019.2019.nq.gz", "/queries", "/id/organisation/merged",
    ):  # fmt: skip
        plain, answer = client.get(address), client.get(address, headers=forged)
        assert plain.status_code < 400, address
        assert (answer.status_code, answer.content) == (plain.status_code, plain.content), address
        assert b"evil" not in answer.content, address
        assert "evil" not in str(answer.headers), address
    # What does give addresses under the one asked at, or a public one, names no thing by it.
    described = client.get("/catalogue", headers={**forged, **NT}).text
    assert f"<{REPORT}>" in described
    assert "evil.example/graph/" not in described


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Access-Control-Request-Method": "TEAPOT"},
        {"Access-Control-Request-Headers": "x-odd, , authorization, " + "x" * 5_000},
        {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": ""},
        {"Access-Control-Request-Private-Network": "true"},
    ],
)
def test_102_a_preflight_with_odd_headers_is_answered(
    client: httpx.Client, headers: dict[str, str]
) -> None:
    for origin in ("https://a.example", "null", "file://", "é"):
        given = [(b"Origin", origin.encode())]
        given += [(name.encode(), value.encode()) for name, value in headers.items()]
        for address in ("/sparql", QUESTION, "/id/organisation/umbrella", "/nothing"):
            answer = client.options(address, headers=given)
            assert (answer.status_code, answer.content) == (204, b"")
            assert answer.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in answer.headers
            assert origin not in str(answer.headers)


@pytest.mark.parametrize(
    "headers",
    [{"X-Large": "a" * 64_000}, {f"X-{number}": "a" for number in range(1_000)}],
    ids=["one of 64 kB", "a thousand"],
)
def test_103_too_many_or_too_large_headers_are_refused(
    client: httpx.Client, headers: dict[str, str]
) -> None:
    for address in ("/health", "/sparql?query=ASK%7B%7D", "/"):
        assert slug(client.get(address, headers=headers)) == (431, "headers-too-large"), address
