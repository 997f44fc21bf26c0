"""An answer is kept for as long as its release is served, and equal queries run once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.release import Home
from server.engine.cache import ENTRY, Cache, Flights
from server.engine.process import Question
from server.errors import ProblemError
from tests.server.releases import REPORT, make, point
from tests.server.running import serving
from tests.server.test_pool import CROSS
from tests.server.test_pool import opened as pool_opened
from tests.server.test_reload import wait_for

ROWS = "SELECT ?s ?name {?s a <https://w3id.org/maillage/ns#Federation> ; ?p ?name}"
FINE = Question("ASK {?s ?p ?o}")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with two releases, the first of them current."""
    home = Home(tmp_path)
    make(home, "r1")
    make(home, "r2", extra=f"<{REPORT}> {{ org:new a se:Federation }}")
    point(home, "r1")
    return home


@pytest.fixture
def fresh(small: Home) -> Iterator[httpx.Client]:
    """A client of a server that has kept nothing yet."""
    with serving(small, workers=1) as site, site.client() as client:
        yield client


# A pool that keeps answers.
opened = partial(pool_opened, cache=64)


def test_a_repeated_query_is_answered_from_the_cache(fresh: httpx.Client) -> None:
    first, second = (fresh.get("/sparql", params={"query": ROWS}) for _ in range(2))
    assert (first.headers["x-cache"], second.headers["x-cache"]) == ("miss", "hit")
    assert "age" not in first.headers
    assert int(second.headers["age"]) < 30
    assert first.content == second.content
    for header in ("etag", "cache-control", "x-release", "content-type"):
        assert first.headers[header] == second.headers[header]


def test_a_named_question_is_kept_too(fresh: httpx.Client) -> None:
    name = fresh.get("/queries").json()["queries"][0]["name"]
    first, second = (fresh.get(f"/queries/{name}.csv") for _ in range(2))
    assert (first.headers["x-cache"], second.headers["x-cache"]) == ("miss", "hit")
    assert first.content == second.content


def test_the_queries_behind_a_page_are_kept_too(fresh: httpx.Client) -> None:
    for path in ("/en/id/organisation/umbrella", "/fr/queries/members_of_federation"):
        first, second = (fresh.get(path, headers={"Accept": "text/html"}) for _ in range(2))
        assert (first.headers["x-cache"], second.headers["x-cache"]) == ("miss", "hit"), path
        assert first.text == second.text


def test_what_makes_an_answer_another_one_is_part_of_its_name(fresh: httpx.Client) -> None:
    variants: list[dict[str, str]] = [
        {}, {"format": "csv"}, {"default-graph-uri": REPORT}, {"named-graph-uri": REPORT},
    ]  # fmt: skip
    for more in variants:
        assert fresh.get("/sparql", params={"query": ROWS, **more}).headers["x-cache"] == "miss"
    for more in variants:
        assert fresh.get("/sparql", params={"query": ROWS, **more}).headers["x-cache"] == "hit"
    posted = fresh.post("/sparql", data={"query": ROWS, "timeout": "3"})
    assert posted.headers["x-cache"] == "hit"


def test_what_changes_by_itself_is_never_kept(fresh: httpx.Client) -> None:
    numbers = {
        fresh.get("/sparql", params={"query": "SELECT (RAND() AS ?n) {}"}).text for _ in range(3)
    }
    assert len(numbers) == 3


def test_a_failure_is_never_kept(fresh: httpx.Client) -> None:
    for _ in range(2):
        answer = fresh.get("/sparql", params={"query": "SELECT (<urn:f>(1) AS ?y) {}"})
        assert answer.status_code == 400
        assert "x-cache" not in answer.headers


def test_a_new_release_empties_the_cache(home: Home) -> None:
    query = {"query": "ASK {<https://w3id.org/maillage/id/organisation/new> ?p ?o}"}
    with serving(home) as site, site.client() as client:
        for _ in range(2):
            before = client.get("/sparql", params=query)
        assert (before.headers["x-cache"], before.json()["boolean"]) == ("hit", False)
        point(home, "r2")
        wait_for(client, "r2")
        after = client.get("/sparql", params=query)
        assert (after.headers["x-cache"], after.json()["boolean"]) == ("miss", True)


