"""Asks a process of its own to read each delivered file, and says in words how it ended."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from pyoxigraph import RdfFormat, parse

from loaders import delivery
from loaders.errors import LoadError, SourceError
from loaders.partner_graphs.ownership import Owner
from loaders.records import identify
from loaders.records.source import Describe, Source, Triples
from ontology import DEFAULT_BASE

SENDERS = "senders.toml"
# Who sends the sample, which stands for no real sender.
SAMPLE = "example"
SITE = re.compile(r"https?://[a-z0-9.-]+(:\d+)?/(\S*[/#])?")
# A machine may be busy: processor time is what is counted, and this bounds waiting, in seconds.
PATIENCE = 3000


@dataclass(frozen=True)
class Limits:
    """What one file may use: ``memory`` in bytes, processor ``seconds``, those to name nodes."""

    memory: int = 2 << 30
    seconds: float = 300.0
    naming_seconds: float = 20.0


LIMITS = Limits()
# No table: nothing is described row by row.
TABLES: Mapping[str, Describe] = {}
STAGES = ("reading", "naming", "writing")


def statements(source: Source, folder: Path, remarks: list[str]) -> Triples:
    """Yield what the delivered files of a sender say, adding what was noticed to ``remarks``.

    Raises SourceError at the first file that cannot be read or says what is not the sender's to
    say; the message begins with the kind of defect.
    """
    inner = sorted(entry.name for entry in folder.iterdir() if entry.is_dir())
    if inner:
        raise SourceError("folders within the delivery are not read; deliver files", inner[0])
    files = delivery.files(source, folder)
    if not files:
        raise SourceError("empty: no file was delivered", folder)
    for _, file in files:
        yield from read(file, owner(source), remarks)


def owner(source: Source) -> Owner:
    """Return a sender, with the web sites that ``senders.toml`` says are its own."""
    declared = tomllib.loads((source.folder / SENDERS).read_text(encoding="utf-8"))
    sites = tuple(declared.get(source.sender or SAMPLE, {}).get("sites", ()))
    for site in sites:
        if (
            not SITE.fullmatch(site)
            or DEFAULT_BASE.startswith(site)
            or site.startswith(DEFAULT_BASE)
        ):
            reason = "is no name space of another web site: https://host/… ending with / or #"
            raise LoadError(f"{source.folder.name}/{SENDERS}, {source.sender}: {site!r} {reason}")
    return Owner(source.authority, identify.graph(source.name).value, sites)


def read(file: Path, sender: Owner, remarks: list[str], limits: Limits = LIMITS) -> Triples:
    """Yield the statements of one file; SourceError says what is wrong in it."""
    with TemporaryFile() as found:
        remarks.extend(asked(file, sender, limits, found))
        found.seek(0)
        for quad in parse(found, format=RdfFormat.N_TRIPLES):
            yield quad.subject, quad.predicate, quad.object


def asked(file: Path, sender: Owner, limits: Limits, found: IO[bytes]) -> list[str]:
    """Have a process write the statements of a file; return its remarks."""
    task = {"file": str(file), **asdict(sender), **asdict(limits)}
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "loaders.partner_graphs.child"],
            input=json.dumps(task).encode(), stdout=found, stderr=subprocess.PIPE,
            env=environment, check=False, timeout=PATIENCE,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise SourceError(f"too-costly: not read in {PATIENCE} s", file) from None
    said = done.stderr.decode(errors="replace").splitlines()
    outcome = answer(said)
    if outcome is None:
        raise SourceError(ending(done.returncode, said, limits), file)
    if "slug" in outcome:
        raise SourceError(f"{outcome['slug']}: {outcome['reason']}", file, outcome["line"])
    remarks: list[str] = outcome["remarks"]
    return remarks


def answer(said: list[str]) -> dict[str, Any] | None:
    """Return the outcome that a process told, None when it ended before."""
    try:
        found = json.loads(said[-1]) if said else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def ending(code: int, said: list[str], limits: Limits) -> str:
    """Return what the end of a process says of the file that it read."""
    stage = next((line for line in reversed(said) if line in STAGES), STAGES[0])
    if code in (-signal.SIGPROF, -signal.SIGXCPU):
        if stage == "naming":
            return (
                "blank-nodes: they are too alike to be told apart within "
                f"{limits.naming_seconds:g} s of processor time; give them IRIs"
            )
        return f"too-costly: more than {limits.seconds:g} s of processor time; deliver it in parts"
    if code == -signal.SIGSEGV:
        return "too-deep: nested deeper than the parser can read; give inner nodes IRIs"
    memory = any("memory" in line.lower() for line in said)
    if memory or code in (-signal.SIGABRT, -signal.SIGKILL):
        return (
            f"too-large: needs more than {limits.memory >> 20} MB to be read; deliver it in parts"
        )
    return f"unreadable: the reading process ended with {code}: {' '.join(said[-1:])}"
