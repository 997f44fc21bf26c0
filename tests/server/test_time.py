"""An older release answers when it is named, or when a moment is: always it, and never for ever."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from queries.release import Home
from server.engine.archive import MOST_OPEN
from tests.server.releases import REPORT, make, point
from tests.server.running import Site, serving

HTML = {"Accept": "text/html"}
MADE = {"r1": "2026-10-01", "r2": "2026-10-15", "r3": "2026-11-01", "r4": "2026-11-10"}
NAMES = "SELECT ?label WHERE { ?thing a se:Novelty ; skos:prefLabel ?label }"
QUERY = (
    "PREFIX se: <https://w3id.org/maillage/ns#> "
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> " + NAMES
)
ROLES = {"role": "enterprise"}
QUESTION = "/queries/organisations_by_ecosystem_role"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with four releases, each with a thing of its own; the last one is served."""
    found = Home(tmp_path_factory.mktemp("time"))
    for name, day in MADE.items():
        extra = f'<{REPORT}> {{ org:new a se:Novelty ; skos:prefLabel "{name}" . }}'
        place = make(found, name, extra=extra) / "manifest.json"
        manifest = json.loads(place.read_text("utf-8"))
        place.write_text(json.dumps({**manifest, "created": f"{day}T10:00:00+00:00"}), "utf-8")
    (found.releases / "broken").mkdir()
    point(found, "r4")
    return found


@pytest.fixture(scope="module")
def site(home: Home) -> Iterator[Site]:
    """A server on the last of four releases."""
    with serving(home) as running:
        yield running


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[httpx.Client]:
    """A client of that server."""
    with site.client() as one:
        yield one


def label(answer: httpx.Response) -> str:
    """Return the one label of an answer."""
    assert answer.status_code == 200, answer.text
    (row,) = answer.json()["results"]["bindings"]
    return str(row["label"]["value"])


@pytest.mark.parametrize("name", MADE)
def test_a_named_release_answers(client: httpx.Client, name: str) -> None:
    for answer in (
        client.get("/sparql", params={"query": QUERY, "release": name}),
        client.post("/sparql", params={"release": name}, data={"query": QUERY}),
    ):
        assert label(answer) == name
        assert answer.headers["X-Release"] == name
        assert answer.headers["Memento-Datetime"].endswith("10:00:00 GMT")
        assert answer.links["original timegate"]["url"].startswith("/sparql")
        assert "release" not in httpx.URL(answer.links["original timegate"]["url"]).params
    assert label(client.get("/sparql", params={"query": QUERY})) == "r4"


@pytest.mark.parametrize("name", MADE)
def test_a_release_is_named_in_a_form_as_well(client: httpx.Client, name: str) -> None:
    answer = client.post("/sparql", data={"query": QUERY, "release": name})
    assert label(answer) == name
    assert answer.headers["X-Release"] == name
    assert answer.headers["Memento-Datetime"].endswith("10:00:00 GMT")


def test_an_unknown_release_in_a_form_is_not_found(client: httpx.Client) -> None:
    answer = client.post("/sparql", data={"query": "ASK{}", "release": "nosuch"})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    twice = client.post("/sparql?release=r1", data={"query": "ASK{}", "release": "r1"})
    assert (twice.status_code, twice.json()["parameter"]) == (400, "release")


def test_more_releases_than_may_be_open_are_answered_one_after_the_other(
    client: httpx.Client, site: Site
) -> None:
    for name in [*MADE, *reversed(MADE), *MADE]:
        assert label(client.get("/sparql", params={"query": QUERY, "release": name})) == name
    assert len(site.workers()) <= 3 + 2 * MOST_OPEN + 2


def test_many_who_ask_older_releases_get_the_right_one_or_a_plain_refusal(site: Site) -> None:
    def ask(name: str) -> tuple[str, int, str]:
        with site.client() as client:
            answer = client.get("/sparql", params={"query": QUERY, "release": name})
        found = label(answer) if answer.status_code == 200 else answer.json()["type"]
        return name, answer.status_code, found

    with ThreadPoolExecutor(8) as threads:
        for name, status, found in threads.map(ask, list(MADE) * 8):
            assert (status, found) in {(200, name), (503, "/problems/overloaded")}


