"""Annual accounts: the web service's documents become figures, and persons stay out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store, parse

from loaders.description.describe import Described, describe
from loaders.errors import SourceError
from loaders.nbb_accounts.loader import models, units
from loaders.records.codes import CodeBook
from loaders.records.source import find
from queries.catalogue import catalogue
from queries.run import run
from tests.test_sources import codes

SOURCE = find("nbb_accounts")
SAMPLE = SOURCE.folder / "sample"
BASE = "https://w3id.org/maillage/"
SE = f"{BASE}ns#"
CANAL = f"{BASE}id/organisation/kbo-1900007789"
CORRECTED, FORMER = "2023-90000003", "2023-90000002"


def loaded(folder: Path) -> Described:
    return describe(SOURCE, folder, CodeBook())


@cache
def sample() -> Described:
    return loaded(SAMPLE)


def store_of(result: Described) -> Store:
    store = Store()
    text = "".join(f"{line}\n" for line in result.lines["public"])
    store.extend(parse(text, format=RdfFormat.N_TRIPLES))
    return store


def said(result: Described, number: str, term: str) -> list[str]:
    """What a deposit's financial year says by one of our terms."""
    query = f"SELECT ?v {{ <{BASE}id/observation/nbb-accounts-{number}> <{SE}{term}> ?v }}"
    answer = store_of(result).query(query)
    assert isinstance(answer, QuerySolutions)
    return [str(row["v"].value).removeprefix(BASE) for row in answer]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the sample that a test may change."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "delivered"))


def changed(folder: Path, name: str, change: Callable[[Any], object]) -> Path:
    """Change the content of a document of a copied sample."""
    file = folder / f"{name}.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    change(content)
    file.write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("number", "term", "values"),
    [
        (CORRECTED, "observedUnit", ["id/organisation/kbo-1900007789"]),
        (CORRECTED, "depositedOn", ["2023-09-04"]),
        (CORRECTED, "yearStart", ["2022-01-01"]),
        (CORRECTED, "yearEnd", ["2022-12-31"]),
        (CORRECTED, "accountsModel", ["code/nbb-model/m04-f"]),
        (CORRECTED, "mostRecent", ["true"]),
        ("2022-90000001", "mostRecent", ["false"]),
        # amounts exactly as filed, losses too, and zero where zero is stated
        (CORRECTED, "equity", ["78999.7"]),
        (CORRECTED, "profitAfterTax", ["-1250.4"]),
        ("2023-90000004", "equity", ["0"]),
        # average employment; from the social balance sheet where that is all there is
        (CORRECTED, "fullTimeEquivalents", ["23.5"]),
        ("2023-90000004", "fullTimeEquivalents", ["11.2"]),
        (CORRECTED, "employees", ["27"]),
        # what is not stated is not a zero
        (CORRECTED, "turnover", []),
        ("2023-90000004", "turnover", ["482000"]),
    ],
)
def test_the_sample_says(number: str, term: str, values: list[str]) -> None:
    assert said(sample(), number, term) == values


def test_a_rubric_has_code_period_value_and_a_currency_when_it_is_an_amount() -> None:
    store = store_of(sample())
    extra = "".join(f"{line}\n" for line in rubric_labels())
    store.extend(parse(extra, format=RdfFormat.N_TRIPLES))
    rows = run(store, catalogue()["accounts_of_organisation"], {"organisation": CANAL})
    of_2022 = {
        (str(row["rubric"]).rpartition("/")[2], str(row["period"]).rpartition("/")[2]): row
        for row in rows
        if row["deposit"] == CORRECTED
    }
    assert of_2022["20%2F58", "NM1"]["value"] == "150000"
    assert of_2022["740", "N"]["currency"] == f"{BASE}code/currency/EUR"
    assert of_2022["9087", "NM1"]["value"] == "21"
    assert of_2022["9087", "NM1"]["currency"] is None
    assert {code for code, _ in of_2022} == {
        "20%2F58", "10%2F15", "15", "9904", "9087", "1003", "740", "9086", "1023",
    }  # fmt: skip
    assert {row["yearEnd"] for row in rows} == {"2021-12-31", "2022-12-31"}


