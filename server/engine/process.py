"""One worker process seen from the server: started, asked, and killed when it must be."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from server.engine import frames
from server.engine.channel import Channel

START_LIMIT = 60.0


class WorkerDiedError(Exception):
    """A worker ended by itself: the signal or the code that says why."""

    def __init__(self, returncode: int) -> None:
        super().__init__(f"worker ended with code {returncode}")
        self.returncode = returncode

    @property
    def out_of_memory(self) -> bool:
        """Tell the end of memory (abort, or the kernel's choice) from a crash."""
        return self.returncode in (-signal.SIGABRT, -signal.SIGKILL)


@dataclass(frozen=True)
class Question:
    """What a worker is asked."""

    query: str
    rows: str = "application/sparql-results+json"
    triples: str = "text/turtle"
    prefixes: dict[str, str] | None = None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    base: str | None = None
    changing: bool = False
    # Whether things are described, with the parts of the shapes and lists among them.
    describes: bool = False

    @cached_property
    def digest(self) -> bytes:
        """Return what tells it from questions with other answers, in a few bytes."""
        return blake2b(repr(self.identity).encode(), digest_size=16).digest()

    @property
    def identity(self) -> tuple[object, ...]:
        """Return what two questions with the same answer have in common."""
        prefixes = tuple(sorted((self.prefixes or {}).items()))
        graphs = (self.default_graphs, self.named_graphs)
        return (self.query, self.rows, self.triples, prefixes, self.base, *graphs)


@dataclass(eq=False)
class Worker:
    """A running worker that has opened one store."""

    store: Path
    process: subprocess.Popen[bytes]
    channel: Channel
    sealed: bool = True
    graphs: frozenset[str] = frozenset()
    worn: bool = False
    alive: bool = True
    _reaped: asyncio.Task[int] | None = field(default=None, repr=False)

    async def ask(self, question: Question, cap: int, deadline: float) -> tuple[frames.Head, bytes]:
        """Return the outcome of a query; the worker is dead after any exception.

        Raises TimeoutError at the deadline and WorkerDiedError when the query ends the process.
        """
        head = {
            "query": question.query,
            "rows": question.rows,
            "triples": question.triples,
            "prefixes": question.prefixes,
            "default_graphs": question.default_graphs,
            "named_graphs": question.named_graphs,
            "base": question.base,
            "describes": question.describes,
            "parsed": not self.sealed,
            "cap": cap,
            "deadline": deadline,
        }
        try:
            self.channel.send(frames.pack(head))
            outcome, body = await self.channel.receive(deadline)
        except ConnectionError as error:
            raise WorkerDiedError(await self.end()) from error
        except BaseException:
            self.kill()
            raise
        self.worn = bool(outcome.get("worn"))
        return outcome, body

    def kill(self) -> None:
        """End the process now, whatever it does; it is reaped in the background."""
        if self.alive:
            self.alive = False
            self.process.kill()
            self.channel.close()
            self._reaped = asyncio.ensure_future(asyncio.to_thread(self.process.wait))

    async def end(self) -> int:
        """Wait until a process that hung up is gone; return why it ended."""
        self.channel.close()
        code = await asyncio.to_thread(self.process.wait)
        self.alive = False
        return code

    async def stop(self) -> None:
        """Kill the process and wait until it is gone."""
        self.kill()
        if self._reaped:
            await self._reaped


async def start(store: Path, memory: int) -> Worker:
    """Start a worker on a store and wait until it has opened it.

    Raises WorkerDiedError when it cannot.
    """
    ours, theirs = socket.socketpair()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with theirs:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "server.engine.worker", str(theirs.fileno()), str(store),
             str(memory), str(os.getpid())],
            pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=environment,
        )  # fmt: skip
    try:
        return await welcome(store, process, ours)
    except BaseException:
        process.kill()
        await asyncio.to_thread(process.wait)
        ours.close()
        raise


async def welcome(store: Path, process: subprocess.Popen[bytes], channel: socket.socket) -> Worker:
    """Wait until a new process says what it has opened."""
    loop = asyncio.get_running_loop()
    _transport, line = await loop.create_unix_connection(Channel, sock=channel)
    worker = Worker(store, process, line)
    try:
        head, _body = await line.receive(START_LIMIT)
    except ConnectionError as error:
        raise WorkerDiedError(await worker.end()) from error
    except BaseException:
        line.close()
        raise
    worker.sealed = bool(head["sealed"])
    worker.graphs = frozenset(head["graphs"])
    return worker
