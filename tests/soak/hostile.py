"""Hostile clients: runaway, greedy, crooked and rude requests, one after the other."""

from __future__ import annotations

import itertools
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, urlsplit

import httpx

from tests.soak.clients import Tally

# Hostile clients come from a network of their own, and each calls itself something else.
ADDRESS: Final = "127.0.1.1"
PATIENCE: Final = 30
CROSS: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
QUERIES: Final = {
    "cross product": CROSS,
    "sorted product": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY DESC(?f) ?a ?d",
    "path everywhere": "SELECT (COUNT(*) AS ?n) { ?a (<urn:p>|!<urn:p>)* ?b }",
    "string bomb": 'SELECT (REPLACE(REPLACE(REPLACE(REPLACE(?x, ".", "$0$0$0$0$0$0$0$0$0$0$0$0"), '
    '".", "$0$0$0$0$0$0$0$0$0$0$0$0"), ".", "$0$0$0$0$0$0$0$0$0$0$0$0"), ".", "$0$0$0$0$0$0$0$0") '
    f'AS ?y) {{ BIND("{"x" * 5_000}" AS ?x) }}',
    "everything of everything": "SELECT * { ?a ?b ?c . ?c ?d ?e . ?f ?b ?g }",
    "nested braces": "SELECT * " + "{" * 3_000 + "}" * 3_000,
    "nested parentheses": f"SELECT * {{ FILTER({'(' * 5_000}1{')' * 5_000}) }}",
    "sub-selects": "SELECT * " + "{ SELECT * " * 2_000 + "{}" + "}" * 2_000,
    "nested lists": f"SELECT * {{ ?s ?p {'(' * 205}{')' * 205} }}",
    "long path": f"SELECT * {{ ?s {'/'.join(['<urn:p>'] * 500)} ?o }}",
    "many patterns": "SELECT * {" + "".join(f" ?s{n} ?p ?o ." for n in range(1_000)) + "}",
    "many values": f"SELECT * {{ VALUES ?x {{ {'1 ' * 200_000} }} }}",
    "service": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "silent service": "SELECT * { SERVICE SILENT <http://169.254.169.254/> { ?s ?p ?o } }",
    "remote graph": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "update": "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
    "endless regex": f'ASK {{ FILTER(REGEX("{"a" * 40}b", "^(a+)+$")) }}',
}


class Hostile:
    """Sends one hostile request after the other, each in a thread of its own."""

    def __init__(self, address: str, tally: Tally) -> None:
        self.address, self.tally = address, tally
        self.statuses: Counter[str] = Counter()
        self.threads: list[threading.Thread] = []
        self.numbers = itertools.count()
        self.turns = itertools.cycle(self.kinds())

    def kinds(self) -> Iterator[str]:
        """Yield the names of the requests, runaway queries more often than those refused."""
        refused = [name for name in QUERIES if name not in RUNAWAY] + list(RUDE)
        for number, name in enumerate(refused):
            yield RUNAWAY[number % len(RUNAWAY)]
            yield name

    def strike(self) -> None:
        """Send the next request, without waiting for what comes of it."""
        name, number = next(self.turns), next(self.numbers)
        thread = threading.Thread(target=self.send, args=(name, number), daemon=True)
        thread.start()
        self.threads.append(thread)

    def send(self, name: str, number: int) -> None:
        """Send one request; a mistake of the server is a violation here too."""
        try:
            status = RUDE[name](self.address) if name in RUDE else self.ask(name, number)
        except (httpx.HTTPError, OSError) as error:
            status = type(error).__name__
        with self.tally.lock:
            self.statuses[status] += 1
            if status.startswith("5") and status != "503":
                self.tally.blame(f"hostile {name}: status {status}")

    def ask(self, name: str, number: int) -> str:
        """Send a query and return the status."""
        transport = httpx.HTTPTransport(local_address=ADDRESS)
        headers = {"User-Agent": f"hostile/{number}"}
        with httpx.Client(transport=transport, timeout=PATIENCE, headers=headers) as client:
            # Different each time, so that no answer is kept and none is waited for together.
            query = f"{QUERIES[name]}\n# {number}"
            answer = client.post(f"{self.address}/sparql", data={"query": query})
            return str(answer.status_code)

    def finish(self) -> None:
        """Wait until the last request has ended."""
        for thread in self.threads:
            thread.join(PATIENCE)


def leave(address: str) -> str:
    """Ask a query without end and go away at once."""
    with connected(address) as line:
        line.sendall(head(address, f"/sparql?query={quote(CROSS)}") + b"\r\n")
    return "left"


def send_half(address: str) -> str:
    """Announce a body and send half of it."""
    with connected(address) as line:
        line.sendall(head(address, "/sparql", "POST") + b"Content-Length: 1000\r\n\r\nquery=")
        line.settimeout(1)
        try:
            line.recv(1_000)
        except TimeoutError:
            return "left"
    return "ended"


def send_much(address: str) -> str:
    """Send a body that has no end."""
    with connected(address) as line:
        line.sendall(head(address, "/sparql", "POST") + b"Content-Length: 100000000\r\n\r\n")
        for _part in range(100):
            line.sendall(b"x" * 1_000_000)
        return line.recv(1_000)[9:12].decode("ascii", "replace") or "ended"


def send_garbage(address: str) -> str:
    """Send what is not HTTP."""
    with connected(address) as line:
        line.sendall(b"\x16\x03\x01\x00\xff" * 1_000)
        return line.recv(1_000)[9:12].decode("ascii", "replace") or "ended"


def long_address(address: str) -> str:
    """Send an address of a hundred kilobytes."""
    with connected(address) as line:
        line.sendall(head(address, f"/sparql?query={'x' * 100_000}") + b"\r\n")
        return line.recv(1_000)[9:12].decode("ascii", "replace") or "ended"


def connected(address: str) -> socket.socket:
    """Open a connection from the hostile network."""
    there = urlsplit(address)
    place = (there.hostname or "", there.port or 80)
    return socket.create_connection(place, timeout=PATIENCE, source_address=(ADDRESS, 0))


def head(address: str, path: str, method: str = "GET") -> bytes:
    """Return the head of a request, without its end."""
    form = "Content-Type: application/x-www-form-urlencoded\r\n" if method == "POST" else ""
    return f"{method} {path} HTTP/1.1\r\nHost: {urlsplit(address).netloc}\r\n{form}".encode()


RUNAWAY: Final = (
    "cross product", "sorted product", "path everywhere", "string bomb", "everything of everything",
)  # fmt: skip
RUDE: Final = {
    "client leaves": leave,
    "half a body": send_half,
    "endless body": send_much,
    "garbage": send_garbage,
    "long address": long_address,
}
