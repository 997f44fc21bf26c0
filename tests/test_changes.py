"""What changed: each release says it of its parent, and any two can be compared."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import DefaultGraph, RdfFormat, Store, parse

from loaders import delivery
from loaders.building import build as building
from loaders.building import holdings, release
from loaders.description import packets as writing
from loaders.description.graphs import BuiltDelivery
from loaders.records.source import find
from queries import changes, differences, packets
from queries.changes import Thing, Told
from queries.differences import Pair
from queries.release import Graph, Home, Release, ReleaseError, current, open_store
from tests.changed import LOST, ORGANISATION, UK, in_order, make

BASE = "https://w3id.org/maillage/"


@pytest.fixture(scope="module")
def changed(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with four releases; read-only by agreement."""
    return make(published, tmp_path_factory.mktemp("changed"))


@pytest.fixture(scope="module")
def made(changed: Home) -> list[Release]:
    return in_order(changed)


def described(release: Release) -> dict[str, set[str]]:
    """Return what the public store says of each thing, in all graphs together."""
    found: dict[str, set[str]] = {}
    store = open_store(release, "public")
    for quad in store.quads_for_pattern(None, None, None, DefaultGraph()):
        iri = str(quad.subject)[1:-1]
        if iri.startswith(f"{BASE}id/"):
            found.setdefault(iri, set()).add(str(quad.triple))
    return found


def test_a_release_tells_each_thing_that_it_changes(made: list[Release]) -> None:
    """What it tells is what comparing the two whole stores gives."""
    for before, after in pairwise(made):
        old, new = described(before), described(after)
        expected = {
            iri: "updated" if iri in old and iri in new else "created" if iri in new else "removed"
            for iri in old.keys() | new.keys() if old.get(iri) != new.get(iri)
        }  # fmt: skip
        told = list(changes.things(after))
        assert {one.iri: one.change for one in told} == expected
        assert [one.iri for one in told] == sorted(expected)
        summary = changes.summary(after)
        assert (summary.parent, summary.complete) == (before.id, True)
        assert summary.things == len(expected) > 0
        assert sum(n for ways in summary.kinds.values() for n in ways.values()) == len(expected)
        public = {graph.iri for graph in (*before.graphs, *after.graphs)
                  if graph.visibility == "public"}  # fmt: skip
        assert all(one.graphs and set(one.graphs) <= public for one in told)
    ways = [changes.summary(one).changes.keys() for one in made[1:]]
    assert ways == [{"created"}, {"removed", "updated"}, {"created", "updated"}]


def test_the_first_release_is_a_new_beginning(made: list[Release]) -> None:
    assert not changes.summary(made[0]).complete
    assert list(changes.things(made[0])) == []


def test_what_is_gone_is_carried_on_until_it_is_there_again(made: list[Release]) -> None:
    gone = dict(changes.gone(made[2]))
    assert gone[f"{BASE}id/{ORGANISATION}"] == made[2].id
    assert gone.keys() == {one.iri for one in changes.things(made[2]) if one.change == "removed"}
    assert list(gone) == sorted(gone)
    for iri, by in gone.items():
        assert changes.gone_since(made[2], iri) == by
        assert changes.gone_since(made[2], iri[:-1]) is None
        assert changes.gone_since(made[2], f"{iri}x") is None
        assert changes.gone_since(made[3], iri) is None
    assert dict(changes.gone(made[3])) == {}


def test_a_release_made_anew_tells_the_same(changed: Home, made: list[Release]) -> None:
    """It is compared with the current one, of which nothing differs."""
    anew = building.build(changed, anew=True).release
    summary = changes.summary(anew)
    assert (summary.parent, summary.complete, summary.things) == (made[-1].id, True, 0)
    assert list(changes.gone(anew)) == []
    release.publish(changed, made[-1])


def test_a_statement_that_moves_to_another_graph_changes_nothing() -> None:
    line = f'<{BASE}id/a/1> <{BASE}p> "x" .'
    other = f'<{BASE}id/a/2> <{BASE}p> "y" .'
    before, after = Store(), Store()
    before.load(line, format=RdfFormat.N_TRIPLES)
    after.load(f"{line}\n{other}", format=RdfFormat.N_TRIPLES)
    told = [Told("one", False, line), Told("two", True, line), Told("two", True, other)]
    found = list(changes.changed_things(BASE, told, before, after))
    assert found == [Thing(f"{BASE}id/a/2", "created", ("two",))]


def test_a_damaged_record_is_said_to_be_damaged(made: list[Release], tmp_path: Path) -> None:
    broken = Release(tmp_path, made[1].manifest)
    for content in (b"no gzip", gzip.compress(b"{no json"), gzip.compress(b'{"odd": 1}\n')):
        (tmp_path / changes.FILE).write_bytes(content)
        with pytest.raises(ReleaseError, match="not a record of changes"):
            changes.summary(broken)


