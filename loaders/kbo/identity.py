"""Who an entity is: its number and its names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loaders.kbo import lines
from loaders.records import identify
from ontology import superclasses
from ontology import terms as se
from ontology.outside import RDF, SKOS

ENTERPRISE = lines.stem("organisation")
IDENTIFIER = lines.stem("identifier")
IDENTIFIED_BY = lines.predicate(se.identifiedBy)
NOTATION = lines.predicate(SKOS.notation)
LABEL, OTHER_LABEL = lines.predicate(SKOS.prefLabel), lines.predicate(SKOS.altLabel)
NOTE = lines.predicate(se.note)
IS_ENTERPRISE = tuple(
    lines.statement(RDF.type, cls) for cls in (se.Enterprise, *superclasses(se.Enterprise))
)
IS_IDENTIFIER = lines.statement(RDF.type, se.Identifier)
ROLE = lines.statement(se.ecosystemRole, identify.code("ecosystem-role", "enterprise"))
LANGUAGES = {"1": "fr", "2": "nl", "3": "de", "4": "en"}
# The legal name comes first, then the abbreviation, the commercial name, that of a branch.
ORDER = {"001": 0, "002": 1, "003": 2, "004": 3}
# Blocks of numbers that generators of test data use and the register never gave.
SYNTHETIC = {
    "kbo": ("17", "18", "19"),
    "kbo-establishment": ("27", "28", "29"),
    "kbo-branch": ("99",),
}


def scheme(name: str) -> str:
    """Return the end of a line that says which register a number is of."""
    return lines.statement(se.identifierScheme, identify.code("identifier-scheme", name))


SCHEMES = {name: scheme(name) for name in (*SYNTHETIC, "synthetic")}


def describe_identifier(subject: str, number: str, authority: str) -> Iterator[str]:
    """Yield the number of an entity, and that it is an invented one where it is."""
    node = f"{IDENTIFIER}{number}>"
    yield f"{subject}{IDENTIFIED_BY}{node} ."
    yield f"{node}{IS_IDENTIFIER}"
    yield f"{node}{SCHEMES[authority]}"
    yield f'{node}{NOTATION}"{number}" .'
    if number.startswith(SYNTHETIC[authority]):
        node = f"{IDENTIFIER}{number}-synthetic>"
        yield f"{subject}{IDENTIFIED_BY}{node} ."
        yield f"{node}{IS_IDENTIFIER}"
        yield f"{node}{SCHEMES['synthetic']}"
        yield f'{node}{NOTATION}"{number}" .'


def describe_names(subject: str, rows: Sequence[tuple[str | None, ...]]) -> Iterator[str]:
    """Yield the names of an entity: per language one of the best kind, all others beside it."""
    known = sorted({
        (ORDER.get(kind or "", 9), LANGUAGES.get(language or "", ""), cleaned)
        for language, kind, name in rows
        if (cleaned := " ".join((name or "").split()))
    })  # fmt: skip
    main: dict[str, str] = {}
    for rank, language, name in known:
        if rank == known[0][0] and language not in main:
            main[language] = name
            yield f"{subject}{LABEL}{lines.text(name, language)} ."
        elif main.get(language) != name:
            yield f"{subject}{OTHER_LABEL}{lines.text(name, language)} ."


def describe_nameless(subject: str, number: str) -> Iterator[str]:
    """Yield the number as name of an enterprise that has none in the register."""
    yield f'{subject}{LABEL}"{number[:4]}.{number[4:7]}.{number[7:]}" .'
    yield f'{subject}{NOTE}"the register gives no name"@en .'
