"""The servers that are compared, each on the public store of the same release.

The store's default graph holds the union of the named graphs, so that plain queries read the
same statements everywhere.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from oxrdflib import OxigraphStore
from pyoxigraph import Store
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint

from queries.release import Home, Release
from tests.server.running import serving

MAILLAGE, OXIGRAPH, RDFLIB = "maillage", "oxigraph", "rdflib-endpoint"
HOST = "127.0.0.1"
START = 60
PROBE = "ASK { ?s ?p ?o }"


class PeerError(Exception):
    """A server that does not answer."""


@dataclass(frozen=True)
class Endpoint:
    """A running server: its name, its address, and the path at which it answers queries."""

    name: str
    address: str
    path: str

    @property
    def url(self) -> str:
        """Where queries are sent."""
        return f"{self.address}{self.path}"


@contextmanager
def maillage(home: Home, settings: Mapping[str, object]) -> Iterator[Endpoint]:
    """Run our own server."""
    with serving(home, **settings) as site:
        yield Endpoint(MAILLAGE, site.address, "/sparql")


@contextmanager
def oxigraph(release: Release) -> Iterator[Endpoint]:
    """Run the bare Oxigraph server."""
    port, store = free_port(), str(release.store("public"))
    program = Path(sys.executable).with_name("oxigraph")
    command = [str(program), "serve-read-only", "-l", store, "-b", f"{HOST}:{port}"]
    with running(command, Endpoint(OXIGRAPH, f"http://{HOST}:{port}", "/query")) as endpoint:
        yield endpoint


@contextmanager
def rdflib(release: Release) -> Iterator[Endpoint]:
    """Run rdflib-endpoint with oxrdflib."""
    port, store = free_port(), str(release.store("public"))
    command = [sys.executable, "-m", "tests.bench.peers", store, str(port)]
    address = f"http://{HOST}:{port}"
    with running(command, Endpoint(RDFLIB, address, "/")) as endpoint:
        yield endpoint


@contextmanager
def running(command: list[str], endpoint: Endpoint) -> Iterator[Endpoint]:
    """Run a server until the end of the block, from when it answers."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait(process, endpoint)
        yield endpoint
    finally:
        # In the middle of a query, rdflib-endpoint hears no milder signal; nothing is written.
        process.kill()
        process.wait()


def wait(process: subprocess.Popen[bytes], endpoint: Endpoint) -> None:
    """Wait until a server answers."""
    end = time.monotonic() + START
    with httpx.Client(timeout=START, trust_env=False) as client:
        while time.monotonic() < end:
            try:
                client.get(endpoint.url, params={"query": PROBE}).raise_for_status()
            except httpx.TransportError:
                if process.poll() is not None:
                    break
                time.sleep(0.1)
            else:
                return
    raise PeerError(f"{endpoint.name} does not answer at {endpoint.url}: {process.args!r}")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def serve_rdflib(store: str, port: int) -> None:
    """Serve a store through rdflib-endpoint, in this process."""
    graph = Dataset(store=OxigraphStore(store=Store.read_only(store)))
    uvicorn.run(SparqlEndpoint(graph=graph), host=HOST, port=port, log_level="warning")


if __name__ == "__main__":
    serve_rdflib(sys.argv[1], int(sys.argv[2]))
