"""A real Virtuoso and a real Oxigraph server, each in a process and a directory of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.conftest import needed

CONFIGURATION = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
Striping = 0
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
Striping = 0
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 10
CheckpointInterval = 0
O_DIRECT = 0
CaseMode = 2
SchedulerInterval = 10
DirsAllowed = {folder}
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = {rows}
"""


@dataclass(frozen=True)
class Remote:
    """A SPARQL service that runs: how it is named in settings, and its process."""

    kind: str
    engine: str
    pid: int

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a server that asks it."""
        return {"engine": self.engine, "engine_kind": self.kind}


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def virtuoso(folder: Path, rows: int = 1_000_000) -> Iterator[Remote]:
    """Run a Virtuoso on an empty database; ``rows`` are the most that it answers with."""
    program = shutil.which("virtuoso-t")
    needed(program, "virtuoso-t, of the Debian package virtuoso-opensource-7")
    folder.mkdir(parents=True)
    http = free_port()
    file = folder / "virtuoso.ini"
    text = CONFIGURATION.format(folder=folder, sql=free_port(), http=http, rows=rows)
    file.write_text(text, encoding="ascii")
    command = [str(program), "-f", "+configfile", str(file)]
    with running(command, folder, f"http://127.0.0.1:{http}/sparql") as pid:
        yield Remote("virtuoso", f"sparql+http://dba:dba@127.0.0.1:{http}/sparql", pid)


@contextmanager
def oxigraph(folder: Path, port: int = 0) -> Iterator[Remote]:
    """Run an Oxigraph server on the store in a folder."""
    program = Path(sys.executable).with_name("oxigraph")
    needed(program.exists(), "oxigraph")
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    store = str(folder / "store")
    command = [str(program), "serve", "--location", store, "--bind", f"127.0.0.1:{port}"]
    with running(command, folder, f"http://127.0.0.1:{port}/query") as pid:
        yield Remote("oxigraph", f"sparql+http://127.0.0.1:{port}/query", pid)


@contextmanager
def running(command: list[str], folder: Path, address: str) -> Iterator[int]:
    """Run a service until the end; wait first until it answers."""
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    try:
        wait(process, address, folder)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait(process: subprocess.Popen[bytes], address: str, folder: Path) -> None:
    """Wait until a service answers a query."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        assert process.poll() is None, (folder / "output.txt").read_text(errors="replace")
        try:
            asked = httpx.get(address, params={"query": "ASK {}"}, trust_env=False, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        if asked.status_code == httpx.codes.OK:
            return
        time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")
