"""Words of the source as codes of the platform."""

from __future__ import annotations

import re

from pyoxigraph import NamedNode

from loaders.records.row import Row

NOT_IN_CODES = re.compile(r"[^a-z0-9]+")


def slug(words: str) -> str:
    """Return the code under which the code lists keep a label of the source.

    >>> slug("Food service, Accommodation and Pubs")
    'food-service-accommodation-and-pubs'
    """
    return NOT_IN_CODES.sub("-", words.lower()).strip("-")


def named(row: Row, column: str, scheme: str) -> NamedNode | None:
    """Return the code of a list that a column gives by its label, None when it is empty."""
    label = row.get(column)
    if label is None:
        return None
    try:
        return row.context.codes.find(scheme, slug(label))
    except KeyError as error:
        raise row.error(f"{column} {label!r}: {error.args[0]}") from None
