"""France: the social economy out of the register SIRENE, and nobody's name."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, parse

from loaders import delivery
from loaders.description.describe import Described, describe
from loaders.errors import SourceError
from loaders.records.source import find
from loaders.sirene.cut import cut
from loaders.sirene.selection import categories, social
from queries.catalogue import catalogue
from queries.run import run
from tests.test_sources import codes

SIRENE = find("sirene")
UNITS = "StockUniteLegale_utf8.csv"
BASE = "https://w3id.org/maillage/"
# The invented legal units: numbers of a block far below those of the published register.
GARDENS, SCOP, MUTUAL, FOUNDATION, SOLIDARY, SHOP, OPPOSED, PERSON, FORMER, BY_FLAG, NAMELESS = (
    "000900019", "000900027", "000900035", "000900043", "000900050", "000900068", "000900076",
    "000900084", "000900092", "000900100", "000900118",
)  # fmt: skip
Rows = list[dict[str, str]]


def units(folder: Path) -> Described:
    return describe(SIRENE, folder, codes())


@cache
def sample() -> Described:
    return units(SIRENE.folder / "sample")


def said(result: Described, subject: str, term: str) -> list[str]:
    """What a delivery says of a thing, literals bare and IRIs without their base."""
    start = f"<{BASE}id/{subject}> "
    values = [
        line.removeprefix(start).removesuffix(" .").split(" ", 1)
        for line in result.lines["public"]
        if line.startswith(start)
    ]
    found = [value for predicate, value in values if predicate.rstrip(">").endswith(term)]
    return [v[1:].split('"')[0] if v[0] == '"' else v[1:-1].removeprefix(BASE) for v in found]


def rewritten(
    folder: Path, change: Callable[[Rows], object], delimiter: str = ",", leave: str = ""
) -> Path:
    """Write the sample of legal units anew, changed, perhaps without a column."""
    with (SIRENE.folder / "sample" / UNITS).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = [name for name in rows[0] if name != leave]
    change(rows)
    folder.mkdir(exist_ok=True)
    with (folder / UNITS).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, extrasaction="ignore", delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return folder


def nothing(_: Rows) -> None:
    """Change nothing."""


# ------------------------------------------------------------------------ SIRENE


@pytest.mark.parametrize(
    ("number", "term", "values"),
    [
        (GARDENS, "prefLabel", ["ASSOCIATION EXEMPLE DES JARDINS"]),
        (GARDENS, "altLabel", ["AEJ"]),
        (GARDENS, "legalForm", ["code/insee-legal-category/9220"]),
        (GARDENS, "legalFamily", ["code/legal-family/association"]),
        (GARDENS, "socialEconomyFlag", ["true"]),
        (GARDENS, "sizeClass", ["code/insee-headcount-band/11"]),
        (GARDENS, "foundedOn", ["2001-05-14"]),
        (GARDENS, "country", ["code/country/FR"]),
        (GARDENS, "identifiedBy", [
            "id/identifier/rna-W999000001", f"id/identifier/siren-{GARDENS}",
        ]),
        (SCOP, "legalFamily", ["code/legal-family/cooperative"]),
        (MUTUAL, "legalFamily", ["code/legal-family/mutual"]),
        (MUTUAL, "socialEconomyFlag", []),
        (FOUNDATION, "legalFamily", ["code/legal-family/foundation"]),
        (FOUNDATION, "socialEconomyFlag", ["false"]),
        (FOUNDATION, "foundedOn", []),
        # by the flag alone: a company, and a form that the code list does not have
        (SOLIDARY, "legalFamily", ["code/legal-family/other"]),
        (BY_FLAG, "legalFamily", []),
        (BY_FLAG, "note", ["catégorie juridique 8510 (INSEE)"]),
        (FORMER, "registrationStatus", ["code/registration-status/deregistered"]),
        (FORMER, "activity", []),
        (FORMER, "note", ["activité principale 913E (NAF1993)"]),
        (FORMER, "identifiedBy", [f"id/identifier/siren-{FORMER}"]),
    ],
)  # fmt: skip
def test_the_sample_says(number: str, term: str, values: list[str]) -> None:
    assert said(sample(), f"organisation/siren-{number}", term) == values


def test_an_activity_names_its_classification_and_keeps_the_french_code() -> None:
    old, new = f"activity/siren-{GARDENS}-nace-rev2", f"activity/siren-{GARDENS}-nace-rev21"
    assert said(sample(), old, "activityCode") == ["code/nace-rev2/8899"]
    assert said(sample(), old, "note") == ["NAFRev2 88.99B"]
    assert said(sample(), new, "activityCode") == ["code/nace-rev21/8899"]


@pytest.mark.parametrize("number", [SHOP, OPPOSED, PERSON, NAMELESS])
def test_what_is_outside_opposed_or_a_person_is_not_there(number: str) -> None:
    lines = "\n".join(sample().lines["public"])
    assert number not in lines
    assert "CAMILLE" not in lines
    assert "[ND]" not in lines


def test_what_is_passed_over_is_counted() -> None:
    counted = [one for one in sample().remarks if "left out: " in one]
    assert [one.rpartition("legal units ")[2] for one in counted[-3:]] == [
        "opposed to diffusion, left out: 1",
        "outside the social economy, left out: 1",
        "that are natural persons, left out: 1",
    ]
    assert sample().rows["units"] == 8


def test_the_legal_categories_of_the_four_families() -> None:
    known = {
        "9220": "association", "9221": "association", "9260": "association", "5458": "cooperative",
        "5547": "cooperative", "5558": "cooperative", "5560": "cooperative", "6316": "cooperative",
        "6317": "cooperative", "6318": "cooperative", "8210": "mutual", "8250": "mutual",
        "8290": "mutual", "9300": "foundation", "9900": "other", "5710": "other", "5499": "other",
    }  # fmt: skip
    assert {code: categories()[code] for code in known} == known
    assert {code for code, family in known.items() if family != "other"} <= social()
    assert not {"9900", "5710", "5499", "1000"} & social()


def test_families_are_asked_for_with_the_flag() -> None:
    store = Store()
    for line in sample().lines["public"]:
        store.extend(parse(line, format=RdfFormat.N_TRIPLES))
    inside = "<http://www.w3.org/2004/02/skos/core#inScheme>"
    listed = f"{BASE}code/insee-legal-category"
    for code in categories():
        line = f"<{listed}/{code}> {inside} <{listed}> ."
        store.extend(parse(line, format=RdfFormat.N_TRIPLES))
    rows = run(store, catalogue()["french_organisations_by_family"], {"family": "association"})
    assert [(row["organisationLabel"], row["socialEconomyFlag"]) for row in rows] == [
        ("ANCIENNE ASSOCIATION EXEMPLE", None),
        ("ASSOCIATION EXEMPLE DES JARDINS", "true"),
    ]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("siren", "000900018", "siren: .*check digits of 000900018 are wrong"),
        ("siren", "0009000", "siren: .*7 digits"),
        ("siren", "", "siren is empty"),
        ("economieSocialeSolidaireUniteLegale", "Y", "'Y' is neither O nor N"),
        ("etatAdministratifUniteLegale", "X", "'X' is none of A, C"),
        ("trancheEffectifsUniteLegale", "99", "'99' is not a code of insee-headcount-band"),
    ],
)
def test_a_legal_unit_that_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, column: str, value: str, reason: str
) -> None:
    folder = rewritten(tmp_path, lambda rows: rows[0].update({column: value}))
    with pytest.raises(SourceError, match=reason) as caught:
        units(folder)
    assert (caught.value.file, caught.value.line) == (UNITS, 2)


@pytest.mark.parametrize("column", ["economieSocialeSolidaireUniteLegale", "siren"])
def test_a_missing_column_is_told(tmp_path: Path, column: str) -> None:
    with pytest.raises(SourceError, match=f"the header lacks {column}"):
        units(rewritten(tmp_path, nothing, leave=column))


def test_another_delimiter_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the header lacks siren.*separated by commas"):
        units(rewritten(tmp_path, nothing, delimiter=";"))


@pytest.mark.parametrize(
    "column", ["activitePrincipaleNAF25UniteLegale", "societeMissionUniteLegale"]
)
def test_older_editions_without_the_last_columns_are_read(tmp_path: Path, column: str) -> None:
    result = units(rewritten(tmp_path, nothing, leave=column))
    assert said(result, f"organisation/siren-{SCOP}", "legalForm") == [
        "code/insee-legal-category/5458"
    ]


def test_a_new_column_with_something_in_it_is_not_lost_silently(tmp_path: Path) -> None:
    text = (SIRENE.folder / "sample" / UNITS).read_text(encoding="utf-8").splitlines()
    (tmp_path / UNITS).write_text(f"{text[0]},newUniteLegale\n{text[1]},x\n", encoding="utf-8")
    with pytest.raises(SourceError, match="line 2: column 'newUniteLegale' is filled but not read"):
        units(tmp_path)


def test_a_persons_number_is_not_verified_for_it_is_not_read(tmp_path: Path) -> None:
    def damage(rows: Rows) -> None:
        for row in rows:
            if row["siren"] in {SHOP, OPPOSED, PERSON}:
                row["siren"] = "1"

    assert units(rewritten(tmp_path, damage)).lines == sample().lines


def test_the_published_zip_is_read_like_its_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "StockUniteLegale_utf8.zip", "w") as archive:
        archive.write(SIRENE.folder / "sample" / UNITS, UNITS)
    with delivery.opened(SIRENE, tmp_path / "StockUniteLegale_utf8.zip", tmp_path) as received:
        assert units(received.folder).lines == sample().lines


def test_a_cut_of_the_register_says_the_same(tmp_path: Path) -> None:
    cut(SIRENE.folder / "sample" / UNITS, tmp_path / "StockUniteLegale_cut.csv")
    result = units(tmp_path)
    assert result.lines == sample().lines
    assert not [remark for remark in result.remarks if "left out: " in remark]
    text = (tmp_path / "StockUniteLegale_cut.csv").read_text(encoding="utf-8")
    assert not [number for number in (SHOP, OPPOSED, PERSON) if number in text]


def test_rows_are_read_one_by_one(tmp_path: Path) -> None:
    """A register of tens of millions of rows is never held whole: rows outside leave no trace."""
    many = 20_000

    def swell(rows: Rows) -> None:
        (shop,) = (row for row in rows if row["siren"] == SHOP)
        rows += [shop] * many

    result = units(rewritten(tmp_path, swell))
    assert result.lines == sample().lines
    assert len(result.remarks) == len(sample().remarks)
    assert any(f"outside the social economy, left out: {many + 1}" in r for r in result.remarks)
