"""Texts of XML: as they are, and in the SQL that makes them of columns."""

from __future__ import annotations

from lxml import etree

from queries.cubes.database import quoted
from queries.cubes.model import Names
from server.sdmx.elements import Element, writable
from server.sdmx.header import best


def plain(element: Element) -> str:
    """Return an element whose namespaces the root declares."""
    found: str = etree.tostring(element, encoding="unicode")
    return found


def attribute(name: str, sql: str) -> str:
    """Return an attribute of XML, in SQL."""
    return f"""' {name}="' || {sql} || '"'"""


def optional(name: str, sql: str) -> str:
    """Return an attribute of XML that is left out where it has no value, in SQL."""
    return f"coalesce({attribute(name, sql)}, '')"


def content(name: str, *, coded: bool) -> str:
    """Return what a column says as XML takes it, in SQL; codes need no escaping."""
    column = quoted(name)
    if coded:
        return column
    found = f"regexp_replace({column}, '{_UNWRITABLE}', '', 'g')"
    for sign, written in _SIGNS.items():
        found = f"replace({found}, {sign}, '{written}')"
    return found


_UNWRITABLE = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}]"
_SIGNS = {
    "'&'": "&amp;", "'<'": "&lt;", "'>'": "&gt;", "'\"'": "&quot;", "chr(9)": "&#9;",
    "chr(10)": "&#10;", "chr(13)": "&#13;",
}  # fmt: skip


def in_one(value: str | Names, languages: tuple[str, ...]) -> str:
    """Return a text that may be in several languages in the one that is liked best."""
    return value if isinstance(value, str) else best(value, languages)


def escaped(text: str) -> str:
    """Return a text as an attribute of XML takes it.

    >>> escaped('a "b" & <c>')
    'a &quot;b&quot; &amp; &lt;c&gt;'
    """
    found = writable(text)
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"),
                          ("\t", "&#9;"), ("\n", "&#10;"), ("\r", "&#13;")):  # fmt: skip
        found = found.replace(sign, written)
    return found