def test_a_named_question_answers_from_a_named_release(client: httpx.Client) -> None:
    given = {**ROLES, "release": "r1", "limit": "1"}
    for suffix in (".csv", ".xlsx", ".json"):
        answer = client.get(QUESTION + suffix, params=given)
        assert (answer.status_code, answer.headers["X-Release"]) == (200, "r1")
        assert {"first", "original timegate"} <= set(answer.links)
    page = client.get(f"/en{QUESTION}", params=given, headers=HTML)
    assert page.headers["X-Release"] == "r1"
    assert 'name="release" value="r1"' in page.text
    assert "Release r1 of" in page.text


def test_a_page_goes_on_in_its_own_release(client: httpx.Client) -> None:
    scheme = {"scheme": "https://w3id.org/maillage/code/ecosystem-role"}
    older = client.get("/queries/codes_of_list", params={**scheme, "limit": "1", "release": "r2"})
    following = httpx.URL(older.links["next"]["url"])
    assert client.get(following).headers["X-Release"] == "r2"
    moved = client.get(
        "/queries/codes_of_list", params={**scheme, "after": following.params["after"]}
    )
    assert moved.status_code == 409


@pytest.mark.parametrize("name", ["", "r9", "broken", "../r1", "%2e%2e", "r1\0", "R1"])
@pytest.mark.parametrize("path", ["/sparql", QUESTION])
def test_an_unknown_release_is_not_found_and_the_others_are_listed(
    client: httpx.Client, path: str, name: str
) -> None:
    answer = client.get(path, params={"query": QUERY, "release": name})
    found = answer.json()
    assert (answer.status_code, found["type"]) == (404, "/problems/not-found")
    assert "/releases" in found["detail"]
    assert found["releases"] == ["r4", "r3", "r2", "r1"]


def test_a_release_is_named_once(client: httpx.Client) -> None:
    answer = client.get("/sparql?release=r1&release=r2&query=ASK{}")
    assert (answer.status_code, answer.json()["parameter"]) == (400, "release")


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        ("Thu, 01 Jan 2026 00:00:00 GMT", "r1"),
        ("Thu, 01 Oct 2026 10:00:00 GMT", "r1"),
        ("Thu, 15 Oct 2026 09:59:59 GMT", "r1"),
        ("Thu, 15 Oct 2026 10:00:00 GMT", "r2"),
        ("Sat, 01 Jan 2050 00:00:00 GMT", "r4"),
    ],
)
def test_a_moment_leads_to_the_release_of_then(
    client: httpx.Client, moment: str, name: str
) -> None:
    asked = {"Accept-Datetime": moment}
    answer = client.get("/sparql", params={"query": QUERY}, headers=asked)
    assert answer.status_code == 302
    assert "Accept-Datetime" in answer.headers["Vary"]
    assert answer.links["original timegate"]["url"].startswith("/sparql?query=")
    there = client.get(answer.headers["Location"], headers=asked)
    assert label(there) == name
    question = client.get(f"{QUESTION}.csv", params=ROLES, headers=asked)
    assert client.get(question.headers["Location"]).headers["X-Release"] == name


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-10-15", "Thu, 99 Oct 2026 10:00:00 GMT"])
def test_a_moment_that_is_none_is_refused(client: httpx.Client, moment: str) -> None:
    answer = client.get("/sparql", params={"query": QUERY}, headers={"Accept-Datetime": moment})
    assert answer.status_code == 400
    assert "Accept-Datetime" in answer.json()["detail"]


def test_an_answer_of_now_says_that_it_depends_on_the_moment(client: httpx.Client) -> None:
    for path in ("/sparql", f"{QUESTION}.csv"):
        answer = client.get(path, params={"query": QUERY} if path == "/sparql" else ROLES)
        assert "Accept-Datetime" in answer.headers["Vary"]
        assert "Memento-Datetime" not in answer.headers


def test_the_releases_are_listed(client: httpx.Client) -> None:
    found = client.get("/releases").json()["releases"]
    assert [(one["id"], one["serving"]) for one in found] == [
        ("r4", True), ("r3", False), ("r2", False), ("r1", False),
    ]  # fmt: skip
    page = client.get("/en/releases", headers=HTML)
    assert page.status_code == 200
    assert all(f"release={name}" in page.text for name in MADE)
