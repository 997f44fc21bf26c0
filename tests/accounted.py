"""Invented units for the tests of statistics: graphs of a few lines, built as deliveries are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from loaders.description.graphs import BuiltDelivery, BuiltGraph
from ontology import DEFAULT_BASE, NAMESPACE

XSD = "http://www.w3.org/2001/XMLSchema#"


def said(subject: str, **values: object) -> Iterator[str]:
    """Yield lines about a subject: paths below the base are links, all else literals."""
    for term, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            link = isinstance(one, str) and one.startswith(("id/", "code/"))
            shown = f"<{DEFAULT_BASE}{one}>" if link else f'"{one}"'
            yield f"<{DEFAULT_BASE}{subject}> <{NAMESPACE}{term}> {shown} ."


def delivered(
    folder: Path, source: str, lines: Iterable[str], visibility: str = "public"
) -> BuiltDelivery:
    """Return a delivery of one graph."""
    content = "".join(f"{line}\n" for line in sorted(set(lines)))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{source}.nt"
    file.write_text(content, encoding="utf-8")
    suffix = "" if visibility == "public" else f"/{visibility}"
    graph = BuiltGraph(
        f"{DEFAULT_BASE}graph/{source}/2024{suffix}", source, "2024", visibility, source, "", "",
        "", "2024", "", "", file, content.count("\n"),
        hashlib.sha256(content.encode()).hexdigest(),
    )  # fmt: skip
    return BuiltDelivery((graph,), {}, {}, ())


def cooperative(number: str, family: str = "cooperative", nace: str = "4711") -> Iterator[str]:
    """Yield what the open data say of a British co-operative."""
    unit = f"id/organisation/coops-uk-{number}"
    yield from said(
        unit, legalFamily=f"code/legal-family/{family}", activity=f"id/activity/{number}"
    )
    yield from said(f"id/activity/{number}", activityCode=f"code/nace-rev2/{nace}")


def economic_year(number: str, year: int, ends: str, **figures: object) -> Iterator[str]:
    """Yield the record of an economic year."""
    unit = f"id/organisation/coops-uk-{number}"
    record = f"id/observation/coops-uk-{number}-{year}"
    yield from said(record, observedUnit=unit, referencePeriod=year, yearEnd=ends, **figures)


def enterprise(
    number: str, municipality: str = "62063", nace: str = "88995", revision: int = 2025
) -> Iterator[str]:  # fmt: skip
    """Yield what the register says of a Belgian enterprise."""
    unit = f"id/organisation/kbo-{number}"
    yield from said(unit, address=f"id/address/kbo-{number}", activity=f"id/activity/kbo-{number}")
    place = f"code/refnis-municipality/{municipality}"
    yield from said(f"id/address/kbo-{number}", municipality=place)
    yield from said(
        f"id/activity/kbo-{number}", activityCode=f"code/nace-bel-{revision}/{nace}",
        activityRank="code/activity-rank/main",
    )  # fmt: skip


def perimeter(
    number: str, family: str = "association",
    regimes: Iterable[str] = ("observatory", "eu-seap", "un-tse"), **more: object,
) -> Iterator[str]:  # fmt: skip
    """Yield in which perimeters an enterprise is, as what."""
    for regime in regimes:
        yield from said(
            f"id/classification/perimeters-kbo-{number}-{regime}",
            classified=f"id/organisation/kbo-{number}", regime=f"code/regime/{regime}",
            classificationOutcome="code/classification-outcome/in",
            family=f"code/legal-family/{family}", ruleId="R-TEST", ruleVersion="1", **more,
        )  # fmt: skip


def employment(
    number: str, year: int, jobs: int, fte: float | None, sex: str = "F", workplace: str = "",
    place: str = "", quarter: int | None = 4, nace: str = "",
) -> Iterator[str]:  # fmt: skip
    """Yield what an employer reports, at its seat or at a workplace; of all without a sex."""
    unit = f"id/establishment/kbo-{workplace}" if workplace else f"id/organisation/kbo-{number}"
    period = f"{year}-Q{quarter}" if quarter else f"{year}"
    key = f"{period}-{number}{f'-{workplace}' if workplace else ''}-sex.{sex}"
    more: dict[str, object] = {}
    if place:
        more["countedIn"] = f"code/refnis-municipality/{place}"
    if quarter:
        more["referenceQuarter"] = quarter
    if sex:
        more["countedSex"] = f"code/sex/{sex}"
    if fte is not None:
        more["fullTimeEquivalents"] = fte
    if nace:
        more["activityCode"] = f"code/nace-bel-2008/{nace}"
    yield from said(
        f"id/observation/onss-employers-{key}", observedUnit=unit, referencePeriod=year,
        jobs=jobs,
        observationBasis=f"code/observation-basis/{'de' if workplace else ''}centralised", **more,
    )  # fmt: skip


def account(number: str, ends: str, **rubrics: float) -> Iterator[str]:
    """Yield the account of a year; rubrics are written like r70 or r640_8."""
    record = f"id/observation/nbb-accounts-{number}-{ends}"
    yield from said(record, observedUnit=f"id/organisation/kbo-{number}", yearEnd=ends)
    for name, value in rubrics.items():
        code = name[1:].replace("_", "%2F")
        yield from said(
            f"{record}-{code}", rubricOf=record, rubric=f"code/nbb-rubric/{code}",
            accountingPeriod="code/accounting-period/N", observedValue=value,
            currency="code/currency/EUR",
        )  # fmt: skip
