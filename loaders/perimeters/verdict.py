"""The rules applied to what is known of an organisation, day by day, as dated verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from loaders.perimeters.evidence import (
    ALWAYS,
    FOREVER,
    PUBLIC,
    SOCIAL_PURPOSE,
    Evidence,
    Fact,
    Value,
)
from loaders.perimeters.rules import NO_FAMILY, Clause, clauses

CANDIDATE = "candidate"
# A cooperative with a social purpose is both; neither family contradicts the other.
COMPATIBLE = frozenset({"cooperative", SOCIAL_PURPOSE})
# The ordinance lets public bodies in, and asks for no form.
FORM_BLIND = frozenset({"brussels-2018"})
# Names a decision, and its version, on an organisation of which no rule speaks.
REVIEW = ("R-REVIEW", "1")


class Verdict(NamedTuple):
    """What one rule says of an organisation from ``start`` until ``end`` (excluded).

    ``by_rule`` is the outcome of the rule where a person decided otherwise or confirmed it.
    """

    regime: str
    rule: str
    version: str
    outcome: str
    family: str
    start: str = ALWAYS
    end: str = FOREVER
    certainty: str = ""
    reasons: tuple[str, ...] = ()
    evidence: tuple[Value, ...] = ()
    by_rule: str = ""


@dataclass
class State:
    """What holds of an organisation on the days between two changes.

    ``doubts`` gives the reasons for which an accreditation that is held proves nothing by
    itself, ``conflicts`` what sources say against each other, each with its evidence.
    """

    families: dict[str, list[Value]]
    forms: frozenset[str]
    held: list[Fact]
    territories: frozenset[str]
    suspended: set[str]
    doubts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    conflicts: dict[str, list[Value]] = field(default_factory=dict)

    def holders(self, names: frozenset[str]) -> list[Fact]:
        """Return what is held among named accreditations and signals."""
        return [fact for fact in self.held if fact.code in names]


def state(found: Evidence, start: str) -> State:
    """Return what holds on a day, and until the next on which something changes."""
    forms = [form for form in found.forms if form.fact.start <= start < form.fact.end]
    families: dict[str, list[Value]] = {}
    for form in forms:
        if form.family:
            families.setdefault(form.family, []).append(form.fact.node)
    by_form = frozenset(families)
    for family in found.families:
        families.setdefault(family.code, []).append(family.node)
    held = [fact for fact in found.held if fact.start <= start < fact.end]
    names = frozenset(form.fact.code for form in forms)
    now = State(families, names, held, frozenset(found.territories), found.suspended)
    find_doubts(now, found)
    find_conflicts(now, by_form, found)
    return now


def find_doubts(now: State, found: Evidence) -> None:
    """Find the accreditations without the one they require, or beside one they exclude."""
    names = {fact.code for fact in now.held}
    for name in names:
        doubts = []
        if found.required.get(name, frozenset()) - names:
            doubts.append("prerequisite-missing")
        if found.excluded.get(name, frozenset()) & names:
            doubts.append("accreditations-exclude")
        if doubts:
            now.doubts[name] = tuple(doubts)


def find_conflicts(now: State, by_form: frozenset[str], found: Evidence) -> None:
    """Find where sources contradict each other on what the organisation is."""
    everything = [node for nodes in now.families.values() for node in nodes]
    private = now.families.keys() - {PUBLIC}
    if len(by_form) > 1 and not by_form <= COMPATIBLE:
        now.conflicts["overlapping-forms"] = everything
    if PUBLIC in now.families and private:
        now.conflicts["public-control"] = everything
    elif found.public_role and private:
        now.conflicts["public-control"] = [*everything, found.public_role.node]
    elif len(now.families) > len(by_form) > 0 and not now.families.keys() <= COMPATIBLE:
        now.conflicts["family-disagrees"] = everything
    if "country:FR" in now.territories:
        denied = [fact.node for fact in now.held if fact.code == "ess-denied"]
        if denied:
            now.conflicts["flag-disagrees"] = [*everything, *denied]


@lru_cache(maxsize=1 << 14)
def applicable(
    regime: str, families: tuple[str, ...], forms: frozenset[str], territories: frozenset[str]
) -> tuple[tuple[Clause, str], ...]:
    """Return the clauses of a regime whose form and territory fit, each with the family it met."""
    found = []
    for clause in clauses()[regime]:
        met = next((name for name in families if name in clause.families), "")
        unknown = not families and NO_FAMILY in clause.families
        if clause.families and not met and not unknown:
            continue
        if clause.territory and clause.territory not in territories:
            continue
        if not clause.forms or clause.forms & forms:
            found.append((clause, met or next(iter(families), "")))
    return tuple(found)


def judged(clause: Clause, family: str, now: State) -> tuple[bool, Verdict] | None:
    """Return what a clause that fits says of a state, and whether all it needs is there."""
    nodes = tuple(now.families.get(family, ()))
    verdict = Verdict(
        clause.regime,
        clause.rule,
        clause.version,
        clause.outcome,
        family,
        certainty=clause.certainty,
        reasons=(clause.reason,) if clause.reason else (),
        evidence=nodes,
    )
    if not clause.needs:
        return True, verdict
    if holders := now.holders(clause.needs):
        told = verdict._replace(family=clause.assigned or family)
        return True, with_holders(told, holders, now)
    hints = now.holders(clause.suggests)
    if not clause.lacking or (clause.suggests and not hints):
        return None
    reason = "accreditation-suspended" if clause.needs & now.suspended else clause.lacking
    seen = (*nodes, *(fact.node for fact in hints))
    lacking = verdict._replace(outcome=CANDIDATE, reasons=(reason,), certainty="", evidence=seen)
    return False, lacking


def with_holders(verdict: Verdict, holders: list[Fact], now: State) -> Verdict:
    """Return a verdict that rests on accreditations; in doubt where each of them is."""
    evidence = tuple(dict.fromkeys([*verdict.evidence, *(fact.node for fact in holders)]))
    if any(fact.code not in now.doubts for fact in holders):
        return verdict._replace(evidence=evidence)
    reasons = {reason for fact in holders for reason in now.doubts[fact.code]}
    return verdict._replace(
        outcome=CANDIDATE, reasons=tuple(sorted(reasons)), certainty="", evidence=evidence
    )


def ruled(regime: str, now: State) -> Verdict | None:
    """Return what the first clause says that holds; else the first of which something lacks."""
    lacking: Verdict | None = None
    for clause, family in applicable(regime, tuple(now.families), now.forms, now.territories):
        if found := judged(clause, family, now):
            whole, verdict = found
            if whole:
                return contradicted(verdict, now)
            lacking = lacking or verdict
    return contradicted(lacking, now) if lacking else None


def contradicted(verdict: Verdict, now: State) -> Verdict:
    """Return a verdict as a candidate where sources contradict each other on the form."""
    if not now.conflicts or verdict.regime in FORM_BLIND:
        return verdict
    reasons = {*verdict.reasons, *now.conflicts}
    nodes = [*verdict.evidence, *(n for nodes in now.conflicts.values() for n in nodes)]
    return verdict._replace(
        outcome=CANDIDATE,
        reasons=tuple(sorted(reasons)),
        certainty="",
        evidence=tuple(dict.fromkeys(nodes)),
    )


def decided(verdict: Verdict | None, regime: str, found: Evidence, start: str) -> Verdict | None:
    """Return a verdict as the last decision on these days has it."""
    last = None
    for decision in found.decisions:
        if decision.regime == regime and decision.fact.start <= start < decision.fact.end:
            last = decision
    if last is None or last.outcome is None:
        return verdict
    ruling = verdict or Verdict(regime, *REVIEW, "", "")
    evidence = (*ruling.evidence, last.fact.node)
    return ruling._replace(outcome=last.outcome, by_rule=ruling.outcome, evidence=evidence)


def verdicts(found: Evidence) -> Iterator[Verdict]:
    """Yield the verdicts under every regime, each as long as it stays the same."""
    if not found.known:
        return
    spans = [(start, end, state(found, start)) for start, end in pairwise(found.days())]
    for regime in clauses():
        last: Verdict | None = None
        for start, end, now in spans:
            verdict = decided(ruled(regime, now), regime, found, start)
            dated = verdict and verdict._replace(start=start, end=end)
            if last and dated and last.end == start and same(last, dated):
                last = last._replace(end=end)
                continue
            if last:
                yield last
            last = dated
        if last:
            yield last


def same(one: Verdict, other: Verdict) -> bool:
    """Tell whether two verdicts differ in nothing but their days."""
    return one._replace(start=other.start, end=other.end) == other
