"""Who an enterprise is: its number, its names, its legal form, its standing in the register."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from pyoxigraph import Literal

from loaders import identify
from loaders.kbo import lines
from loaders.kbo.known import Codes
from loaders.kbo.scope import Enterprise
from ontology import superclasses
from ontology import terms as se
from ontology.outside import RDF, SKOS

FOLDER = Path(__file__).parent
ENTERPRISE = lines.stem("organisation")
IDENTIFIER = lines.stem("identifier")
IDENTIFIED_BY = lines.predicate(se.identifiedBy)
NOTATION = lines.predicate(SKOS.notation)
LABEL, OTHER_LABEL = lines.predicate(SKOS.prefLabel), lines.predicate(SKOS.altLabel)
FOUNDED_ON, NOTE = lines.predicate(se.foundedOn), lines.predicate(se.note)
LEGAL_FORM, IN_ARTICLES = lines.predicate(se.legalForm), lines.predicate(se.formInArticles)
FAMILY, STATUS = lines.predicate(se.legalFamily), lines.predicate(se.registrationStatus)
IS_ENTERPRISE = tuple(
    lines.statement(RDF.type, cls) for cls in (se.Enterprise, *superclasses(se.Enterprise))
)
IS_IDENTIFIER = lines.statement(RDF.type, se.Identifier)
ROLE = lines.statement(se.ecosystemRole, identify.code("ecosystem-role", "enterprise"))
LANGUAGES = {"1": "fr", "2": "nl", "3": "de", "4": "en"}
# The legal name comes first, then the abbreviation, the commercial name, that of a branch.
ORDER = {"001": 0, "002": 1, "003": 2, "004": 3}
# Blocks of numbers that generators of test data use and the register never gave.
SYNTHETIC = {"kbo": "19", "kbo-establishment": "29", "kbo-branch": "99"}


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


def describe_form(subject: str, enterprise: Enterprise, codes: Codes) -> Iterator[str]:
    """Yield the legal form as the law reads it, and that of the articles where it is another.

    Since 2019-05-01 the code of companies and associations has former forms read as new ones,
    whatever the articles still say.
    """
    effective = enterprise.form_cac or enterprise.form
    if effective:
        yield from coded(subject, LEGAL_FORM, effective, codes)
        if family := families().get(effective):
            yield f"{subject}{FAMILY}{identify.code('legal-family', family)} ."
    if enterprise.form and enterprise.form != effective:
        yield from coded(subject, IN_ARTICLES, enterprise.form, codes)


def coded(subject: str, predicate: str, form: str, codes: Codes) -> Iterator[str]:
    """Yield a legal form, as a note where the platform's list lacks it."""
    if iri := codes.find("kbo-legal-form", form):
        yield f"{subject}{predicate}{iri} ."
    else:
        yield f"{subject}{NOTE}{Literal(f'legal form in the register: {form}', language='en')} ."


def describe_standing(subject: str, enterprise: Enterprise) -> Iterator[str]:
    """Yield when an enterprise began, and its status where its juridical situation tells it."""
    if enterprise.start:
        yield f'{subject}{FOUNDED_ON}"{enterprise.start}"{lines.DATE} .'
    if (situation := enterprise.situation) is None:
        return
    if status := statuses().get(situation):
        yield f"{subject}{STATUS}{identify.code('registration-status', status)} ."
    else:
        note = f"juridical situation in the register: {situation}"
        yield f"{subject}{NOTE}{lines.text(note, 'en')} ."


@cache
def families() -> dict[str, str]:
    """Return the legal family of each legal form."""
    with (FOLDER.parent / "kbo_codes" / "legal_family.csv").open(encoding="utf-8") as stream:
        return {row["code"]: row["legal_family"] for row in csv.DictReader(stream)}


@cache
def statuses() -> dict[str, str]:
    """Return the registration status that a juridical situation means."""
    with (FOLDER / "situations.csv").open(encoding="utf-8") as stream:
        return {
            row["juridical_situation"]: row["registration_status"]
            for row in csv.DictReader(stream)
        }
