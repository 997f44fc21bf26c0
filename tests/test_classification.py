"""The rules of classification: what they say of small cases, by regime and day."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from loaders.perimeters import loader
from loaders.perimeters.rules import clauses
from loaders.source import find
from ontology import DEFAULT_BASE
from ontology import terms as se
from tests.shaped import PREFIXES
from tests.test_codes import lists

ROOT = Path(__file__).parent.parent
O = NamedNode(f"{DEFAULT_BASE}id/organisation/kbo-1999900072")  # noqa: E741 the organisation
ORG = "<id/organisation/kbo-1999900072>"
OBS, WAL, BXL, EU, TSE, FR = (
    "observatory", "wallonia-2008", "brussels-2018", "eu-seap", "un-tse", "france-2014",
)  # fmt: skip


@cache
def code_lines() -> bytes:
    sources = ("maillage_codes", "kbo_codes", "refnis")
    return "".join(f"{line}\n" for name in sources for line in lists()[name]).encode()


@pytest.fixture(scope="module")
def codes() -> Store:
    store = Store()
    store.bulk_load(code_lines(), format=RdfFormat.N_TRIPLES)
    return store


class Said(NamedTuple):
    outcome: str
    rule: str
    start: str
    end: str
    reasons: tuple[str, ...]


class Desk:
    """Judges one organisation, of which a few statements are made beside the code lists."""

    def __init__(self, facts: Store) -> None:
        self.facts = facts

    def add(self, text: str) -> None:
        text = f"@base <{DEFAULT_BASE}> ." + PREFIXES + text
        self.facts.load(text.encode(), format=RdfFormat.TURTLE)

    def form(self, *forms: str, more: str = "") -> None:
        said = "".join(f"; se:legalForm <code/kbo-legal-form/{form}> " for form in forms)
        self.add(f"{ORG} a se:Organisation {said}{more} .")

    def accredit(self, scheme: str, start: str = "", end: str = "", status: str = "granted") -> None:
        number = len(list(self.facts.quads_for_pattern(None, se.accreditedOrganisation, O)))
        days = f'; se:validFrom "{start}"^^xsd:date ' if start else ""
        days += f'; se:validTo "{end}"^^xsd:date ' if end else ""
        self.add(
            f"<id/accreditation/x-{number}> a se:Accreditation ; se:accreditedOrganisation {ORG} ;"
            f" se:accreditationScheme <code/accreditation-scheme/{scheme}> ;"
            f" se:accreditationStatus <code/accreditation-status/{status}> {days}."
        )

    def decide(self, number: int, regime: str, outcome: str, start: str = "") -> None:
        told = "" if outcome == "rule" else "; se:classificationOutcome "
        told += "" if outcome == "rule" else f"<code/classification-outcome/{outcome}>"
        days = f'; se:validFrom "{start}"^^xsd:date ' if start else ""
        self.add(
            f"<id/classification-decision/maillage-{number}> a se:ClassificationDecision ;"
            f' skos:notation "{number}" ; se:classified {ORG} ;'
            f" se:regime <code/regime/{regime}> {told}{days}."
        )

    def values(self) -> dict[str, dict[str, list[str]]]:
        """What is said, by classification and predicate."""
        found: dict[str, dict[str, list[str]]] = {}
        for subject, predicate, value in loader.derive(self.facts, O):
            name = predicate.value.rpartition("#")[2]
            found.setdefault(subject.value, {}).setdefault(name, []).append(value.value)
        return found

    def judge(self, regime: str) -> list[Said]:
        found = []
        for said in self.values().values():
            tails = {
                name: sorted(value.rpartition("/")[2] for value in values)
                for name, values in said.items()
            }
            if tails["regime"] == [regime]:
                start, end = (tails.get(name, [""])[0] for name in ("validFrom", "validTo"))
                reasons = tuple(tails.get("candidateReason", ()))
                (outcome,), (rule,) = tails["classificationOutcome"], tails["ruleId"]
                found.append(Said(outcome, rule, start, end, reasons))
        return sorted(found, key=lambda one: one.start)


@pytest.fixture
def desk(codes: Store) -> Iterable[Desk]:
    before = set(codes)
    yield Desk(codes)
    for quad in set(codes) - before:
        codes.remove(quad)
