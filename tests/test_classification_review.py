"""Contradictions, decisions of people, what is derived anew, and the rules as data."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from loaders.perimeters import loader
from loaders.perimeters.rules import clauses
from loaders.records.source import find
from ontology import DEFAULT_BASE
from tests.classified import (
    CANDIDATE,
    EU,
    IN,
    OBS,
    OUT,
    TSE,
    WAL,
    WALLONIA,
    Desk,
    O,
    code_lines,
    said,
)


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.clear()


# Contradictions are never silently out


def test_an_association_with_a_public_role_is_examined(desk: Desk) -> None:
    desk.form("017", more="; se:ecosystemRole <code/ecosystem-role/public-authority>")
    for regime, rule in ((OBS, "R-OBS-1"), (EU, "R-EU-3"), (TSE, "R-TSE-1")):
        assert said(desk.judge(regime)) == [(CANDIDATE, rule, ("public-control",))]


def test_a_family_that_is_not_that_of_the_form_is_examined(desk: Desk) -> None:
    desk.form("014", more="; se:legalFamily <code/legal-family/cooperative>")
    assert said(desk.judge(EU)) == [(CANDIDATE, "R-EU-1", ("family-disagrees",))]


def test_a_list_that_knows_only_the_former_form_is_heard(desk: Desk) -> None:
    former = "; se:formInArticles <code/kbo-legal-form/008>"
    desk.form("610", more=former + "; se:legalFamily <code/legal-family/cooperative>")
    assert desk.judge(EU) == [
        (IN, "R-EU-1", "", "2019-05-01", ()),
        (CANDIDATE, "R-EU-1", "2019-05-01", "", ("family-disagrees",)),
    ]


def test_the_family_that_a_register_gives_with_its_form_contradicts_nothing(desk: Desk) -> None:
    former = "; se:formInArticles <code/kbo-legal-form/008>"
    desk.form("610", more=former + "; se:legalFamily <code/legal-family/other>")
    assert desk.judge(EU) == [(IN, "R-EU-1", "", "2019-05-01", ())]


def test_forms_of_two_families_at_once_are_examined(desk: Desk) -> None:
    desk.form("017", "026")
    (found,) = desk.judge(OBS)
    assert (found.outcome, found.reasons) == (CANDIDATE, ("overlapping-forms",))
    evidence = next(iter(desk.values().values()))["evidence"]
    assert sorted(one.rpartition("/")[2] for one in evidence) == ["017", "026"]


def test_an_accreditation_without_the_one_it_requires_proves_nothing(desk: Desk) -> None:
    desk.form("706", more=WALLONIA)
    desk.accredit("EI", "2018-01-01")
    assert said(desk.judge(WAL))[-1] == (CANDIDATE, "R-WAL-4", ("prerequisite-missing",))
    desk.accredit("IES", "2018-01-01")
    assert said(desk.judge(WAL))[-1] == (IN, "R-WAL-4", ())


def test_incompatible_accreditations_prove_nothing(desk: Desk) -> None:
    desk.form("706")
    desk.accredit("EI", "2018-01-01")
    desk.accredit("ETA", "2018-01-01")
    reasons = ("accreditations-exclude", "prerequisite-missing")
    assert said(desk.judge(WAL))[-1] == (CANDIDATE, "R-WAL-4", reasons)


def test_a_company_that_trains_without_being_a_social_enterprise_is_examined(desk: Desk) -> None:
    desk.form("610")
    desk.accredit("IES", "2025-01-01")
    assert said(desk.judge(OBS)) == [(CANDIDATE, "R-OBS-5", ("accreditation-missing",))]


def test_a_suspended_accreditation_is_examined(desk: Desk) -> None:
    desk.form("706")
    desk.accredit("CNC", "2020-01-01", status="suspended")
    assert said(desk.judge(OBS)) == [(CANDIDATE, "R-OBS-4", ("accreditation-suspended",))]


def test_an_accredited_organisation_of_unknown_form_is_examined(desk: Desk) -> None:
    desk.form()
    desk.accredit("CISP", "2020-01-01")
    assert desk.judge(OBS) == [(CANDIDATE, "R-OBS-5", "2020-01-01", "", ("form-unknown",))]


# Decisions


def test_a_decision_goes_before_the_rule_and_both_are_shown(desk: Desk) -> None:
    desk.form("017", more=WALLONIA)
    desk.decide(1, WAL, IN, "2019-01-01")
    assert desk.judge(WAL) == [
        (CANDIDATE, "R-WAL-1", "", "2019-01-01", ("principles-not-evidenced",)),
        (IN, "R-WAL-1", "2019-01-01", "", ("principles-not-evidenced",)),
    ]
    values = next(v for s, v in desk.values().items() if s.endswith(f"{WAL}-2019-01-01"))
    assert values["outcomeByRule"] == [f"{DEFAULT_BASE}code/classification-outcome/candidate"]
    assert f"{DEFAULT_BASE}id/classification-decision/maillage-1" in values["evidence"]


def test_a_later_decision_goes_before_an_earlier_one(desk: Desk) -> None:
    desk.form("017")
    for number, outcome in ((2, OUT), (10, IN)):
        desk.decide(number, OBS, outcome)
    assert said(desk.judge(OBS)) == [(IN, "R-OBS-1", ())]
    desk.decide(11, OBS, "rule")
    desk.decide(1, TSE, OUT)
    assert "outcomeByRule" not in next(v for s, v in desk.values().items() if s.endswith(OBS))


def test_a_decision_speaks_where_no_rule_does(desk: Desk) -> None:
    desk.form("610")
    desk.decide(1, EU, IN)
    assert said(desk.judge(EU)) == [(IN, "R-REVIEW", ())]


# What is derived, when and for whom


def test_the_organisations_are_those_of_which_something_is_known(desk: Desk) -> None:
    before = set(loader.organisations(desk.facts))
    desk.accredit("CISP")
    desk.add("<id/organisation/x-1> a se:Organisation . <id/organisation/x-2> a se:Organisation ;"
             " se:legalForm <code/kbo-legal-form/017> .")  # fmt: skip
    found = set(loader.organisations(desk.facts)) - before
    assert found == {O, NamedNode(f"{DEFAULT_BASE}id/organisation/x-2")}


@pytest.mark.parametrize(
    "changed",
    [
        "id/accreditation/x-0", "id/address/x", "id/organisation/kbo-1999900072",
        "id/classification-decision/maillage-1", "code/kbo-legal-form/706",
        "code/accreditation-scheme/CNC", "code/refnis-municipality/62063",
        "code/refnis-province/60000",
    ],
)  # fmt: skip
def test_what_changed_leads_to_the_organisation(desk: Desk, changed: str) -> None:
    desk.form("706", more="; se:address <id/address/x>")
    desk.add("<id/address/x> se:municipality <code/refnis-municipality/62063> .")
    desk.accredit("CNC")
    desk.decide(1, OBS, IN)
    assert loader.affected(desk.facts, [NamedNode(DEFAULT_BASE + changed)]) == {O}


def test_what_has_nothing_to_do_with_it_leads_nowhere(desk: Desk) -> None:
    desk.form("706")
    others = ("id/person/x", "code/kbo-legal-form/017", "code/nace-bel-2025/88993")
    assert loader.affected(desk.facts, [NamedNode(DEFAULT_BASE + o) for o in others]) == set()


def test_deriving_twice_gives_the_same(desk: Desk) -> None:
    desk.form("017", "026", more=WALLONIA)
    desk.accredit("EI")
    desk.accredit("ETA")
    assert list(loader.derive(desk.facts, O)) == list(loader.derive(desk.facts, O))


def test_no_two_verdicts_under_a_regime_share_a_day(desk: Desk) -> None:
    desk.form(
        "706",
        more=WALLONIA + "; se:formInArticles <code/kbo-legal-form/508>"
        '; se:foundedOn "2001-01-01"^^xsd:date',
    )
    for start, end in (("2005-01-01", "2009-01-01"), ("2007-01-01", "2021-01-01")):
        desk.accredit("IES", start, end)
        desk.accredit("CNC", start, end)
    for regime in clauses():
        found = desk.judge(regime)
        for one, following in pairwise(found):
            assert one.start < one.end <= following.start


# The rules as data


def rule_codes() -> dict[str, dict[str, str]]:
    file = find("maillage_codes").folder / "classification-rule.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row for row in csv.DictReader(stream)}


def test_every_rule_has_its_text_in_french_and_english() -> None:
    named = {clause.rule for rows in clauses().values() for clause in rows}
    texts = rule_codes()
    # One concerns statistics only, the other stands for a decision without a rule.
    assert named | {"R-OBS-0", "R-REVIEW"} == texts.keys()
    assert all(row["definition_fr"] and row["definition_en"] for row in texts.values())


def test_the_clauses_speak_of_codes_that_exist() -> None:
    known = {name: set() for name in ("regime", "legal-family", "candidate-reason", "certainty")}  # type: ignore[var-annotated]
    known |= {"accreditation-scheme": set(), "kbo-legal-form": set()}
    for quad in store_of_codes():
        scheme, _, code = quad.removeprefix(f"{DEFAULT_BASE}code/").partition("/")
        if scheme in known:
            known[scheme].add(code)
    signals = {"social-purpose", "ess-stated", "ess-denied"}
    for regime, rows in clauses().items():
        assert regime in known["regime"]
        for clause in rows:
            assert clause.families - {"none"} <= known["legal-family"]
            assert clause.forms <= known["kbo-legal-form"]
            assert clause.needs | clause.suggests <= known["accreditation-scheme"] | signals
            assert {clause.reason, clause.lacking} - {""} <= known["candidate-reason"]
            assert not clause.certainty or clause.certainty in known["certainty"]
            assert clause.outcome in {IN, OUT, CANDIDATE}
            assert clause.basis


@cache
def store_of_codes() -> frozenset[str]:
    return frozenset(line[1 : line.index(">")] for line in code_lines().decode().splitlines())


def test_a_rule_has_one_version_and_one_regime() -> None:
    versions = Counter(
        rule
        for rule, _, _ in {(c.rule, c.version, r) for r, rows in clauses().items() for c in rows}
    )
    assert set(versions.values()) == {1}


# The page about it

PAGE = Path(__file__).parent.parent / "docs" / "classification.md"
BETWEEN = re.compile(r"(<!-- rules: [^>]*-->\n)(.*?)(\n<!-- end of rules -->)", re.DOTALL)


def rule_table() -> str:
    """Return the rules as the table that the documentation shows."""
    rows = ["| rule | version | regime | what it says | basis |", "|---|---|---|---|---|"]
    for code, texts in rule_codes().items():
        of = [clause for rows_ in clauses().values() for clause in rows_ if clause.rule == code]
        regime = "`" + of[0].regime + "`" if of else "`observatory`" if code == "R-OBS-0" else "any"
        version = of[0].version if of else "1"
        basis = "<br>".join(dict.fromkeys(clause.basis for clause in of)) or "–"
        rows.append(f"| {code} | {version} | {regime} | {texts['definition_en']} | {basis} |")
    return "\n".join(rows) + "\n"


def test_the_page_shows_the_rules_as_they_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    if os.environ.get("UPDATE_EXPECTED") == "1":
        page = BETWEEN.sub(lambda found: found[1] + rule_table() + found[3], page)
        PAGE.write_text(page, encoding="utf-8")
    shown = BETWEEN.search(page)
    assert shown
    assert shown[2] == rule_table()
