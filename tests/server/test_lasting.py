"""Work in the background goes on after a defect, which is logged."""

from __future__ import annotations

import asyncio
import logging

import pytest

from server.engine.remote import Remote, Visit
from server.lasting import lasting
from server.settings import Settings

FAULTS = 2


def test_a_defect_is_logged_and_the_work_starts_again(caplog: pytest.LogCaptureFixture) -> None:
    begun = 0

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun <= FAULTS:
            raise LookupError(f"defect {begun}")
        await asyncio.Event().wait()

    async def run() -> None:
        task = asyncio.create_task(lasting("the work", work, pause=0.01))
        while begun <= FAULTS:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with caplog.at_level(logging.ERROR, "maillage.server"):
        asyncio.run(asyncio.wait_for(run(), 10))
    assert [one.getMessage() for one in caplog.records] == [
        "the work failed; it starts again"
    ] * FAULTS
    assert all(f"defect {number}" in caplog.text for number in (1, FAULTS))
    assert "Traceback" in caplog.text


def test_work_that_is_done_is_not_begun_again() -> None:
    begun: list[int] = []

    async def work() -> None:
        begun.append(1)

    asyncio.run(asyncio.wait_for(lasting("the work", work, pause=0.01), 10))
    assert begun == [1]


def test_the_watch_over_an_engine_goes_on_after_a_defect(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visit without names is a defect that the watch meets each time."""
    monkeypatch.setattr("server.engine.remote.INTERVAL", 0.01)

    async def run() -> None:
        settings = Settings(engine="sparql+http://127.0.0.1:1/query", engine_kind="oxigraph")
        service = settings.service()
        assert service is not None
        remote = Remote(settings, service)
        visit = Visit(remote, None, frozenset(), "")  # type: ignore[arg-type]
        remote.serve(visit, None)  # type: ignore[arg-type]
        while len(caplog.records) < FAULTS:
            await asyncio.sleep(0.01)
        await remote.close()

    with caplog.at_level(logging.ERROR, "maillage.server"):
        asyncio.run(asyncio.wait_for(run(), 10))
    assert "watching the engine failed; it starts again" in caplog.text
