"""A hand-made release with cubes, territories, outlines, and organisations in a municipality."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from loaders.description import outlines
from loaders.refnis import loader
from queries.outlines import FILE, FOLDER
from queries.release import Home
from tests import observed
from tests.server.releases import BASE, make, point

HERE = "62063"
# More than one page of the list of a territory.
ORGANISATIONS = 60
STRANGE = '<script>alert("x")</script> & =cmd'


@cache
def derived() -> str:
    """Return the outlines, derived once for all tests of a process."""
    return json.dumps(outlines.derived())


@cache
def territories() -> str:
    """Return the code lists of territories as TriG."""
    lines = " ".join(f"{subject} {predicate} {value} ." for subject, predicate, value
                     in loader.describe())  # fmt: skip
    places = " ".join(
        f'org:here{number} a se:Organisation ; skos:prefLabel "Maison {number:03}"@fr ; '
        f"se:municipality <{BASE}code/refnis-municipality/{HERE}> ."
        for number in range(ORGANISATIONS)
    )
    strange = json.dumps(STRANGE)
    return (
        f"<{BASE}graph/refnis/current> {{ {lines} }}\n<{BASE}graph/places/2025> {{ {places} "
        f"org:strange a se:Organisation ; skos:prefLabel {strange}@nl ; "
        f"se:municipality <{BASE}code/refnis-municipality/63079> . }}\n"
    )


def counted(home: Home, *names: str, change: Callable[[Path], None] = lambda _folder: None) -> None:
    """Publish releases that hold the invented state of play; ``change`` spoils its folder."""
    for name in names or ("r1",):
        folder = make(home, name, extra=territories())
        (folder / FOLDER).mkdir()
        (folder / FOLDER / FILE).write_text(derived(), encoding="utf-8")
        observed.write(folder / "cubes")
        change(folder / "cubes")
        point(home, name)
