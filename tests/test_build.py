"""Releases: deterministic, swapped at once, and untouched by whatever goes wrong."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode

from loaders import lock
from loaders.building import accept
from loaders.building import build as building
from loaders.building import release as publishing
from loaders.errors import BusyError, LoadError
from ontology import DEFAULT_BASE
from ontology import terms as se
from queries.release import PARTIAL, Home, current, open_store, releases

KILLS = 20


def copied(published: Home, home: Home) -> Home:
    """A home that starts as a copy of the published one."""
    shutil.copytree(published.path, home.path, symlinks=True)
    return home


def dumps(home: Home) -> dict[str, bytes]:
    release = current(home)
    assert release is not None
    return {
        str(file.relative_to(release.path)): file.read_bytes()
        for file in sorted(release.path.rglob("dumps/**/*"))
        if file.is_file()
    }


def test_two_builds_give_the_same_bytes(published: Home, home: Home) -> None:
    building.build(home)
    assert dumps(home) == dumps(published)


def test_dumps_are_sorted_and_hold_what_the_store_holds(published: Home) -> None:
    release = current(published)
    assert release is not None
    with gzip.open(release.dumps / "public.nq.gz", "rt", encoding="utf-8") as dump:
        lines = dump.read().removesuffix("\n").split("\n")
    by_graph = [(line.rsplit("<", 1)[1], line) for line in lines]
    assert by_graph == sorted(by_graph)
    stored = [
        f"{quad} ." for quad in open_store(release, "public") if str(quad.graph_name) != "DEFAULT"
    ]
    assert sorted(lines) == sorted(stored)


def test_the_default_graph_is_the_union_of_the_named_graphs(published: Home) -> None:
    release = current(published)
    assert release is not None
    store = open_store(release, "public")
    default = sum(1 for _ in store.quads_for_pattern(None, None, None, DefaultGraph()))
    named = {str(quad.triple) for quad in store if isinstance(quad.graph_name, NamedNode)}
    assert default == len(named)


def test_every_graph_says_where_it_comes_from_those_of_the_platform_too(published: Home) -> None:
    release = current(published)
    assert release is not None
    told: dict[str, str] = {}
    store = open_store(release, "partner")
    for tier in ("", "/partner"):
        graph = NamedNode(f"{DEFAULT_BASE}graph/provenance{tier}")
        for quad in store.quads_for_pattern(None, se.inputDigest, None, graph):
            told[str(quad.subject)[1:-1]] = str(quad.object)[1:-1]
    stored = {graph.iri: graph for graph in release.graphs if graph.visibility != "confidential"}
    assert told.keys() == stored.keys()
    made = {"provenance", "void"}
    public = [g for g in stored.values() if g.visibility == "public" and g.source not in made]
    read = "".join(sorted(f"{graph.iri} {graph.sha256}\n" for graph in public))
    digest = hashlib.sha256(read.encode()).hexdigest()
    for name in made:
        iri = f"{DEFAULT_BASE}graph/{name}"
        assert told[iri] == digest
        assert (stored[iri].model_extra or {})["input_digest"] == digest


def test_checksums_hold(published: Home) -> None:
    release = current(published)
    assert release is not None
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=release.dumps, check=True)


def test_a_second_writer_is_turned_away(home: Home) -> None:
    with lock.writing(home):
        script = "import sys; from maillage.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", script, "--home", str(home.path), "build"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        with pytest.raises(BusyError, match=f"process {os.getpid()}"), lock.writing(home):
            pass
    assert done.returncode == 75
    assert f"process {os.getpid()}" in done.stderr


def test_killed_builds_leave_the_current_release_serving(published: Home, home: Home) -> None:
    copied(published, home)
    before = current(home)
    assert before is not None
    command = [
        sys.executable, "-m", "maillage", "--home", str(home.path), "build", "--no-recheck",
    ]  # fmt: skip
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.monotonic() - started
    for attempt in range(KILLS):
        held = current(home)
        assert held is not None
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.Random(attempt).uniform(0, whole * 1.05))
        process.send_signal(signal.SIGKILL)
        process.wait()
        after = current(home)
        assert after is not None
        assert len(open_store(after, "public")) > 0
    subprocess.run(command, check=True, capture_output=True)
    assert dumps(home) == dumps(published)
    assert not list(home.releases.glob(f"*{PARTIAL}"))
    assert not list(home.path.glob(f"{publishing.WORKING}*"))


def test_rolling_back_swaps_to_the_release_before(published: Home, home: Home) -> None:
    copied(published, home)
    first = current(home)
    building.build(home)
    second = current(home)
    assert first is not None
    assert second is not None
    assert second.manifest.parent == first.id
    publishing.publish(home, first)
    assert current(home) == first
    assert [release.id for release in releases(home)] == [second.id, first.id]


def test_old_releases_beyond_the_number_to_keep_go(published: Home, home: Home) -> None:
    copied(published, home)
    building.build(home, publishing=building.Publishing(keep=2))
    building.build(home, publishing=building.Publishing(keep=2))
    assert len(releases(home)) == 2


def test_an_unknown_source_is_named_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="no source 'nowhere'; known: maillage_codes"):
        accept.handover("nowhere", tmp_path, "2016")
