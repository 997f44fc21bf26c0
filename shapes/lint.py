"""The shapes themselves examined: a shape that cannot fail must not look like one that passes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain

from pyoxigraph import BlankNode, Literal, NamedNode, Store
from rdflib.namespace import FOAF, SDO

from ontology import NAMESPACE, vocabulary
from ontology import outside as known
from ontology.outside import SH, XSD
from shapes import patterns, terms
from shapes.following import UnboundedError
from shapes.joining import joined
from shapes.naming import short
from shapes.reach import properties_of_codes
from shapes.reading import ShapesGraph, Subject, Term

SHACL = "http://www.w3.org/ns/shacl#"
OLD_SCHEMA = "http://schema.org/"
# What both engines enforce and these shapes use; anything else would be ignored in silence.
KNOWN = {
    "NodeShape", "PropertyShape", "SPARQLConstraint", "targetClass", "targetSubjectsOf",
    "property", "path", "alternativePath", "inversePath", "name", "description", "message",
    "severity", "Violation", "Warning", "Info", "minCount", "maxCount", "datatype", "class",
    "nodeKind", "IRI", "Literal", "IRIOrLiteral", "pattern", "flags", "minLength", "maxLength",
    "minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "uniqueLang", "languageIn",
    "in", "hasValue", "lessThan", "lessThanOrEquals", "equals", "disjoint", "node", "not", "or",
    "and", "xone", "sparql", "select",
}  # fmt: skip
SINGLE = (
    "path", "datatype", "nodeKind", "minCount", "maxCount", "pattern", "flags", "minLength",
    "maxLength", "minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "uniqueLang",
    "languageIn", "in", "severity", "sparql", "select",
)  # fmt: skip
INTEGERS = ("minCount", "maxCount", "minLength", "maxLength")
REFERENCES = ("property", "node", "not", "or", "and", "xone")
# What must be absent is named in no other place of the platform: these know all their terms.
VOCABULARIES = (FOAF, SDO)
VCARD = "http://www.w3.org/2006/vcard/ns#"
VCARD_TERMS = ("bday", "hasAddress", "hasEmail", "hasTelephone")
# Comments, texts and IRIs say nothing about what a query does.
INERT = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|<[^<>\s]*>|#[^\n]*')
# SHACL forbids the first; the compiled engine does not know the functions on dates.
FORBIDDEN = re.compile(
    r"(?<![?$:\w])(SERVICE|MINUS|VALUES|LOAD|FROM|YEAR|MONTH|DAY|NOW)(?![:\w])", re.IGNORECASE
)
# The reference engine does not bind these.
UNBOUND = re.compile(r"[?$](shapesGraph|currentShape)\b")
# A step that may be left out (``se:callOf?``): the compiled engine then passes over all nodes of
# the data for each focus node. A variable has its name right behind the sign.
LEFT_OUT = re.compile(r"\?(?!\w)")
SELECTS = re.compile(r"(?<![?$:\w])SELECT(?![:\w])", re.IGNORECASE)

Problem = tuple[Subject, str]
Rule = Callable[[ShapesGraph], Iterator[Problem]]


def problems(shapes: ShapesGraph) -> list[str]:
    """Return what is wrong with shapes, one line each, naming the file and the shape."""
    if not shapes.targeted:
        return ["shapes: 0 shapes with a target: nothing would be examined"]
    found = chain.from_iterable(rule(shapes) for rule in RULES)
    return sorted({place(shapes, subject) + text for subject, text in found})


def place(shapes: ShapesGraph, subject: Subject) -> str:
    """Return the file and the short name of a subject, as the head of a message."""
    name = shapes.named(subject)
    return f"shapes/{shapes.files.get(name, '?')}: {short(name)}: "


def unknown_shacl_terms(shapes: ShapesGraph) -> Iterator[Problem]:
    """Find misspelt terms of SHACL, and those that an engine would ignore."""
    for triple in shapes.triples:
        for term in (triple.predicate, triple.object):
            if not isinstance(term, NamedNode) or not term.value.startswith(SHACL):
                continue
            if (name := term.value.removeprefix(SHACL)) not in KNOWN:
                yield owner(triple.subject), f"unknown term sh:{name}: misspelt or not supported"
        if triple.predicate == known.OWL.imports:
            yield owner(triple.subject), "owl:imports is refused: shapes come from this folder only"


def owner(subject: Term) -> Subject:
    """Return a subject as such: shapes hold no triple terms."""
    if not isinstance(subject, NamedNode | BlankNode):
        raise TypeError(f"{subject} is no subject of a shape")
    return subject


def unknown_targets(shapes: ShapesGraph) -> Iterator[Problem]:
    """Find classes and properties that exist nowhere: they would never be met."""
    asked = {"targetClass": SH.targetClass, "class": SH.class_, "hasValue": SH.hasValue}
    asked |= {"targetSubjectsOf": SH.targetSubjectsOf}
    asked |= {"lessThan": SH.lessThan, "lessThanOrEquals": SH.lessThanOrEquals}
    asked |= {"equals": SH.equals, "disjoint": SH.disjoint}
    for subject in shapes.subjects:
        for name, predicate in asked.items():
            for term in shapes.objects(subject, predicate):
                if not isinstance(term, NamedNode) or not exists(term.value):
                    yield subject, f"sh:{name} {short(term_text(term))} is not in the vocabulary"


def paths(shapes: ShapesGraph) -> Iterator[Problem]:
    """Find property shapes without a path, and paths over properties that exist nowhere."""
    for subject in shapes.subjects:
        for shape in shapes.objects(subject, SH.property):
            if not shapes.objects(owner(shape), SH.path):
                yield subject, f"property shape {short(term_text(shape))} has no sh:path"
        written = [shapes.written(path) for path in shapes.objects(subject, SH.path)]
        if not any(written) and SH.PropertyShape in shapes.objects(subject, known.RDF.type):
            yield subject, "no usable sh:path: give a property, sh:inversePath or alternatives"
        for step in re.findall(r"<([^>]*)>", "|".join(written)):
            if not exists(step):
                yield subject, f"sh:path {short(step)} is not in the vocabulary"


def values(shapes: ShapesGraph) -> Iterator[Problem]:
    """Find parameters given twice, numbers that are none and patterns that are none."""
    for subject in shapes.subjects:
        said = shapes.properties(subject)
        for name in SINGLE:
            if len(said.get(NamedNode(SHACL + name), ())) > 1:
                yield subject, f"sh:{name} is given more than once"
        for name in INTEGERS:
            for term in said.get(NamedNode(SHACL + name), ()):
                if not is_natural(term):
                    yield subject, f"sh:{name} {term} is not a whole number"
        for term in said.get(SH.pattern, ()):
            if problem := patterns.problem(term_text(term)):
                yield subject, f"sh:pattern {term_text(term)!r} {problem}"


def queries(shapes: ShapesGraph) -> Iterator[Problem]:
    """Find queries that do not parse, reach elsewhere or do not say what they are about."""
    shared = frozenset(properties_of_codes(shapes))
    for subject in shapes.subjects:
        for term in shapes.objects(subject, SH.sparql):
            if not shapes.objects(owner(term), SH.select):
                yield subject, f"sh:sparql {short(term_text(term))} has no sh:select"
        for term in shapes.objects(subject, SH.select):
            if problem := query_problem(term_text(term), shared):
                yield subject, f"sh:select {problem}"


def query_problem(text: str, shared: frozenset[bytes]) -> str:
    """Return what is wrong with the query of a constraint; empty when nothing is."""
    bare = INERT.sub(" ", text)
    if word := FORBIDDEN.search(bare):
        return f"uses {word[1].upper()}, which a constraint may not"
    if word := UNBOUND.search(bare):
        return f"uses ${word[1]}, which not every engine binds"
    if LEFT_OUT.search(bare):
        return "has a step that may be left out, which takes ever longer: write a UNION"
    if len(SELECTS.findall(bare)) > 1:
        return "has a sub-select, which only one of the engines refuses without $this"
    if "$this" not in bare.partition("{")[0]:
        return "does not select $this"
    try:
        Store().query(text)
    except SyntaxError as error:
        return f"is not SPARQL: {error}"
    return volume_problem(text, shared)


def volume_problem(text: str, shared: frozenset[bytes]) -> str:
    """Return why a query would take time that grows with the square of the data."""
    try:
        found = joined(text, shared)
    except UnboundedError:
        return ""  # The gate refuses it, whatever it joins.
    if not found:
        return ""
    return (
        f"reads all data for each focus node at {' and '.join(found)}: begin each pattern at $this "
        "or, in an EXISTS, at a variable of the group around it, and not at a code"
    )


def references(shapes: ShapesGraph) -> Iterator[Problem]:
    """Find shapes that refer to themselves, and shapes that nothing leads to."""
    leads = {subject: set(led_to(shapes, subject)) for subject in shapes.subjects}
    reached = set().union(*leads.values())
    for subject in shapes.subjects:
        kinds = shapes.objects(subject, known.RDF.type)
        if subject in reachable(leads, subject):
            yield subject, "is recursive: SHACL leaves its meaning open"
        is_shape = SH.NodeShape in kinds or SH.PropertyShape in kinds
        if is_shape and subject not in reached and subject.value not in shapes.targeted:
            yield subject, "has no target and nothing refers to it: it examines nothing"


def led_to(shapes: ShapesGraph, subject: Subject) -> Iterator[Subject]:
    """Yield the shapes that a shape refers to."""
    for name in REFERENCES:
        for term in shapes.objects(subject, NamedNode(SHACL + name)):
            if name in ("or", "and", "xone"):
                yield from (owner(member) for member in shapes.members(term))
            else:
                yield owner(term)


def reachable(leads: dict[Subject, set[Subject]], start: Subject) -> set[Subject]:
    """Return the shapes that a shape refers to, near and far."""
    seen: set[Subject] = set()
    ahead = list(leads[start])
    while ahead:
        shape = ahead.pop()
        if shape not in seen:
            seen.add(shape)
            ahead.extend(leads.get(shape, ()))
    return seen


def explanations(shapes: ShapesGraph) -> Iterator[Problem]:
    """Find results that could not be explained in both languages, and unexplained exemptions."""
    for subject in shapes.subjects:
        own = any(shapes.objects(subject, NamedNode(SHACL + name)) for name in REFERENCES[1:])
        reports = subject.value in shapes.targeted and own
        if reports or SH.PropertyShape in shapes.objects(subject, known.RDF.type):
            for predicate in (SH.message, SH.name):
                for lang in ("fr", "en"):
                    if not shapes.text(subject.value, predicate, lang):
                        yield subject, f"{short(predicate.value)} in {lang} is missing"
            if len(shapes.objects(subject, SH.severity)) != 1:
                yield subject, "sh:severity is missing: sh:Violation stops, sh:Warning is published"
        yield from ((subject, text) for text in minimum_problems(shapes, subject))


def minimum_problems(shapes: ShapesGraph, subject: Subject) -> Iterator[str]:
    """Find minimum numbers of focus nodes that are none, or that are 0 without a reason."""
    for term in shapes.objects(subject, terms.MINIMUM_FOCUS_NODES):
        if not is_natural(term):
            yield f"gate:minimumFocusNodes {term} is not a whole number"
        elif subject.value not in shapes.targeted:
            yield "gate:minimumFocusNodes on a shape without a target"
        elif term_text(term) == "0":
            for lang in ("fr", "en"):
                if not shapes.text(subject.value, terms.REASON, lang):
                    yield f"gate:minimumFocusNodes 0 needs a gate:reason in {lang}"


RULES: tuple[Rule, ...] = (
    unknown_shacl_terms, unknown_targets, paths, values, queries, references, explanations,
)  # fmt: skip


def term_text(term: Term) -> str:
    """Return the text of a literal or the IRI of a node."""
    return str(term) if isinstance(term, BlankNode) else getattr(term, "value", str(term))


def is_natural(term: Term) -> bool:
    """Tell whether a term is a whole number as SHACL wants it."""
    if not isinstance(term, Literal) or term.datatype != XSD.integer:
        return False
    return re.fullmatch("[0-9]+", term.value) is not None


def exists(iri: str) -> bool:
    """Tell whether a class or property is one of the vocabulary or of one it builds on."""
    if iri.startswith(NAMESPACE):
        return iri in own_terms()
    if iri.startswith(OLD_SCHEMA):
        return iri.removeprefix(OLD_SCHEMA) in SDO
    if iri.startswith(VCARD):
        return iri.removeprefix(VCARD) in VCARD_TERMS
    if iri in outside_terms():
        return True
    return any(iri.startswith(str(v)) and iri.removeprefix(str(v)) in v for v in VOCABULARIES)


@cache
def outside_terms() -> frozenset[str]:
    """Return the IRIs of other vocabularies that the whole platform uses."""
    declared = (vars(entry).values() for entry in vars(known).values() if isinstance(entry, type))
    return frozenset(t.value for terms in declared for t in terms if isinstance(t, NamedNode))


@cache
def own_terms() -> frozenset[str]:
    """Return the IRIs that the vocabulary defines."""
    defined = (t for t in vocabulary() if t.predicate == known.RDFS.isDefinedBy)
    return frozenset(t.subject.value for t in defined if isinstance(t.subject, NamedNode))
