"""A load generator: wrk, which walks a list of requests and reports what came back."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

MISSING = (
    "wrk is not installed, so the endpoint is not measured under load "
    "(on Debian: apt-get install wrk; elsewhere: https://github.com/wg/wrk)"
)
JSON_ROWS = "application/sparql-results+json"
# Longer than the slowest answer that is waited for: what is late is counted, not lost.
PATIENCE = 60
REPORT = "REPORT "


class LoadError(Exception):
    """A run of the load generator that gave no report."""


@dataclass(frozen=True)
class Load:
    """What came back in one run.

    ``rate`` is answers a second with status 200, ``median`` and ``p99`` are milliseconds;
    ``refused`` counts answers with a status of 400 or more, ``broken`` connections that failed,
    ``late`` answers after a minute.
    """

    rate: float
    median: float
    p99: float
    refused: int
    broken: int
    late: int

    @property
    def failures(self) -> int:
        """How many requests had no right answer."""
        return self.refused + self.broken + self.late


def available() -> bool:
    """Tell whether the load generator is installed."""
    return shutil.which("wrk") is not None


def path_of(endpoint: str, query: str) -> str:
    """Return the path, below the address of a server, that asks a query."""
    return f"{endpoint}?query={quote(query, safe='')}"


def run(address: str, paths: Sequence[str], clients: int, seconds: float) -> Load:
    """Send requests over ``clients`` connections for some seconds, each after the answer before."""
    with (
        TemporaryDirectory(prefix="maillage-load-") as folder,
        as_file(files("tests.bench") / "walk.lua") as script,
    ):
        listed = Path(folder) / "paths"
        listed.write_text("".join(f"{path}\n" for path in paths), encoding="ascii")
        done = subprocess.run(
            [
                "wrk", "--threads", "1", "--connections", str(clients),
                "--duration", f"{max(1, round(seconds))}s", "--timeout", f"{PATIENCE}s",
                "--script", str(script), address, "--", str(listed), JSON_ROWS,
            ],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    line = next((one for one in done.stdout.splitlines() if one.startswith(REPORT)), None)
    if done.returncode or line is None:
        raise LoadError(f"wrk ended with {done.returncode}: {done.stderr or done.stdout}")
    return read_report(line.removeprefix(REPORT))


def read_report(line: str) -> Load:
    """Read what the script wrote at the end of a run."""
    found = json.loads(line)
    spent = found["microseconds"] / 1e6
    return Load(
        rate=(found["requests"] - found["refused"]) / spent,
        median=found["median"] / 1e3,
        p99=found["p99"] / 1e3,
        refused=found["refused"],
        broken=found["broken"],
        late=found["late"],
    )
