"""A running server forgets what a command has it forget: kept answers, and older releases."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from queries.release import Home
from tests.server.releases import REPORT, make, point
from tests.server.running import Site, serving
from tests.server.test_metrics import samples, value
from tests.test_cli import maillage

QUERY = "SELECT ?name { ?thing a <https://w3id.org/maillage/ns#Novelty> ; <urn:name> ?name }"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?c < ?f) }"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with three releases, each with a name of its own in it; the last one is served."""
    found = Home(tmp_path / "home")
    for day, name in enumerate(("r1", "r2", "r3"), 1):
        extra = f'<{REPORT}> {{ org:new a se:Novelty ; <urn:name> "secret of {name}" . }}'
        place = make(found, name, extra=extra) / "manifest.json"
        manifest = json.loads(place.read_text("utf-8"))
        created = f"2026-10-0{day}T10:00:00+00:00"
        place.write_text(json.dumps({**manifest, "created": created}), "utf-8")
    point(found, "r3")
    return found


@pytest.fixture
def site(home: Home) -> Iterator[Site]:
    """A server on that home."""
    with serving(home, deadline=4, memory=1_000) as running:
        yield running


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    """A client of that server."""
    with site.client() as one:
        yield one


def ask(client: httpx.Client, release: str = "", query: str = QUERY) -> httpx.Response:
    """Ask for what only one release says."""
    given = {"query": query, "release": release} if release else {"query": query}
    return client.get("/sparql", params=given)


def soon(what: Callable[[], bool]) -> None:
    """Wait until something is so, for a few seconds."""
    end = time.monotonic() + 8
    while not what():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.05)


def test_a_purge_empties_the_cache_of_a_running_server(home: Home, client: httpx.Client) -> None:
    for release in ("", "r1"):
        assert ask(client, release).headers["X-Cache"] == "miss"
        assert ask(client, release).headers["X-Cache"] == "hit"
    page = client.get("/en/", headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert value(samples(client), "cache_entries") >= 2
    assert value(samples(client), "cache_purges_total") == 0
    done = maillage("cache", "purge", home=home)
    assert (done.returncode, done.stdout) == (0, "")
    assert "empties its cache within a second" in done.stderr
    soon(lambda: value(samples(client), "cache_purges_total") == 1)
    assert value(samples(client), "cache_bytes") == 0
    for release in ("", "r1"):
        assert ask(client, release).headers["X-Cache"] == "miss"
    assert json.loads(maillage("cache", "purge", "--json", home=home).stdout)["home"]
    soon(lambda: value(samples(client), "cache_purges_total") == 2)


def test_a_purge_of_before_is_not_heeded_again(home: Home) -> None:
    maillage("cache", "purge", home=home)
    with serving(home) as site, site.client() as client:
        ask(client)
        time.sleep(1.5)
        assert ask(client).headers["X-Cache"] == "hit"


def test_a_removed_release_is_answered_no_more(home: Home, site: Site) -> None:
    seen: list[tuple[int, str]] = []
    ended = threading.Event()

    def asking() -> None:
        with site.client() as client:
            while not ended.is_set():
                for release in ("r1", "r3"):
                    answer = ask(client, release)
                    seen.append((answer.status_code, release))

    threads = [threading.Thread(target=asking) for _ in range(3)]
    for thread in threads:
        thread.start()
    with site.client() as client:
        soon(lambda: (200, "r1") in seen)
        workers = len(site.workers())
        done = maillage("releases", "remove", "r1", home=home)
        assert "removed: r1" in done.stderr
        answer = ask(client, "r1")
        found = answer.json()
        assert (answer.status_code, found["releases"]) == (404, ["r3", "r2"])
        soon(lambda: len(site.workers()) == workers - 2)
        assert "secret of r3" in ask(client).text
        assert ask(client, "r2").status_code == 200
    ended.set()
    for thread in threads:
        thread.join()
    assert {status for status, release in seen if release == "r3"} == {200}
    assert {status for status, release in seen if release == "r1"} == {200, 404}
    assert not list(home.releases.glob("r1*"))


def test_a_query_under_way_on_a_removed_release_ends_in_a_clear_answer(
    home: Home, site: Site
) -> None:
    answers: list[httpx.Response] = []

    def asking() -> None:
        with site.client() as client:
            answers.append(ask(client, "r1", SLOW))

    with site.client() as client:
        assert ask(client, "r1").status_code == 200
        thread = threading.Thread(target=asking)
        thread.start()
        time.sleep(0.7)
        shutil.rmtree(home.releases / "r1")
        thread.join()
        (answer,) = answers
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
        assert value(samples(client), "older_queries_total", outcome="timeout") == 1
        soon(lambda: value(samples(client), "older_releases") == 0)


def test_older_releases_are_counted_apart(client: httpx.Client) -> None:
    found = samples(client)
    assert value(found, "older_releases") == value(found, "older_workers", state="idle") == 0
    for release in ("r1", "r2", "r2"):
        ask(client, release)
    ask(client, "r2", "SELEC")
    found = samples(client)
    assert value(found, "older_releases") == 2
    assert value(found, "older_workers", state="idle") == 4
    assert value(found, "older_workers", state="busy") == 0
    assert value(found, "older_queries_total", outcome="ok") == 2
    assert value(found, "older_queries_total", outcome="syntax") == 1
    assert value(found, "queries_total", outcome="syntax") == 0
