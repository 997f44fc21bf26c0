"""A release reaches another engine whole or is not answered from it, whatever happens meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from loaders.building import publication
from loaders.building.publication import PublishError, publish
from queries.release import Home, current
from queries.service import HELD, RECEIVES, Names, read_service
from tests.server.published import (
    NAMES,
    ask,
    command,
    eventually,
    made,
    send,
    slug,
    store,
    union,
)
from tests.server.releases import BASE, CODES, REGISTER, REPORT, VOCABULARY, point
from tests.server.running import environment, serving
from tests.server.services import Remote, free_port, oxigraph, virtuoso

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
CROSS = "SELECT (COUNT(*) AS ?n) WHERE {?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?c != ?i)}"
MARK = '<{register}> {{ <http://e.org/s> <http://e.org/{name}> "{value}" }}\n'


@pytest.fixture(params=["oxigraph", "virtuoso"])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Remote]:
    """An empty service, for one test."""
    run = oxigraph if request.param == "oxigraph" else virtuoso
    with run(tmp_path / "service") as service:
        yield service


def test_only_what_changed_is_sent(home: Home, remote: Remote) -> None:
    first = made(home, "r1")
    mark = MARK.format(register=REGISTER, name="mark", value=1)
    second = made(home, "r2", extra=mark)
    sent = send(first, remote)
    assert set(sent.sent) == {VOCABULARY, REPORT, CODES, REGISTER, NAMES.union}
    assert send(first, remote).sent == []
    assert set(send(second, remote).sent) == {REGISTER, NAMES.union}
    with store(remote) as held:
        register = next(one for one in second.graphs if one.iri == REGISTER)
        assert held.size(REGISTER) == register.triples
        assert held.rows(COUNT, NAMES.union) == [{"n": str(union(second))}]


def test_a_graph_that_is_gone_is_removed(home: Home, remote: Remote) -> None:
    release = made(home, "r1")
    send(release, remote)
    kept = tuple(one for one in release.graphs if one.iri != REPORT)
    manifest = release.manifest.model_copy(update={"id": "r2", "graphs": kept})
    sent = send(replace(release, manifest=manifest), remote)
    assert (sent.removed, sent.sent) == ([REPORT], [NAMES.union])
    with store(remote) as held:
        assert held.size(REPORT) == 0


def test_a_large_graph_is_sent_in_parts(
    home: Home, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = made(home, "r1", filler=2_000)
    service = read_service(remote.engine, kind=remote.kind)
    methods: list[str] = []
    original = publication.Store._send

    def counted(self: publication.Store, method: str, graph: str, content: bytes) -> None:
        methods.append(f"{method} {graph}")
        original(self, method, graph, content)

    monkeypatch.setattr(publication.Store, "_send", counted)
    publish(release, replace(service, kind=replace(service.kind, part=50_000)))
    assert methods.count(f"PUT {REGISTER}") == 1
    assert methods.count(f"POST {REGISTER}") >= 3
    with store(remote) as held:
        assert held.rows(COUNT, NAMES.union) == [{"n": str(union(release))}]


def test_a_server_asks_only_for_what_is_there(home: Home, remote: Remote) -> None:
    made(home, "r1")
    point(home, "r1")
    given = environment(home, **remote.settings)
    ended = subprocess.run(
        [sys.executable, "-m", "server"], env=given, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 3
    assert "holds no whole release, not r1; run: maillage publish r1" in ended.stderr
    assert "dba:dba" not in ended.stderr


def test_a_killed_publication_is_seen_and_repaired(home: Home, remote: Remote) -> None:
    first = made(home, "r1")
    send(first, remote)
    point(home, "r1")
    second = made(home, "r2", filler=40_000)
    with serving(home, cache=0, **remote.settings) as site, site.client() as client:
        assert ask(client, COUNT).status_code == httpx.codes.OK
        kill_while_receiving(home, remote)
        refused = ask(client, COUNT)
        assert refused.status_code == httpx.codes.SERVICE_UNAVAILABLE
        assert slug(refused) == "not-ready"
        assert refused.headers["retry-after"]
        eventually(lambda: client.get("/health").status_code == 503)
        done = command(home, remote, "publish", "r2")
        assert done.returncode == 0, done.stderr
        assert current(home) == second
        eventually(lambda: ask(client, COUNT).status_code == httpx.codes.OK)
        answer = ask(client, COUNT)
        assert answer.headers["x-release"] == "r2"
        assert answer.text.split() == ["n", str(union(second))]


def kill_while_receiving(home: Home, remote: Remote) -> None:
    """Publish a release and kill the process between the first graph and the last."""
    process = subprocess.Popen(
        [sys.executable, "-m", "maillage", "publish", "r2"],
        env=environment(home, **remote.settings), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    receives = f"SELECT ?r WHERE {{ ?note <{RECEIVES}> ?r }}"
    with store(remote) as held:
        eventually(lambda: bool(held.rows(receives, NAMES.note)))
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert held.rows(receives, NAMES.note)


def test_no_answer_mixes_two_releases(home: Home, tmp_path: Path) -> None:
    """Each of two graphs says which release it is of; they are replaced one after the other."""
    releases = {}
    for name in ("r1", "r2"):
        marks = (MARK.format(register=one, name=f"in{n}", value=name)
                 for n, one in enumerate((CODES, REGISTER)))  # fmt: skip
        releases[name] = made(home, name, extra="".join(marks), filler=3_000)
    query = (
        f"SELECT ?a ?b ?c WHERE {{ GRAPH <{CODES}> {{ ?s <http://e.org/in0> ?a }} "
        f"GRAPH <{REGISTER}> {{ ?t <http://e.org/in1> ?b }} ?u <http://e.org/in0> ?c }}"
    )
    with oxigraph(tmp_path / "service") as remote:
        send(releases["r1"], remote)
        point(home, "r1")
        with serving(home, cache=0, rate_errors=0, rate_seconds=0, **remote.settings) as site:
            answers, stop = [], threading.Event()

            def go_on() -> None:
                with site.client() as client:
                    while not stop.is_set():
                        answers.append(ask(client, query))

            asking = threading.Thread(target=go_on)
            asking.start()
            try:
                for name in ("r2", "r1", "r2"):
                    assert command(home, remote, "publish", name).returncode == 0
                    eventually(lambda name=name: answered(answers[-1], name))  # type: ignore[misc]
            finally:
                stop.set()
                asking.join(30)
    for answer in answers:
        if answer.status_code == httpx.codes.OK:
            name = answer.headers["x-release"]
            assert answer.text.splitlines()[1:] == [f"{name},{name},{name}"]
        else:
            assert (answer.status_code, slug(answer)) == (503, "not-ready")


def answered(answer: httpx.Response, name: str) -> bool:
    """Tell whether an answer is one, of a release."""
    return answer.status_code == httpx.codes.OK and answer.headers["x-release"] == name


def test_an_engine_that_is_down_is_503_and_comes_back(home: Home, tmp_path: Path) -> None:
    port = free_port()
    release = made(home, "r1")
    point(home, "r1")
    with oxigraph(tmp_path / "service", port) as remote:
        send(release, remote)
        running = serving(home, cache=0, **remote.settings)
        site = running.__enter__()
    try:
        with site.client() as client:
            down = ask(client, COUNT)
            assert (down.status_code, slug(down)) == (503, "not-ready")
            eventually(lambda: client.get("/health").status_code == 503)
            with pytest.raises(PublishError, match="run: maillage publish r1"):
                send(release, remote)
            with oxigraph(tmp_path / "service", port):
                eventually(lambda: client.get("/health").status_code == 200)
                assert ask(client, COUNT).status_code == httpx.codes.OK
    finally:
        running.__exit__(None, None, None)


def test_queries_that_are_too_large_or_too_long_are_refused(home: Home, remote: Remote) -> None:
    send(made(home, "r1", filler=4_000), remote)
    point(home, "r1")
    given = {"deadline": 2, "result_cap": 50_000, **remote.settings}
    with serving(home, **given) as site, site.client() as client:
        large = ask(client, "SELECT * WHERE { ?s ?p ?o }")
        assert (large.status_code, slug(large)) == (413, "result-too-large")
        start = time.perf_counter()
        runaway = ask(client, CROSS)
        assert (runaway.status_code, slug(runaway)) == (503, "query-timeout")
        assert time.perf_counter() - start < 8
        assert ask(client, "ASK { ?s ?p ?o }").text.strip() == "true"


def test_rows_that_the_engine_cuts_are_no_answer(home: Home, tmp_path: Path) -> None:
    with virtuoso(tmp_path / "service", rows=10_000) as remote:
        send(made(home, "r1", filler=12_000), remote)
        point(home, "r1")
        with serving(home, **remote.settings) as site, site.client() as client:
            cut = ask(client, "SELECT * WHERE { ?s ?p ?o }")
            assert (cut.status_code, slug(cut)) == (413, "result-too-large")
            exact = ask(client, "SELECT * WHERE { ?s ?p ?o } LIMIT 9000")
            assert len(exact.text.splitlines()) == 9_001


def test_a_build_publishes_before_it_swaps(home: Home, tmp_path: Path) -> None:
    port = free_port()
    with oxigraph(tmp_path / "service", port) as remote:
        built = command(home, remote, "build")
        assert built.returncode == 0, built.stderr
        first = current(home)
        assert first is not None
        with store(remote) as held:
            held_now = held.rows(HELD, Names(BASE).note)
        assert held_now[0]["held"].startswith(f"{first.id} ")
    failed = command(home, remote, "build")
    assert failed.returncode == 3
    assert "run: maillage publish" in failed.stderr
    assert current(home) == first


def test_statements_that_got_lost_are_noticed(home: Home, tmp_path: Path) -> None:
    release = made(home, "r1")
    graphs = tuple(
        one.model_copy(update={"triples": one.triples + 1}) if one.iri == REPORT else one
        for one in release.graphs
    )
    wrong = replace(release, manifest=release.manifest.model_copy(update={"graphs": graphs}))
    with oxigraph(tmp_path / "service") as remote, pytest.raises(PublishError, match=REPORT):
        send(wrong, remote)


def test_publishing_needs_an_engine(home: Home) -> None:
    made(home, "r1")
    point(home, "r1")
    ended = subprocess.run(
        [sys.executable, "-m", "maillage", "publish"],
        env=environment(home), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 2
    assert "MAILLAGE_ENGINE is not set" in ended.stderr
