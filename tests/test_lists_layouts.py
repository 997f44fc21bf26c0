"""What each layout of a list says, and how it lives beside a register."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse

from loaders.description import list_templates
from loaders.description.describe import Described, describe
from loaders.lists.verdicts import Verdict
from loaders.names import loader as names
from loaders.records.source import find
from ontology import DEFAULT_BASE
from ontology import terms as se
from ontology.outside import DCTERMS, RDF, SKOS
from tests.listed import HEADER, ROW, codes, given, member, members, only, refused

LAYOUTS = sorted(list_templates.layouts())
# Rows without a number can be attributed to nobody there, and nothing is public.
CONFIDENTIAL = {"volunteers"}
VAL = NamedNode(f"{DEFAULT_BASE}id/organisation/kbo-1900000168")


def sample(layout: str) -> Described:
    source = find(f"{layout}-example")
    return describe(source, source.folder / "sample", codes(), period="2026-06")


def facts(*described: Described, extra: str = "") -> Store:
    """Return a store of what was described."""
    store = Store()
    lines = [line for one in described for line in one.lines["public"]]
    store.extend(parse("\n".join([*lines, extra]), format=RdfFormat.N_TRIPLES))
    return store


def value(store: Store, subject: NamedNode, predicate: NamedNode) -> str:
    (quad,) = store.quads_for_pattern(subject, predicate, None)
    assert isinstance(quad.object, NamedNode | Literal)
    return quad.object.value


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_sample_of_a_layout_is_accepted(layout: str) -> None:
    judgement = sample(layout).judgement
    assert judgement is not None
    assert not judgement.refused
    counts = judgement.counts()
    assert counts[Verdict.ACCEPTED]
    assert bool(counts[Verdict.UNNUMBERED]) == (layout not in CONFIDENTIAL)


def test_a_member_without_number_has_all_that_linking_needs() -> None:
    store = facts(sample("members"))
    (quad,) = store.quads_for_pattern(
        None, SKOS.prefLabel, Literal("Coopérative des Étangs", language="fr")
    )
    assert isinstance(quad.subject, NamedNode)
    assert "members-example-" in quad.subject.value
    assert value(store, quad.subject, se.legalForm).endswith("/kbo-legal-form/508")
    address = NamedNode(value(store, quad.subject, se.address))
    assert value(store, address, se.postalCode) == "1050"
    assert value(store, address, se.locality) == "Ixelles"
    assert value(store, address, se.street) == "Chaussée de Wavre 12"


def test_a_member_with_a_number_is_that_organisation_and_its_register_describes_it() -> None:
    store = facts(sample("members"))
    assert value(store, VAL, SKOS.altLabel) == "Les Ateliers du Val"
    said = {quad.predicate for quad in store.quads_for_pattern(VAL, None, None)}
    assert said == {RDF.type, SKOS.altLabel, se.identifiedBy, se.webPage}
    identifier = NamedNode(value(store, VAL, se.identifiedBy))
    assert value(store, identifier, SKOS.notation) == "1900000168"


def test_a_membership_is_half_open_with_its_precision() -> None:
    store = facts(sample("members"))
    (open_end,) = store.quads_for_pattern(None, se.member, VAL)
    assert isinstance(open_end.subject, NamedNode)
    assert value(store, open_end.subject, se.validFrom) == "2015-01-01"
    assert value(store, open_end.subject, se.validFromPrecision).endswith("/year")
    assert not list(store.quads_for_pattern(open_end.subject, se.validTo, None))
    ends = {quad.object for quad in store.quads_for_pattern(None, se.validTo, None)}
    assert [end.value for end in ends if isinstance(end, Literal)] == ["2024-01-01"]
    (seen,) = store.quads_for_pattern(None, se.observedOn, None)
    assert isinstance(seen.object, Literal)
    assert seen.object.value == "2026-06-01"


def test_the_federation_is_the_sender_or_the_one_that_the_row_names() -> None:
    store = facts(sample("members"))
    federations = {str(quad.object) for quad in store.quads_for_pattern(None, se.memberOf, None)}
    assert federations == {
        f"<{DEFAULT_BASE}id/organisation/sender-example>",
        f"<{DEFAULT_BASE}id/organisation/kbo-1900000465>",
    }


def test_an_end_before_the_beginning_is_refused(tmp_path: Path) -> None:
    content = members(ROW + ";2019-12-31", header=HEADER + ";valid_to")
    finding = only(refused(tmp_path, content))
    assert finding.column == "valid_to"
    assert finding.value == "2019-12-31"


def test_an_accreditation_has_its_scheme_decision_period_and_law() -> None:
    store = facts(sample("accreditations"))
    scheme = NamedNode(f"{DEFAULT_BASE}code/accreditation-scheme/IES")
    (quad,) = store.quads_for_pattern(None, se.accreditationScheme, scheme)
    found = quad.subject
    assert isinstance(found, NamedNode)
    assert value(store, found, se.accreditedOrganisation) == VAL.value
    assert value(store, found, se.decisionDate) == "2022-11-18"
    assert value(store, found, se.validFrom) == "2023-01-01"
    assert value(store, found, se.validTo) == "2027-01-01"
    assert value(store, found, se.accreditationStatus).endswith("/granted")
    law = NamedNode(value(store, found, se.legalBasis))
    assert value(store, law, SKOS.prefLabel) == "Décret du 20 octobre 2016"
    assert value(store, law, se.legalType).endswith("/decree")


def test_an_address_that_is_no_eli_stays_as_a_note_and_is_remarked() -> None:
    judgement = sample("accreditations").judgement
    assert judgement is not None
    finding = only(judgement)
    assert (finding.line, finding.column) == (4, "legal_basis_eli")
    assert finding.refused is False


def test_an_award_mirrors_the_360giving_fields() -> None:
    store = facts(sample("awards"))
    award = NamedNode(f"{DEFAULT_BASE}id/award/awards-example-360G-example-1")
    assert value(store, award, SKOS.prefLabel) == "Atelier de réparation"
    assert value(store, award, se.recipient) == VAL.value
    assert value(store, award, se.funder).endswith("/kbo-1900000663")
    assert value(store, award, se.amount) == "25000"
    assert value(store, award, se.currency).endswith("/EUR")
    assert value(store, award, se.amountBasis).endswith("/awarded")
    assert value(store, award, DCTERMS.date) == "2024-02-01"
    assert value(store, award, se.validTo) == "2025-03-01"
    scheme = NamedNode(value(store, award, se.underScheme))
    assert value(store, scheme, SKOS.prefLabel) == "Appel à projets 2024"
    across = NamedNode(f"{DEFAULT_BASE}id/award/awards-example-360G-example-3")
    assert value(store, across, se.recipient).endswith("/organisation/siren-732829320")


AWARD = (
    "Identifier,Title,Currency,Amount Awarded,Award Date,Recipient Org:Identifier,"
    "Recipient Org:Company Number,Recipient Org:Name,Funding Org:Identifier,Funding Org:Name\n"
    "A1,Titre,EUR,100,2024-02-01,{},{},Coop,BE-BCE_KBO-1900000168,Fondation\n"
)


@pytest.mark.parametrize(
    ("identifier", "number", "said"),
    [
        ("BE-BCE_KBO-1900000169", "", "check digits"),
        ("1900000168", "", "lacks the prefix"),
        ("BE-BCE_KBO-1900000168", "1900.000.267", "two different numbers"),
        ("FR-INSEE-732829321", "", "check digits"),
    ],
)
def test_a_wrong_identifier_of_a_recipient_is_refused(
    tmp_path: Path, identifier: str, number: str, said: str
) -> None:
    assert said in only(refused(tmp_path, AWARD.format(identifier, number), "awards")).reason.en


@pytest.mark.parametrize(
    ("identifier", "number", "organisation"),
    [
        ("BE-BCE_KBO-1900000168", "1900.000.168", "kbo-1900000168"),
        ("FR-RNA-W751000001", "", "rna-W751000001"),
        ("", "73282932000074", "siren-732829320"),
        ("360G-x", "1900.000.168", "kbo-1900000168"),
    ],
)
def test_a_recipient_is_known_by_any_of_its_numbers(
    tmp_path: Path, identifier: str, number: str, organisation: str
) -> None:
    lines = given(tmp_path, AWARD.format(identifier, number), "awards").lines["public"]
    assert any("ns#recipient" in line and f"/{organisation}>" in line for line in lines)


def test_a_portfolio_says_instrument_amount_and_financer() -> None:
    store = facts(sample("portfolios"))
    loan = NamedNode(f"{DEFAULT_BASE}id/award/portfolios-example-P-1")
    assert value(store, loan, se.awardKind).endswith("/funding-kind/loan")
    assert value(store, loan, se.amount) == "25000"
    assert value(store, loan, se.amountBasis).endswith("/committed")
    assert value(store, loan, se.funder).endswith("/organisation/sender-example")
    assert value(store, loan, se.validTo) == "2028-04-01"
    guarantee = NamedNode(f"{DEFAULT_BASE}id/award/portfolios-example-P-3")
    assert not list(store.quads_for_pattern(guarantee, se.amount, None))


def test_a_mandate_occupies_a_seat_of_a_body() -> None:
    store = facts(sample("mandates"))
    (body,) = store.quads_for_pattern(None, RDF.type, se.AdvisoryBody)
    assert len(list(store.quads_for_pattern(None, se.seatIn, body.subject))) == 2
    (person,) = store.quads_for_pattern(None, RDF.type, se.Person)
    said = {quad.predicate for quad in store.quads_for_pattern(person.subject, None, None)}
    assert said == {RDF.type, SKOS.prefLabel}
    (sits,) = store.quads_for_pattern(None, se.representedBy, person.subject)
    assert isinstance(sits.subject, NamedNode)
    assert value(store, sits.subject, se.onBehalfOf).endswith("/kbo-1900000267")


def test_an_unknown_type_of_body_is_refused(tmp_path: Path) -> None:
    content = "body;body_type;seat_kind;name\nConseil;club;effective;Fédération\n"
    finding = only(refused(tmp_path, content, "mandates"))
    assert (finding.column, finding.value) == ("body_type", "club")


# -------------------------------------------------------------------- names beside a register


def test_without_a_register_the_first_name_of_the_lists_stands_in() -> None:
    store = facts(sample("members"), sample("mandates"))
    found = list(names.organisations(store))
    assert VAL in found
    assert list(names.derive(store, VAL)) == [
        (VAL, SKOS.prefLabel, Literal("Fédération du Val", language="fr"))
    ]
    for organisation in found:
        assert len(list(names.derive(store, organisation))) == 1


def test_with_a_register_its_name_is_the_preferred_one_and_no_other_comes() -> None:
    register = f'{VAL} {SKOS.prefLabel} "ATELIERS DU VAL"@fr .'
    store = facts(sample("members"), extra=register)
    assert VAL not in list(names.organisations(store))
    assert list(names.derive(store, VAL)) == []
    assert names.affected(store, [VAL, RDF.type]) == {VAL}


@pytest.mark.parametrize("layout", sorted({*LAYOUTS} - CONFIDENTIAL))
def test_with_the_names_every_organisation_has_one_preferred_name_a_language(layout: str) -> None:
    store = facts(sample(layout))
    for organisation in list(names.organisations(store)):
        for subject, predicate, text in names.derive(store, organisation):
            store.extend(parse(f"{subject} {predicate} {text} .", format=RdfFormat.N_TRIPLES))
    for quad in store.quads_for_pattern(None, RDF.type, se.Organisation):
        labels = [q.object for q in store.quads_for_pattern(quad.subject, SKOS.prefLabel, None)]
        languages = sorted(str(one.language) for one in labels if isinstance(one, Literal))
        assert languages
        assert all(len(list(group)) == 1 for _, group in groupby(languages))


def test_the_same_row_gives_the_same_things_in_the_next_delivery(tmp_path: Path) -> None:
    before = set(given(tmp_path / "a", member(enterprise_number="")).lines["public"])
    later = given(tmp_path / "b", members("M9;;Autre;;;;;2020", ROW.replace("1900.000.168", "")))
    assert before <= set(later.lines["public"])
