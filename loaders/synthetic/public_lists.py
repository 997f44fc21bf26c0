"""Lists of public contracts and of volunteers on the employers of an invented register.

Most contracts go to enterprises of no perimeter, so that shares are those of a whole list.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loaders.synthetic.figures import Employer

LOADERS = Path(__file__).parent.parent
CONTRACTS, VOLUNTEERS = "contracts-observatory", "volunteers-federation-a"
# One contract for so many employers and year, at least so many.
EMPLOYERS_PER_CONTRACT, FEWEST = 2, 40
SOCIAL, RESERVED, UNKNOWN = 0.14, 0.06, 0.08
SUBJECTS = (
    ("Entretien d'espaces verts", "77310000", 30_000), ("Nettoyage de bureaux", "90919200", 45_000),
    ("Restauration collective", "55510000", 80_000), ("Rénovation d'école", "45214200", 600_000),
    ("Collecte de textiles", "90511000", 25_000), ("Réfection de voiries", "45233140", 900_000),
    ("Formation de demandeurs d'emploi", "80530000", 70_000),
)  # fmt: skip
BUYERS = (
    ("Commune", "la", 0.62), ("CPAS", "la", 0.14), ("Région", "ra", 0.1),
    ("Société de logement", "body-pl", 0.1), ("Service fédéral", "cga", 0.04),
)  # fmt: skip
CLAUSES = ("flexible", "training", "insertion", "subcontract")
GIVING, HOURS_COUNTED = 0.55, 0.85
VOLUNTARY = frozenset({"association", "foundation", "mutual"})


def write_contracts(
    folder: Path, known: Sequence[Employer], years: Sequence[int], seed: int
) -> None:
    """Write the contracts of all buyers of an invented observatory."""
    draw = random.Random(f"{seed}/contracts")  # noqa: S311 nothing secret
    write(folder / f"{CONTRACTS}.csv", contracts(known, years, draw), "contracts")


def contracts(
    known: Sequence[Employer], years: Sequence[int], draw: random.Random
) -> Iterator[dict[str, object]]:
    """Yield the lots of some years."""
    places = sorted({one.municipality for one in known if one.municipality}) or [""]
    for year in years:
        for count in range(max(FEWEST, len(known) // EMPLOYERS_PER_CONTRACT)):
            title, cpv, usual = draw.choice(SUBJECTS)
            kind, code, _ = draw.choices(BUYERS, [one[2] for one in BUYERS])[0]
            place = draw.choice(places)
            social = draw.random() < SOCIAL and bool(known)
            winner = draw.choice(known) if social else None
            day = date(year, 1, 1) + timedelta(days=draw.randrange(365))
            told = draw.random() >= UNKNOWN
            number = draw.randrange(400)
            yield {
                "notice_id": f"{year}-{700_000 + count}", "lot": "1", "title": title, "cpv": cpv,
                "buyer_name": f"{kind} imaginaire {place}", "buyer_kind": code,
                "buyer_municipality": place, "award_date": day.isoformat(),
                "amount": "" if draw.random() < UNKNOWN
                else f"{usual * draw.lognormvariate(0, 0.8):.2f}".replace(".", ","),
                "currency": "EUR",
                "winner_number": winner.number if winner else "",
                "winner_name": winner.name if winner and winner.name
                else f"Entreprise imaginaire {number:03}",
                "reserved": (("res-ws" if winner and draw.random() < RESERVED / SOCIAL else "none")
                             if told else ""),
                "social_clause": clause(draw, winner is not None) if told else "",
            }  # fmt: skip


def clause(draw: random.Random, social: bool) -> str:
    """Return a clause, or that there is none: more often where the social economy wins."""
    return draw.choice(CLAUSES) if draw.random() < (0.5 if social else 0.12) else "none"


def write_volunteers(
    folder: Path, known: Sequence[Employer], years: Sequence[int], seed: int
) -> None:
    """Write the volunteers that the members of an invented federation count."""
    draw = random.Random(f"{seed}/volunteers")  # noqa: S311 nothing secret
    write(folder / f"{VOLUNTEERS}.csv", volunteers(known, years, draw), "volunteers")


def volunteers(
    known: Sequence[Employer], years: Sequence[int], draw: random.Random
) -> Iterator[dict[str, object]]:
    """Yield the volunteers of some non-profit employers by year."""
    for one in known:
        if one.family not in VOLUNTARY or draw.random() >= GIVING:
            continue
        usual, hours = draw.lognormvariate(2.6, 0.9), draw.uniform(20, 160)
        counted = draw.random() < HOURS_COUNTED
        for year in years:
            persons = max(1, round(usual * draw.uniform(0.85, 1.2)))
            yield {
                "enterprise_number": one.number, "name": one.name or "Sans nom", "year": year,
                "volunteers": persons,
                "hours": f"{persons * hours:.1f}".replace(".", ",") if counted else "",
            }  # fmt: skip


def write(file: Path, rows: Iterator[dict[str, object]], layout: str) -> None:
    """Write a list under the columns of its layout."""
    with (LOADERS / layout / "columns.csv").open(encoding="utf-8", newline="") as stream:
        columns = [column["name"] for column in csv.DictReader(stream)]
    with file.open("w", encoding="utf-8", newline="") as stream:
        out = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
