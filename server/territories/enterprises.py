"""The organisations of a territory: those whose seat or address lies in it, page by page."""

import unicodedata
from dataclasses import dataclass

from pyoxigraph import NamedNode

from server.engine.pool import Lease
from server.errors import ProblemError
from server.pages.description import asked, learn_labels
from server.pages.display import Shower, Shown
from server.territories.tree import Territory, Tree

PAGE = 50
FARTHEST = 10_000
SEATED = """
SELECT DISTINCT ?thing WHERE {{
  VALUES ?municipality {{ UNDEF }}
  ?thing se:address?/se:municipality ?municipality .
  ?thing a se:Organisation .
}} LIMIT {limit} OFFSET {offset}"""
CLASSIFIED = """
SELECT DISTINCT ?thing WHERE {{
  VALUES ?municipality {{ UNDEF }}
  ?thing se:address?/se:municipality ?municipality .
  ?thing a se:Organisation .
  FILTER EXISTS {{
    ?judged se:classified ?thing ; se:classificationOutcome {inside}
  }}
}} LIMIT {limit} OFFSET {offset}"""
# What an engine may give up on: the rest of the page is shown all the same.
BEARABLE = ("query-timeout", "query-memory", "overloaded")


@dataclass(frozen=True)
class Enterprises:
    """Some organisations of a territory; whether there are more, and whether they were counted."""

    shown: list[Shown]
    offset: int
    more: bool
    judged: bool
    failed: bool = False


async def enterprises(
    lease: Lease, tree: Tree, territory: Territory, shower: Shower, offset: int
) -> Enterprises:
    """Return a page of the organisations of a territory.

    Where a release says who is in a perimeter of the social economy, only these are listed.
    """
    municipalities = tree.municipalities(territory)
    judged = lease.snapshot.counted("Classification") > 0
    if not municipalities:
        return Enterprises([], offset, more=False, judged=judged)
    inside = str(NamedNode(f"{lease.snapshot.base}code/classification-outcome/in"))
    text = (CLASSIFIED if judged else SEATED).format(limit=PAGE + 1, offset=offset, inside=inside)
    places = [NamedNode(one.iri) for one in municipalities]
    try:
        rows = await asked(lease, text, municipality=places)
    except ProblemError as error:
        if error.problem.slug not in BEARABLE:
            raise
        return Enterprises([], offset, more=False, judged=judged, failed=True)
    found = [row["thing"]["value"] for row in rows]
    await learn_labels(lease, shower, found[:PAGE])
    shown = sorted((shower.iri(iri) for iri in found[:PAGE]), key=lambda one: folded(one.text))
    return Enterprises(shown, offset, more=len(found) > PAGE, judged=judged)


def folded(text: str) -> str:
    """Return a name as it is sorted: É beside E.

    >>> folded("École")
    'ecole'
    """
    plain = unicodedata.normalize("NFKD", text)
    return "".join(one for one in plain if not unicodedata.combining(one)).casefold()
