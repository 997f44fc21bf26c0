"""oEmbed: from the address of a map to the frame in which another site shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from queries.release import Home
from tests.server.running import Site, serving
from tests.server.test_maps import OF


@pytest.fixture(scope="module")
def site(published: Home) -> Iterator[Site]:
    """A server on the release of the bundled sources."""
    with serving(published) as running:
        yield running


def asked(site: Site, url: str, **given: str) -> httpx.Response:
    """Return what the server says of an address."""
    with site.client() as client:
        return client.get("/oembed", params={"url": url, **given})


def test_a_page_leads_to_its_frame(site: Site) -> None:
    path = "/en/maps/mandates?relation=seat&on=2019-12-31"
    with site.client() as client:
        text = client.get(path, headers={"Accept": "text/html"}).text
        link = re.search(r'type="application/json\+oembed" href="([^"]*)"', text)
        assert link
        found = client.get(unescape(link[1]))
        assert found.headers["content-type"] == "application/json"
        said = found.json()
        assert (said["version"], said["type"]) == ("1.0", "rich")
        assert (said["width"], said["height"]) == (900, 700)
        assert said["title"] == "Who sits where, and on whose behalf"
        frame = re.search(r'<iframe src="([^"]*)" width="900" height="700"', said["html"])
        assert frame
        shown = unescape(frame[1])
        wanted = {"relation": ["seat"], "on": ["2019-12-31"], "lang": ["en"]}
        assert parse_qs(urlsplit(shown).query) == wanted
        framed = client.get(shown, headers={"Accept": "text/html"})
        assert framed.status_code == 200
        ties = re.findall(r'<tr data-from="([^"]*)" data-to="([^"]*)"', text)
        assert re.findall(r'<tr data-from="([^"]*)" data-to="([^"]*)"', framed.text) == ties


@pytest.mark.parametrize(
    "path",
    ["maps/mandates", "nl/maps/mandates", "embed/maps/mandates?legend=0&title=0",
     f"organisations/{OF.partition('/')[2]}/network?depth=2", f"maps/network?of={OF}"],
)  # fmt: skip
def test_every_address_of_a_map_is_known(site: Site, path: str) -> None:
    for start in (f"{site.address}/", "https://w3id.org/maillage/"):
        said = asked(site, start + path, maxwidth="500", maxheight="400")
        assert said.status_code == 200, said.text
        assert (said.json()["width"], said.json()["height"]) == (500, 400)
        assert f'src="{site.address}/embed/maps/' in said.json()["html"]


@pytest.mark.parametrize(
    ("url", "given", "status"),
    [
        ("https://elsewhere.example/maps/mandates", {}, 404),
        ("{}/maps/nothing", {}, 404),
        ("{}/statistics", {}, 404),
        ("{}/maps/network", {}, 404),
        ("{}.evil.example/maps/mandates", {}, 404),
        ("{}/maps/mandates/../institutional", {}, 404),
        ("{}/maps/mandates?on=soon", {}, 400),
        ("{}/maps/mandates", {"maxwidth": "0"}, 400),
        ("{}/maps/mandates", {"maxheight": "wide"}, 400),
        ("{}/maps/mandates", {"format": "xml"}, 501),
        ("{}/maps/mandates", {"width": "3"}, 400),
    ],
)
def test_what_is_no_map_is_refused(
    site: Site, url: str, given: dict[str, str], status: int
) -> None:
    refused = asked(site, url.format(site.address), **given)
    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/problem+json"


def test_an_address_is_wanted_once(site: Site) -> None:
    with site.client() as client:
        assert client.get("/oembed").status_code == 400
        assert client.get("/oembed?url=a&url=b").status_code == 400


def test_nothing_of_an_address_breaks_out_of_the_frame(site: Site) -> None:
    hostile = f'{site.address}/maps/mandates?family=a/b"><script>'
    assert asked(site, hostile).status_code == 400
    said = asked(site, f'{site.address}/maps/mandates?x="><script>&title=0').json()["html"]
    assert "<script>" not in said
    assert "title=0" in said
