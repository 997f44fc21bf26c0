"""Operators see what happens, and neither metrics nor log tell what was asked or by whom."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from queries.release import Home
from server.layers.access_log import network
from tests.server.running import MARK, environment, serving
from tests.server.test_pool import CROSS

SECRET = "a-name-that-nobody-may-read"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(client: httpx.Client) -> Samples:
    """Return the metrics as a scraper reads them."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    families = text_string_to_metric_families(answer.text)
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in families
        for one in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    """Return one number."""
    return found[f"maillage_{name}", frozenset(labels.items())]


def test_a_client_that_leaves_while_it_sends_is_counted_as_such(small: Home) -> None:
    command = [sys.executable, "-m", "server"]
    process = subprocess.Popen(command, env=environment(small), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        address = process.stderr.readline().removeprefix(MARK).strip().rstrip("/")
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(
                b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
                b"Content-Type: application/sparql-query\r\n\r\nASK {"
            )
            time.sleep(0.3)
        time.sleep(0.3)
        with httpx.Client(base_url=address, trust_env=False) as client:
            found = samples(client)
    finally:
        process.terminate()
        process.wait(20)
    said = process.stderr.read()
    process.stderr.close()
    assert value(found, "requests_total", method="POST", route="/sparql", status="499") == 1
    assert "the client left" in said
    assert "Traceback" not in said


def test_requests_queries_cache_and_workers_are_counted(small: Home) -> None:
    with (
        serving(small, deadline=1, memory=2_000, workers=1, result_cap=900_000) as site,
        site.client() as client,
    ):
        for query in ("ASK {?s ?p ?o}", "ASK {?s ?p ?o}", "SELEC", CROSS, "SELECT * {?s ?p ?o}"):
            client.get("/sparql", params={"query": query})
        client.get("/sparql", params={"query": "ASK {SERVICE <urn:x> {}}"})
        client.get("/fr/id/organisation/umbrella")
        client.head("/queries/members_of_federation")
        client.get(f"/{SECRET}")
        found = samples(client)
    assert value(found, "requests_total", method="GET", route="/sparql", status="200") == 2
    assert value(found, "requests_total", method="GET", route="/sparql", status="503") == 1
    assert value(found, "requests_total", method="GET", route="unknown", status="404") == 1
    assert value(found, "request_seconds_count", route="/sparql") == 6
    assert value(found, "request_seconds_bucket", route="/sparql", le="+Inf") == 6
    outcomes = {"syntax": 1, "timeout": 1, "too-large": 1, "refused": 1, "memory": 0}
    for outcome, number in outcomes.items():
        assert value(found, "queries_total", outcome=outcome) == number, outcome
    assert value(found, "cache_lookups_total", result="hit") >= 1
    assert value(found, "cache_lookups_total", result="miss") > 3
    assert 0 < value(found, "cache_bytes") < value(found, "cache_limit_bytes") == 64_000_000
    assert value(found, "workers", state="busy") == 0
    assert value(found, "workers_started_total") >= 2
    assert value(found, "workers_ended_total", reason="killed") == 1
    assert value(found, "queue_length") == 0
    assert value(found, "release_info", release="r1") == 1


def test_labels_are_few_whatever_is_asked(client: httpx.Client) -> None:
    before = len(samples(client))
    for number in range(30):
        client.get(f"/{SECRET}/{number}")
        client.get(f"/id/organisation/{SECRET}-{number}")
        client.get(f"/static/{SECRET}-{number}")
        client.get("/sparql", params={"query": f"ASK {{?s ?p '{SECRET}-{number}'}}"})
        client.request(f"X{number}", "/sparql")
    text = client.get("/metrics").text
    assert SECRET not in text
    assert len(samples(client)) < before + 100


@contextmanager
def logged(home: Home, **settings: object) -> Iterator[tuple[httpx.Client, list[str]]]:
    """Run a server and collect, once it has ended, what it wrote."""
    process = subprocess.Popen(
        [sys.executable, "-m", "server"],
        env=environment(home, **settings), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    lines: list[str] = []
    assert process.stderr is not None
    try:
        address = process.stderr.readline().removeprefix(MARK).strip()
        with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
            yield client, lines
    finally:
        process.terminate()
        lines += process.stderr.read().splitlines()
        process.wait(20)
        process.stderr.close()


def test_each_request_is_one_line_that_tells_nothing_of_the_client(small: Home) -> None:
    with logged(small, access_log="true") as (client, lines):
        answer = client.get("/sparql", params={"query": f"ASK {{?s ?p '{SECRET}'}}"})
        client.get("/sparql", params={"query": f"SELEC {SECRET}"})
        client.get(f"/en/id/organisation/{SECRET}", headers={"User-Agent": SECRET})
        client.head("/health")
    found = [json.loads(line) for line in lines if line.startswith("{")]
    assert [one["status"] for one in found] == [200, 400, 404, 200]
    assert [one["route"] for one in found[:2]] == ["/sparql"] * 2
    assert (found[3]["method"], found[3]["bytes"]) == ("HEAD", 0)
    first = found[0]
    assert first["request"] == answer.headers["x-request-id"]
    assert first["release"] == "r1"
    assert first["bytes"] == int(answer.headers["content-length"])
    assert first["ms"] > 0
    assert first["network"] == "127.0.0.0/24"
    assert set(first) == {
        "method", "route", "status", "ms", "bytes", "request", "release", "network",
    }  # fmt: skip
    assert SECRET not in "\n".join(lines)
    assert "127.0.0.1" not in "\n".join(lines)


def test_nothing_is_logged_unless_asked_for(small: Home) -> None:
    with logged(small) as (client, lines):
        client.get("/sparql", params={"query": "ASK {}"})
    assert not [line for line in lines if line.startswith("{")]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("198.51.100.23", "198.51.100.0/24"),
        ("2001:db8:aaaa:bbbb::1", "2001:db8:aaaa::/48"),
        ("::ffff:198.51.100.23", "198.51.100.0/24"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_an_address_is_logged_as_its_network(address: str, expected: str) -> None:
    assert network(address) == expected
