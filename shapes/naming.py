"""IRIs as people read them: with the prefixes that the whole platform shares."""

import re

from ontology import prefixes
from shapes.terms import GATE

PREFIXES = sorted(
    (("gate", GATE), *prefixes().items()), key=lambda entry: len(entry[1]), reverse=True
)


def short(iri: str) -> str:
    """Return an IRI with its prefix, when it has one.

    >>> short("https://w3id.org/maillage/ns#holder")
    'se:holder'
    """
    for prefix, namespace in PREFIXES:
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def path_name(path: str) -> str:
    """Return a path as people read it; of many alternatives only the first ones.

    >>> path_name("^<https://w3id.org/maillage/ns#holder>")
    '^se:holder'
    >>> path_name("<urn:a>|<urn:b>|<urn:c>|<urn:d>|<urn:e>")
    'urn:a|urn:b|urn:c|…'
    """
    steps = re.sub(r"<([^<>]*)>", lambda match: short(match[1]), path).split("|")
    return "|".join(steps if len(steps) <= FEW else [*steps[: FEW - 1], "…"])


def value_name(value: str) -> str:
    """Return a term as people read it, its text cut when it is long.

    >>> value_name('"1991"^^<http://www.w3.org/2001/XMLSchema#gYear>')
    '"1991"^^xsd:gYear'
    """
    if value.startswith("<"):
        return short(value[1:-1])
    text, typed, datatype = value.rpartition('"^^<')
    named = f'{text}"^^{short(datatype[:-1])}' if typed else value
    return named if len(named) <= LONG else f"{named[:LONG]}…"


LONG = 200
FEW = 4
CONSTRAINTS = {
    "MinCount": ("valeur manquante", "missing value"),
    "MaxCount": ("trop de valeurs", "too many values"),
    "Class": ("chose absente ou d'une autre classe", "thing missing or of another class"),
    "Or": ("aucune des formes permises", "none of the forms allowed"),
    "Node": ("texte vide ou d'un autre type", "text empty or of another type"),
    "Not": ("contenu interdit", "content not allowed"),
    "Datatype": ("valeur d'un autre type", "value of another type"),
    "NodeKind": (
        "lien au lieu d'une valeur, ou l'inverse",
        "link instead of a value, or the reverse",
    ),
    "Pattern": ("forme non respectée", "form not respected"),
    "UniqueLang": ("plusieurs textes dans une langue", "several texts in one language"),
    "LanguageIn": ("langue absente ou inattendue", "language missing or unexpected"),
    "HasValue": ("valeur attendue absente", "expected value missing"),
    "LessThan": ("ordre non respecté", "order not respected"),
    "LessThanOrEquals": ("ordre non respecté", "order not respected"),
    "Disjoint": ("deux fois la même chose", "the same thing twice"),
    "MinInclusive": ("valeur trop petite", "value too small"),
    "MaxInclusive": ("valeur trop grande", "value too large"),
    "SPARQL": ("règle non respectée", "rule not respected"),
    "unknownTerm": ("terme inconnu", "unknown term"),
    "unexamined": ("non examinée", "not examined"),
}


def constraint_name(constraint: str, lang: str) -> str:
    """Return in a person's words what kind of thing is wrong."""
    french, english = CONSTRAINTS.get(constraint, (constraint, constraint))
    return french if lang == "fr" else english
