"""The codes that exist, by scheme: a code outside them is an error at its row."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from difflib import get_close_matches
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from loaders.records import identify
from loaders.records.layout import fold
from ontology import DEFAULT_BASE

IN_SCHEME = re.compile(
    f"^<{re.escape(DEFAULT_BASE)}code/([^/>]+)/([^>]+)> "
    "<http://www.w3.org/2004/02/skos/core#inScheme> "
)
LABEL = re.compile(
    f"^<{re.escape(DEFAULT_BASE)}code/([^/>]+)/([^>]+)> "
    "<http://www.w3.org/2004/02/skos/core#(?:pref|alt)Label> "
)


class CodeBook:
    """Every code of the released code lists."""

    def __init__(self) -> None:
        self.schemes: dict[str, dict[str, NamedNode]] = {}
        self.labels: dict[str, dict[str, set[str]]] = {}
        self._digest = hashlib.sha256()

    @property
    def digest(self) -> str:
        """The sha256 over the codes learnt so far, in the order in which they came."""
        return self._digest.hexdigest()

    def learn(self, lines: Iterable[str]) -> None:
        """Take up the codes that N-Triples lines put in a scheme."""
        for line in lines:
            if match := IN_SCHEME.match(line):
                scheme, notation = match[1], unquote(match[2])
                codes = self.schemes.setdefault(scheme, {})
                codes[notation] = identify.code(scheme, notation)
                self._name(scheme, notation, notation)
                self._digest.update(f"{scheme}/{notation}\n".encode())
            elif match := LABEL.match(line):
                self._learn_label(match[1], unquote(match[2]), line)

    def _learn_label(self, scheme: str, notation: str, line: str) -> None:
        """Take up the label of a code, under which people may name it."""
        for quad in parse(line, format=RdfFormat.N_TRIPLES):
            if isinstance(quad.object, Literal):
                self._name(scheme, quad.object.value, notation)
        self._digest.update(line.encode())

    def _name(self, scheme: str, text: str, notation: str) -> None:
        """Have a code go by a text, whatever its case and accents."""
        self.labels.setdefault(scheme, {}).setdefault(fold(text), set()).add(notation)

    def recognise(self, scheme: str, text: str) -> str:
        """Return the code that a text gives as such or by a label, whatever its case and accents.

        KeyError says that no code, or more than one, goes by it, and names the nearest code.
        """
        codes = self.schemes.get(scheme, {})
        if text in codes:
            return text
        wanted, named = fold(text), self.labels.get(scheme, {})
        found = named.get(wanted, set())
        exact = {code for code in found if fold(code) == wanted} or found
        if len(exact) == 1:
            return min(exact)
        near = get_close_matches(wanted, named, n=1)
        raise KeyError(scheme, min(named[near[0]]) if near else "")

    def find(self, scheme: str, notation: str) -> NamedNode:
        """Return the IRI of a code; KeyError says which scheme or code is unknown."""
        codes = self.schemes.get(scheme)
        if codes is None:
            raise KeyError(f"no code list {scheme!r}")
        if notation not in codes:
            near = get_close_matches(notation, codes, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise KeyError(f"{notation!r} is not a code of {scheme}{hint}")
        return codes[notation]
