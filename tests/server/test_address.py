"""Addresses in answers are those of the operator; a forged header moves none, and stays alone."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from queries.release import Home
from server.settings import SettingsError, read_settings
from tests.server.running import serving
from tests.server.test_metrics import logged

PUBLIC = "https://data.example.org/linked"
FORGED = "forged.example.net"
HEADERS = {
    "Host": FORGED,
    "X-Forwarded-Host": FORGED,
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-For": "203.0.113.9",
    "Forwarded": f"host={FORGED};proto=https;for=203.0.113.9",
}
TURTLE = {"Accept": "text/turtle"}
DESCRIPTIONS = ("/sparql", "/void", "/.well-known/void", "/catalogue",
                "/.well-known/sparql-examples")  # fmt: skip
PLACES = (*DESCRIPTIONS, "/openapi.json", "/sparql/", "/fr/queries/", "/en/", "/graphs",
          "/ns", "/releases", "/sparql?query=ASK%7B%7D", "/code/", "/dumps")  # fmt: skip


@pytest.fixture(scope="module")
def known(published: Home) -> Iterator[httpx.Client]:
    """A client of a server that has a public address."""
    with serving(published, public=PUBLIC) as site, site.client() as one:
        yield one


def test_descriptions_give_the_public_address(known: httpx.Client) -> None:
    for path in DESCRIPTIONS:
        answer = known.get(path, headers=TURTLE)
        assert f"<{PUBLIC}/sparql>" in answer.text, path
        assert known.base_url.host not in answer.text, path
        assert answer.headers["Cache-Control"] == "public, no-cache"
    assert f"<{PUBLIC}/.well-known/void>" in known.get("/sparql", headers=TURTLE).text
    assert f"<{PUBLIC}/dumps/graphs/" in known.get("/catalogue.ttl").text
    assert known.get("/openapi.json").json()["servers"] == [{"url": PUBLIC}]


@pytest.mark.parametrize("path", PLACES)
def test_a_forged_header_changes_nothing(known: httpx.Client, path: str) -> None:
    accept = {"Accept": "text/turtle, */*;q=0.5"}
    plain = known.get(path, headers=accept)
    forged = known.get(path, headers=accept | HEADERS)
    assert plain.status_code in (200, 307)
    assert (forged.status_code, forged.content) == (plain.status_code, plain.content)
    assert forged.headers.get("ETag") == plain.headers.get("ETag")
    assert forged.headers.get("Location") == plain.headers.get("Location")
    said = forged.text + json.dumps(dict(forged.headers))
    assert FORGED not in said
    assert "gopher" not in said


def test_what_repeats_the_address_of_the_request_is_for_its_client_alone(
    client: httpx.Client,
) -> None:
    for path in DESCRIPTIONS:
        answer = client.get(path, headers=TURTLE | HEADERS)
        if answer.status_code == 404:
            continue
        assert f"http://{FORGED}/sparql" in answer.text
        assert answer.headers["Cache-Control"] == "private, no-cache"
        again = {"If-None-Match": answer.headers["ETag"]}
        assert client.get(path, headers=TURTLE | again).status_code == 200
        short = client.get(path, headers=TURTLE | HEADERS | again)
        assert (short.status_code, short.headers["Cache-Control"]) == (304, "private, no-cache")
    openapi = client.get("/openapi.json", headers=HEADERS)
    assert openapi.json()["servers"] == [{"url": "/"}]
    assert FORGED not in openapi.text


def test_a_description_is_another_one_under_another_address(
    known: httpx.Client, published: Home
) -> None:
    with serving(published, public="https://data.example.org") as site, site.client() as other:
        for path in PLACES[:6]:
            tags = [one.get(path, headers=TURTLE).headers["ETag"] for one in (known, other)]
            assert tags[0] != tags[1], path


@pytest.mark.parametrize(
    "address",
    ["data.example.org", "//data.example.org", "ftp://data.example.org", "https://", "https:///x",
     "https://data.example.org?x", "https://data.example.org/#x", "https://me@data.example.org",
     "https://data.example.org:0", "https://data.example.org:x", "https://data.example.org:",
     "https://data.example.org/../x", "https://data.example.org//x", "https://data .example.org",
     "https://données.example.org", "https://data.example.org/\r\nX: y", "https://[::1", ""],
)  # fmt: skip
def test_a_malformed_address_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="MAILLAGE_PUBLIC.*such as https://data.example.org"):
        read_settings(public=address)


@pytest.mark.parametrize("proxies", ["*", "proxy.example.org", "10.0.0.1/8", "127.0.0.1;::1", ""])
def test_proxies_are_addresses(proxies: str) -> None:
    with pytest.raises(SettingsError, match="MAILLAGE_PROXIES.*separated by commas"):
        read_settings(proxies=proxies)


@pytest.mark.parametrize(
    ("proxies", "network", "scheme"),
    [
        (None, "127.0.0.0/24", "http"),
        ("192.0.2.1", "127.0.0.0/24", "http"),
        ("127.0.0.1", "203.0.113.0/24", "https"),
        ("192.0.2.1, 127.0.0.0/8", "203.0.113.0/24", "https"),
    ],
)
def test_only_a_proxy_that_is_set_is_believed(
    small: Home, proxies: str | None, network: str, scheme: str
) -> None:
    given = {"proxies": proxies} if proxies else {}
    told = {
        "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": FORGED,
    }
    with logged(small, access_log="true", **given) as (client, lines):
        said = client.get("/sparql", headers=TURTLE | told).text
        assert f"<{scheme}://{client.base_url.host}:{client.base_url.port}/sparql>" in said
        assert FORGED not in said
    (line,) = (json.loads(line) for line in lines if line.startswith("{"))
    assert line["network"] == network
