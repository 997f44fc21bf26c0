"""Pages of an answer join to the whole of it, and a page is never cut from another answer."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from queries.catalogue import catalogue
from queries.release import Home
from server.questions.reserved import RESERVED
from tests.server.releases import make, point
from tests.server.running import serving

MEMBERS = "/queries/codes_of_list"
ROLES = {"scheme": "https://w3id.org/maillage/code/ecosystem-role"}


def pages(client: httpx.Client, path: str, given: dict[str, str]) -> list[httpx.Response]:
    """Follow the links from the first page to the last."""
    found = [client.get(path, params=given)]
    while (following := found[-1].links.get("next")) is not None:
        found.append(client.get(following["url"]))
    return found


def test_reserved_names_are_no_parameters_of_questions() -> None:
    for query in catalogue().values():
        assert not {one.name for one in query.parameters} & set(RESERVED), query.name


@pytest.mark.parametrize("name", catalogue())
def test_pages_join_to_the_whole_answer(client: httpx.Client, name: str) -> None:
    given = catalogue()[name].example_values()
    whole = client.get(f"/queries/{name}.json", params=given).json()["results"]["bindings"]
    limit = max(1, len(whole) // 3)
    found = pages(client, f"/queries/{name}.json", {**given, "limit": str(limit)})
    assert [row for one in found for row in one.json()["results"]["bindings"]] == whole
    assert len(found) == max(1, -(-len(whole) // limit))
    assert all(one.status_code == 200 for one in found)


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xml", "json"])
def test_one_page_with_all_rows_is_written_as_the_engine_writes_it(
    client: httpx.Client, suffix: str
) -> None:
    whole = client.get(f"{MEMBERS}.{suffix}", params=ROLES)
    page = client.get(f"{MEMBERS}.{suffix}", params={**ROLES, "limit": "10000"})
    if suffix == "json":
        assert page.json() == whole.json()
    else:
        assert page.text == whole.text
    assert page.headers["content-type"] == whole.headers["content-type"]
    assert "next" not in page.links
    assert "Link" not in whole.headers


def test_links_lead_to_the_first_page_and_keep_the_parameters(client: httpx.Client) -> None:
    first, second, third = pages(client, f"{MEMBERS}.csv", {**ROLES, "limit": "1"})
    for one in (first, second, third):
        assert one.links["first"]["url"] == str(first.url.raw_path, "ascii")
        assert len(one.text.splitlines()) == 2
    assert first.headers["ETag"] != second.headers["ETag"]
    again = client.get(second.url, headers={"If-None-Match": second.headers["ETag"]})
    assert again.status_code == 304


def test_the_page_in_a_browser_links_to_the_next(client: httpx.Client) -> None:
    address = f"/en{MEMBERS}"
    page = client.get(address, params={**ROLES, "limit": "1"}, headers={"Accept": "text/html"})
    assert 'rel="next"' in page.text
    following = client.get(page.links["next"]["url"], headers={"Accept": "text/html"})
    assert following.status_code == 200
    assert following.url.path == address


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("limit", value) for value in ("0", "-1", "1e9", "abc", "10001", "", "1.5", "٣", " 1")),
        *(("after", value) for value in ("", "x", "e30", "%", "W10", "é", "A" * 3_000)),
        ("format", "pdf"), ("dialect", "de"), ("lang", "xx"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_by_name(client: httpx.Client, name: str, value: str) -> None:
    answer = client.get(MEMBERS, params={**ROLES, name: value})
    found = answer.json()
    assert (answer.status_code, found["parameter"]) == (400, name)
    assert name in found["detail"]


def test_a_reserved_parameter_comes_once(client: httpx.Client) -> None:
    answer = client.get(f"{MEMBERS}?scheme={ROLES['scheme']}&limit=1&limit=2")
    assert (answer.status_code, answer.json()["parameter"]) == (400, "limit")


def test_a_token_serves_its_own_question_only(client: httpx.Client) -> None:
    first = client.get(MEMBERS, params={**ROLES, "limit": "1"})
    token = httpx.URL(first.links["next"]["url"]).params["after"]
    other = {"on": "2020-01-01", "after": token}
    assert client.get("/queries/federations", params=other).status_code == 400
    release, question, _number, row = json.loads(base64.urlsafe_b64decode(token + "=="))
    for number in (1, 10**30, True, 0.0, None):
        forged = json.dumps([release, question, number, row]).encode()
        after = base64.urlsafe_b64encode(forged).decode()
        assert client.get(MEMBERS, params={**ROLES, "after": after}).status_code == 400


def test_a_token_of_another_release_is_refused_with_both_names(tmp_path: Path) -> None:
    home = Home(tmp_path)
    make(home, "r1")
    make(home, "r2")
    point(home, "r1")
    with serving(home) as site, site.client() as client:
        following = client.get(MEMBERS, params={**ROLES, "limit": "1"}).links["next"]["url"]
        point(home, "r2")
        until = monotonic() + 30
        while client.get("/queries/federations?on=2020-01-01").headers["X-Release"] != "r2":
            assert monotonic() < until
            sleep(0.1)
        answer = client.get(following)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/other-release")
        assert "r1" in answer.json()["detail"]
        assert "r2" in answer.json()["detail"]
