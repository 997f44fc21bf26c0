"""What comes in byte by byte: heads without end, interim answers, clients that leave."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import httpx

from tests.server.running import Site
from tests.server.test_pool import CROSS

HEAD = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"
LIVE = HEAD + b"\r\n"


@contextmanager
def line(site: Site) -> Iterator[socket.socket]:
    """A connection on which bytes are sent as they are."""
    address = urlsplit(site.address)
    with socket.create_connection((address.hostname or "", address.port or 0), 10) as one:
        yield one


def received(one: socket.socket, until: bytes = b"") -> bytes:
    """What is sent until the end, or until some bytes have come."""
    found = b""
    try:
        while (part := one.recv(65_536)) and (not until or until not in found + part):
            found += part
    except ConnectionResetError:
        return found
    return found + part


def test_a_head_without_end_is_refused_while_it_comes(site: Site, client: httpx.Client) -> None:
    with line(site) as one:
        one.sendall(HEAD + b"X-Endless: ")
        sent = 0
        try:
            while sent < 20_000_000:
                one.sendall(b"y" * 65_536)
                sent += 65_536
        except OSError:
            pass
        answer = received(one)
    # Some megabytes wait in the buffers of the system, which nobody reads any more.
    assert sent < 10_000_000
    if answer:
        assert answer.startswith(b"HTTP/1.1 431 ")
    assert client.get("/health/live").status_code == 200


def test_a_body_larger_than_a_head_may_be_is_no_head(site: Site) -> None:
    query = b"ASK {}" + b" " * 60_000
    head = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: %d\r\n\r\n" % len(query)
    )
    with line(site) as one:
        for _ in range(3):
            one.sendall(head + query)
            assert received(one, b"true}").startswith(b"HTTP/1.1 200 ")


def test_one_who_waits_for_leave_to_send_gets_it(site: Site) -> None:
    with line(site) as one:
        one.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"
        )
        assert one.recv(100).startswith(b"HTTP/1.1 100 ")
        one.sendall(b"ASK{}")
        answer = received(one, b"true}")
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_answers_to_requests_in_a_row_come_in_their_order(site: Site) -> None:
    with line(site) as one:
        one.sendall(LIVE * 5 + HEAD + b"Connection: close\r\n\r\n")
        answers = received(one)
    assert answers.count(b"HTTP/1.1 200 ") == 6


def test_the_head_of_an_answer_without_body_is_sent(site: Site) -> None:
    with line(site) as one:
        one.sendall(LIVE.replace(b"GET", b"HEAD") + LIVE.replace(b"GET", b"OPTIONS"))
        answers = received(one, b"HTTP/1.1 204")
    assert answers.startswith(b"HTTP/1.1 200 ")


def test_a_client_that_leaves_frees_its_worker_whatever_it_sent_after(
    site: Site, client: httpx.Client
) -> None:
    with line(site) as one:
        query = quote(CROSS + "# leaves")
        one.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode() + LIVE)
        wait_for(client, 1)
    start = time.monotonic()
    wait_for(client, 0)
    assert time.monotonic() - start < 1.5


def wait_for(client: httpx.Client, running: int) -> None:
    """Wait until so many queries run."""
    for _ in range(200):
        if json.loads(client.get("/health").content)["running"] == running:
            return
        time.sleep(0.01)
    raise AssertionError(f"never {running} running")
