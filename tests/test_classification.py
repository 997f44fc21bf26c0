"""The rules of classification: what they say of small cases, by regime and day."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ontology import DEFAULT_BASE
from tests.classified import (
    BXL,
    CANDIDATE,
    EU,
    FR,
    IN,
    OBS,
    ORG,
    OUT,
    TSE,
    WAL,
    WALLONIA,
    Desk,
    said,
)


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.clear()


# The observatory: one case for each rule


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("017", (IN, "R-OBS-1", ())),
        ("125", (IN, "R-OBS-1", ())),
        ("020", (CANDIDATE, "R-OBS-1", ("form-in-doubt",))),
        ("026", (IN, "R-OBS-2", ())),
        ("019", (IN, "R-OBS-3", ())),
        ("706", (CANDIDATE, "R-OBS-4", ("accreditation-missing",))),
        ("117", (OUT, "R-OBS-6", ())),
        ("420", (OUT, "R-OBS-6", ())),
    ],
)
def test_the_observatory_judges_by_form(
    desk: Desk, form: str, expected: tuple[str, str, tuple[str, ...]]
) -> None:
    desk.form(form)
    assert said(desk.judge(OBS)) == [expected]


def test_a_company_of_which_nothing_more_is_known_gets_no_verdict(desk: Desk) -> None:
    desk.form("610")
    assert not desk.values()


def test_an_accredited_cooperative_is_in_on_the_days_of_its_accreditation(desk: Desk) -> None:
    desk.form("008", more='; se:foundedOn "1990-03-01"^^xsd:date')
    desk.accredit("CNC", "2010-01-01", "2014-01-01")
    assert desk.judge(OBS) == [
        (CANDIDATE, "R-OBS-4", "1990-03-01", "2010-01-01", ("accreditation-missing",)),
        (IN, "R-OBS-4", "2010-01-01", "2014-01-01", ()),
        (CANDIDATE, "R-OBS-4", "2014-01-01", "", ("accreditation-missing",)),
    ]


def test_renewed_accreditations_make_one_stretch_for_each(desk: Desk) -> None:
    desk.form("706")
    desk.accredit("CNC", "2020-01-01", "2022-01-01")
    desk.accredit("CNC", "2022-01-01", "2024-01-01")
    found = [one for one in desk.judge(OBS) if one.outcome == IN]
    assert [(one.start, one.end) for one in found] == [
        ("2020-01-01", "2022-01-01"),
        ("2022-01-01", "2024-01-01"),
    ]


def test_a_social_purpose_counts_until_the_law_ended_it(desk: Desk) -> None:
    desk.form("508")
    assert desk.judge(OBS) == [
        (IN, "R-OBS-5", "", "2024-01-01", ()),
        (CANDIDATE, "R-OBS-5", "2024-01-01", "", ("social-purpose-ended",)),
    ]


def test_a_social_purpose_that_became_an_accreditation_stays_in(desk: Desk) -> None:
    desk.form("706", more="; se:formInArticles <code/kbo-legal-form/508>")
    desk.accredit("ES-CSA", "2022-06-01")
    assert [(one.outcome, one.rule, one.start) for one in desk.judge(OBS)] == [
        (IN, "R-OBS-5", ""),
        (IN, "R-OBS-5", "2019-05-01"),
        (IN, "R-OBS-4", "2022-06-01"),
    ]


def test_any_form_with_the_accreditation_as_social_enterprise_is_in(desk: Desk) -> None:
    desk.form("610")
    desk.accredit("ES-CSA", "2021-01-01")
    assert desk.judge(OBS) == [(IN, "R-OBS-5", "2021-01-01", "", ())]


def test_the_law_reads_a_former_form_anew_from_the_day_of_the_reform(desk: Desk) -> None:
    desk.form("610", more="; se:formInArticles <code/kbo-legal-form/008>")
    assert desk.judge(OBS) == [(CANDIDATE, "R-OBS-4", "", "2019-05-01", ("accreditation-missing",))]
    assert [(one.rule, one.end) for one in desk.judge(EU)] == [("R-EU-1", "2019-05-01")]


def test_what_applied_for_or_lost_an_accreditation_does_not_hold_it(desk: Desk) -> None:
    desk.form("706")
    desk.accredit("CNC", "2020-01-01", status="applied")
    desk.accredit("CNC", "2020-01-01", status="withdrawn")
    assert said(desk.judge(OBS)) == [(CANDIDATE, "R-OBS-4", ("accreditation-missing",))]
    desk.accredit("CNC", "2010-01-01", "2012-01-01", status="expired")
    assert [one.outcome for one in desk.judge(OBS)] == [CANDIDATE, IN, CANDIDATE]


def test_the_observatory_says_that_nobody_knows_who_employs(desk: Desk) -> None:
    desk.form("017")
    for subject, values in desk.values().items():
        told = values.get("employerEvidence", [])
        expected = [f"{DEFAULT_BASE}code/employer-evidence/unknown"]
        assert told == (expected if subject.endswith(f"-{OBS}") else [])


# The other regimes


def test_the_decree_wants_evidence_of_its_principles(desk: Desk) -> None:
    desk.form("017", more=WALLONIA)
    desk.accredit("IES", "2018-01-01", "2022-01-01")
    assert desk.judge(WAL) == [
        (CANDIDATE, "R-WAL-1", "", "2018-01-01", ("principles-not-evidenced",)),
        (IN, "R-WAL-1", "2018-01-01", "2022-01-01", ()),
        (CANDIDATE, "R-WAL-1", "2022-01-01", "", ("principles-not-evidenced",)),
    ]


def test_the_decree_speaks_of_its_territory_only(desk: Desk) -> None:
    desk.form("017", more="; se:address <id/address/x>")
    desk.add("<id/address/x> se:municipality <code/refnis-municipality/21009> .")
    assert not desk.judge(WAL)
    desk.add("<id/address/x> se:municipality <code/refnis-municipality/62063> .")
    assert said(desk.judge(WAL)) == [(CANDIDATE, "R-WAL-1", ("principles-not-evidenced",))]


def test_the_principles_are_inferred_from_the_cooperative_conditions(desk: Desk) -> None:
    desk.form("706", more=WALLONIA)
    desk.accredit("CNC")
    (values,) = (v for s, v in desk.values().items() if s.endswith(WAL))
    assert values["classificationOutcome"] == [f"{DEFAULT_BASE}code/classification-outcome/in"]
    assert values["certainty"] == [f"{DEFAULT_BASE}code/certainty/inferred"]


def test_brussels_accredits_public_bodies_too(desk: Desk) -> None:
    desk.form("420")
    desk.accredit("ES-BXL", "2020-01-01", "2022-01-01")
    assert desk.judge(BXL) == [(IN, "R-BXL-1", "2020-01-01", "2022-01-01", ())]


def test_a_mandate_without_its_accreditation_is_a_candidate(desk: Desk) -> None:
    desk.form("017")
    desk.accredit("ESI", "2020-01-01")
    assert desk.judge(BXL) == [(CANDIDATE, "R-BXL-1", "2020-01-01", "", ("prerequisite-missing",))]


@pytest.mark.parametrize(
    ("form", "rule"),
    [("706", "R-EU-1"), ("019", "R-EU-2"), ("017", "R-EU-3"), ("026", "R-EU-4")],
)
def test_the_union_counts_by_form(desk: Desk, form: str, rule: str) -> None:
    desk.form(form)
    assert said(desk.judge(EU)) == [(IN, rule, ())]


def test_the_union_counts_companies_by_accreditation(desk: Desk) -> None:
    desk.form("014")
    desk.accredit("ES-BXL", "2020-01-01")
    assert desk.judge(EU) == [(IN, "R-EU-5", "2020-01-01", "", ())]


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("", (CANDIDATE, "R-TSE-4", ("limit-not-evidenced",))),
        ("CNC", (IN, "R-TSE-4", ())),
        ("ES-CSA", (IN, "R-TSE-4", ())),
    ],
)
def test_the_tse_sector_wants_a_limit_on_the_profit_of_cooperatives(
    desk: Desk, scheme: str, expected: tuple[str, str, tuple[str, ...]]
) -> None:
    desk.form("706")
    if scheme:
        desk.accredit(scheme, "2010-01-01")
    assert said(desk.judge(TSE))[-1] == expected


def french(desk: Desk, family: str, flag: str = "") -> None:
    told = f"; se:socialEconomyFlag {flag}" if flag else ""
    stated = f"; se:legalFamily <code/legal-family/{family}>" if family else ""
    desk.add(f"{ORG} a se:Organisation ; se:country <code/country/FR> {stated} {told} .")


@pytest.mark.parametrize(
    ("family", "flag", "expected"),
    [
        ("association", "", (IN, "R-FR-1", ())),
        ("mutual", "true", (IN, "R-FR-3", ())),
        ("cooperative", "false", (CANDIDATE, "R-FR-2", ("flag-disagrees",))),
        ("other", "true", (CANDIDATE, "R-FR-5", ("flag-on-commercial-form",))),
        ("", "true", (IN, "R-FR-6", ())),
        ("public", "", (OUT, "R-FR-7", ())),
    ],
)
def test_france_counts_by_statute_and_by_the_register(
    desk: Desk, family: str, flag: str, expected: tuple[str, str, tuple[str, ...]]
) -> None:
    french(desk, family, flag)
    assert said(desk.judge(FR)) == [expected]
    assert not desk.judge(OBS)


def test_a_french_company_is_settled_by_its_accreditation(desk: Desk) -> None:
    french(desk, "other", "true")
    desk.accredit("ESUS", "2020-01-01")
    assert said(desk.judge(FR))[-1] == (IN, "R-FR-5", ())
