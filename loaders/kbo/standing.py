"""The legal form of an enterprise, when it began, and its status in the register."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from loaders.kbo import lines
from loaders.kbo.known import Codes
from loaders.kbo.scope import Enterprise
from loaders.records import identify
from ontology import terms as se

FOLDER = Path(__file__).parent
FOUNDED_ON, NOTE = lines.predicate(se.foundedOn), lines.predicate(se.note)
LEGAL_FORM, IN_ARTICLES = lines.predicate(se.legalForm), lines.predicate(se.formInArticles)
FAMILY, STATUS = lines.predicate(se.legalFamily), lines.predicate(se.registrationStatus)


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
        yield f"{subject}{NOTE}{lines.text(f'legal form in the register: {form}', 'en')} ."


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
    return {row["juridical_situation"]: row["registration_status"] for row in situations()}


@cache
def situations() -> tuple[dict[str, str], ...]:
    """Return the juridical situations that mean a status, with words of their French labels."""
    with (FOLDER / "situations.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))