def rubric_labels() -> list[str]:
    source = find("nbb_codes")
    return describe(source, source.folder, CodeBook()).lines["public"]


def test_every_code_that_is_used_is_in_its_list() -> None:
    known = codes().schemes
    assert set(units()) == set(known["nbb-rubric"])
    assert models() == set(known["nbb-model"])
    assert set(units().values()) <= {"amount", "persons", "fte", "hours"}
    used = {part for line in sample().lines["public"] for part in line.split() if "/code/" in part}
    everything = {str(code) for codes in known.values() for code in codes.values()}
    assert used <= everything


def test_a_corrected_deposit_replaces_the_former_of_its_exercise() -> None:
    assert not [line for line in sample().lines["public"] if FORMER in line]
    (remark,) = (one for one in sample().remarks if FORMER in one)
    assert f"is replaced by {CORRECTED}" in remark
    assert "ends on 2022-12-31" in remark


def test_the_later_deposit_wins_in_whatever_order_they_are_read(copy: Path) -> None:
    def later(references: list[dict[str, Any]]) -> None:
        next(r for r in references if r["ReferenceNumber"] == FORMER)["DepositDate"] = "2023-10-01"
        references.reverse()

    result = loaded(changed(copy, "references", later))
    assert said(result, FORMER, "equity") == ["70000"]
    assert said(result, CORRECTED, "equity") == []


def test_a_missing_account_is_remarked_and_is_no_zero() -> None:
    (remark,) = (one for one in sample().remarks if "without accounting data" in one)
    assert remark.endswith(": 1; a missing account is not a zero")
    assert not [line for line in sample().lines["public"] if "2021-90000005" in line]


def test_no_person_address_or_shareholder_is_read() -> None:
    text = (SAMPLE / f"{CORRECTED}.json").read_text(encoding="utf-8")
    assert "Camille" in text
    assert "Rue des Exemples" in text
    lines = "\n".join(sample().lines["public"])
    assert "Camille" not in lines
    assert "Rue des Exemples" not in lines


def test_the_name_under_which_accounts_are_filed_is_a_further_name() -> None:
    names = [line for line in sample().lines["public"] if "kbo-1900017885> <http" in line]
    assert any('altLabel> "De Voorbeeldwerkplaats"@nl' in line for line in names)
    assert not any("prefLabel" in line for line in names)


def test_a_deposit_that_no_reference_names_is_set_aside(copy: Path) -> None:
    changed(copy, "references", lambda references: references.pop(0))
    result = loaded(copy)
    assert "2022-90000001.json: no reference names 2022-90000001; set aside" in result.remarks
    assert said(result, "2022-90000001", "equity") == []


def test_accounts_in_another_currency_keep_their_counts_only(copy: Path) -> None:
    def in_dollars(references: list[dict[str, Any]]) -> None:
        references[2]["Currency"] = "USD"

    result = loaded(changed(copy, "references", in_dollars))
    assert said(result, CORRECTED, "fullTimeEquivalents") == ["23.5"]
    assert said(result, CORRECTED, "equity") == []
    assert [one for one in result.remarks if f"{CORRECTED}: currency USD" in one]


def test_documents_may_come_in_one_file_with_codes_of_the_taxonomy(tmp_path: Path) -> None:
    documents = [json.loads(file.read_text()) for file in sorted(SAMPLE.glob("*.json"))]
    together: list[Any] = []
    for content in documents:
        together += content if isinstance(content, list) else [content]
    for one in together:
        if "ExerciseDates" in one:
            days = one["ExerciseDates"]
            one["ExerciseDates"] = {"StartDate": days["startDate"], "EndDate": days["endDate"]}
            one |= {"ModelType": f"mod:{one['ModelType']}", "Currency": "ccy:mEUR"}
            one["DepositDate"] += "T00:00:00"
            one["EnterpriseNumber"] = int(one["EnterpriseNumber"])
    (tmp_path / "all.json").write_text("\ufeff" + json.dumps(together), encoding="utf-8")
    assert loaded(tmp_path).lines == sample().lines