def statements(release: Release) -> set[str]:
    """Return the public statements of a release, from its whole dump."""
    with gzip.open(release.dumps / "public.nq.gz", "rt", encoding="utf-8") as lines:
        return {line.rstrip("\n") for line in lines}


def test_a_patch_turns_one_release_into_the_other(made: list[Release]) -> None:
    for before, after in ((made[1], made[2]), (made[0], made[3]), (made[2], made[0])):
        lines = list(differences.patch(Pair(before, after)))
        body = [line for line in lines if line[:2] in ("A ", "D ")]
        now = statements(before)
        for line in body:
            if line.startswith("D "):
                now.remove(line[2:])
        added = {line[2:] for line in body if line.startswith("A ")}
        assert now.isdisjoint(added)
        assert now | added == statements(after)


def test_things_are_counted_between_any_two_releases(made: list[Release]) -> None:
    assert Pair(made[1], made[3]).things().things == 0
    there = Pair(made[0], made[2]).things()
    assert there.changes == {"created": len(described(made[2])) - len(described(made[0]))}
    assert Pair(made[3], made[3]).graphs() == []


def test_only_blocks_that_differ_are_read(made: list[Release], tmp_path: Path) -> None:
    """Of a packed graph, the content of a block that both releases have is not looked at."""
    sides = []
    for name in ("one", "two"):
        folder = tmp_path / name
        (folder / "kept").mkdir(parents=True)
        known = {f"{n:04d}": f'<{BASE}id/a/{n}> <{BASE}p> "{n}" .\n' for n in range(400)}
        if name == "two":
            known["0100"] = known["0100"].replace('"100"', '"new"')
        file = packets.kept_file(folder, "graph")
        written = writing.write(file, ((key, line.encode()) for key, line in known.items()))
        graph = Graph(iri="graph", source="s", delivery="d", visibility="public", triples=400,
                      sha256=written.digest, title="t", packed=True)  # type: ignore[call-arg]  # fmt: skip
        manifest = made[0].manifest.model_copy(update={"graphs": (graph,), "id": name})
        sides.append((Release(folder, manifest), written))
    (one, former), (two, latter) = sides
    shared = {block.digest for block in former.blocks} & {block.digest for block in latter.blocks}
    assert len(shared) == len(former.blocks) - 1
    blank = bytearray(former.file.read_bytes())
    offset = 0
    for block in former.blocks:
        if block.digest in shared:
            blank[offset : offset + block.length] = b"\0" * block.length
        offset += block.length
    former.file.write_bytes(blank)
    (found,) = Pair(one, two).differences()
    assert (found.state, found.removed, found.added) == ("changed", 1, 1)
    told = [(told.added, told.line) for told in Pair(one, two).all_told()]
    assert [added for added, _ in told] == [False, True]
    assert all("/100>" in line for _, line in told)


