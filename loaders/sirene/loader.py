"""One row per legal unit, its present state: who it is, its legal category, activity and size."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from loaders.lists.parties import identified
from loaders.records import dates, identify, numbers
from loaders.records.row import Row
from loaders.records.source import Describe, Triples
from loaders.sirene.selection import CATEGORY, FLAG, SIREN, categories, standing
from ontology import terms as se
from ontology.outside import RDF, SKOS, XSD

__all__ = ["TABLES", "standing"]

NAME, SHORT = "denominationUniteLegale", "sigleUniteLegale"
OTHER_NAMES = tuple(f"denominationUsuelle{n}UniteLegale" for n in (1, 2, 3))
# What stands in the place of a value that is not diffused.
NOT_DIFFUSED = "[ND]"
STATES = {"A": "live", "C": "deregistered"}
FLAGS = {"O": "true", "N": "false"}
# NAF Rev. 2 and NAF 2025 are NACE Rev. 2 and 2.1 down to four digits; the letter is French.
NAF = re.compile(r"(\d{2})\.?(\d{2})([A-Z])?", re.ASCII)
NACE_OF = {"NAFRev2": "nace-rev2", "NAF2025": "nace-rev21", "NAFRev2.1": "nace-rev21"}
NAF_2025, NO_ACTIVITY = "activitePrincipaleNAF25UniteLegale", "00.00Z"


def describe_unit(row: Row) -> Triples:
    """Describe one legal unit; one without any name is set aside."""
    number = siren(row)
    names = [name for column in (NAME, *OTHER_NAMES, SHORT) if (name := stated(row, column))]
    if not names:
        row.skip(f"{number} has no name; the row is set aside")
        return
    unit = identify.thing("organisation", "siren", number)
    yield unit, RDF.type, se.Enterprise
    yield unit, SKOS.prefLabel, Literal(names[0], language="fr")
    for name in names[1:]:
        if name != names[0]:
            yield unit, SKOS.altLabel, Literal(name, language="fr")
    yield unit, se.country, row.concept("country", "FR")
    yield from identified(unit, number)
    if row.get("identifiantAssociationUniteLegale"):
        yield from describe_association_number(row, unit)
    yield from describe_form(row, unit)
    yield from describe_life(row, unit)
    yield from describe_activities(row, unit, number)
    if (band := stated(row, "trancheEffectifsUniteLegale")) is not None:
        yield unit, se.sizeClass, row.concept("insee-headcount-band", band)


def stated(row: Row, column: str) -> str | None:
    """Return what a column says, None where it is absent, empty or not diffused."""
    value = row.get(column) if row.has(column) else None
    return None if value in (None, NOT_DIFFUSED) else " ".join(str(value).split())


def siren(row: Row) -> str:
    """Return the SIREN number, its check digit verified."""
    try:
        return numbers.siren(row.take(SIREN))
    except ValueError as error:
        raise row.error(f"{SIREN}: {error}") from None


def describe_association_number(row: Row, unit: NamedNode) -> Triples:
    """Describe the number of an association in its own register; one that is none is remarked."""
    try:
        yield from identified(unit, numbers.rna(row.take("identifiantAssociationUniteLegale")))
    except ValueError as error:
        row.remark(f"identifiantAssociationUniteLegale: {error}; left out")


def describe_form(row: Row, unit: NamedNode) -> Triples:
    """Describe the legal category, its family, and whether the unit states that it belongs."""
    category = row.take(CATEGORY)
    if family := categories().get(category):
        yield unit, se.legalForm, row.concept("insee-legal-category", category)
        yield unit, se.legalFamily, row.concept("legal-family", family)
    else:
        note = f"catégorie juridique {category} (INSEE)"
        yield unit, se.note, Literal(note, language="fr")
    if flag := row.get(FLAG):
        if flag not in FLAGS:
            raise row.error(f"{FLAG} {flag!r} is neither O nor N")
        yield unit, se.socialEconomyFlag, Literal(FLAGS[flag], datatype=XSD.boolean)


def describe_life(row: Row, unit: NamedNode) -> Triples:
    """Describe whether the unit is active, and since when it exists."""
    state = row.take("etatAdministratifUniteLegale")
    if state not in STATES:
        raise row.error(f"etatAdministratifUniteLegale {state!r} is none of A, C")
    yield unit, se.registrationStatus, row.concept("registration-status", STATES[state])
    if founded := stated(row, "dateCreationUniteLegale"):
        try:
            yield unit, se.foundedOn, dates.literal(dates.parse(founded))
        except ValueError:
            row.remark(f"dateCreationUniteLegale {founded!r} is no day that can be; left out")


def describe_activities(row: Row, unit: NamedNode, number: str) -> Triples:
    """Describe the main activity in each version of the classification that the row gives."""
    code = stated(row, "activitePrincipaleUniteLegale")
    version = stated(row, "nomenclatureActivitePrincipaleUniteLegale")
    if code and code != NO_ACTIVITY:
        yield from describe_activity(row, unit, number, code, version or "")
    if (code := stated(row, NAF_2025)) and code != NO_ACTIVITY:
        yield from describe_activity(row, unit, number, code, "NAF2025")


def describe_activity(row: Row, unit: NamedNode, number: str, code: str, version: str) -> Triples:
    """Describe a main activity by its class of NACE; what has none stays as a note."""
    match, scheme = NAF.fullmatch(code), NACE_OF.get(version, "")
    known = row.context.codes.schemes.get(scheme, {})
    if match is None or f"{match[1]}{match[2]}" not in known:
        note = f"activité principale {code} ({version or 'nomenclature non précisée'})"
        yield unit, se.note, Literal(note, language="fr")
        return
    activity = identify.thing("activity", "siren", f"{number}-{scheme}")
    yield unit, se.activity, activity
    yield activity, RDF.type, se.ActivityAssertion
    yield activity, se.activityCode, known[f"{match[1]}{match[2]}"]
    yield activity, se.activityRank, row.concept("activity-rank", "main")
    yield activity, se.note, Literal(f"{version} {code}")


TABLES: Mapping[str, Describe] = {"units": describe_unit}
