"""Rate limits by cost: who spent what is allowed waits, others do not, kept answers are given."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.release import Home, current
from server.access import keys
from server.access.caller import Caller, calling
from server.access.meter import FAR, Meter, patience
from server.access.recent import Recent
from server.engine.pool import Pool
from server.engine.process import Question
from server.engine.turns import Turns
from server.errors import ProblemError
from server.settings import Settings
from tests.server.running import serving
from tests.server.test_pool import CROSS, opened

ONE, OTHER = Caller("one"), Caller("other")
WRONG = "/sparql?query=SELEC"
FINE = "/sparql?query=ASK{}"


def metered(**settings: object) -> Meter:
    """Return a meter with limits of its own."""
    return Meter(Settings(**settings))  # type: ignore[arg-type]


def is_refused(meter: Meter, caller: Caller) -> bool:
    """Tell whether a caller gets no work, and is told when to come back."""
    try:
        meter.check(caller)
    except ProblemError as error:
        return error.problem.slug == "rate-limited" and int(error.headers["Retry-After"]) > 0
    return False


def test_work_is_refused_once_two_minutes_of_it_are_spent() -> None:
    meter = metered(rate_seconds=2)
    meter.charge(ONE, 3.9, failed=False)
    assert not is_refused(meter, ONE)
    meter.charge(ONE, 0.2, failed=False)
    assert is_refused(meter, ONE)
    assert not is_refused(meter, OTHER)


def test_errors_are_refused_first_by_work_then_altogether() -> None:
    meter = metered(rate_errors=3)
    for number in range(1, 6 * FAR + 2):
        meter.charge(ONE, 0, failed=True)
        assert is_refused(meter, ONE) == (number >= 6)
        if number < 6 * FAR:
            meter.check_errors(ONE)
    with pytest.raises(ProblemError):
        meter.check_errors(ONE)
    meter.check_errors(OTHER)


def test_counters_have_the_keys_that_the_library_gives_them() -> None:
    meter = metered()
    for budget in (meter.work["key"], meter.errors["anonymous"]):
        assert budget is not None
        for name in ("key 0123456789ab", "192.0.2.0/24 ff/ee", ""):
            assert budget.key(name) == budget.item.key_for(name)


def test_classes_have_rates_of_their_own_and_internal_use_none() -> None:
    meter = metered(rate_seconds=1, key_rate_seconds=5)
    for caller, refused in (
        (ONE, True), (Caller("key a", "key"), False), (Caller("key b", "internal"), False),
    ):  # fmt: skip
        meter.charge(caller, 4, failed=True)
        assert is_refused(meter, caller) == refused
    free = metered(rate_seconds=0, rate_errors=0)
    free.charge(ONE, 10_000, failed=True)
    assert not is_refused(free, ONE)
    assert len(free.recent) == 0


def test_what_was_spent_is_forgotten_when_it_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_200_000_007.0
    monkeypatch.setattr("server.access.recent.time.time", lambda: now)
    meter = metered(rate_seconds=60)
    meter.charge(ONE, 200, failed=False)
    with pytest.raises(ProblemError) as caught:
        meter.check(ONE)
    wait = int(caught.value.headers["Retry-After"])
    assert 60 < wait <= 240
    now += wait - 2
    assert is_refused(meter, ONE)
    now += 3
    assert not is_refused(meter, ONE)
    now += 600
    meter.charge(ONE, 119, failed=False)
    assert not is_refused(meter, ONE)


@given(
    st.lists(st.tuples(st.floats(0, 50), st.integers(0, 5_000)), max_size=30),
    st.integers(1, 10_000),
)
def test_after_the_wait_the_count_is_within_the_limit(
    spent: list[tuple[float, int]], limit: int
) -> None:
    recent, clock = Recent(), [0.0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.access.recent.time.time", lambda: clock[0])
        for pause, amount in spent:
            clock[0] += pause
            recent.incr("k", 120, amount)
        before, left, current_, _end = recent.get_sliding_window("k", 120)
        clock[0] += patience(limit, 120, before, left, current_) + 0.01
        before, left, current_, _end = recent.get_sliding_window("k", 120)
        assert before * left / 120 + current_ <= limit


def test_callers_of_long_ago_are_forgotten_when_there_are_too_many() -> None:
    meter = Meter(Settings(rate_seconds=1), Recent(100))
    for number in range(1_000):
        meter.charge(Caller(str(number)), 5, failed=True)
        assert len(meter.recent) <= 100
    assert is_refused(meter, Caller("999"))
    assert not is_refused(meter, Caller("1"))


def test_a_client_that_spent_its_errors_is_told_so_and_others_are_answered(small: Home) -> None:
    with serving(small, rate_errors=3) as site, site.client() as one:
        kept = one.get(FINE)
        statuses = [one.get(WRONG).status_code for _ in range(16)]
        assert statuses[:12] == [400] * 12
        assert statuses[12:] == [429] * 4
        refused = one.get(FINE)
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/rate-limited")
        assert 0 < int(refused.headers["Retry-After"]) <= 240
        assert one.get("/id/organisation/umbrella").status_code == 429
        assert one.get("/en/queries/codes_of_list?scheme=x").status_code == 429
        for path in ("/limits", "/health", "/dumps/public.nq.gz", "/static/maillage.css"):
            assert one.get(path).status_code == 200
        page = one.get("/en/sparql", headers={"Accept": "text/html"})
        assert page.status_code == 429
        assert "Too much was asked" in page.text
        other = one.get(FINE, headers={"User-Agent": "another program"})
        assert (other.status_code, other.headers["X-Cache"]) == (200, "hit")
        assert kept.status_code == 200
        counted = one.get("/metrics").text
    assert 'maillage_queries_total{outcome="throttled"}' in counted
    assert 'maillage_queries_total{outcome="throttled"} 0' not in counted


def test_kept_answers_are_given_when_all_is_spent(small: Home) -> None:
    with serving(small, rate_seconds=1, deadline=3, memory=2_000) as site, site.client() as one:
        assert one.get(FINE).headers["X-Cache"] == "miss"
        slow = one.get("/sparql", params={"query": CROSS})
        assert slow.json()["type"] == "/problems/query-timeout"
        assert one.get(FINE).headers["X-Cache"] == "hit"
        new = one.get("/sparql?query=ASK{?a ?b ?c}")
        assert (new.status_code, new.json()["type"]) == (429, "/problems/rate-limited")
        assert new.json()["limit"] == 1
        text = keys.create(small, "rates", "key", "public", None)[1]
        asked = one.get("/sparql?query=ASK{?a ?b ?c}", headers={"X-API-Key": text})
        assert asked.status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/id/organisation/none", "/graphs?graph=x", "/queries/none"],
)
def test_what_is_not_the_fault_of_a_query_is_not_counted(small: Home, path: str) -> None:
    with serving(small, rate_errors=1) as site, site.client() as one:
        for _ in range(8):
            assert one.get(path).status_code == 404
        assert one.get("/sparql?query=ASK{?s ?p ?o}").status_code == 200


def anyone(_who: str) -> bool:
    """Let every client have a turn."""
    return True


def test_long_queries_of_one_client_keep_nobody_out(small: Home) -> None:
    async def story() -> None:
        async with opened(small, workers=2, deadline=20, memory=2_000) as pool:
            with calling(Caller("one")):
                asked = [Question(CROSS + "#" * number) for number in range(5)]
                long = [asyncio.create_task(pool.ask(one)) for one in asked]
                await asyncio.sleep(0.3)
            assert (pool.state()["running"], pool.state()["waiting"]) == (2, 3)
            async with asyncio.timeout(5):
                with calling(Caller("other")):
                    assert (await pool.ask(Question("ASK {?s ?p ?o}"))).body
            assert pool.state()["running"] == 2
            for task in long:
                task.cancel()
            await asyncio.gather(*long, return_exceptions=True)
            assert pool.state()["running"] == pool.state()["waiting"] == 0

    asyncio.run(story())


def test_one_who_floods_gives_way_to_one_who_does_not() -> None:
    async def story() -> None:
        turns: Turns[str] = Turns()
        flood = [turns.join("flood") for _ in range(4)]
        refusal = ProblemError("overloaded", "x")
        assert turns.make_way("one", refusal)
        assert [turn.done() for turn in flood] == [False, False, False, True]
        assert flood[3].exception() is refusal
        mine = turns.join("one")
        assert len(turns) == 4
        assert turns.make_way("two", refusal)
        turns.join("two")
        assert not turns.make_way("flood", refusal)
        assert not turns.make_way("three", refusal) or turns.waiting("flood") == 1
        assert turns.next(anyone) == ("flood", flood[0])
        assert turns.next(lambda who: who != "one") != ("one", mine)
        assert turns.next(anyone) == ("one", mine)

    asyncio.run(story())


def test_a_queue_filled_by_one_client_is_open_to_others(small: Home) -> None:
    async def story() -> None:
        release = current(small)
        assert release is not None
        settings = Settings(home=small.path, workers=1, queue=4, cache=0, deadline=5)
        pool = Pool(settings)
        try:
            await pool.serve(release)
            slow = "SELECT (COUNT(*) AS ?n) {?a ?b ?c . ?d ?e ?f FILTER(?a = ?e)}"
            with calling(ONE):
                flood = [
                    asyncio.create_task(pool.ask(Question(f"{slow} #{n}"), 0.4)) for n in range(40)
                ]
            await asyncio.sleep(0.05)
            with calling(OTHER):
                start = time.perf_counter()
                await asyncio.wait_for(pool.ask(Question("ASK {}")), 3)
            # One query of the flood may be under way: not its whole line.
            assert time.perf_counter() - start < 1.2
            found = await asyncio.gather(*flood, return_exceptions=True)
            refused = [one for one in found if isinstance(one, ProblemError)]
            crowded = [one for one in refused if one.problem.slug == "overloaded"]
            assert len(crowded) >= 35
            assert all(int(one.headers["Retry-After"]) > 0 for one in crowded)
            assert pool.state()["waiting"] == pool.state()["running"] == 0
        finally:
            await pool.close()

    asyncio.run(story())


def test_two_hundred_calls_of_one_client_keep_no_other_waiting(small: Home) -> None:
    limits = {"workers": 1, "queue": 16, "cache": 0, "deadline": 10}
    slow = "SELECT (COUNT(*) AS ?n) {?a ?b ?c . ?d ?b ?f} LIMIT "
    with serving(small, **limits) as site, ThreadPoolExecutor(60) as threads:

        def ask(number: int) -> httpx.Response:
            with site.client(headers={"User-Agent": "flood"}) as flooding:
                given = {"query": slow + str(number + 1), "timeout": "0.3"}
                return flooding.get("/sparql", params=given)

        flood = [threads.submit(ask, number) for number in range(200)]
        time.sleep(0.5)
        with site.client() as one:
            for number in range(5):
                answer = one.get("/sparql", params={"query": f"ASK {{}} #{number}"})
                assert answer.status_code == 200
        found = [one.result() for one in flood]
    statuses = {answer.status_code for answer in found}
    assert statuses <= {200, 503}
    crowded = [one for one in found if one.json().get("type") == "/problems/overloaded"]
    assert crowded
    assert all(int(one.headers["Retry-After"]) > 0 for one in crowded)


def test_work_is_charged_to_one_who_asked_first_and_left(small: Home) -> None:
    async def story() -> None:
        meter = metered(rate_seconds=1, rate_errors=1)
        settings = Settings(home=small.path, workers=1, deadline=2.5, memory=2_000)
        pool = Pool(settings, meter=meter)
        release = current(small)
        assert release is not None
        try:
            await pool.serve(release)
            with calling(ONE):
                first = asyncio.create_task(pool.ask(Question(CROSS)))
                await asyncio.sleep(0.1)
            with calling(OTHER):
                second = asyncio.create_task(pool.ask(Question(CROSS)))
                await asyncio.sleep(0.1)
            first.cancel()
            await asyncio.gather(first, second, return_exceptions=True)
            assert is_refused(meter, ONE)
            assert not is_refused(meter, OTHER)
        finally:
            await pool.close()

    asyncio.run(story())
