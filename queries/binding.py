"""Puts values into a question: checked, escaped, and nothing but terms reaches the query."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode

from queries.catalogue import VALUES_ROW, NamedQuery, Parameter

LONGEST = 2_000
FEW = 12
YEARS = range(1800, 2201)
XSD_DATE = NamedNode("http://www.w3.org/2001/XMLSchema#date")
XSD_INTEGER = NamedNode("http://www.w3.org/2001/XMLSchema#integer")

Values = Mapping[str, str] | Iterable[tuple[str, str]]
Codes = Mapping[str, Collection[str]]

_SCHEME = re.compile(r"(?:https?://[^/?#]|urn:[A-Za-z0-9]).*", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,15}", re.ASCII)
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*", re.ASCII)
_ESCAPED_U = re.compile(r"\\\\([uU])")


class ParameterError(ValueError):
    """A value that a question cannot take: which parameter, why, and one that works."""

    def __init__(
        self, parameter: str, reason: str, example: str | None = None, **values: object
    ) -> None:
        """Say why with blanks as in `%(limit)s` and their values, so that it can be translated."""
        hint = f" (for example: {example})" if example is not None else ""
        super().__init__(f"{parameter}: {reason % values if values else reason}{hint}")
        self.parameter = parameter
        self.reason = reason
        self.example = example
        self.values = values


def bind(query: NamedQuery, values: Values, codes: Codes = MappingProxyType({})) -> str:
    """Return the text of a question with its parameters set.

    Pairs, as a query string gives them, show a repeated parameter; a mapping cannot. Codes are
    the IRIs of the codes of each scheme; a scheme that is not among them is not checked.
    """
    terms = dict.fromkeys((one.name for one in query.parameters), "UNDEF")
    terms |= _terms(query, values, codes)

    def row(match: re.Match[str]) -> str:
        return f"VALUES ?{match['name']} {{ {terms[match['name']]} }}"

    # One pass: what a value contains is never read again as part of the query.
    return VALUES_ROW.sub(row, query.text)


def parse(
    parameter: Parameter, value: str, base: str, codes: Codes = MappingProxyType({})
) -> NamedNode | Literal:
    """Turn what a user wrote into a term of the parameter's type."""
    _check_text(parameter, value)
    match parameter.type:
        case "iri":
            return _iri(parameter, value)
        case "concept":
            start = f"{base}code/{parameter.scheme}/"
            concept = _concept(parameter, value, start, f"{base}code/")
            return _listed(parameter, concept, start, codes.get(parameter.scheme or "", ()))
        case "date":
            return _date(parameter, value)
        case "integer":
            return _integer(parameter, value)
        case "text":
            return Literal(value)


def escape(term: NamedNode | Literal) -> str:
    """Write a term so that every SPARQL engine reads it back the same."""
    # Some engines expand \uXXXX before they read strings, even after an escaped backslash:
    # without this, the text \u0022 would end the string early.
    return _ESCAPED_U.sub(lambda match: rf"\\\U{ord(match[1]):08X}", str(term))


def _terms(query: NamedQuery, values: Values, codes: Codes) -> dict[str, str]:
    given: dict[str, str] = {}
    known = {parameter.name: parameter for parameter in query.parameters}
    for name, value in values.items() if isinstance(values, Mapping) else values:
        if name not in known:
            listed = ", ".join(known) or "none"
            raise ParameterError(name[:100], f"unknown parameter; {query.name} takes: {listed}")
        if name in given:
            raise ParameterError(name, "given more than once", known[name].example)
        given[name] = value.strip()
    for name, parameter in known.items():
        if not parameter.optional and not given.get(name):
            raise ParameterError(name, "missing", parameter.example)
    return {
        name: escape(parse(known[name], value, query.base, codes))
        for name, value in given.items()
        if value
    }


def _check_text(parameter: Parameter, value: str) -> None:
    if len(value) > LONGEST:
        raise _error(parameter, "longer than %(limit)s characters", limit=LONGEST)
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise _error(parameter, "holds a control character")


def _iri(parameter: Parameter, value: str) -> NamedNode:
    if not _SCHEME.fullmatch(value):
        raise _error(parameter, "not an IRI that starts with http:, https: or urn:")
    try:
        return NamedNode(value)
    except ValueError as error:
        raise _error(parameter, "not an IRI: %(message)s", message=str(error)) from error


def _concept(parameter: Parameter, value: str, scheme: str, codes: str) -> NamedNode:
    if _CODE.fullmatch(value):
        return NamedNode(scheme + value)
    if value.startswith(codes) and not value.startswith(scheme):
        reason = "a code of another scheme than %(scheme)s"
        raise _error(parameter, reason, scheme=parameter.scheme)
    if not _SCHEME.fullmatch(value):
        reason = "neither a code of %(scheme)s nor its IRI"
        raise _error(parameter, reason, scheme=parameter.scheme)
    return _iri(parameter, value)


def _listed(
    parameter: Parameter, concept: NamedNode, start: str, listed: Collection[str]
) -> NamedNode:
    # The example always serves, also on a release that lacks its code: it opens the form.
    if listed and concept.value not in listed and concept.value != parameter.example:
        known = sorted(iri.removeprefix(start) for iri in listed)
        given = concept.value.removeprefix(start)
        reason = "not a code of %(scheme)s: %(codes)s"
        if len(known) > FEW:
            reason = "not a code of %(scheme)s, for example: %(codes)s"
            known = get_close_matches(given, known, 3, 0.5) or known[:3]
        raise _error(parameter, reason, scheme=parameter.scheme, codes=", ".join(known))
    return concept


def _date(parameter: Parameter, value: str) -> Literal:
    try:
        day = date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise _error(parameter, "not a day written yyyy-mm-dd")
    return Literal(day.isoformat(), datatype=XSD_DATE)


def _integer(parameter: Parameter, value: str) -> Literal:
    if not _INTEGER.fullmatch(value):
        raise _error(parameter, "not a whole number")
    number = int(value)
    low, high = parameter.minimum, parameter.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise _error(parameter, "not between %(low)s and %(high)s", low=low, high=high)
    return Literal(str(number), datatype=XSD_INTEGER)


def _error(parameter: Parameter, reason: str, **values: object) -> ParameterError:
    return ParameterError(parameter.name, reason, parameter.example, **values)
