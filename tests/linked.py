"""What the tests of linkage share: a small register, and lists to link with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.linkage.linking import register_file
from loaders.linkage.records import Place, Record
from queries.release import Home

TABLES = {
    "enterprise": "enterprise_number VARCHAR, status VARCHAR, juridical_situation VARCHAR,"
    " type_of_enterprise VARCHAR, juridical_form VARCHAR, juridical_form_cac VARCHAR,"
    " start_date DATE",
    "establishment": "establishment_number VARCHAR, start_date DATE, enterprise_number VARCHAR",
    "denomination": "entity_number VARCHAR, language VARCHAR, type_of_denomination VARCHAR,"
    " denomination VARCHAR",
    "address": "entity_number VARCHAR, type_of_address VARCHAR, country_nl VARCHAR,"
    " country_fr VARCHAR, zipcode VARCHAR, municipality_nl VARCHAR, municipality_fr VARCHAR,"
    " street_nl VARCHAR, street_fr VARCHAR, house_number VARCHAR, box VARCHAR,"
    " extra_address_info VARCHAR, date_striking_off DATE",
    "contact": "entity_number VARCHAR, entity_contact VARCHAR, contact_type VARCHAR, value VARCHAR",
}


@dataclass(frozen=True)
class Enterprise:
    """One enterprise of the small register."""

    number: str
    names: tuple[str, ...]
    street: str
    house: str
    postcode: str
    town: str
    form: str = "017"
    contact: str = ""


def numbered(place: int) -> str:
    """A number that no enterprise has, with its check digits."""
    start = 19_500_000 + place
    return f"{start:08d}{97 - start % 97:02d}"


ATELIER = Enterprise(
    numbered(1), ("Ateliers du Val Vert", "AVV"), "Rue du Moulin", "3", "5000", "Namur",
    contact="info@valvert.example",
)  # fmt: skip
TWIN = Enterprise(numbered(2), ("Les Amis de l'École",), "Rue des Écoles", "7", "4000", "Liège")
OTHER_TWIN = Enterprise(
    numbered(3), ("Les Amis de l'École",), "Rue du Parc", "12", "4000", "Liège"
)  # fmt: skip
KRINGLOOP = Enterprise(
    numbered(4), ("Kringloopwinkel De Brug",), "Brugstraat", "44", "8000", "Brugge", "706"
)  # fmt: skip
REGISTER = (ATELIER, TWIN, OTHER_TWIN, KRINGLOOP)
# What a list takes up of the register, and what it does not.
OTHERS = tuple(
    Enterprise(numbered(100 + place), (f"{first} {second}",), "Rue Haute", str(place), "5000",
               "Namur", "610")
    for place, (first, second) in enumerate(
        (first, second)
        for first in ("Garage", "Boulangerie", "Café", "Librairie", "Pharmacie")
        for second in ("Dupré", "du Coin", "Central", "Lambert", "des Arts", "Moderne")
    )
)  # fmt: skip


def write_register(home: Home, enterprises: Iterable[Enterprise] = (*REGISTER, *OTHERS)) -> Path:
    """Write a register into a home."""
    file = register_file(home)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as register:
        for table, columns in TABLES.items():
            register.execute(f"CREATE TABLE {table} ({columns})")
        for one in enterprises:
            number = one.number
            register.execute(
                "INSERT INTO enterprise VALUES (?, 'AC', '000', '2', ?, NULL, NULL)",
                [number, one.form],
            )
            for name in one.names:
                register.execute(
                    "INSERT INTO denomination VALUES (?, '1', '001', ?)", [number, name]
                )
            register.execute(
                "INSERT INTO address VALUES (?, 'REGO', NULL, NULL, ?, ?, ?, ?, ?, ?, NULL, NULL,"
                " NULL)",
                [number, one.postcode, one.town, one.town, one.street, one.street, one.house],
            )
            if one.contact:
                register.execute(
                    "INSERT INTO contact VALUES (?, 'ENT', 'EMAIL', ?)", [number, one.contact]
                )
    return file


def listed(
    key: str, name: str, street: str = "", postcode: str = "", town: str = "", *,
    form: str = "", source: str = "members-saw", number: str = "", visibility: str = "public",
) -> Record:  # fmt: skip
    """A record of a list."""
    own = f"kbo-{number}" if number else f"{source}-{key}"
    place = Place(street, postcode, (town,) if town else ())
    return Record(
        f"organisation/{own}", source, (name,), (place,) if postcode or town else (), form,
        number=number, visibility=visibility,
    )  # fmt: skip


def as_listed(
    key: str, enterprise: Enterprise, name: str = "", source: str = "members-saw"
) -> Record:
    """A record of a list that repeats what the register says."""
    street = f"{enterprise.street} {enterprise.house}"
    return listed(
        key, name or enterprise.names[0], street, enterprise.postcode, enterprise.town,
        form=enterprise.form, source=source,
    )  # fmt: skip
