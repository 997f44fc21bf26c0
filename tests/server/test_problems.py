"""Every failure is explained, to programs and to people, and never with a stack trace."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from server.app import create_app, dressed
from server.errors import PROBLEMS
from server.settings import Settings

FAILING = {
    "/nothing": 404,
    "/id/organisation/nobody": 404,
    "/id/organisation/with%20space": 404,
    "/id/organisation/%3Cx%3E": 404,
    "/id/..%2F..%2Fetc%2Fpasswd": 404,
    "/id/organisation/%00": 404,
    "/code/no-such-list": 404,
    "/code/ecosystem-role/none": 404,
    "/graphs/none/2000": 404,
    "/graphs?graph=http://169.254.169.254/": 404,
    "/graphs?grahp=x": 400,
    "/queries/no_such_question": 404,
    "/queries/members_of_federation": 400,
    "/search?query=x": 400,
    "/search?q=a&q=b": 400,
    "/dumps/none.gz": 404,
    "/dumps/graphs/secret.2019.confidential.nq.gz": 404,
    "/dumps/..%2F..%2Fmanifest.json": 404,
    "/dumps/../manifest.json": 404,
    "/quality/..%2Fmanifest.json": 404,
    "/quality/manifest.json": 404,
    "/static/../settings.py": 404,
    "/static/none.css": 404,
    "/problems/none": 404,
    "/sparql?query=SELEC": 400,
    "/it/": 404,
}


@pytest.mark.parametrize("path", FAILING)
def test_a_program_gets_a_problem(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == FAILING[path]
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert found["status"] == answer.status_code
    assert found["type"].removeprefix("/problems/") in PROBLEMS
    assert found["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    assert found["title"]
    assert found["detail"]
    assert found["hint"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", FAILING)
def test_a_person_gets_a_page_in_their_language(client: httpx.Client, path: str) -> None:
    if path.startswith("/queries/members"):
        pytest.skip("a visit without parameters shows the example")
    headers = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "en"}
    answer = client.get(path, headers=headers)
    assert answer.status_code == FAILING[path]
    assert answer.headers["content-type"].startswith("text/html")
    assert '<html lang="en">' in answer.text


@pytest.mark.parametrize("slug", PROBLEMS)
def test_every_problem_has_its_page(client: httpx.Client, slug: str) -> None:
    answer = client.get(f"/fr/problems/{slug}", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert slug in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/queries", "/id/organisation/x", "/dumps", "/health"])
def test_methods_that_change_something_are_405(
    client: httpx.Client, path: str, method: str
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_every_answer_has_the_headers_that_protect_it(client: httpx.Client) -> None:
    for path in ("/", "/nothing", "/sparql", "/static/maillage.css"):
        headers = client.get(path, headers={"Accept": "text/html"}).headers
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-request-id"]


def test_a_defect_shows_its_number_and_nothing_else(tmp_path: Path) -> None:
    app = create_app(Settings(home=tmp_path))

    @app.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError("secret detail")

    async def story() -> httpx.Response:
        transport = httpx.ASGITransport(app=dressed(app))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            assert (await client.get("/health")).json()["title"] == "No release is being served"
            html = await client.get("/broken", headers={"Accept": "text/html"})
            assert html.status_code == 500
            assert "secret" not in html.text
            return await client.get("/broken")

    answer = asyncio.run(story())
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/internal-error"
    assert "secret" not in answer.text
