"""A release is found, checked and opened; whatever is wrong with it is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, Store

from queries.release import Home, ReleaseError, current, open_store, read_release, releases

DIGEST = "0" * 64
START = datetime(2026, 1, 1, tzinfo=UTC)


def manifest(name: str, days: int = 0) -> dict[str, object]:
    return {
        "id": name,
        "created": (START + timedelta(days=days)).isoformat(),
        "parent": None,
        "base": "https://w3id.org/maillage/",
        "version": "0.1.0",
        "graphs": [
            {
                "iri": "https://w3id.org/maillage/graph/a/1",
                "source": "a",
                "delivery": "1",
                "visibility": "public",
                "triples": 1,
                "sha256": DIGEST,
                "title": "A",
            }
        ],
        "tiers": {"public": {"quads": 1, "sha256": DIGEST}},
        "something": "that this version does not know",
    }


def write(home: Home, name: str, days: int = 0, **changes: object) -> Path:
    directory = home.releases / name
    directory.mkdir(parents=True)
    content = manifest(name, days) | changes
    (directory / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    return directory


def fill(directory: Path) -> None:
    place = directory / "public" / "store"
    place.mkdir(parents=True)
    store = Store(str(place))
    store.add(Quad(NamedNode("e:s"), NamedNode("e:p"), NamedNode("e:o")))
    store.flush()


def point(home: Home, target: str) -> None:
    home.current.symlink_to(target)


def test_nothing_published_is_not_an_error(home: Home) -> None:
    assert current(home) is None
    assert releases(home) == []


def test_the_current_release_is_the_one_pointed_to(home: Home) -> None:
    fill(write(home, "r1"))
    write(home, "r2", days=1)
    point(home, "releases/r1")
    release = current(home)
    assert release is not None
    assert (release.id, release.graphs[0].source) == ("r1", "a")
    assert len(open_store(release, "public")) == 1


def test_releases_come_newest_first_without_unfinished_ones(home: Home) -> None:
    write(home, "a", days=1)
    write(home, "b", days=2)
    write(home, "c", days=0)
    write(home, "d.partial", days=9)
    (home.releases / "e.txt").write_text("", encoding="utf-8")
    assert [release.id for release in releases(home)] == ["b", "a", "c"]


def test_a_pointer_to_nothing(home: Home) -> None:
    write(home, "r1")
    point(home, "releases/r9")
    with pytest.raises(ReleaseError, match="points to a release that does not exist"):
        current(home)


def test_a_pointer_to_elsewhere(home: Home, tmp_path: Path) -> None:
    elsewhere = write(Home(tmp_path / "other"), "r1")
    write(home, "r2")
    point(home, str(elsewhere))
    with pytest.raises(ReleaseError, match="points outside"):
        current(home)


def test_a_pointer_to_an_unfinished_release(home: Home) -> None:
    write(home, "r1.partial")
    point(home, "releases/r1.partial")
    with pytest.raises(ReleaseError, match="unfinished release"):
        current(home)


def test_a_missing_store_is_never_created(home: Home) -> None:
    directory = write(home, "r1")
    release = read_release(directory)
    with pytest.raises(ReleaseError, match="there is no store here; build the release again"):
        open_store(release, "public")
    assert not (directory / "public").exists()
    (directory / "public" / "store").mkdir(parents=True)
    with pytest.raises(ReleaseError, match="there is no store here"):
        open_store(release, "public")
    assert not list((directory / "public" / "store").iterdir())


def test_a_tier_that_the_release_lacks(home: Home) -> None:
    release = read_release(write(home, "r1"))
    with pytest.raises(ReleaseError, match="no tier 'partner'; ask for one of: public"):
        open_store(release, "partner")


def test_a_damaged_store(home: Home) -> None:
    directory = write(home, "r1")
    fill(directory)
    for file in (directory / "public" / "store").glob("MANIFEST*"):
        file.unlink()
    with pytest.raises(ReleaseError, match="cannot be opened"):
        open_store(read_release(directory), "public")


def test_the_store_is_read_only(home: Home) -> None:
    directory = write(home, "r1")
    fill(directory)
    store = open_store(read_release(directory), "public")
    with pytest.raises((OSError, RuntimeError), match="read-write|read-only"):
        store.add(Quad(NamedNode("e:s"), NamedNode("e:p"), NamedNode("e:o2")))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": "r2"}, "the manifest is that of 'r2'"),
        ({"id": "../r1"}, "id: "),
        ({"created": "yesterday"}, "created: "),
        ({"created": "2026-01-01T00:00:00"}, "created: .*timezone"),
        ({"base": "w3id.org"}, "base: "),
        ({"base": "https://w3id.org/maillage"}, "base: "),
        ({"tiers": {}}, "there is no public tier"),
        ({"tiers": {"confidential": {"quads": 1, "sha256": DIGEST}}}, "tiers.confidential"),
        ({"tiers": {"public": {"quads": -1, "sha256": DIGEST}}}, "tiers.public.quads: "),
        ({"tiers": {"public": {"quads": 1, "sha256": "x"}}}, "tiers.public.sha256: "),
        ({"graphs": [{"iri": "e:g"}]}, "graphs.0.source: Field required"),
        ({"graphs": [manifest("r1")["graphs"][0]] * 2}, "is listed twice"),  # type: ignore[index]
        ({"graphs": "none"}, "graphs: "),
        ({"version": None}, "version: "),
    ],
)
def test_a_manifest_that_does_not_hold_together(
    home: Home, change: dict[str, object], reason: str
) -> None:
    directory = write(home, "r1", 0, **change)
    with pytest.raises(ReleaseError, match=reason) as caught:
        read_release(directory)
    assert caught.value.where == directory / "manifest.json"
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda file: file.unlink(), "there is no manifest"),
        (lambda file: file.write_text('{"id": ', encoding="utf-8"), "not valid JSON, line 1"),
        (lambda file: file.write_text("[]", encoding="utf-8"), "the manifest: "),
        (lambda file: file.write_bytes(b"\xff\xfe"), "cannot be read"),
    ],
)
def test_a_manifest_that_cannot_be_read(
    home: Home, spoil: Callable[[Path], object], reason: str
) -> None:
    directory = write(home, "r1")
    spoil(directory / "manifest.json")
    with pytest.raises(ReleaseError, match=reason):
        read_release(directory)
