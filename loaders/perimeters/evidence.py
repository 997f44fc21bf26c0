"""What the graphs say near one organisation that a rule can rest on, each fact with its dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from loaders.records import identify
from ontology import DEFAULT_BASE
from ontology import terms as se
from ontology.outside import RDF, SKOS

# Days are compared as texts: all are whole ISO 8601 days, or one of these.
ALWAYS, FOREVER = "", "9999-12-31"
CODES = f"{DEFAULT_BASE}code/"
UNION = DefaultGraph()
PUBLIC, SOCIAL_PURPOSE = "public", "company-social-purpose"
# The law reads forms anew from this day: code of companies and associations, 2019.
REFORM = "2019-05-01"
COUNTRIES = {"kbo-legal-form": "BE", "insee-legal-category": "FR", "uk-legal-form": "GB"}
HELD, NOT_HELD = frozenset({"granted", "renewed"}), frozenset({"applied", "suspended"})

Value = NamedNode | Literal


class Fact(NamedTuple):
    """Something that holds from ``start`` until ``end`` (excluded); ``node`` is the evidence."""

    code: str
    node: Value
    start: str = ALWAYS
    end: str = FOREVER


class Form(NamedTuple):
    """A legal form of an organisation: its family is empty where the code list gives none."""

    fact: Fact
    family: str


class Decision(NamedTuple):
    """What a person decided; ``outcome`` None leaves it to the rules again."""

    fact: Fact
    number: int
    regime: str
    outcome: str | None


@dataclass
class Evidence:
    """All that is known of an organisation, and from when until when the organisation exists.

    It is not ``known`` where others speak of it and no graph describes it.
    """

    known: bool = False
    start: str = ALWAYS
    end: str = FOREVER
    forms: list[Form] = field(default_factory=list)
    families: list[Fact] = field(default_factory=list)
    public_role: Fact | None = None
    held: list[Fact] = field(default_factory=list)
    required: dict[str, frozenset[str]] = field(default_factory=dict)
    excluded: dict[str, frozenset[str]] = field(default_factory=dict)
    suspended: set[str] = field(default_factory=set)
    territories: set[str] = field(default_factory=set)
    decisions: list[Decision] = field(default_factory=list)

    def days(self) -> list[str]:
        """Return the days on which something begins or ends, within the organisation's life."""
        facts = [*self.held, *(form.fact for form in self.forms)]
        facts += (decision.fact for decision in self.decisions)
        found = {self.start, self.end}
        for fact in facts:
            found |= {day for day in (fact.start, fact.end) if self.start < day < self.end}
        return sorted(found)


def objects(facts: Store, subject: NamedNode, predicate: NamedNode) -> Iterator[NamedNode]:
    """Yield the things to which a subject is linked."""
    for quad in facts.quads_for_pattern(subject, predicate, None, UNION):
        if isinstance(quad.object, NamedNode):
            yield quad.object


def subjects(facts: Store, predicate: NamedNode, value: NamedNode) -> Iterator[NamedNode]:
    """Yield the things that link to a value."""
    for quad in facts.quads_for_pattern(None, predicate, value, UNION):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject


def statements(facts: Store, subject: NamedNode) -> dict[NamedNode, list[Value]]:
    """Return what is said of a subject, by predicate, in a fixed order."""
    said: dict[NamedNode, list[Value]] = {}
    for quad in facts.quads_for_pattern(subject, None, None, UNION):
        if isinstance(quad.object, NamedNode | Literal):
            said.setdefault(quad.predicate, []).append(quad.object)
    for values in said.values():
        if len(values) > 1:
            values.sort(key=str)
    return said


def code(value: Value) -> tuple[str, str]:
    """Return the list and the notation of a code; empty for what is none."""
    if not isinstance(value, NamedNode) or not value.value.startswith(CODES):
        return "", ""
    scheme, _, notation = value.value.removeprefix(CODES).partition("/")
    return scheme, notation


def notation(said: dict[NamedNode, list[Value]], predicate: NamedNode) -> str:
    """Return the notation of the first code under a predicate; empty when there is none."""
    values = said.get(predicate)
    return code(values[0])[1] if values else ""


def day(said: dict[NamedNode, list[Value]], *predicates: NamedNode) -> str:
    """Return the earliest day under the first predicate that has one; empty when none has."""
    for predicate in predicates:
        if values := said.get(predicate):
            return min(value.value for value in values)
    return ALWAYS


def gather(facts: Store, organisation: NamedNode) -> Evidence:
    """Return what the graphs say of an organisation that concerns any rule."""
    said = statements(facts, organisation)
    start, end = day(said, se.foundedOn), day(said, se.dissolvedOn) or FOREVER
    found = Evidence(known=RDF.type in said, start=start, end=end)
    if found.end <= found.start:
        found.end = FOREVER
    find_territories(facts, said, found)
    find_forms(facts, said, found)
    find_accreditations(facts, organisation, found)
    find_presumption(facts, found)
    find_decisions(facts, organisation, found)
    return found


