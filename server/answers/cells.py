"""The value of a cell of a spreadsheet, from the datatype that the data give it."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from server.pages.display import XSD

Value = str | bool | int | float | Decimal | date | datetime
LARGEST_EXPONENT = 300
WHOLE = (
    "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger",
    "nonPositiveInteger", "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort",
    "unsignedByte", "gYear",
)  # fmt: skip


def moment(text: str) -> datetime:
    """Read a moment; a spreadsheet has no time zones, so it is told in UTC."""
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def boolean(text: str) -> bool:
    """Read a truth value."""
    return {"true": True, "1": True, "false": False, "0": False}[text]


def finite(text: str) -> Decimal:
    """Read a number that a spreadsheet can hold."""
    found = Decimal(text)
    if not found.is_finite() or abs(found.adjusted()) > LARGEST_EXPONENT:
        raise ValueError(text)
    return found


READERS: Mapping[str, Callable[[str], Value]] = {
    **{f"{XSD}{name}": int for name in WHOLE},
    f"{XSD}decimal": finite,
    f"{XSD}double": finite,
    f"{XSD}float": finite,
    f"{XSD}date": date.fromisoformat,
    f"{XSD}dateTime": moment,
    f"{XSD}boolean": boolean,
}


def value_of(term: Mapping[str, Any]) -> Value:
    """Return what a term holds, typed; its text where it has no type or is not written in it."""
    text: str = term["value"]
    read = READERS.get(term.get("datatype", ""))
    if read is None or term["type"] not in ("literal", "typed-literal"):
        return text
    try:
        return read(text)
    except (ValueError, ArithmeticError, KeyError):
        return text
