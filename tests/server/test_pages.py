"""Things, codes, graphs and terms: each at one address, as a page and as data."""

from __future__ import annotations

import gzip
import hashlib

import httpx
import pytest
from pyoxigraph import RdfFormat, parse

from tests.server.releases import BASE, REGISTER, REPORT

HTML = {"Accept": "text/html"}
JSON_LD = "application/ld+json"
UMBRELLA = "/id/organisation/umbrella"
FORMS = {
    ".ttl": ("text/turtle", RdfFormat.TURTLE),
    ".nt": ("application/n-triples", RdfFormat.N_TRIPLES),
    ".jsonld": ("application/ld+json", RdfFormat.JSON_LD),
    ".rdf": ("application/rdf+xml", RdfFormat.RDF_XML),
}


@pytest.mark.parametrize("suffix", FORMS)
@pytest.mark.parametrize(
    "path", [UMBRELLA, "/code/ecosystem-role", "/code/ecosystem-role/umbrella", "/ns", "/shapes",
             "/graphs/report2019/2019"]
)  # fmt: skip
def test_data_come_by_suffix_and_by_accept(client: httpx.Client, path: str, suffix: str) -> None:
    media, form = FORMS[suffix]
    by_suffix = client.get(path + suffix)
    by_accept = client.get(path, headers={"Accept": media})
    for answer in (by_suffix, by_accept):
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == media
        assert list(parse(answer.content, format=form))


def test_a_thing_comes_with_what_points_to_it(client: httpx.Client) -> None:
    triples = list(parse(client.get(UMBRELLA + ".nt").content, format=RdfFormat.N_TRIPLES))
    subjects = {str(quad.subject) for quad in triples}
    assert f"<{BASE}id/membership/1>" in subjects
    assert f"<{BASE}id/organisation/umbrella>" in subjects


def test_a_page_shows_sources_records_and_places(client: httpx.Client) -> None:
    page = client.get("/en" + UMBRELLA, headers=HTML).text
    assert "Demonstration federation" in page
    assert "Annual report 2019" in page
    assert "Register of federations" in page
    assert "L.12" in page
    assert "0400123456" in page
    assert '<a href="/en/id/organisation/bakery" lang="fr">' in page
    assert '<a href="/en/id/organisation/dutch" lang="nl">' in page


def test_only_web_addresses_become_links(client: httpx.Client) -> None:
    page = client.get("/en" + UMBRELLA, headers=HTML).text
    assert 'href="https://example.org/"' in page
    assert "javascript:alert(1)" in page
    assert 'href="javascript' not in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("prefix", ["", "/fr", "/en"])
def test_a_merged_thing_leads_to_the_other(client: httpx.Client, prefix: str) -> None:
    answer = client.get(f"{prefix}/id/organisation/merged", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (308, prefix + UMBRELLA)
    data = client.get("/id/organisation/merged.ttl")
    assert (data.status_code, data.headers["location"]) == (308, UMBRELLA + ".ttl")


def test_a_code_list_shows_its_hierarchy(client: httpx.Client) -> None:
    page = client.get("/en/code/ecosystem-role", headers=HTML).text
    assert page.index(">federation</a>") < page.index(">umbrella</a>")
    assert 'class="depth-1"' in page
    assert "/en/code/ecosystem-role" in client.get("/en/code", headers=HTML).text


def test_every_term_has_an_anchor(client: httpx.Client) -> None:
    page = client.get("/en/ns", headers=HTML).text
    assert 'id="FederationMembership"' in page
    assert 'id="memberOf"' in page
    assert 'id="FederationMembershipShape"' in client.get("/en/shapes", headers=HTML).text


def test_a_graph_can_be_taken_by_its_name(client: httpx.Client) -> None:
    turtle = client.get("/graphs", params={"graph": REPORT}, headers={"Accept": "text/turtle"})
    assert "boulangerie" in turtle.text.casefold()
    page = client.get("/en/graphs/report2019/2019", headers=HTML).text
    assert "Observatoire de démonstration" in page
    assert "CC BY 4.0" in page


def test_a_graph_too_large_to_send_names_its_dump(client: httpx.Client) -> None:
    answer = client.get("/graphs", params={"graph": REGISTER}, headers={"Accept": JSON_LD})
    assert answer.status_code == 413
    assert answer.json()["dump"] == "/dumps/graphs/register.2020.nq.gz"


def test_dumps_have_the_checksums_they_announce(client: httpx.Client) -> None:
    lines = client.get("/dumps/SHA256SUMS").text.splitlines()
    assert len(lines) == 5
    assert "secret" not in client.get("/dumps", headers=HTML).text
    for line in lines:
        digest, name = line.split()
        content = client.get(f"/dumps/{name}").content
        assert hashlib.sha256(content).hexdigest() == digest
        assert gzip.decompress(content)
    part = client.get("/dumps/public.nq.gz", headers={"Range": "bytes=0-9"})
    assert (part.status_code, len(part.content)) == (206, 10)


def test_quality_is_shown(client: httpx.Client) -> None:
    assert client.get("/quality", headers=HTML).status_code == 200
    assert client.get("/quality/report.json").json()["conforms"] is True


def test_an_unchanged_page_is_not_sent_again(client: httpx.Client) -> None:
    for path in ("/", UMBRELLA, "/code", "/ns", "/shapes", "/graphs", "/queries", "/dumps"):
        first = client.get(path, headers=HTML)
        again = client.get(path, headers={**HTML, "If-None-Match": first.headers["etag"]})
        assert again.status_code == 304, path
        other = client.get(path, headers={**HTML, "Accept-Language": "en"})
        assert other.headers["etag"] != first.headers["etag"]
        assert "Accept-Language" in first.headers["vary"]


@pytest.mark.parametrize(
    ("path", "header", "expected"),
    [
        ("/", "", "fr"),
        ("/", "en", "en"),
        ("/", "it, en;q=0.5, fr;q=0.4", "en"),
        ("/", "nl, en;q=0.5, fr;q=0.4", "nl"),
        ("/de/", "fr", "de"),
        ("/", "garbage;;q=x, ,*", "fr"),
        ("/en/", "fr", "en"),
        ("/fr/ns", "en", "fr"),
    ],
)
def test_the_language_is_that_of_the_path_or_the_reader(
    client: httpx.Client, path: str, header: str, expected: str
) -> None:
    page = client.get(path, headers={**HTML, "Accept-Language": header}).text
    assert f'<html lang="{expected}">' in page
    assert 'hreflang="en"' in page
    assert 'hreflang="fr"' in page


def test_links_stay_in_the_language_of_the_path(client: httpx.Client) -> None:
    assert 'href="/en/queries"' in client.get("/en/", headers=HTML).text
    assert 'href="/queries"' in client.get("/", headers=HTML).text


def test_nothing_believes_a_forged_host(client: httpx.Client) -> None:
    page = client.get("/", headers={**HTML, "Host": "evil.example"}).text
    assert "evil.example" not in page