def test_a_rubric_stated_twice_with_other_values_is_remarked(copy: Path) -> None:
    again = {"Code": "15", "Value": "1.00", "Period": "N"}
    result = loaded(changed(copy, CORRECTED, lambda document: document["Rubrics"].append(again)))
    assert [one for one in result.remarks if "rubric 15 N stands twice" in one]
    assert result.lines == sample().lines


def first(**fields: object) -> Callable[[Any], object]:
    return lambda references: references[0].update(fields)


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("references", first(EnterpriseNumber="1900007780"), "EnterpriseNumber: .*check digits"),
        ("references", first(ReferenceNumber="../../etc"), "is none like 2023-00123456"),
        ("references", first(DepositDate="20/06/2022"), "is no day like 2023-06-30"),
        ("references", first(ExerciseDates=None), "ExerciseDates is missing"),
        (
            "references",
            first(ExerciseDates={"startDate": "2022-01-01", "endDate": "2021-12-31"}),
            "ends before it begins",
        ),
        ("references", lambda references: references.append(7), "an object is expected"),
        (CORRECTED, lambda document: document.update(Rubrics={}), "not a list of rubrics"),
        (CORRECTED, lambda document: document.pop("Rubrics"), "ExerciseDates is missing"),
        (CORRECTED, lambda document: document.clear(), "neither a reference"),
        (CORRECTED, lambda d: d.update(ReferenceNumber=FORMER), "described twice, and differently"),
    ],
)
def test_documents_that_cannot_be_read_are_refused_by_name(
    copy: Path, name: str, change: Callable[[Any], object], reason: str
) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        loaded(changed(copy, name, change))
    assert caught.value.file == f"{name}.json"


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b'{"ReferenceNumber": "2023-1",\n "Rubrics": [', 2, "not JSON .*cut short"),
        (b'{"ReferenceNumber": "2023-1", "Rubrics": [{"Code": "70", "Value": NaN}]}', None, "NaN"),
        (b"\xff\xfe", None, "byte 1 is not UTF-8"),
        (b"[" * 100_000, None, "not JSON"),
        (b'"7"', None, "an object is expected"),
    ],
)
def test_files_that_are_no_json_are_refused_by_name(
    copy: Path, content: bytes, line: int | None, reason: str
) -> None:
    (copy / "2023-1.json").write_bytes(content)
    with pytest.raises(SourceError, match=reason) as caught:
        loaded(copy)
    assert caught.value.file == "2023-1.json"
    assert line is None or caught.value.line == line


def test_an_empty_delivery_and_one_of_references_only_say_what_lacks(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="deliver the references list with the deposits"):
        loaded(tmp_path)
    shutil.copy(SAMPLE / "references.json", tmp_path)
    with pytest.raises(SourceError, match="deliver the references list with the deposits"):
        loaded(tmp_path)
    (tmp_path / "inner").mkdir()
    with pytest.raises(SourceError, match="folders within the delivery are not read"):
        loaded(tmp_path)


def test_only_a_majority_in_a_belgian_enterprise_is_control() -> None:
    # Of three interests one is a minority, and one is abroad.
    links = [line for line in sample().lines["public"] if "relation-kind/controls" in line]
    (link,) = links
    assert link.startswith(f"<{BASE}id/relationship/nbb-accounts-{CORRECTED}-1900000267>")
    assert any("interests in whom the register does not know" in one for one in sample().remarks)


@pytest.mark.parametrize(
    ("direct", "through", "controls"),
    [("0.5", None, False), ("0.4", "0.2", True), ("1.0", "0.002", True), ("60", None, False)],
)
def test_what_is_held_directly_and_through_subsidiaries_counts_together(
    copy: Path, direct: str, through: str | None, controls: bool
) -> None:
    def held(document: dict[str, Any]) -> None:
        line = {"PercentageDirectlyHeld": direct, "PercentageSubsidiaries": through}
        document["ParticipatingInterests"] = [
            {"Entity": {"Identifier": "1900000267"}, "ParticipatingInterestHeld": [line]}
        ]

    lines = loaded(changed(copy, CORRECTED, held)).lines["public"]
    assert any("relation-kind/controls" in line for line in lines) == controls
