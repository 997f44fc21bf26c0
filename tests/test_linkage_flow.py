"""Identity through the whole flow: a row without number is delivered, linked, published, undone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from loaders.building import accept
from loaders.building import build as building
from loaders.linkage import journal
from loaders.records.source import find
from ontology import DEFAULT_BASE
from queries.release import Home, Release, current, open_store
from tests.server.running import serving

MEMBERS = """\
member_id,enterprise_number,name,legal_form,street,postcode,municipality
M-1,,ATELIER DU MAIL A.S.B.L.,ASBL,"Rue du Mail, 12",5000,Namur
M-2,1900.000.267,Sports et Loisirs,SC,,1050,Ixelles
"""
REGISTERED = "organisation/kbo-1900000168"
REPLACED = NamedNode("http://purl.org/dc/terms/isReplacedBy")


@pytest.fixture(scope="module")
def stocked(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a register and a list, of which a row has no number."""
    home = Home(tmp_path_factory.mktemp("linked"))
    shutil.copytree(published.graphs, home.graphs)
    accept.deliver(home, accept.handover("kbo", find("kbo").folder / "sample", confirmed=True))
    deliver_members(home, "2026-06")
    return home


def deliver_members(home: Home, period: str) -> None:
    folder = home.path.parent / f"members-{period}"
    folder.mkdir(exist_ok=True)
    (folder / "members.csv").write_text(MEMBERS, encoding="utf-8")
    given = accept.handover("members", folder, period, sender="saw", confirmed=True)
    accept.deliver(home, given)


def maillage(home: Home, *arguments: str) -> object:
    command = [sys.executable, "-m", "maillage", "--home", str(home.path), "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def published_graphs(release: Release) -> dict[str, str]:
    left_out = {"links", "provenance", "void"}
    return {g.iri: g.sha256 for g in release.graphs if g.source not in left_out}


def replaced(home: Home, record: str) -> list[str]:
    release = current(home)
    assert release is not None
    store = open_store(release, "public")
    quads = store.quads_for_pattern(NamedNode(f"{DEFAULT_BASE}id/{record}"), REPLACED, None, None)
    found = {quad.object.value for quad in quads if isinstance(quad.object, NamedNode)}
    return sorted(one.removeprefix(f"{DEFAULT_BASE}id/") for one in found)


@pytest.mark.timeout(900)
def test_a_linked_record_answers_where_it_went_until_the_link_is_undone(stocked: Home) -> None:
    before = published_graphs(building.build(stocked).release)
    linked = maillage(stocked, "link")
    assert isinstance(linked, dict)
    assert linked["linked"] == 1
    assert linked["doubts"]["number and name disagree"] == 1
    (decision,) = journal.read(stocked)
    assert decision.left == REGISTERED

    during = published_graphs(building.build(stocked).release)
    assert during != before
    assert replaced(stocked, decision.right) == [REGISTERED]
    with serving(stocked) as site, site.client() as client:
        answer = client.get(f"/id/{decision.right}")
        assert answer.status_code == 308
        assert answer.headers["location"].endswith(f"/id/{REGISTERED}")
        assert client.get(f"/id/{REGISTERED}.nt").text.count("ATELIER DU MAIL A.S.B.L.") == 1

    maillage(stocked, "review", "undo", "1", "--by", "data desk", "--reason", "another atelier")
    assert published_graphs(building.build(stocked).release) == before
    assert replaced(stocked, decision.right) == []
    with serving(stocked) as site, site.client() as client:
        assert client.get(f"/id/{decision.right}.nt").status_code == 200


@pytest.mark.timeout(900)
def test_the_desk_decides_on_the_command_line(stocked: Home, tmp_path: Path) -> None:
    # The same list, delivered anew: what was decided of its rows still holds.
    decided = journal.read(stocked)
    deliver_members(stocked, "2026-07")
    linked = maillage(stocked, "link")
    assert isinstance(linked, dict)
    assert linked["linked"] == 0
    assert journal.read(stocked) == decided
    waiting = maillage(stocked, "review", "list")
    assert isinstance(waiting, list)
    (item,) = (one for one in waiting if one["kind"] == "number-name")
    shown = maillage(stocked, "review", "show", str(item["item"]))
    assert shown == item
    exported = maillage(stocked, "review", "export", str(tmp_path / "queue.xlsx"))
    assert isinstance(exported, dict)
    assert exported["items"] == len(waiting)
    given = ("--by", "data desk", "--reason", "the number of another member")
    taken = maillage(stocked, "review", "decide", str(item["item"]), "different", *given)
    assert isinstance(taken, list)
    assert taken[0]["kind"] == "number-name"
    left = maillage(stocked, "review", "list")
    assert isinstance(left, list)
    assert item["item"] not in {one["item"] for one in left}
    # What is wrong with a number is no identity of two records: it is not published as one.
    building.build(stocked)
    release = current(stocked)
    assert release is not None
    said = open_store(release, "public").query(
        "ASK { ?decision <https://w3id.org/maillage/ns#rightRecord> ?right "
        'FILTER(CONTAINS(STR(?right), "/id/list/")) }'
    )
    assert not said
