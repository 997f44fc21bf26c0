"""The territories of a release as its code lists have them: the country down to municipalities."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pyoxigraph import NamedNode

from server.cubes.seen import Name, named
from server.engine.pool import Lease
from server.engine.process import Question
from server.pages.description import Row
from server.pages.fill import fill

LEVELS = ("region", "province", "arrondissement", "municipality")
COUNTRY = "01000"
NUTS = "/code/nuts-2024/"
TERRITORIES = """
SELECT ?thing ?notation ?label ?above ?district ?same WHERE {
  VALUES ?scheme { UNDEF }
  ?thing skos:inScheme ?scheme ; skos:notation ?notation ; skos:prefLabel ?label .
  OPTIONAL { ?thing skos:broader ?above }
  OPTIONAL { ?thing dcterms:isPartOf ?district }
  OPTIONAL { ?thing skos:exactMatch|skos:narrowMatch ?same }
}"""


@dataclass
class Territory:
    """One territory."""

    refnis: str
    level: str
    iri: str
    names: dict[str, str] = field(default_factory=dict)
    above: str | None = None
    district: str | None = None
    # More than one where NUTS parts or doubles it: Brussels is a region at two levels.
    nuts: set[str] = field(default_factory=set)

    def name(self, language: str) -> Name:
        """Return what it is called."""
        return named(self.names, language, self.refnis)


@dataclass(frozen=True)
class Tree:
    """All territories, by their REFNIS codes."""

    all: Mapping[str, Territory]

    def find(self, code: str) -> Territory | None:
        """Return a territory by its REFNIS or NUTS code."""
        same = (one for one in self.all.values() if code in one.nuts)
        known = self.all.get(code) or next(same, None)
        # A region of NUTS 2 that ends in 0 is all of a region of NUTS 1.
        whole = code.startswith("BE") and len(code) == 4 and code.endswith("0")
        return known or (self.find(code[:-1]) if whole else None)

    def of_nuts(self) -> dict[str, str]:
        """Return the REFNIS codes of the NUTS regions that are the same as a territory."""
        found = {}
        for one in self.all.values():
            for code in one.nuts:
                if [len(other) for other in one.nuts].count(len(code)) == 1:
                    found[code] = one.refnis
        return found

    def chain(self, territory: Territory) -> list[Territory]:
        """Return a territory and what it lies in, the country last."""
        found = [territory]
        while (above := found[-1].above) in self.all and above not in {one.refnis for one in found}:
            found.append(self.all[str(above)])
        return found

    def below(self, territory: Territory) -> list[Territory]:
        """Return what lies right below a territory, arrondissements beside municipalities."""
        return [
            one for one in self.all.values()
            if territory.refnis in (one.above, one.district) and one is not territory
        ]  # fmt: skip

    def municipalities(self, territory: Territory) -> list[Territory]:
        """Return the municipalities in a territory."""
        return [one for one in self.all.values() if one.level == "municipality" and territory.refnis
                in ({step.refnis for step in self.chain(one)} | {one.district})]  # fmt: skip


async def tree(lease: Lease) -> Tree:
    """Return the territories of a release."""
    base = lease.snapshot.base
    schemes = [NamedNode(f"{base}code/refnis-{level}") for level in LEVELS]
    return read((await lease.ask(Question(fill(TERRITORIES, base, scheme=schemes)))).body)


# The same bytes are the same territories; reading them takes longer than finding them again.
@lru_cache(maxsize=4)
def read(body: bytes) -> Tree:
    """Return the territories that an answer tells of."""
    return grown(json.loads(body)["results"]["bindings"])


def grown(rows: list[Row]) -> Tree:
    """Return the territories that rows tell of."""
    found: dict[str, Territory] = {}
    for row in rows:
        iri, code = row["thing"]["value"], row["notation"]["value"]
        level = iri.rpartition("/")[0].rpartition("refnis-")[2]
        one = found.setdefault(code, Territory(code, level, iri))
        one.names[row["label"].get("xml:lang", "")] = row["label"]["value"]
        if "above" in row:
            one.above = row["above"]["value"].rpartition("/")[2]
        if "district" in row:
            one.district = row["district"]["value"].rpartition("/")[2]
        same = row.get("same", {}).get("value", "")
        if NUTS in same:
            one.nuts.add(same.rpartition("/")[2])
    return Tree(dict(sorted(found.items())))
