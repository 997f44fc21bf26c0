"""A new release is served within seconds, and no request fails meanwhile."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest

from loaders.building import retention
from queries.release import Home
from tests.server.releases import make, point
from tests.server.running import Site, serving
from tests.server.test_pool import CROSS

BOUND = 600_000_000
PATHS = (
    "/sparql?query=ASK%20%7B%7D", "/id/organisation/umbrella", "/fr/", "/dumps", "/quality",
    "/graphs", "/releases", "/catalogue", "/dumps/public.nq.gz", "/health/ready",
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with two releases, the first of them current."""
    home = Home(tmp_path)
    for name in ("r1", "r2"):
        make(home, name)
    point(home, "r1")
    return home


def served(client: httpx.Client) -> str:
    """Return the name of the release that answers."""
    name: str = client.get("/sparql", params={"query": "ASK {?s ?p ?o}"}).headers["x-release"]
    return name


def runs(pid: int) -> bool:
    """Tell whether a process runs; one that has ended may wait to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] != "Z"
    except FileNotFoundError:
        return False


def wait_for(client: httpx.Client, name: str) -> None:
    """Wait until a release answers."""
    end = time.monotonic() + 20
    while served(client) != name:
        assert time.monotonic() < end, f"{name} was not served in time"
        time.sleep(0.05)


def load(site: Site, ended: threading.Event, seen: list[tuple[int, str]]) -> None:
    """Ask without pause."""
    with site.client() as client:
        while not ended.is_set():
            for path in PATHS:
                answer = client.get(path)
                release = answer.headers.get("x-release") or answer.json().get("release", "")
                seen.append((answer.status_code, release))


def test_a_release_is_swapped_without_a_failed_request(home: Home) -> None:
    seen: list[tuple[int, str]] = []
    ended = threading.Event()
    with serving(home) as site, site.client() as client:
        threads = [threading.Thread(target=load, args=(site, ended, seen)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for name in ("r2", "r1"):
            point(home, name)
            wait_for(client, name)
        ended.set()
        for thread in threads:
            thread.join()
        assert site.resident() < BOUND
    assert {status for status, _release in seen} == {200}
    assert {release for _status, release in seen} == {"r1", "r2"}


def test_a_release_that_goes_as_the_next_one_comes_costs_no_answer(home: Home) -> None:
    seen: list[tuple[int, str]] = []
    ended = threading.Event()
    with serving(home) as site, site.client() as client:
        threads = [threading.Thread(target=load, args=(site, ended, seen)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(2, 6):
            if number > 2:
                make(home, f"r{number}")
            point(home, f"r{number}")
            # As a removal does, but with the patience that a busy machine asks for.
            assert retention.is_free(home.releases / f"r{number - 1}", 180)
            retention.remove(home, [f"r{number - 1}"])
            wait_for(client, f"r{number}")
        ended.set()
        for thread in threads:
            thread.join()
    assert {status for status, _release in seen} == {200}
    assert {release for _status, release in seen} == {f"r{number}" for number in range(1, 6)}


def test_a_server_that_is_told_to_end_answers_what_it_has_taken(home: Home) -> None:
    answers: list[tuple[int, str]] = []

    def asking(number: int) -> None:
        with site.client() as client:
            answer = client.get("/sparql", params={"query": f"{CROSS}#{number}"})
            answers.append((answer.status_code, answer.json()["type"]))

    with serving(home, workers=1, deadline=2, memory=2_000) as site, site.client() as client:
        assert served(client) == "r1"
        threads = [threading.Thread(target=asking, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        while client.get("/health").json()["running"] + len(answers) < 1:
            time.sleep(0.05)
        time.sleep(0.3)
        os.kill(site.pid, signal.SIGTERM)
        for thread in threads:
            thread.join()
        assert os.waitid(os.P_PID, site.pid, os.WEXITED | os.WNOWAIT).si_status == 0  # type: ignore[union-attr]
        with pytest.raises(httpx.ConnectError):
            client.get("/health/live")
    # One ran until its deadline; the other waited, and either ran or was told that it waited long.
    assert (503, "/problems/query-timeout") in answers
    assert set(answers) <= {(503, "/problems/query-timeout"), (503, "/problems/overloaded")}


@pytest.mark.parametrize("broken", ["nowhere", "r3.partial", "empty"])
def test_a_release_that_cannot_be_opened_is_left_alone(home: Home, broken: str) -> None:
    make(home, "r3.partial")
    (home.releases / "empty").mkdir()
    with serving(home) as site, site.client() as client:
        point(home, broken)
        time.sleep(2.5)
        assert served(client) == "r1"
        assert client.get("/health").status_code == 200
        point(home, "r2")
        wait_for(client, "r2")


def test_all_processes_end_with_the_server(home: Home) -> None:
    with serving(home) as site:
        workers = site.workers()
        assert len(workers) == 3
    time.sleep(0.3)
    assert not [pid for pid in workers if runs(pid)]


def test_workers_end_even_when_the_server_is_killed(home: Home) -> None:
    with serving(home, deadline=60, memory=2_000) as site, site.client() as client:
        workers = site.workers()
        asking = threading.Thread(target=ask_in_vain, args=(client,))
        asking.start()
        time.sleep(0.5)
        os.kill(site.pid, signal.SIGKILL)
        asking.join()
        time.sleep(0.5)
        assert not [pid for pid in workers if runs(pid)]


def ask_in_vain(client: httpx.Client) -> None:
    """Ask a query without end of a server that is about to be killed."""
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/sparql", params={"query": CROSS})
