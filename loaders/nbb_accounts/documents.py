"""The JSON documents of the web service: references of deposits, and their accounting data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from loaders.errors import SourceError
from loaders.records import dates, numbers

NUMBER = re.compile(r"\d{4}-\d{1,12}", re.ASCII)
# Codes may stand behind the prefix of their list, as in the taxonomy: mod:m04-f, ccy:mEUR.
MODEL = re.compile(r"(?:\w+:)?(m\d{2,3}-[a-z])(?:-p)?", re.ASCII)
CURRENCY = re.compile(r"(?:\w+:m?)?([A-Z]{3})", re.ASCII)
FIGURE = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
LONGEST_DATE = 10

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Reference:
    """What is known of a deposit beside its figures; ``file`` says where it was read."""

    number: str
    enterprise: str
    name: str
    deposited: date
    start: date
    end: date
    model: str
    language: str
    currency: str
    file: Path


@dataclass(frozen=True)
class Rubric:
    """The value of one rubric in one period (N the exercise, NM1 the one before)."""

    code: str
    period: str
    value: Decimal


@dataclass(frozen=True)
class Interest:
    """A participating interest: in whom, and which part is held, subsidiaries included (1 is all).

    ``number`` is what stands for an identifier, which abroad is none of the Belgian register.
    """

    number: str
    name: str
    part: Decimal


@dataclass(frozen=True)
class Accounts:
    """The accounting data of one deposit."""

    number: str
    rubrics: tuple[Rubric, ...]
    file: Path
    interests: tuple[Interest, ...] = ()


def read(file: Path) -> Iterator[Reference | Accounts]:
    """Yield what a JSON file holds: one document or a list of them.

    Persons, shareholders and addresses of the accounting data are not read. Raises SourceError
    for a file that is not JSON, or a document that is neither a reference nor accounting data.
    """
    content = parse(file)
    for document in content if isinstance(content, list) else [content]:
        if not isinstance(document, dict):
            raise SourceError("not a document of the web service: an object is expected", file)
        if "Rubrics" in document:
            yield accounts(document, file)
        elif "ReferenceNumber" in document:
            yield reference(document, file)
        else:
            known = "neither a reference (ReferenceNumber) nor accounting data (Rubrics)"
            raise SourceError(f"{known}; deliver the answers of the web service as they are", file)


def parse(file: Path) -> object:
    """Return the content of a JSON file, its numbers exact."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        return json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=refuse)
    except UnicodeDecodeError as error:
        raise SourceError(f"byte {error.start + 1} is not UTF-8", file) from None
    except json.JSONDecodeError as error:
        reason = f"not JSON ({error.msg}); the file is cut short or damaged, download it again"
        raise SourceError(reason, file, error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise SourceError(f"not JSON that can be read ({error})", file) from None


def refuse(name: str) -> object:
    """Refuse what JSON has no number for: NaN and the infinities."""
    raise ValueError(f"{name} is no number")


def reference(document: Document, file: Path) -> Reference:
    """Return the reference of a deposit."""
    number = deposit_number(document, file)
    exercise = document.get("ExerciseDates")
    if not isinstance(exercise, dict):
        raise SourceError(f"{number}: ExerciseDates is missing", file)
    start, end = (
        day(exercise.get(f"{name}Date") or exercise.get(f"{name.capitalize()}Date"), number, file)
        for name in ("start", "end")
    )
    if end < start:
        raise SourceError(f"{number}: the exercise ends before it begins", file)
    try:
        enterprise = numbers.kbo(text(document, "EnterpriseNumber"))
    except ValueError as error:
        raise SourceError(f"{number}: EnterpriseNumber: {error}", file) from None
    model = MODEL.fullmatch(text(document, "ModelType"))
    currency = CURRENCY.fullmatch(text(document, "Currency"))
    return Reference(
        number=number,
        enterprise=enterprise,
        name=" ".join(text(document, "EnterpriseName").split()),
        deposited=day(document.get("DepositDate"), number, file),
        start=start,
        end=end,
        model=model[1] if model else "",
        language=text(document, "Language").lower()[-2:],
        currency=currency[1] if currency else "",
        file=file,
    )


def accounts(document: Document, file: Path) -> Accounts:
    """Return the rubrics of a deposit; a rubric without value is absent, not zero."""
    number = deposit_number({"ReferenceNumber": file.stem, **document}, file)
    stated = document["Rubrics"]
    if not isinstance(stated, list) or not all(isinstance(one, dict) for one in stated):
        raise SourceError(f"{number}: Rubrics is not a list of rubrics", file)
    found = tuple(
        Rubric(text(one, "Code"), text(one, "Period"), value)
        for one in stated
        if (value := figure(one.get("Value"))) is not None
    )
    return Accounts(number, found, file, tuple(interests(document, number, file)))


def interests(document: Document, number: str, file: Path) -> Iterator[Interest]:
    """Yield the participating interests of a deposit for which a part of the whole is given."""
    stated = document.get("ParticipatingInterests") or []
    if not isinstance(stated, list) or not all(isinstance(one, dict) for one in stated):
        raise SourceError(f"{number}: ParticipatingInterests is not a list of interests", file)
    for one in stated:
        entity, held = one.get("Entity"), one.get("ParticipatingInterestHeld")
        if not isinstance(entity, dict) or not isinstance(held, list):
            raise SourceError(f"{number}: a participating interest without Entity or shares", file)
        parts = [
            value
            for line in held if isinstance(line, dict)
            for name in ("PercentageDirectlyHeld", "PercentageSubsidiaries")
            if (value := figure(line.get(name))) is not None
        ]  # fmt: skip
        if parts:
            name = " ".join(text(entity, "Name").split())
            yield Interest(text(entity, "Identifier"), name, sum(parts, Decimal(0)))


def figure(value: object) -> Decimal | None:
    """Return a value that is a number or writes one, None for any other: many rubrics are text."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and FIGURE.fullmatch(value.strip()):
        return Decimal(value.strip())
    return None


def deposit_number(document: Document, file: Path) -> str:
    """Return the reference number of a deposit, such as 2023-00123456."""
    number = text(document, "ReferenceNumber")
    if not NUMBER.fullmatch(number):
        raise SourceError(f"ReferenceNumber {number!r} is none like 2023-00123456", file)
    return number


def day(value: object, number: str, file: Path) -> date:
    """Return a day, written as ISO 8601, with or without a time."""
    try:
        return dates.parse(str(value or "")[:LONGEST_DATE])
    except ValueError:
        raise SourceError(f"{number}: {value!r} is no day like 2023-06-30", file) from None


def text(document: Document, name: str) -> str:
    """Return a field as text, empty where it is absent."""
    value = document.get(name)
    return "" if value is None else str(value).strip()