def maillage(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "maillage", "--home", str(home.path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_counts_what_the_graphs_lose_and_gain(
    changed: Home, made: list[Release]
) -> None:
    said = json.loads(maillage(changed, "diff", made[1].id, made[2].id, "--json").stdout)
    assert (said["before"], said["after"]) == (made[1].id, made[2].id)
    old, new = statements(made[1]), statements(made[2])
    for graph in said["graphs"]:
        ending = f" <{graph['iri']}> ."
        gone = sum(line.endswith(ending) for line in old - new)
        come = sum(line.endswith(ending) for line in new - old)
        if graph["visibility"] == "public":
            assert (graph["removed"], graph["added"]) == (gone, come)
    assert f"{BASE}graph/coops_uk/2016" in {graph["iri"] for graph in said["graphs"]}
    assert said["things"]["kinds"]["organisation"]["removed"] == 1
    table = maillage(changed, "diff", made[1].id, made[2].id).stdout
    assert "coops_uk/2016" in table
    one = maillage(changed, "diff", made[1].id, made[2].id, "--graph", "urn:none")
    assert one.returncode == 3
    assert "no graph urn:none" in one.stderr


def test_current_and_previous_are_names(changed: Home, made: list[Release]) -> None:
    said = json.loads(maillage(changed, "diff", "--json").stdout)
    assert (said["before"], said["after"]) == (made[2].id, made[3].id)


def listed(home: Home) -> dict[str, dict[str, Any]]:
    """Return what the command says of each source."""
    return {one["source"]: one for one in json.loads(maillage(home, "sources", "--json").stdout)}


def test_every_cell_of_the_sources_is_what_stands_there(changed: Home, made: list[Release]) -> None:
    cells = {
        one["source"]: one for one in json.loads(maillage(changed, "sources", "--json").stdout)
    }
    assert list(cells) == [source.name for source in delivery.feeds(changed)]
    now = current(changed)
    assert now is not None
    for name, cell in cells.items():
        source = find(name)
        declared = (source.title, source.publisher, source.licence, list(source.visibilities))
        assert (cell["title"], cell["publisher"], cell["licence"], cell["visibility"]) == declared
        graphs = [
            {"iri": g.iri, "visibility": g.visibility, "triples": g.triples}
            for g in now.graphs if g.source == name
        ]  # fmt: skip
        assert cell["published"]["graphs"] == graphs
        assert cell["published"]["release"] == (now.id if graphs else None)
        assert {k: tuple(v) for k, v in cell["expected"]["rows"].items()} == source.expect_rows
        for graph in graphs:
            if graph["visibility"] == "public":
                lines = [one for one in statements(now) if one.endswith(f" <{graph['iri']}> .")]
                assert len(lines) == graph["triples"]
    records = sorted((changed.deliveries / UK.name).glob("*/delivery.json"))
    newest = max((json.loads(file.read_text()) for file in records), key=lambda r: r["sequence"])
    cell = cells[UK.name]
    for key in ("period", "recorded", "digest", "sequence"):
        assert cell["delivered"][key] == newest[key]
    assert cell["rows"] == newest["rows"]
    assert cell["warnings"]["count"] == len(newest["remarks"]) > 0
    assert cell["warnings"]["first"] == newest["remarks"][: holdings.FIRST]
    assert cell["published"]["newest"] is True
    ways = {name: cell["comes"] for name, cell in cells.items()}
    assert (ways["kbo"], ways["nace"], ways["perimeters"]) == ("register", "generated", "derived")
    assert (ways["identity"], ways["links"], ways[UK.name]) == ("bundled", "kept", "delivered")
    assert cells["kbo"]["delivered"] is None
    release.publish(changed, made[2])
    stale = {
        one["source"]: one for one in json.loads(maillage(changed, "sources", "--json").stdout)
    }
    release.publish(changed, made[3])
    assert stale[UK.name]["published"]["newest"] is False


def test_what_partners_deliver_is_not_told_to_everyone(made: list[Release]) -> None:
    told = made[-1].manifest.counts["sources"]
    assert isinstance(told, dict)
    mixed = find("concertes_report_2019")
    hidden = {name for name, table in mixed.tables.items() if table.visibility != "public"}
    cell = told[mixed.name]
    assert hidden
    assert isinstance(cell, dict)
    assert cell["rows"].keys() == mixed.tables.keys() - hidden  # type: ignore[union-attr]
    assert cell["warnings"] is None
    assert cell["first_warnings"] == []
    kept = release.kept_source(made[-1], mixed.name)
    assert kept is not None
    apart = tuple(graph for graph in kept.graphs if graph.visibility != "public")
    closed = BuiltDelivery(apart, kept.rows, kept.classes, ("secret",))
    assert holdings.for_everyone({mixed.name: closed}) == {}
    assert "secret" not in str(holdings.told(mixed, closed))


def test_the_lost_row_was_there(made: list[Release]) -> None:
    """The proofs above are of something: the row is in the first delivery of the list."""
    assert any(LOST in line for line in statements(made[1]))
    assert not any(LOST in line for line in statements(made[2]))
    assert list(parse("\n".join(sorted(statements(made[2]))), format=RdfFormat.N_QUADS))


def test_registers_and_lists_have_cells_of_their_own(delivered: Home) -> None:
    """The extract of a register, and how the records of a list are linked."""
    found = {one.source.name: one for one in holdings.holdings(delivered, current(delivered))}
    assert all(one.current is not False for one in found.values())
    (record,) = (delivered.deliveries / "kbo").glob("*/delivery.json")
    kbo = found["kbo"]
    assert kbo.newest is not None
    assert kbo.newest.extract == json.loads(record.read_text())["extract"]
    assert {"number", "kind", "snapshot"} <= kbo.newest.extract.keys()
    lists = [one for one in found.values() if one.source.sender]
    assert lists
    assert all(holdings.way(one.source) == "list" for one in lists)
    assert all(one.links is not None for one in lists)
    members = found["members-example"]
    assert members.links is not None
    published = current(delivered)
    assert published is not None
    built = release.kept_source(published, "members-example")
    assert built is not None
    own = re.compile(rf"<{BASE}id/(organisation/(?!kbo-)[^>]+)> <\S+type> \S+#Organisation> ")
    lines = "\n".join(line for graph in built.graphs for line in graph.lines())
    without = set(own.findall(lines))
    assert 0 < members.links["without_number"] <= len(without)
    assert members.links["linked"] + members.links["in_review"] <= members.links["records"]
    assert members.links["records"] > 0
