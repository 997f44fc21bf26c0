"""A process that opens one store for reading and answers one query at a time.

It is made to be killed: a query cannot be interrupted, so the parent ends the whole process.
Nothing but the standard library and the engine is imported, to keep it small.
"""

import os
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pyoxigraph import (
    NamedNode,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    Store,
    serialize,
)

from server.engine import frames, sandbox
from server.engine.concatenation import without_gaps
from server.engine.parts import with_parts

# Beyond what a process may keep, a fresh one is cheaper than its memory.
KEPT = 128_000_000
GRACE = 2.0


class TooLargeError(Exception):
    """The answer has more bytes than are allowed."""


class Capped:
    """A file in memory that refuses to grow beyond a number of bytes."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.parts = bytearray()

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        if len(self.parts) + len(data) > self.cap:
            raise TooLargeError
        self.parts += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: everything is in memory."""


def answer(store: Store, question: Mapping[str, Any]) -> tuple[frames.Head, bytearray]:
    """Return the outcome of one query and its whole answer."""
    output = Capped(question["cap"])
    try:
        kind = write_answer(store, question, output)
    except SyntaxError as error:
        head = {"outcome": "syntax", "message": str(error)}
    except TooLargeError:
        head = {"outcome": "too-large"}
    except MemoryError:
        head = {"outcome": "memory"}
    except (RuntimeError, ValueError, OSError) as error:
        head = {"outcome": "refused", "message": str(error)[:500]}
    else:
        return {"outcome": "ok", "kind": kind}, output.parts
    return head, bytearray()


def write_answer(store: Store, question: Mapping[str, Any], output: Capped) -> str:
    """Run a query and write its answer; return what sort of answer it is."""
    if question.get("parsed"):
        from server.engine.parse import refuse_federation  # only where there is no empty network

        refuse_federation(question["query"])
    dataset = {
        "default_graph": graphs(question.get("default_graphs")),
        "named_graphs": graphs(question.get("named_graphs")),
    }
    results = run_query(store, question["query"], base_iri=question.get("base"), **dataset)
    if isinstance(results, QueryTriples):
        form = RdfFormat.from_media_type(question["triples"])
        found = with_parts(store, results, dataset) if question.get("describes") else results
        serialize(found, output, form, prefixes=question.get("prefixes"))  # type: ignore[arg-type]
        return "triples"
    results.serialize(output, QueryResultsFormat.from_media_type(question["rows"]))
    return "rows"


def run_query(store: Store, query: str, **options: Any) -> Any:
    """Return what a query finds; SyntaxError names the place in the query as it was sent."""
    written = without_gaps(query)
    if written != query:
        with suppress(SyntaxError):
            return store.query(written, **options)
    return store.query(query, **options)


def graphs(iris: list[str] | None) -> Any:
    """Return a list of graphs as terms; None stays the dataset of the store."""
    return None if iris is None else [NamedNode(iri) for iri in iris]


def run(channel: socket.socket, directory: str, memory: int, parent: int) -> None:
    """Open the store, say so, then answer until the parent hangs up."""
    sealed = sandbox.leave_network()
    sandbox.die_with(parent)
    store = Store.read_only(directory)
    names = [graph.value for graph in store.named_graphs()]
    held = sandbox.Memory(memory, KEPT)
    stream = channel.makefile("rb")
    channel.sendall(frames.pack({"sealed": sealed, "graphs": names}))
    # What the engine prints when it runs out of memory would only fill the log.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    while (question := frames.read(stream)) is not None:
        sandbox.limit_time(question["deadline"] + GRACE)
        head, body = answer(store, question)
        sandbox.limit_time(0)
        head["worn"] = held.settle()
        frames.send(channel, head, body)


def main() -> None:
    """Start as a child of the server: descriptor, store, memory, parent."""
    descriptor, directory, memory, parent = sys.argv[1:]
    with socket.socket(fileno=int(descriptor)) as channel, suppress(BrokenPipeError):
        run(channel, directory, int(memory), int(parent))


if __name__ == "__main__":
    main()
