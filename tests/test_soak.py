"""A short soak: swaps, kills and hostile queries at a quicker pace than `make soak` has them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.soak.judge import judge
from tests.soak.soak import RELEASES, Plan, soak
from tests.soak.truth import Right
from tests.soak.wishes import CSV, Wish

QUICK = Plan(seconds=12, clients=4, swap=3, kill=2, attack=1)
WISH = Wish("count", "/sparql", CSV, "rows", query="ASK {}")
RIGHT = Right(b"n\r\n1\r\n2\r\n", CSV, "9", 'W/"r1-a"', "rows")


def test_no_wrong_answer_while_releases_change_and_workers_die(tmp_path: Path) -> None:
    report = soak(tmp_path, QUICK)
    assert report.tally.violations == []
    assert set(report.tally.releases) == set(RELEASES)
    # Most of what was asked was answered, not put off.
    assert report.tally.statuses["200"] > report.tally.statuses["503"]
    assert report.kills >= 4
    assert report.workers_left > 0
    assert sum(report.hostile.values()) == report.attacks


def answer(status: int = 200, body: bytes = RIGHT.body, **changed: str | None) -> httpx.Response:
    """An answer as it should be, but for what is changed."""
    headers = {"X-Release": "r1", "ETag": RIGHT.entity, "Content-Type": f"{CSV}; charset=utf-8"}
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    kept = {name: value for name, value in headers.items() if value is not None}
    return httpx.Response(status, headers=kept, content=body)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (answer(), None),
        (answer(body=b"n\r\n2\r\n1\r\n"), None),
        (answer(body=b"n\r\n1\r\n1\r\n"), "other content"),
        (answer(body=b"n\r\n1\r\n"), "other content"),
        (answer(X_Release="r2"), "unknown release"),
        (answer(X_Release=None), "unknown release"),
        (answer(ETag='W/"r2-a"'), "entity tag"),
        (answer(Content_Type="text/html"), "text/html instead of"),
        (answer(Content_Length="11"), "11 bytes announced"),
        (answer(500), "status 500"),
        (answer(404), "status 404"),
        (answer(304, b"", ETag='W/"r1-b"'), "304 to"),
    ],
)
def test_the_judge_sees_what_is_wrong(given: httpx.Response, fault: str | None) -> None:
    found = judge({("r1", WISH.name): RIGHT}, WISH, downloaded(given), 'W/"r1-b"')
    assert found is None if fault is None else found is not None and found.startswith(fault)


def downloaded(response: httpx.Response) -> httpx.Response:
    """Count the bytes of an answer that came from nowhere."""
    response._num_bytes_downloaded = len(response.content)
    return response


@pytest.mark.parametrize(
    ("slug", "retry", "right"),
    [("overloaded", "1", True), ("overloaded", None, False), ("query-memory", "1", False)],
)
def test_only_declared_refusals_pass(slug: str, retry: str | None, right: bool) -> None:
    body = b'{"type": "/problems/%s"}' % slug.encode()
    given = answer(503, body, Content_Type="application/problem+json", Retry_After=retry)
    assert (judge({("r1", WISH.name): RIGHT}, WISH, given, None) is None) == right


def test_an_unchanged_answer_is_right_only_for_what_the_client_holds() -> None:
    truths = {("r1", WISH.name): RIGHT}
    assert judge(truths, WISH, answer(304, b""), RIGHT.entity) is None
    assert judge(truths, replace(WISH, release="r2"), answer(304, b""), RIGHT.entity) is not None
