"""The `#+` header of a query file: a strict reading of the little YAML it is written in.

#+ summary: Members of a federation on a day
#+ summary_fr: Membres d'une fédération à une date
#+ tags: [federations, membership]
#+ cq: [1, 2]
#+ params:
#+   on: {type: date, about: "day, included", about_fr: "jour, compris"}
"""

import json
import re
from dataclasses import dataclass, field
from typing import TypeVar

TEXTS = ("summary", "summary_fr")
LISTS = ("tags", "cq")
Value = TypeVar("Value")
PARAMETER_KEYS = frozenset(
    {"type", "scheme", "optional", "example", "about", "about_fr", "min", "max"}
)
_LINE = re.compile(r"#\+ (?P<indent> *)(?P<key>[a-z][A-Za-z_]*):(?: +(?P<value>\S.*))?")
_PAIR = re.compile(
    r'\s*(?P<key>[a-z_]+):\s*(?P<value>"(?:[^"\\]|\\.)*"|[^\s,{}"][^,{}"]*?)\s*(?:,|$)'
)


class QueryFileError(Exception):
    """A query file that does not keep to the rules: where, and what is wrong."""

    def __init__(self, where: str, line: int, what: str) -> None:
        super().__init__(f"{where}, line {line}: {what}")


@dataclass
class Header:
    """What a header says, still as text."""

    texts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: dict[str, dict[str, str]] = field(default_factory=dict)


def read_header(text: str, where: str) -> Header:
    """Read the header lines that open a query file."""
    header = Header()
    in_params = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("#+"):
            break
        match = _LINE.fullmatch(line.rstrip())
        if match is None:
            raise QueryFileError(where, number, f"not a header line: {line}")
        key, value = match["key"], match["value"] or ""
        try:
            if match["indent"]:
                if not in_params:
                    raise ValueError("indented, but not under params")
                _put(header.parameters, key, _read_mapping(value))
            else:
                in_params = key == "params"
                _read_entry(header, key, value)
        except ValueError as error:
            raise QueryFileError(where, number, str(error)) from error
    return header


def _read_entry(header: Header, key: str, value: str) -> None:
    if key == "params":
        if value:
            raise ValueError("params: takes indented lines, not a value")
    elif key in TEXTS:
        if not value:
            raise ValueError(f"{key} is empty")
        _put(header.texts, key, _unquote(value))
    elif key in LISTS:
        _put(header.lists, key, _read_list(value))
    else:
        known = ", ".join((*TEXTS, *LISTS, "params"))
        raise ValueError(f"unknown key {key!r}, known ones are {known}")


def _put(target: dict[str, Value], key: str, value: Value) -> None:
    if key in target:
        raise ValueError(f"{key!r} is given twice")
    target[key] = value


def _unquote(value: str) -> str:
    if not value.startswith('"'):
        return value
    text = json.loads(value)
    if not isinstance(text, str):
        raise ValueError(f"not a text: {value}")
    return text


def _read_list(value: str) -> tuple[str, ...]:
    if not (value.startswith("[") and value.endswith("]")):
        raise ValueError(f"not a list in brackets: {value}")
    return tuple(item.strip() for item in value[1:-1].split(",") if item.strip())


def _read_mapping(value: str) -> dict[str, str]:
    if not (value.startswith("{") and value.endswith("}")):
        raise ValueError(f"not a mapping in braces: {value}")
    inside, place = value[1:-1].strip(), 0
    mapping: dict[str, str] = {}
    while place < len(inside):
        match = _PAIR.match(inside, place)
        if match is None:
            raise ValueError(f"cannot read {inside[place:]!r}; quote texts with double quotes")
        if match["key"] not in PARAMETER_KEYS:
            raise ValueError(f"unknown parameter key {match['key']!r}")
        _put(mapping, match["key"], _unquote(match["value"]))
        place = match.end()
    return mapping
