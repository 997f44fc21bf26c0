"""Runaway, greedy and crashing queries end alone: the next query is answered."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

import server.engine.workforce
from queries.release import Home, current
from server.engine.pool import Pool
from server.engine.process import Question, WorkerDiedError
from server.engine.workforce import Workforce
from server.errors import ProblemError
from server.settings import Settings
from tests.server.releases import make

CROSS = "SELECT (COUNT(*) AS ?n) WHERE {?a ?b ?c . ?d ?e ?f . ?g ?h ?i}"
SORTED = "SELECT * WHERE {?a ?b ?c . ?d ?e ?f} ORDER BY DESC(?f) ?a ?d"
DEEP = "SELECT * " + "{" * 3_000 + "}" * 3_000
# About a second of work.
SLOW = """SELECT (COUNT(*) AS ?n) WHERE {
    {SELECT * {?a ?b ?c} LIMIT 1500} {SELECT * {?d ?e ?f} LIMIT 1500} FILTER(?a != ?d)
}"""
FINE = Question("ASK {?s ?p ?o}")


@asynccontextmanager
async def opened(home: Home, **given: object) -> AsyncIterator[Pool]:
    """A pool on the current release."""
    pool = Pool(Settings(home=home.path, **{"cache": 0, **given}))  # type: ignore[arg-type]
    release = current(home)
    assert release is not None
    try:
        await pool.serve(release)
        yield pool
    finally:
        await pool.close()


async def fails(pool: Pool, query: str) -> str:
    """Return the name of the problem of a query."""
    with pytest.raises(ProblemError) as caught:
        await pool.ask(Question(query))
    return caught.value.problem.slug


async def answers(pool: Pool) -> bool:
    """Tell whether the pool answers an ordinary query."""
    found: bool = json.loads((await pool.ask(FINE)).body)["boolean"]
    return found


def test_a_runaway_query_is_ended_at_the_deadline(small: Home) -> None:
    async def story() -> None:
        async with opened(small, deadline=0.7, memory=2_000) as pool:
            start = time.perf_counter()
            assert await fails(pool, CROSS) == "query-timeout"
            assert time.perf_counter() - start < 3
            start = time.perf_counter()
            assert await answers(pool)
            assert time.perf_counter() - start < 0.5

    asyncio.run(story())


def test_a_greedy_query_ends_only_itself(small: Home) -> None:
    async def story() -> None:
        async with opened(small, deadline=30, memory=48) as pool:
            assert await fails(pool, SORTED) == "query-memory"
            assert await answers(pool)

    asyncio.run(story())


def test_a_query_that_crashes_the_engine_ends_only_itself(small: Home) -> None:
    async def story() -> None:
        async with opened(small) as pool:
            assert await fails(pool, DEEP) == "query-crashed"
            assert await answers(pool)

    asyncio.run(story())


def test_a_query_whose_worker_is_killed_from_outside_is_asked_again(small: Home) -> None:
    async def story() -> None:
        async with opened(small, workers=1, deadline=20, memory=2_000) as pool:
            assert isinstance(pool.engine, Workforce)
            for number in range(3):
                asked = asyncio.create_task(pool.ask(Question(f"{SLOW} # {number}")))
                await asyncio.sleep(0.1)
                (busy,) = pool.engine._places._lent
                busy.process.kill()
                assert (await asked).body
                assert pool.state()["running"] == 0
            assert await answers(pool)

    asyncio.run(story())


def test_several_workers_are_replaced(small: Home) -> None:
    async def story() -> None:
        async with opened(small, workers=2) as pool:
            slugs = await asyncio.gather(*(fails(pool, DEEP) for _ in range(5)))
            assert set(slugs) == {"query-crashed"}
            assert await answers(pool)
            async with asyncio.timeout(20):
                while pool.state()["workers"] < 3:
                    await asyncio.sleep(0.05)

    asyncio.run(story())


def test_an_answer_beyond_the_cap_is_refused_whole(small: Home) -> None:
    async def story() -> None:
        async with opened(small, result_cap=20_000) as pool:
            assert await fails(pool, "SELECT * WHERE {?s ?p ?o}") == "result-too-large"
            graph = "CONSTRUCT {?s ?p ?o} WHERE {?s ?p ?o}"
            assert await fails(pool, graph) == "result-too-large"
            assert await answers(pool)

    asyncio.run(story())


def test_a_full_queue_says_when_to_come_back(small: Home) -> None:
    async def story() -> None:
        async with opened(small, workers=1, queue=1, deadline=1, memory=2_000) as pool:
            slow = asyncio.create_task(fails(pool, CROSS))
            await asyncio.sleep(0.1)
            waiting = asyncio.create_task(answers(pool))
            await asyncio.sleep(0.05)
            with pytest.raises(ProblemError) as caught:
                await pool.ask(FINE)
            assert caught.value.problem.slug == "overloaded"
            assert int(caught.value.headers["Retry-After"]) > 0
            assert await slow == "query-timeout"
            assert await waiting

    asyncio.run(story())


def test_a_client_that_leaves_frees_its_worker(small: Home) -> None:
    async def story() -> None:
        async with opened(small, workers=1, deadline=20, memory=2_000) as pool:
            for _ in range(3):
                task = asyncio.create_task(pool.ask(Question(CROSS)))
                await asyncio.sleep(0.2)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            async with asyncio.timeout(1.5):
                assert await answers(pool)
            assert pool.state()["running"] == 0

    asyncio.run(story())


def test_one_who_leaves_the_queue_takes_no_worker_along(small: Home) -> None:
    async def story() -> None:
        async with opened(small, workers=1, deadline=1, memory=2_000) as pool:
            slow = asyncio.create_task(fails(pool, CROSS))
            await asyncio.sleep(0.1)
            leaving = [asyncio.create_task(pool.ask(FINE)) for _ in range(3)]
            await asyncio.sleep(0.05)
            for task in leaving:
                task.cancel()
            await asyncio.gather(*leaving, return_exceptions=True)
            await slow
            assert await answers(pool)
            assert pool.state()["running"] == pool.state()["waiting"] == 0

    asyncio.run(story())


@contextmanager
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A server on the loopback that notes who connects."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    connection, _address = listening.accept()
                except TimeoutError:
                    continue
                heard.append(b"connected")
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield listening.getsockname()[1], heard
        finally:
            time.sleep(0.2)
            ended.set()
            thread.join()


def calls(port: int) -> list[str]:
    """Return queries that call a port, each in its own way."""
    here = f"http://127.0.0.1:{port}/"
    return [
        f"SELECT * WHERE {{SERVICE <{here}> {{?s ?p ?o}}}}",
        f"SELECT * WHERE {{SERVICE SILENT <{here}> {{?s ?p ?o}}}}",
        f"PREFIX x: <{here}> SELECT * WHERE {{SERVICEx:a{{?s ?p ?o}}}}",
        f"SELECT * {{?s ?p ?o FILTER(?o <?o||?o!='>')SERVICE SILENT <{here}>{{}} BIND('' AS ?q)}}",
    ]


def test_a_worker_has_no_network(small: Home) -> None:
    async def story(port: int) -> None:
        async with opened(small) as pool:
            if pool.state()["sealed"] < pool.state()["workers"]:
                pytest.skip("this system grants no network namespace")
            for query in calls(port):
                await asyncio.gather(pool.ask(Question(query)), return_exceptions=True)
            assert await answers(pool)

    with listener() as (port, heard):
        asyncio.run(story(port))
    assert heard == []


def test_without_an_empty_network_a_parse_refuses_calls(small: Home) -> None:
    async def story(port: int) -> None:
        async with opened(small, workers=1) as pool:
            for query in calls(port):
                assert isinstance(pool.engine, Workforce)
                for worker in pool.engine._staff:
                    worker.sealed = False
                assert await fails(pool, query) == "query-unsupported"
            assert await answers(pool)

    with listener() as (port, heard):
        asyncio.run(story(port))
    assert heard == []


def test_a_system_that_refuses_namespaces_is_noticed() -> None:
    # The kernel nests user namespaces 32 deep at most: the next one is refused as in a container.
    code = (
        "from server.engine import sandbox\n"
        "for _ in range(40): sandbox._libc.unshare(sandbox.CLONE_NEWUSER)\n"
        "print(sandbox.leave_network())"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_workers_that_cannot_start_are_retried_ever_more_slowly(
    small: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[float] = []

    async def failing(_store: Path, _memory: int) -> None:
        started.append(time.perf_counter())
        raise WorkerDiedError(1)

    async def story() -> None:
        async with opened(small, workers=1) as pool:
            monkeypatch.setattr(server.engine.workforce, "start", failing)
            for _ in range(2):
                assert await fails(pool, DEEP) == "query-crashed"
            await asyncio.sleep(1.2)
            assert 2 <= len(started) <= 6
            assert await fails(pool, "ASK {}") == "not-ready"
            monkeypatch.undo()
            async with asyncio.timeout(20):
                while not pool.ready:
                    await asyncio.sleep(0.1)
            assert await answers(pool)

    asyncio.run(story())


def test_a_release_replaces_another_after_what_runs_on_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    make(home, "old", filler=500)
    make(home, "new", filler=500)
    query = Question("SELECT (COUNT(*) AS ?n) WHERE {?a ?b ?c . ?d ?e ?f}")

    async def story() -> None:
        (home.path / "current").symlink_to("releases/old")
        async with opened(home, workers=1, deadline=60, memory=2_000) as pool:
            running = asyncio.create_task(pool.ask(query))
            await asyncio.sleep(0.05)
            (home.path / "current").unlink()
            (home.path / "current").symlink_to("releases/new")
            release = current(home)
            assert release is not None
            await pool.serve(release)
            assert (await pool.ask(FINE)).snapshot.id == "new"
            assert (await running).snapshot.id == "old"
            assert pool.state()["workers"] == 2

    asyncio.run(story())
