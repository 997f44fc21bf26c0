"""What a home keeps: as many releases as are wanted, never without the current one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from loaders.building import release as publishing
from loaders.building import retention
from ontology import DEFAULT_BASE
from queries.release import PARTIAL, Home, ReleaseError, releases
from tests.server.releases import point
from tests.test_cli import maillage

NAMES = ("r1", "r2", "r3", "r4", "r5")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with five releases, a day between each, the third of them current."""
    found = Home(tmp_path / "home")
    for number, name in enumerate(NAMES):
        created = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=number)
        manifest = {
            "id": name, "created": created.isoformat(), "base": DEFAULT_BASE, "version": "0.1.0",
            "graphs": [], "tiers": {"public": {"quads": 0, "sha256": "0" * 64}},
        }  # fmt: skip
        (found.releases / name).mkdir(parents=True)
        (found.releases / name / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    point(found, "r3")
    return found


def kept(home: Home) -> set[str]:
    """Return the names of the releases that are there, finished or not."""
    return {place.name for place in home.releases.iterdir()}


@pytest.mark.parametrize(("keep", "removed"), [(1, ["r2", "r1"]), (2, ["r1"]), (3, []), (9, [])])
def test_so_many_are_kept_and_never_less_than_the_current_and_newer_ones(
    home: Home, keep: int, removed: list[str]
) -> None:
    assert retention.prune(home, keep) == removed
    assert kept(home) == set(NAMES) - set(removed)


def test_without_a_current_release_nothing_is_removed(home: Home) -> None:
    home.current.unlink()
    assert retention.prune(home, 1) == []
    assert kept(home) == set(NAMES)


def test_a_damaged_release_hinders_no_pruning_and_can_be_removed(home: Home) -> None:
    (home.releases / "r2" / "manifest.json").unlink()
    assert retention.prune(home, 1) == ["r1"]
    assert maillage("releases", home=home).returncode == 3
    assert maillage("releases", "remove", "r2", home=home).returncode == 0
    assert [one.id for one in releases(home)] == ["r5", "r4", "r3"]


def test_a_removal_that_was_killed_is_ended_by_the_next_build(home: Home) -> None:
    (home.releases / "r1").rename(home.releases / f"r1{PARTIAL}")
    assert "r1" not in {one.id for one in releases(home)}
    publishing.sweep(home)
    assert kept(home) == set(NAMES[1:])


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["r1", "r3"], "release r3 is the current one; make another one current first"),
        (["r1", "r9"], "no release 'r9'; list them: maillage releases"),
        (["r1", ".."], "no release '..'"),
        (["r1", "../../etc"], "no release '../../etc'"),
        (["r1", f"r2{PARTIAL}"], "no release"),
        (["r1", "link"], "no release 'link'"),
    ],
)
def test_all_that_is_named_goes_or_nothing(home: Home, names: list[str], said: str) -> None:
    (home.releases / "link").symlink_to("r2")
    with pytest.raises(ReleaseError):
        retention.remove(home, names)
    done = maillage("releases", "remove", *names, home=home)
    assert done.returncode == 3
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert kept(home) == {*NAMES, "link"}


def test_releases_are_removed_by_name_or_all_older_ones(home: Home) -> None:
    done = maillage("releases", "remove", "r5", "r1", "r1", "--json", home=home)
    assert json.loads(done.stdout) == {"removed": ["r5", "r1"]}
    assert "removed: r2" in maillage("releases", "remove", "--older", home=home).stderr
    assert home.purged.exists()
    home.purged.unlink()
    assert "removed: nothing" in maillage("releases", "remove", "--older", home=home).stderr
    assert not home.purged.exists()
    assert kept(home) == {"r3", "r4"}
    assert [row["release"] for row in json.loads(
        maillage("releases", "--json", home=home).stdout)] == ["r4", "r3"]  # fmt: skip


@pytest.mark.parametrize("arguments", [[], ["r1", "--older"]])
def test_what_to_remove_is_said_in_one_way(home: Home, arguments: list[str]) -> None:
    done = maillage("releases", "remove", *arguments, home=home)
    assert done.returncode == 2
    assert "--older" in done.stderr
    assert kept(home) == set(NAMES)


@pytest.mark.parametrize(
    "command",
    [
        ["cache", "purge"], ["releases", "remove", "r1"], ["keys", "list"],
        ["keys", "create", "--name", "x"], ["keys", "revoke", "0123456789ab"],
    ],
)  # fmt: skip
def test_a_home_that_is_not_there_is_an_error_and_not_made(
    tmp_path: Path, command: list[str]
) -> None:
    done = maillage(*command, home=Home(tmp_path / "typo"))
    assert done.returncode == 3
    assert done.stdout == ""
    assert "--home" in done.stderr or "maillage build" in done.stderr
    assert not (tmp_path / "typo").exists()


def test_the_setting_says_how_many_are_kept_and_the_option_goes_before_it(
    published: Home, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.graphs.symlink_to(published.graphs)
    monkeypatch.setenv("MAILLAGE_KEEP", "2")
    assert maillage("build", "--no-recheck", home=home).returncode == 0
    assert len(kept(home)) == 2
    assert "r5" in kept(home)
    assert maillage("build", "--no-recheck", "--keep", "1", home=home).returncode == 0
    assert [one.path.name for one in releases(home)] == [home.current.resolve().name]
    for wrong in ("0", "many"):
        monkeypatch.setenv("MAILLAGE_KEEP", wrong)
        done = maillage("build", home=home)
        assert done.returncode == 2
        assert "MAILLAGE_KEEP" in done.stderr
