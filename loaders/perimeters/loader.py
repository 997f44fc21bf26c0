"""Rules on legal families, applied to every organisation that has one."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from loaders import identify
from loaders.describe import Reading
from loaders.source import Triples
from ontology import DEFAULT_BASE
from ontology import terms as se
from ontology.outside import RDF

THINGS = f"{DEFAULT_BASE}id/organisation/"
RULES = Path(__file__).with_name("rules.csv")


@dataclass(frozen=True)
class Rule:
    """One row of rules.csv: organisations of a legal family, in or out of a regime's perimeter."""

    rule: str
    version: str
    regime: str
    legal_family: str
    outcome: str
    basis: str


def rules() -> list[Rule]:
    """Return the rules in their order."""
    with RULES.open(encoding="utf-8", newline="") as stream:
        return [Rule(**row) for row in csv.DictReader(stream)]


def families(reading: Reading) -> Iterator[tuple[NamedNode, NamedNode, NamedNode]]:
    """Yield organisation, legal family, and the form or family that is the evidence.

    An organisation's own family counts before that of its legal form.
    """
    stated: dict[NamedNode, NamedNode] = {}
    forms: dict[NamedNode, list[NamedNode]] = defaultdict(list)
    for subject, predicate, value in reading.statements(se.legalFamily, se.legalForm):
        if isinstance(value, NamedNode):
            if predicate == se.legalFamily:
                stated[subject] = value
            else:
                forms[subject].append(value)
    for subject, family in stated.items():
        if subject.value.startswith(THINGS):
            yield subject, family, family
    for subject, held in forms.items():
        for form in held:
            if subject not in stated and form in stated:
                yield subject, stated[form], form


def derive(reading: Reading) -> Triples:
    """Yield one classification per organisation and rule that applies to it."""
    by_family: dict[NamedNode, list[Rule]] = defaultdict(list)
    for rule in rules():
        by_family[identify.code("legal-family", rule.legal_family)].append(rule)
    for organisation, family, evidence in families(reading):
        for rule in by_family[family]:
            number = f"{organisation.value.removeprefix(THINGS)}-{rule.rule}"
            subject = identify.thing("classification", "perimeters", number)
            yield subject, RDF.type, se.Classification
            yield subject, se.classified, organisation
            yield subject, se.regime, identify.code("regime", rule.regime)
            yield subject, se.family, family
            yield (
                subject,
                se.classificationOutcome,
                identify.code("classification-outcome", rule.outcome),
            )
            yield subject, se.ruleId, Literal(rule.rule)
            yield subject, se.ruleVersion, Literal(rule.version)
            yield subject, se.evidence, evidence
            yield subject, se.note, Literal(rule.basis, language="en")
