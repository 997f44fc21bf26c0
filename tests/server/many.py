"""An invented map of very many things in a hand-made release, and a server that draws them all."""

from __future__ import annotations

import math
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import pytest

from queries.maps import stored
from queries.maps.graph import Edge, Fact, Node, build
from queries.maps.stored import FOLDER, Places, Stored
from queries.release import Home
from tests.server.releases import BASE, REPORT, make, point
from tests.server.running import Site, serving

VIEW = "ties"
GROUPS = ("bodies", "federations", "finance", "public", "organisations", "works")
RELATIONS = ("member", "seat", "funding", "work")


def many(count: int, seed: int = 1) -> Stored:
    """Return a map of so many things around one hub in sixty, laid out in discs."""
    chance = random.Random(seed)
    names = [f"{BASE}id/organisation/invented-{number}" for number in range(count)]
    hubs = range(max(1, count // 60))
    side = math.ceil(math.sqrt(len(hubs)))
    nodes, edges, points = [], [], {}
    for number, name in enumerate(names):
        hub = number if number in hubs else chance.choice(hubs)
        turn, away = (
            chance.uniform(0, 2 * math.pi),
            0 if number == hub else 60 + 700 * chance.random(),
        )
        x, y = hub % side * 1_700, hub // side * 1_700
        points[name] = (round(x + away * math.cos(turn), 1), round(y + away * math.sin(turn), 1))
        nodes.append(Node(name, {"fr": f"Chose inventée {number}"}, GROUPS[hub % len(GROUPS)]))
        others = {hub, chance.choice(hubs)} if number % 4 else {hub, chance.randrange(count)}
        for other in others - {number}:
            fact = Fact(f"{BASE}id/membership/{number}", source=REPORT, locator=f"L.{number}")
            edges.append(Edge(name, names[other], chance.choice(RELATIONS), (fact,)))
    return Stored(VIEW, build(nodes, edges), Places(points, since=count), {}, (REPORT,))


def put(home: Home, whole: Stored) -> None:
    """Put a map into a hand-made release of a home."""
    folder = make(home, "r1") / FOLDER
    folder.mkdir()
    (folder / f"{VIEW}.json").write_bytes(stored.write(whole))
    point(home, "r1")


@contextmanager
def serving_many(whole: Stored, place: Path) -> Iterator[Site]:
    """Serve a map from views of our own, of which one draws all of its things."""
    home = Home(place / "home")
    put(home, whole)
    tree = Path(str(files("queries"))).parent
    own = place / "tree"
    shutil.copytree(tree / "queries", own / "queries", ignore=shutil.ignore_patterns("__pycache__"))
    view = own / "queries" / "maps" / f"{VIEW}.toml"
    text = view.read_text(encoding="utf-8").replace("limit = 2_000", "limit = 20_000")
    view.write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(own)
        patch.setenv("PYTHONPATH", str(tree))
        with serving(home, result_cap=100_000_000) as site:
            yield site
