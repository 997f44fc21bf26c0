"""Maps over HTTP: the same things and ties on the page and in every file, whatever is asked for.

Numbers are those of the corpus of hostile inputs, section 7.7.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from queries.maps.view import EGO, views, words
from queries.release import Home, current
from server.maps.format import all_formats, by_suffix
from server.maps.page import style
from server.settings import SettingsError, read_settings
from tests.mapped import Triple
from tests.server.releases import REPORT, make, point
from tests.server.running import serving
from tests.test_maps_formats import READERS

OF = "organisation/concertes-report-2019-15"
STORED = [name for name in views() if name != EGO]
# Filters that select much, little and nothing.
ASKED = (
    "maps/institutional", "maps/institutional?on=2018-01-01", "maps/mandates?on=2019-12-31",
    "maps/institutional?territory=refnis-region%2F03000",
    "maps/institutional?family=federation-family%2Fisp-operators&relation=member",
    "maps/memberships?kind=umbrella&kind=international", "maps/projects?on=1850-01-01",
    f"maps/network?of={OF}&depth=2", f"maps/network?of={OF}&depth=1&relation=member",
)  # fmt: skip


@pytest.fixture(scope="module")
def client(published: Home) -> Iterator[httpx.Client]:
    """A client of a server on the release of the bundled sources."""
    with serving(published, deadline=60) as site, site.client() as one:
        yield one


def with_suffix(asked: str, suffix: str, **given: str) -> str:
    """Return an address in a format."""
    path, _mark, query = asked.partition("?")
    more = "&".join(
        [*([query] if query else []), *(f"{name}={value}" for name, value in given.items())]
    )
    return f"/{path}{suffix}?{more}" if more else f"/{path}{suffix}"


def in_page(text: str) -> tuple[set[str], set[Triple]]:
    """Return the things and ties of the tables of a page."""
    nodes = set(re.findall(r'<tr data-id="([^"]*)"', text))
    ties = set(
        re.findall(r'<tr data-from="([^"]*)" data-to="([^"]*)" data-relation="([^"]*)"', text)
    )
    return nodes, ties


@pytest.mark.parametrize("asked", ASKED)
def test_page_picture_and_files_hold_the_same(client: httpx.Client, asked: str) -> None:
    page = client.get(f"/en/{asked}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    expected = in_page(page.text)
    for suffix, read in READERS.items():
        answer = client.get(with_suffix(asked, suffix))
        assert answer.status_code == 200, suffix
        assert read(answer.content) == expected, suffix
    drawn = re.search(r"<svg xmlns.*?</svg>", page.text, re.DOTALL)
    assert drawn is not None
    assert READERS[".svg"](drawn[0].encode()) == expected
    rows = list(csv.DictReader(io.StringIO(client.get(with_suffix(asked, ".csv")).text)))
    assert {(one["source"], one["target"], one["relation"]) for one in rows} == expected[1]
    framed = client.get(f"/embed/{asked}")
    assert in_page(framed.text) == expected


@pytest.mark.parametrize("name", STORED)
def test_every_view_is_drawn_and_says_where_it_is_from(
    client: httpx.Client, published: Home, name: str
) -> None:
    release = current(published)
    assert release is not None
    answer = client.get(f"/maps/{name}.svg?lang=nl")
    assert answer.headers["X-Release"] == release.id
    root = ElementTree.fromstring(answer.content)
    words = " ".join(root.itertext())
    for said in (release.id, "Bronnen", "Legende", "Licentie", views()[name].title["nl"]):
        assert said in words
    assert client.get(f"/maps/{name}.svg?lang=nl").content == answer.content


def test_formats_have_their_media_types_and_names(client: httpx.Client) -> None:
    for one in all_formats():
        answer = client.get(f"/maps/memberships{one.suffix}")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].partition(";")[0] == one.media
        assert f'{one.suffix}"' in answer.headers["Content-Disposition"]
    svg = client.get("/maps/memberships", headers={"Accept": "image/svg+xml"})
    assert svg.headers["Content-Type"].startswith("image/svg+xml")
    assert "default-src 'none'" in svg.headers["Content-Security-Policy"]
    assert client.get("/maps/memberships.gv").text == client.get("/maps/memberships.dot").text


def test_a_map_that_a_client_has_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/maps/mandates.svg")
    again = client.get("/maps/mandates.svg", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    other = client.get(
        "/maps/mandates.svg?on=2019-01-01", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert other.status_code == 200


def test_122_a_file_is_of_one_release_and_names_it(client: httpx.Client, published: Home) -> None:
    release = current(published)
    assert release is not None
    named = client.get(f"/maps/mandates.json?release={release.id}")
    assert named.json()["graph"]["metadata"]["release"] == release.id == named.headers["X-Release"]
    assert client.get("/maps/mandates.json?release=no-such").status_code == 404


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/maps/nothing", 404, "There is no map"),
        ("/maps/nothing.svg", 404, "There is no map"),
        ("/maps/institutional?kind=x", 400, "kind"),
        ("/maps/institutional?kinds=umbrella", 400, "did you mean kind"),
        ("/maps/institutional?relation=x", 400, "relation"),
        ("/maps/institutional?territory=%27%29", 400, "territory"),
        ("/maps/institutional?on=2019-13-01", 400, "on"),
        ("/maps/institutional?on=2019-01-01&on=2019-01-02", 400, "more than once"),
        ("/maps/institutional?lang=xx", 400, "lang"),
        ("/maps/institutional.svg?theme=pink", 400, "theme"),
        ("/maps/institutional?of=organisation/x", 400, "of"),
        ("/maps/network", 400, "of"),
        ("/maps/network?of=%3Cscript%3E", 400, "of"),
        (f"/maps/network?of={OF}&depth=4", 400, "depth"),
        ("/maps/network?of=organisation/nobody", 404, "says nothing"),
        ("/maps/network?of=person/concertes-report-2019-2", 404, "cannot be drawn"),
        ("/embed/maps/institutional.svg", 404, "There is no map"),
    ],
)
def test_what_cannot_be_is_refused_with_reason(
    client: httpx.Client, address: str, status: int, said: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert said in answer.text


def test_organisations_lead_to_their_network(client: httpx.Client) -> None:
    answer = client.get("/en/organisations/concertes-report-2019-15/network?depth=2")
    assert answer.status_code == 307
    assert answer.headers["Location"] == f"/en/maps/network?of={OF}&depth=2"
    page = client.get(f"/id/{OF}", headers={"Accept": "text/html"})
    assert "maps/network?of=organisation/concertes-report-2019-15" in page.text


def test_frames_are_for_the_sites_that_are_named(published: Home, client: httpx.Client) -> None:
    assert (
        "frame-ancestors *" in client.get("/embed/maps/mandates").headers["Content-Security-Policy"]
    )
    assert (
        "frame-ancestors 'self'" in client.get("/maps/mandates").headers["Content-Security-Policy"]
    )
    with (
        serving(published, embed_in="https://a.example,https://*.b.example") as site,
        site.client() as other,
    ):
        policy = other.get("/embed/maps/mandates").headers["Content-Security-Policy"]
        assert "frame-ancestors https://a.example https://*.b.example" in policy


@pytest.mark.parametrize(
    "wrong", ["", "* https://a.example", "a.example", "https://a.example/path", "https://a;b"]
)
def test_what_is_no_site_is_refused_as_a_setting(wrong: str) -> None:
    with pytest.raises(SettingsError, match="MAILLAGE_EMBED_IN"):
        read_settings(embed_in=wrong)


def test_frames_take_options_from_the_address(client: httpx.Client) -> None:
    plain = client.get("/embed/maps/mandates?lang=en").text
    bare = client.get("/embed/maps/mandates?lang=en&title=0&table=0").text
    assert "<table" in plain
    assert "<table" not in bare
    assert '<h1 class="hidden">' in bare


def test_the_style_sheet_has_the_dark_colours() -> None:
    sheet = (files("server") / "static" / "maps.css").read_text(encoding="utf-8")
    assert style() in sheet


def test_the_list_names_every_view(client: httpx.Client) -> None:
    text = client.get("/fr/maps", headers={"Accept": "text/html"}).text
    assert all(f"/fr/maps/{name}" in text for name in views())


def test_downloads_lead_to_exactly_what_is_seen(client: httpx.Client) -> None:
    page = client.get(
        "/en/maps/mandates?on=2019-12-31&relation=seat", headers={"Accept": "text/html"}
    )
    found = re.findall(r'href="(/maps/mandates\.[^"]*)"', page.text)
    assert len(found) >= len(by_suffix()) - 2
    for address in found:
        plain = address.replace("&amp;", "&")
        assert "on=2019-12-31" in plain
        assert "relation=seat" in plain
    json = client.get(
        next(one for one in found if ".json" in one and "kumu" not in one).replace("&amp;", "&")
    )
    assert set(json.json()["graph"]["nodes"]) == in_page(page.text)[0]


def star(arms: int) -> str:
    """Return statements by which so many federations are in an umbrella, each with a member."""
    rows = [
        f"org:arm{one} a se:Federation, se:Organisation ; skos:prefLabel 'Arm {one}' ."
        f" org:tip{one} a se:Enterprise, se:Organisation ; skos:prefLabel 'Tip {one}' ."
        f" membership:arm{one} a se:FederationMembership ; se:member org:arm{one} ;"
        f" se:memberOf org:umbrella . membership:tip{one} a se:FederationMembership ;"
        f" se:member org:tip{one} ; se:memberOf org:arm{one} ."
        for one in range(arms)
    ]
    return f"<{REPORT}> {{ {' '.join(rows)} }}"


@pytest.mark.parametrize(
    ("arms", "depth", "said"), [(200, 2, True), (200, 1, False), (20, 2, False)]
)
def test_a_network_that_was_cut_further_away_says_so_everywhere(
    tmp_path: Path, arms: int, depth: int, said: bool
) -> None:
    home = Home(tmp_path / "home")
    make(home, "r1", extra=star(arms))
    point(home, "r1")
    asked, notice = f"maps/network?of=organisation/umbrella&depth={depth}", words()["en"]["clipped"]
    with serving(home, deadline=60) as site, site.client() as client:
        page = client.get(f"/{asked}&lang=en", headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert (f'<p class="notice">{notice}' in page.text) == said
        for suffix in (".graphml", ".json", ".dot", ".cyjs"):
            assert (notice in client.get(with_suffix(asked, suffix, lang="en")).text) == said
        drawn = ElementTree.fromstring(client.get(with_suffix(asked, ".svg", lang="en")).content)
        assert (notice[:30] in " ".join(drawn.itertext())) == said
