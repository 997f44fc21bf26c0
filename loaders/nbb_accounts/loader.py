"""Deposits to financial years and rubrics: the newest deposit of an exercise speaks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode

import loaders.nbb_codes
from loaders import delivery
from loaders.errors import SourceError
from loaders.lists.parties import identified
from loaders.nbb_accounts.documents import Accounts, Reference, Rubric, read
from loaders.records import dates, identify, numbers
from loaders.records.concepts import own_rows
from loaders.records.dates import Statement
from loaders.records.source import Describe, Source, Triples
from ontology import terms as se
from ontology.outside import DCTERMS, RDF, SKOS, XSD

# No table: a delivery is a set of documents.
TABLES: Mapping[str, Describe] = {}
CODES = Path(next(iter(loaders.nbb_codes.__path__)))
AUTHORITY = "nbb-accounts"
EXERCISE, PERIODS = "N", ("N", "NM1")
LANGUAGES = frozenset({"fr", "nl", "de", "en"})
# The currency list of the platform; accounts in another keep their counts and lose their amounts.
CURRENCIES = frozenset({"EUR", "GBP"})
AMOUNT, PERSONS, RUBRIC_10_15 = "amount", "9086", "10/15"
FIGURES = {
    "70": se.turnover,
    "9903": se.profitBeforeTax,
    "9904": se.profitAfterTax,
    RUBRIC_10_15: se.equity,
}
# Where both are given they say the same; micro accounts have only the second.
FULL_TIME = ("9087", "1003")
# Who holds more than that controls.
MAJORITY, ROUNDED_WHOLE = Decimal("0.5"), Decimal("1.01")

Deposit = tuple[Reference, Accounts]


def statements(source: Source, folder: Path, remarks: list[str]) -> Triples:
    """Yield what the delivered documents say, adding what was set aside to ``remarks``."""
    chosen = newest(deposits(source, folder, remarks), remarks)
    if not chosen:
        missing = "no deposit that a reference belongs to"
        raise SourceError(f"{missing}; deliver the references list with the deposits", folder)
    latest = {reference.enterprise: reference.end for reference, _ in chosen}
    for reference, accounts in chosen:
        recent = latest[reference.enterprise] == reference.end
        yield from describe_deposit(reference, accounts, recent, remarks)


def deposits(source: Source, folder: Path, remarks: list[str]) -> list[Deposit]:
    """Return the deposits of a delivery with their references."""
    references: dict[str, Reference] = {}
    accounts: dict[str, Accounts] = {}
    for file in documents(source, folder, remarks):
        for found in read(file):
            known = references if isinstance(found, Reference) else accounts
            if found.number in known and not same(known[found.number], found):
                raise SourceError(f"{found.number} is described twice, and differently", file)
            known[found.number] = found  # type: ignore[assignment]
    remarks.extend(
        f"{accounts[number].file.name}: no reference names {number}; set aside"
        for number in sorted(accounts.keys() - references.keys())
    )
    if plain := references.keys() - accounts.keys():
        remarks.append(
            f"references without accounting data (filed as PDF, or not delivered): {len(plain)}; "
            "a missing account is not a zero"
        )
    both = sorted(references.keys() & accounts.keys())
    return [(references[number], accounts[number]) for number in both]


def same(one: Reference | Accounts, other: Reference | Accounts) -> bool:
    """Tell whether two documents say the same, wherever they were read."""
    fields = ({**vars(document), "file": None} for document in (one, other))
    return next(fields) == next(fields)


def documents(source: Source, folder: Path, remarks: list[str]) -> Iterator[Path]:
    """Yield the JSON files of a delivery, noting what else lies there."""
    for inner in sorted(entry.name for entry in folder.iterdir() if entry.is_dir()):
        raise SourceError("folders within the delivery are not read; deliver files", inner)
    for name, file in delivery.files(source, folder):
        if file.suffix.lower() == ".json":
            yield file
        else:
            remarks.append(f"{name}: not a JSON file; left out")


def newest(found: Iterable[Deposit], remarks: list[str]) -> list[Deposit]:
    """Return the last deposit of each exercise, in the order of enterprises and exercises.

    A corrected deposit replaces the former one, which stays in the delivery and is remarked.
    """
    order = sorted(found, key=lambda d: (d[0].enterprise, d[0].end, d[0].deposited, d[0].number))
    last: dict[tuple[str, object], Deposit] = {}
    for deposit in order:
        reference = deposit[0]
        exercise = (reference.enterprise, reference.end)
        if former := last.get(exercise):
            remarks.append(
                f"{former[0].file.name}: {former[0].number} is replaced by {reference.number}, "
                f"deposited later for the exercise that ends on {reference.end}"
            )
        last[exercise] = deposit
    return list(last.values())


def describe_deposit(
    reference: Reference, accounts: Accounts, recent: bool, remarks: list[str]
) -> Triples:
    """Describe the accounts of one exercise: who, which, and the figures."""
    enterprise = identify.thing("organisation", "kbo", reference.enterprise)
    record = identify.thing("observation", AUTHORITY, reference.number)
    yield from describe_enterprise(enterprise, reference)
    yield record, RDF.type, se.FinancialYearRecord
    yield record, se.observedUnit, enterprise
    yield record, se.depositNumber, Literal(reference.number)
    yield record, se.depositedOn, dates.literal(reference.deposited)
    yield record, se.yearStart, dates.literal(reference.start)
    yield record, se.yearEnd, dates.literal(reference.end)
    yield record, se.mostRecent, Literal(str(recent).lower(), datatype=XSD.boolean)
    if reference.language in LANGUAGES:
        yield record, DCTERMS.language, Literal(reference.language)
    if reference.model in models():
        yield record, se.accountsModel, identify.code("nbb-model", reference.model)
    else:
        remarks.append(f"{reference.number}: model {reference.model!r} is in no list; left out")
    yield from describe_control(enterprise, reference, accounts, remarks)
    rubrics = kept(reference, accounts, remarks)
    yield from describe_figures(record, reference, rubrics)
    for rubric in rubrics.values():
        yield from describe_rubric(record, enterprise, reference, rubric)


def describe_control(
    owner: NamedNode, reference: Reference, accounts: Accounts, remarks: list[str]
) -> Triples:
    """Describe whose majority an enterprise holds during the exercise."""
    abroad = 0
    for one in accounts.interests:
        try:
            number = numbers.kbo(one.number)
        except ValueError:
            abroad += 1
            continue
        if not MAJORITY < one.part <= ROUNDED_WHOLE or number == reference.enterprise:
            continue
        held = identify.thing("organisation", "kbo", number)
        link = identify.thing("relationship", AUTHORITY, f"{reference.number}-{number}")
        yield held, RDF.type, se.Organisation
        if one.name:
            language = reference.language if reference.language in LANGUAGES else None
            yield held, SKOS.altLabel, Literal(one.name, language=language)
        yield from identified(held, number)
        yield link, RDF.type, se.Relationship
        yield link, se.relationKind, identify.code("relation-kind", "controls")
        yield link, se.relationFrom, owner
        yield link, se.relationTo, held
        yield link, se.validFrom, dates.literal(reference.start)
        yield link, se.validTo, dates.literal(reference.end + timedelta(days=1))
    if abroad:
        remarks.append(f"{reference.number}: {abroad} interests in whom the register does not know")


def describe_enterprise(enterprise: NamedNode, reference: Reference) -> Triples:
    """Describe an enterprise by its number and the name under which it filed."""
    language = reference.language if reference.language in LANGUAGES else None
    yield enterprise, RDF.type, se.Organisation
    if reference.name:
        yield enterprise, SKOS.altLabel, Literal(reference.name, language=language)
    yield from identified(enterprise, reference.enterprise)


@cache
def units() -> Mapping[str, str]:
    """Return the rubrics that are read, each with the unit of its values."""
    return {row.take("code"): row.take("unit") for row in own_rows(CODES, "nbb-rubric.csv")}


@cache
def models() -> frozenset[str]:
    """Return the known models of accounts."""
    return frozenset(row.take("code") for row in own_rows(CODES, "nbb-model.csv"))


def kept(
    reference: Reference, accounts: Accounts, remarks: list[str]
) -> dict[tuple[str, str], Rubric]:
    """Return the rubrics of a deposit that are read, by code and period."""
    found: dict[tuple[str, str], Rubric] = {}
    lost = 0
    for rubric in accounts.rubrics:
        if rubric.code not in units() or rubric.period not in PERIODS:
            continue
        if units()[rubric.code] == AMOUNT and reference.currency not in CURRENCIES:
            lost += 1
            continue
        former = found.setdefault((rubric.code, rubric.period), rubric)
        if former.value != rubric.value:
            where = f"{reference.number}: rubric {rubric.code} {rubric.period}"
            remarks.append(f"{where} stands twice with other values; the first is kept")
    if lost:
        currency = reference.currency or "none"
        remarks.append(f"{reference.number}: currency {currency}; {lost} amounts are left out")
    return dict(sorted(found.items()))


def describe_figures(
    record: NamedNode, reference: Reference, rubrics: Mapping[tuple[str, str], Rubric]
) -> Iterator[Statement]:
    """Describe the figures that all financial years have in common."""
    for code, term in FIGURES.items():
        if rubric := rubrics.get((code, EXERCISE)):
            yield record, term, number(rubric.value)
    if (persons := rubrics.get((PERSONS, EXERCISE))) and persons.value == int(persons.value):
        yield record, se.employees, Literal(str(int(persons.value)), datatype=XSD.integer)
    for code in FULL_TIME:
        if rubric := rubrics.get((code, EXERCISE)):
            yield record, se.fullTimeEquivalents, number(rubric.value)
            break
    if reference.currency in CURRENCIES:
        yield record, se.currency, identify.code("currency", reference.currency)


def describe_rubric(
    record: NamedNode, enterprise: NamedNode, reference: Reference, rubric: Rubric
) -> Triples:
    """Describe the value of one rubric in one period."""
    key = f"{reference.number}-{rubric.code.replace('/', '.')}-{rubric.period}"
    node = identify.thing("observation", AUTHORITY, key)
    yield node, RDF.type, se.AccountRubric
    yield node, se.rubricOf, record
    yield node, se.observedUnit, enterprise
    yield node, se.rubric, identify.code("nbb-rubric", rubric.code)
    yield node, se.accountingPeriod, identify.code("accounting-period", rubric.period)
    yield node, se.observedValue, number(rubric.value)
    if units()[rubric.code] == AMOUNT:
        yield node, se.currency, identify.code("currency", reference.currency)


def number(value: Decimal) -> Literal:
    """Return a figure as xsd:decimal, in the shortest form."""
    written = f"{value.normalize():f}"
    return Literal("0" if written in {"-0", "0"} else written, datatype=XSD.decimal)
