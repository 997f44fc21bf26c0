"""A release made from its parent is, to the byte, the one that is made from nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Quad

from loaders.building import accept
from loaders.building import build as building
from loaders.building.build import Publishing
from loaders.maps.making import INDEX
from loaders.records.source import find
from loaders.synthetic import full, update
from queries import changes
from queries.maps import stored
from queries.packets import index, opened
from queries.release import Home, Release, current, open_store

UK = find("coops_uk")
KBO = find("kbo")
ENTITIES, CHANGED = 600, 40


# What a release may say otherwise than another with the same content: when it was made, and how.
def silent(_: str) -> None:
    """Tell nobody."""


OWN = {"id", "created", "parent", "timings"}


@pytest.fixture(scope="module")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A full extract of an invented register, and two updates."""
    folder = tmp_path_factory.mktemp("extracts")
    made = [full.generate(full.Full(ENTITIES, seed=7), folder, silent)]
    for seed in range(2):
        wanted = update.Update(made[0], CHANGED, seed, after=made[1:], social=True)
        made.append(update.generate(wanted, folder, silent))
    return made


@pytest.fixture(scope="module")
def registered(
    delivered: Home, extracts: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Home:
    """A home with the bundled sources, the sample of the UK, and a register."""
    home = Home(tmp_path_factory.mktemp("registered") / "home")
    shutil.copytree(delivered.path, home.path, symlinks=True)
    deliver(home, KBO.name, extracts[0])
    return home


@pytest.fixture
def stocked(registered: Home, home: Home) -> Iterator[Home]:
    """A home of its own with the register."""
    shutil.copytree(registered.path, home.path, symlinks=True)
    yield home
    shutil.rmtree(home.path)


def deliver(home: Home, name: str, path: Path, period: str = "") -> building.Outcome:
    given = accept.handover(name, path, period, confirmed=True)
    outcome = accept.deliver(home, given, Publishing()).outcome
    assert outcome is not None
    return outcome


def made_anew(home: Home, folder: Path) -> Release:
    """Make the release of a home again from its deliveries alone."""
    other = Home(folder / "other")
    for part in ("deliveries", "decisions"):
        if (home.path / part).is_dir():
            shutil.copytree(home.path / part, other.path / part)
    return building.build(other, anew=True).release


def content(release: Release) -> dict[str, object]:
    """Return all that a release publishes, and what later releases start from.

    Of large graphs, what they say and in which blocks, wherever these stand.
    """
    manifest = json.loads((release.path / "manifest.json").read_text())
    kept = release.path / "kept"
    packed = {file.stem: opened(kept / file.stem) for file in sorted(kept.glob("*.blocks"))}
    beside = {file for one in packed.values() for file in (*one.files, index(one.file))}
    files = {
        str(file.relative_to(release.path)): file.read_bytes()
        for file in sorted(release.path.rglob("*"))
        if file.is_file() and "store" not in file.parts and file.name != "manifest.json"
        and not {"sources", stored.FOLDER} & set(file.parts) and file not in beside
        and file.name not in (changes.FILE, changes.GONE)
    }  # fmt: skip
    large = {name: list(one.contents()) for name, one in packed.items()}
    return {**{key: value for key, value in manifest.items() if key not in OWN}, **files, **large}


def maps(release: Release) -> dict[str, tuple[object, ...]]:
    """Return what the maps of a release hold; where things are drawn is as it was before."""
    folder = release.path / stored.FOLDER
    files = (file for file in folder.iterdir() if file.name != INDEX)
    read = {file.stem: stored.read(file) for file in files}
    return {name: (one.map, one.codes, one.sources) for name, one in read.items()}


def quads(release: Release) -> dict[str, set[Quad]]:
    return {tier: set(open_store(release, tier)) for tier in ("public", "partner")}


def assert_same(home: Home, folder: Path) -> None:
    made = current(home)
    assert made is not None
    other = made_anew(home, folder)
    one, two = content(made), content(other)
    assert one.keys() == two.keys()
    assert [key for key in one if one[key] != two[key]] == []
    assert quads(made) == quads(other)
    assert maps(made) == maps(other)


def test_what_follows_is_what_is_made_anew(
    stocked: Home, extracts: list[Path], tmp_path: Path
) -> None:
    """Two updates of the register, a changed list, and a source that is gone."""
    for extract in extracts[1:]:
        before = current(stocked)
        assert before is not None
        outcome = deliver(stocked, KBO.name, extract)
        assert outcome.partly
        assert outcome.release.manifest.tiers != before.manifest.tiers
    sample = Path(shutil.copytree(UK.folder / "sample", tmp_path / "sample"))
    file = sample / "2016open_data_organisations.csv"
    lines = file.read_text(encoding="utf-8")
    file.write_text(lines.replace("LIMITED", "Limited", 1), encoding="utf-8")
    assert deliver(stocked, UK.name, sample, "2016").partly
    assert_same(stocked, tmp_path / "one")
    shutil.rmtree(stocked.deliveries / UK.name)
    assert building.build(stocked).partly
    assert_same(stocked, tmp_path / "two")


def test_the_same_again_changes_nothing(stocked: Home) -> None:
    before = current(stocked)
    outcome = building.build(stocked)
    assert outcome.partly
    assert before
    assert content(outcome.release) == content(before)
    assert quads(outcome.release) == quads(before)


def test_a_damaged_parent_is_left_alone(stocked: Home) -> None:
    before = current(stocked)
    assert before is not None
    tables = list(before.store("public").glob("*.sst"))
    for file in tables:
        file.unlink()
    outcome = building.build(stocked)
    assert tables
    assert not outcome.partly
    assert content(outcome.release) == content(before)
