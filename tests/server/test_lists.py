"""The page of the lists that partners send, and their templates, from the release."""

from __future__ import annotations

import io
from collections.abc import Iterator

import httpx
import openpyxl
import pytest

from loaders.description.list_templates import layouts, write_templates
from queries.release import Home
from server.answers.negotiate import XLSX
from tests.server.releases import make, point
from tests.server.running import serving


@pytest.fixture(scope="module")
def offering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server whose release has templates."""
    home = Home(tmp_path_factory.mktemp("lists"))
    write_templates(make(home, "r1") / "lists")
    point(home, "r1")
    with serving(home) as running, running.client() as one:
        yield one


def test_the_page_offers_every_layout_in_both_languages(offering: httpx.Client) -> None:
    for language, title, heading in (
        ("fr", "Envoyer une liste", "Membres d&#39;une fédération"),
        ("en", "Send a list", "Members of a federation"),
    ):
        answer = offering.get(f"/{language}/lists", headers={"Accept": "text/html"})
        assert answer.status_code == 200
        assert f"<h1>{title}</h1>" in answer.text
        assert heading in answer.text
        for name in layouts():
            assert f'href="/lists/{name}/template.xlsx"' in answer.text


def test_the_columns_are_data_too(offering: httpx.Client) -> None:
    told = offering.get("/lists", headers={"Accept": "application/json"}).json()
    assert [one["name"] for one in told] == sorted(layouts())
    (members,) = (one for one in told if one["name"] == "members")
    assert [c["name"] for c in members["columns"] if c["required"]] == ["name"]


def test_a_template_is_downloaded(offering: httpx.Client) -> None:
    for name in layouts():
        answer = offering.get(f"/lists/{name}/template.xlsx")
        assert answer.headers["content-type"] == XLSX
        assert f'filename="{name}.xlsx"' in answer.headers["content-disposition"]
        assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames[0] == name
        text = offering.get(f"/lists/{name}/template.csv")
        assert text.headers["content-type"].startswith("text/csv")
        assert text.content.startswith(b"\xef\xbb\xbf")
    again = offering.get(
        "/lists/members/template.csv", headers={"If-None-Match": text.headers["etag"]}
    )
    assert again.status_code == 200
    same = {"If-None-Match": again.headers["etag"]}
    assert offering.get("/lists/members/template.csv", headers=same).status_code == 304


@pytest.mark.parametrize(
    "path",
    ["/lists/nothing/template.csv", "/lists/members/template.pdf", "/lists/members/template.json",
     "/lists/..%2f..%2fmanifest/template.json", "/lists/lists/template.json"],
)  # fmt: skip
def test_what_is_no_template_is_not_found(offering: httpx.Client, path: str) -> None:
    assert offering.get(path).status_code == 404


def test_a_release_without_templates_says_so(client: httpx.Client) -> None:
    answer = client.get("/en/lists", headers={"Accept": "text/html"})
    assert "This release offers no templates." in answer.text
    assert client.get("/lists", headers={"Accept": "application/json"}).json() == []
    assert client.get("/lists/members/template.csv").status_code == 404