def test_the_cache_can_be_switched_off(small: Home) -> None:
    with serving(small, cache=0, workers=1) as site, site.client() as client:
        for _ in range(2):
            assert "x-cache" not in client.get("/sparql", params={"query": ROWS}).headers


def test_equal_queries_that_arrive_together_run_once(small: Home) -> None:
    slow = Question("SELECT (COUNT(*) AS ?n) {?a ?b ?c . ?d ?b ?c}")

    async def story() -> None:
        async with opened(small, workers=2, deadline=30, memory=500) as pool:
            answers = await asyncio.gather(*(pool.ask(slow) for _ in range(20)))
            assert len({answer.body for answer in answers}) == 1
            assert pool.outcomes["ok"] == 1
            assert pool.lookups == {"hit": 19, "miss": 1}
            await pool.ask(slow)
            assert pool.outcomes["ok"] == 1

    asyncio.run(story())


def test_a_shared_failure_reaches_all_who_wait(small: Home) -> None:
    async def story() -> None:
        async with opened(small, workers=2, deadline=0.7, memory=2_000) as pool:
            asked = (pool.ask(Question(CROSS)) for _ in range(4))
            found = await asyncio.gather(*asked, return_exceptions=True)
            slugs = {one.problem.slug for one in found if isinstance(one, ProblemError)}
            assert slugs == {"query-timeout"}
            assert pool.outcomes["timeout"] == 1
            assert (await pool.ask(FINE)).body

    asyncio.run(story())


def test_a_query_ends_when_the_last_who_waits_has_left(small: Home) -> None:
    async def story() -> None:
        async with opened(small, workers=2, deadline=20, memory=2_000) as pool:
            tasks = [asyncio.create_task(pool.ask(Question(CROSS))) for _ in range(3)]
            await asyncio.sleep(0.2)
            assert pool.state()["running"] == 1
            for left, task in enumerate(tasks):
                assert pool.state()["running"] == 1, left
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            assert pool.state()["running"] == 0
            assert (await pool.ask(FINE)).body

    asyncio.run(story())


def test_the_one_who_came_first_may_leave() -> None:
    async def story() -> None:
        flights: Flights[int] = Flights()
        started = 0

        async def work() -> int:
            nonlocal started
            started += 1
            await asyncio.sleep(0.05)
            return 7

        first, second = (asyncio.create_task(flights.join("x", work)) for _ in range(2))
        await asyncio.sleep(0.01)
        first.cancel()
        assert await second == (7, True)
        assert started == 1
        assert await flights.join("x", work) == (7, False)

    asyncio.run(story())


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3_000)), max_size=80))
def test_the_bound_holds_and_the_latest_stays(steps: list[tuple[int, int]]) -> None:
    cache = Cache(10 * ENTRY)
    for key, length in steps:
        cache.keep(key, b"x" * length)
        assert cache.size <= cache.limit
        kept = cache.find(key)
        assert kept is not None
        assert len(kept.body) == length
    assert cache.size == sum(kept.size for kept in cache._kept.values())
    cache.clear()
    assert (cache.size, len(cache)) == (0, 0)


def test_the_least_recently_used_goes_first_and_the_too_large_never_comes() -> None:
    cache = Cache(3 * ENTRY)
    for key in "abc":
        cache.keep(key, b"")
    assert cache.find("a")
    cache.keep("d", b"")
    assert [bool(cache.find(key)) for key in "abcd"] == [True, False, True, True]
    cache.keep("e", b"x" * 3 * ENTRY)
    assert cache.find("e") is None
    assert len(cache) == 3


def test_the_graphs_of_a_question_weigh_nothing_in_the_cache(small: Home) -> None:
    with serving(small) as site, site.client() as one:
        for number in (1, 2, 900):
            given = [("query", "ASK {?s ?p ?o}"), *[("default-graph-uri", REPORT)] * number]
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = one.post("/sparql", content=urlencode(given), headers=kind)
            assert answer.status_code == 200, answer.text
            assert answer.headers["x-cache"] == ("miss" if number == 1 else "hit")
