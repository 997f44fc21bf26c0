"""What the tests of classification share: one organisation of which a few things are said."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from loaders.perimeters import loader
from ontology import DEFAULT_BASE, NAMESPACE
from ontology import terms as se
from tests.test_codes import lists

PREFIXES = f"""@base <{DEFAULT_BASE}> .
@prefix se: <{NAMESPACE}> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
O = NamedNode(f"{DEFAULT_BASE}id/organisation/kbo-1999900072")  # noqa: E741 the organisation
ORG = "<id/organisation/kbo-1999900072>"
OBS, WAL, BXL, EU, TSE, FR = (
    "observatory", "wallonia-2008", "brussels-2018", "eu-seap", "un-tse", "france-2014",
)  # fmt: skip


@cache
def code_lines() -> bytes:
    sources = ("maillage_codes", "kbo_codes", "refnis")
    return "".join(f"{line}\n" for name in sources for line in lists()[name]).encode()


@cache
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

    def __init__(self) -> None:
        self.facts = codes()
        self.added: list[Quad] = []

    def add(self, text: str) -> None:
        self.added += parse((PREFIXES + text).encode(), format=RdfFormat.TURTLE)
        self.facts.extend(self.added)

    def clear(self) -> None:
        for quad in self.added:
            self.facts.remove(quad)

    def form(self, *forms: str, more: str = "") -> None:
        said = "".join(f"; se:legalForm <code/kbo-legal-form/{form}> " for form in forms)
        self.add(f"{ORG} a se:Organisation {said}{more} .")

    def accredit(
        self, scheme: str, start: str = "", end: str = "", status: str = "granted"
    ) -> None:
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


IN, OUT, CANDIDATE = "in", "out", "candidate"
WALLONIA = "; se:activeIn <code/refnis-region/03000>"


def said(found: list[Said]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.outcome, one.rule, one.reasons) for one in found]
