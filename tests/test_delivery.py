"""Deliveries: accepted whole or refused whole, and what was published before stays."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from loaders import delivery
from loaders.building import accept
from loaders.building import build as building
from loaders.delivery import Delivery
from loaders.errors import LoadError, SourceError, UnconfirmedError
from loaders.records.source import find
from queries.release import Home, current, open_store

UK = find("coops_uk")
SAMPLE = UK.folder / "sample"
ORGANISATIONS = "2016open_data_organisations.csv"
OUTLETS = "2016open_data_outlets.csv"
# A number of the national register of natural persons: no public text may hold one.
PERSONAL = "85.07.30-033.28"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "sample"))


@pytest.fixture
def stocked(delivered: Home, home: Home) -> Home:
    """A home of its own in which the sample is delivered and published."""
    shutil.copytree(delivered.path, home.path, symlinks=True)
    return home


def deliver(home: Home, path: Path, period: str, *, confirmed: bool = False) -> accept.Acceptance:
    given = accept.handover(UK.name, path, period, confirmed=confirmed)
    return accept.deliver(home, given)


def state(home: Home) -> dict[str, bytes]:
    """Every file of a home that a refusal must not touch."""
    return {
        str(file.relative_to(home.path)): file.read_bytes()
        for folder in (home.deliveries, home.graphs)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    } | {"current": str(home.current.readlink()).encode()}


def with_personal_number(folder: Path) -> None:
    file = folder / OUTLETS
    lines = file.read_text(encoding="utf-8")
    assert "Opening hours" in lines
    file.write_text(lines.replace("Opening hours", PERSONAL, 1), encoding="utf-8")


def cut_short(folder: Path) -> None:
    file = folder / ORGANISATIONS
    content = file.read_bytes()
    file.write_bytes(content[: content.rindex(b'"')])


def in_another_encoding(folder: Path) -> None:
    file = folder / ORGANISATIONS
    text = file.read_text(encoding="utf-8").replace("Copperbeech", "Càpperbeech", 1)
    file.write_bytes(text.encode("cp1252"))


def with_another_header(folder: Path) -> None:
    file = folder / ORGANISATIONS
    file.write_text(file.read_text(encoding="utf-8").replace("UK Nation", "Nation", 1), "utf-8")


def half_the_rows(folder: Path) -> None:
    file = folder / OUTLETS
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:4]), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / OUTLETS).unlink(), "table outlets is missing"),
        (lambda folder: (folder / OUTLETS).write_bytes(b""), "line 1: the file is empty"),
        (cut_short, r"organisations.csv, line \d+: .*cut short"),
        (in_another_encoding, r"organisations.csv, line \d+: byte \d+ is not utf-8"),
        (with_another_header, "line 1: the header changed .missing: UK Nation"),
        (half_the_rows, "outlets, at least 4500 expected"),
        (with_personal_number, "refused by the gate"),
    ],
)
def test_a_damaged_delivery_is_refused_and_nothing_is_touched(
    stocked: Home, sample: Path, damage: Callable[[Path], object], said: str
) -> None:
    before = state(stocked)
    damage(sample)
    confirmed = damage is with_personal_number
    with pytest.raises(LoadError, match=said):
        deliver(stocked, sample, "2016", confirmed=confirmed)
    assert state(stocked) == before


def test_a_shrunken_delivery_needs_confirmation() -> None:
    before = delivery.Delivery("coops_uk", "2016", "", 1, "", {"outlets": 100})
    delivery.check_growth(before, {"outlets": 80})
    with pytest.raises(UnconfirmedError, match="outlets shrank from 100 to 79 rows"):
        delivery.check_growth(before, {"outlets": 79})


def test_an_older_delivery_needs_confirmation(stocked: Home) -> None:
    with pytest.raises(UnconfirmedError, match="period 2015 is before 2016"):
        deliver(stocked, SAMPLE, "2015")


@pytest.mark.parametrize("period", ["2016", "2016-Q3", "2016-S1", "2016-07", "2016-02-29"])
def test_periods_that_can_be(period: str) -> None:
    delivery.check_period(period)


@pytest.mark.parametrize(
    "period", ["", "16", "2016-13", "2016-00", "2015-02-29", "9999", "0000", "2016-Q5", "2016-1"]
)
def test_periods_that_cannot_be(period: str) -> None:
    with pytest.raises(LoadError, match="is not like 2016"):
        delivery.check_period(period)


def test_a_damaged_archive_is_refused(home: Home, tmp_path: Path) -> None:
    archive = tmp_path / "uk.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as content:
        content.write(SAMPLE / OUTLETS, OUTLETS)
    packed = bytearray(archive.read_bytes())
    packed[200] ^= 0xFF
    archive.write_bytes(packed)
    with pytest.raises(SourceError, match="cannot be unpacked"):
        deliver(home, archive, "2016")


def test_a_swelling_archive_is_refused(home: Home, tmp_path: Path) -> None:
    archive = tmp_path / "uk.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as content:
        content.writestr(OUTLETS, bytes(50_000_000))
    with pytest.raises(SourceError, match="swells when unpacked"):
        deliver(home, archive, "2016")


def test_a_file_that_stands_twice_in_an_archive_is_refused(home: Home, tmp_path: Path) -> None:
    archive = tmp_path / "uk.zip"
    with zipfile.ZipFile(archive, "w") as content:
        content.write(SAMPLE / OUTLETS, OUTLETS)
        content.write(SAMPLE / OUTLETS, f"sub/{OUTLETS}")
    with pytest.raises(SourceError, match="stands twice in the archive"):
        deliver(home, archive, "2016")


def test_the_same_files_again_are_recognised(stocked: Home) -> None:
    accepted, new, _ = deliver(stocked, SAMPLE, "2016", confirmed=True)
    assert not new
    assert [one.digest for one in delivery.accepted(stocked, UK)] == [accepted.digest]


def test_a_zip_is_the_same_delivery_as_its_folder(stocked: Home, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "uk.zip", "w") as archive:
        for file in SAMPLE.iterdir():
            archive.write(file, f"2016/{file.name}")
    _, new, _ = deliver(stocked, tmp_path / "uk.zip", "2016", confirmed=True)
    assert not new


@pytest.mark.parametrize("name", ["../organisations.csv", "/etc/organisations.csv"])
def test_an_unsafe_path_in_a_zip_is_refused(home: Home, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "uk.zip", "w") as archive:
        archive.writestr(name, "x")
    with pytest.raises(SourceError, match="unsafe path"):
        deliver(home, tmp_path / "uk.zip", "2016")


def test_a_new_delivery_replaces_the_one_before(stocked: Home, sample: Path) -> None:
    file = sample / ORGANISATIONS
    text = file.read_text(encoding="utf-8").replace("Copperbeech Press", "Copperbeech Books")
    file.write_text(text, encoding="utf-8")
    deliver(stocked, sample, "2017", confirmed=True)
    building.build(stocked)
    release = current(stocked)
    assert release is not None
    graphs = {graph.iri for graph in release.graphs if graph.source == "coops_uk"}
    assert graphs == {"https://w3id.org/maillage/graph/coops_uk/2017"}


def test_a_delivery_that_the_gate_stops_at_build_leaves_the_one_before_published(
    stocked: Home, sample: Path
) -> None:
    before = current(stocked)
    assert before is not None
    with_personal_number(sample)
    # As if it had been accepted before the shapes knew that rule.
    delivery.record(stocked, UK, Delivery("coops_uk", "2017", delivery.digest(UK, sample)), sample)
    outcome = building.build(stocked)
    assert "the delivery published before (2016) stays" in outcome.refused["coops_uk"]
    old = {g.iri: g.sha256 for g in before.graphs if g.source != "provenance"}
    new = {g.iri: g.sha256 for g in outcome.release.graphs if g.source != "provenance"}
    assert new == old
    found = open_store(outcome.release, "public").query(
        f'ASK {{ ?s ?p ?o FILTER(CONTAINS(STR(?o), "{PERSONAL}")) }}'
    )
    assert not found
