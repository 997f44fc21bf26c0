"""France: associations of the register RNA, the same organisations as in SIRENE."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from loaders.description.describe import Described, describe
from loaders.errors import SourceError
from loaders.records.source import find
from tests.test_france import GARDENS, said, sample
from tests.test_sources import codes

RNA = find("rna")
WALDEC = "rna_waldec_sample.csv"


@cache
def associations() -> Described:
    return describe(RNA, RNA.folder / "sample", codes())


@pytest.mark.parametrize(
    ("organisation", "term", "values"),
    [
        # with a SIRET number it is the legal unit of SIRENE, which keeps the preferred name
        (f"siren-{GARDENS}", "altLabel", ["ASSOCIATION EXEMPLE DES JARDINS"]),
        (f"siren-{GARDENS}", "prefLabel", []),
        (f"siren-{GARDENS}", "foundedOn", []),
        (f"siren-{GARDENS}", "webPage", ["https://jardins.example/"]),
        ("rna-W999000001", "altLabel", []),
        # without one it goes by its own number
        ("rna-W999000002", "prefLabel", ["Théâtre d'exemple"]),
        ("rna-W999000002", "description", ["promouvoir le théâtre à l'école"]),
        ("rna-W999000002", "legalFamily", ["code/legal-family/association"]),
        ("rna-W999000002", "webPage", []),
        ("rna-W999000003", "registrationStatus", ["code/registration-status/dissolved"]),
        ("rna-W999000003", "dissolvedOn", ["2019-12-31"]),
        ("rna-W999000004", "registrationStatus", ["code/registration-status/unknown"]),
        ("rna-W999000004", "foundedOn", []),
    ],
)
def test_associations(organisation: str, term: str, values: list[str]) -> None:
    assert said(associations(), f"organisation/{organisation}", term) == values


def test_both_registers_give_the_association_the_same_identifier() -> None:
    node = "identifier/rna-W999000001"
    for result in (sample(), associations()):
        assert said(result, node, "notation") == ["W999000001"]
        assert f"id/{node}" in said(result, f"organisation/siren-{GARDENS}", "identifiedBy")


def test_only_the_municipality_of_an_association_is_read() -> None:
    address = "address/rna-W999000002"
    assert said(associations(), address, "locality") == ["Saint-Étienne"]
    assert said(associations(), address, "postalCode") == ["42000"]
    assert not [line for line in associations().lines["public"] if "Exemples" in line]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-8", "utf-8-sig"])
def test_older_and_newer_extracts_say_the_same(tmp_path: Path, encoding: str) -> None:
    text = (RNA.folder / "sample" / WALDEC).read_text(encoding="iso-8859-1")
    assert "Théâtre" in text
    (tmp_path / WALDEC).write_text(text, encoding=encoding)
    assert describe(RNA, tmp_path, codes()).lines == associations().lines


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("W999000002", "999000002", "line 3: id: .*is no RNA number"),
        (";position;", ";status;", "missing: position; not expected: status"),
    ],
)
def test_associations_that_cannot_be_read_are_refused(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    text = (RNA.folder / "sample" / WALDEC).read_text(encoding="iso-8859-1")
    assert old in text
    (tmp_path / WALDEC).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourceError, match=reason):
        describe(RNA, tmp_path, codes())


def test_a_comma_in_place_of_the_semicolon_is_told(tmp_path: Path) -> None:
    shutil.copy(RNA.folder / "sample" / WALDEC, tmp_path)
    header = (tmp_path / WALDEC).read_text(encoding="iso-8859-1").splitlines()[0]
    (tmp_path / WALDEC).write_text(header.replace(";", ",") + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match="is the delimiter ','"):
        describe(RNA, tmp_path, codes())


def test_a_wrong_siret_leaves_the_association_to_its_own_number() -> None:
    (remark,) = (one for one in associations().remarks if "siret" in one)
    assert "line 5: siret: " in remark
    assert "goes by its RNA number" in remark