def find_territories(facts: Store, said: dict[NamedNode, list[Value]], found: Evidence) -> None:
    """Find the country, and the regions where the organisation has its address or is active."""
    places = [*said.get(se.municipality, ()), *said.get(se.activeIn, ())]
    for address in said.get(se.address, ()):
        if isinstance(address, NamedNode):
            places += objects(facts, address, se.municipality)
    for country in said.get(se.country, ()):
        found.territories.add(":".join(code(country)))
    reached: set[Value] = set()
    while places:
        place = places.pop()
        if place not in reached and isinstance(place, NamedNode):
            reached.add(place)
            scheme, region = code(place)
            if scheme == "refnis-region":
                found.territories.add(f"{scheme}:{region}")
            elif scheme.startswith("refnis-"):
                found.territories.add("country:BE")
                places += objects(facts, place, SKOS.broader)


def find_forms(facts: Store, said: dict[NamedNode, list[Value]], found: Evidence) -> None:
    """Find the legal forms with their families, the families that sources state, a public role.

    The form in the articles holds until the reform of 2019, the one in which the law has it
    read since then from that day; the register shows both.
    """
    former = said.get(se.formInArticles, ())
    for value in said.get(se.legalForm, ()):
        found.forms += forms(facts, value, found, start=REFORM if former else ALWAYS)
    for value in former:
        found.forms += forms(facts, value, found, end=REFORM)
    by_form = {form.family for form in found.forms if form.fact.end == FOREVER}
    for value in said.get(se.legalFamily, ()):
        if (family := code(value)[1]) not in by_form:
            found.families.append(Fact(family, value))
    for flag in said.get(se.socialEconomyFlag, ()):
        stated = "ess-stated" if flag.value in ("true", "1") else "ess-denied"
        found.held.append(Fact(stated, flag))
    for role in said.get(se.ecosystemRole, ()):
        if code(role)[1] == "public-authority":
            found.public_role = Fact(PUBLIC, role)


def forms(
    facts: Store, value: Value, found: Evidence, start: str = ALWAYS, end: str = FOREVER
) -> Iterator[Form]:
    """Yield a legal form with its family, and note the country whose form it is."""
    scheme, form = code(value)
    if not isinstance(value, NamedNode) or not form:
        return
    if country := COUNTRIES.get(scheme):
        found.territories.add(f"country:{country}")
    families = sorted(code(one)[1] for one in objects(facts, value, se.legalFamily))
    yield Form(Fact(form, value, start, end), families[0] if families else "")


def find_accreditations(facts: Store, organisation: NamedNode, found: Evidence) -> None:
    """Find the accreditations with the days on which they hold, and what each requires."""
    for node in sorted(subjects(facts, se.accreditedOrganisation, organisation), key=str):
        said = statements(facts, node)
        for scheme in said.get(se.accreditationScheme, ()):
            if not isinstance(scheme, NamedNode):
                continue
            name, status = code(scheme)[1], notation(said, se.accreditationStatus)
            if status == "suspended":
                found.suspended.add(name)
            end = day(said, se.validTo)
            if status in NOT_HELD or not (end or status in HELD or not status):
                continue
            law = statements(facts, scheme)
            last = day(law, se.validTo) or FOREVER
            start = day(said, se.validFrom, se.observedOn, se.decisionDate)
            held = Fact(name, node, start, min(end or FOREVER, last))
            if held.start < held.end:
                found.held.append(held)
            note_law(law, name, found)


def note_law(law: dict[NamedNode, list[Value]], name: str, found: Evidence) -> None:
    """Note what a scheme requires and rules out, and where it is law."""
    found.required[name] = frozenset(code(one)[1] for one in law.get(se.prerequisite, ()))
    found.excluded[name] = frozenset(code(one)[1] for one in law.get(se.excludes, ()))
    for place in law.get(se.jurisdiction, ()):
        scheme, where = code(place)
        found.territories |= {f"{scheme}:{where}", f"country:{where}"}
        if scheme == "refnis-region":
            found.territories.add("country:BE")


def find_presumption(facts: Store, found: Evidence) -> None:
    """Find the social purpose that a form carries by itself, until the law ended that."""
    for form in found.forms:
        if form.family == SOCIAL_PURPOSE and isinstance(form.fact.node, NamedNode):
            last = day(statements(facts, form.fact.node), se.validTo) or FOREVER
            found.held.append(form.fact._replace(code="social-purpose", end=last))
    for family in found.families:
        if family.code == SOCIAL_PURPOSE:
            last = FOREVER
            if "country:BE" in found.territories:
                status = identify.code("accreditation-scheme", "SFS")
                last = day(statements(facts, status), se.validTo) or FOREVER
            found.held.append(family._replace(code="social-purpose", end=last))


def find_decisions(facts: Store, organisation: NamedNode, found: Evidence) -> None:
    """Find what people decided about the organisation, in the order of the journal."""
    for node in subjects(facts, se.classified, organisation):
        if Quad(node, RDF.type, se.ClassificationDecision, UNION) not in facts:
            continue
        said = statements(facts, node)
        start, end = day(said, se.validFrom), day(said, se.validTo) or FOREVER
        number = int(said[SKOS.notation][0].value)
        outcome = notation(said, se.classificationOutcome) or None
        fact = Fact("decision", node, start, end)
        found.decisions.append(Decision(fact, number, notation(said, se.regime), outcome))
    found.decisions.sort(key=lambda decision: decision.number)
