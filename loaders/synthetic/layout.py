"""The files of an extract as the register publishes them: columns, quotes, dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

# What the register writes without quotes: dates. Everything else is quoted unless unknown.
DATES = frozenset({"StartDate", "DateStrikingOff"})


@dataclass(frozen=True)
class File:
    """A file of a full extract, and the column by which updates delete its rows."""

    name: str
    columns: tuple[str, ...]

    @property
    def key(self) -> str:
        """The column of ``…_delete.csv``."""
        return self.columns[0]

    @property
    def quoted(self) -> tuple[str, ...]:
        """The columns whose values stand in quotes."""
        return tuple(column for column in self.columns if column not in DATES)


META = File("meta", ("Variable", "Value"))
CODE = File("code", ("Category", "Code", "Language", "Description"))
ENTERPRISE = File(
    "enterprise",
    (
        "EnterpriseNumber", "Status", "JuridicalSituation", "TypeOfEnterprise", "JuridicalForm",
        "JuridicalFormCAC", "StartDate",
    ),
)  # fmt: skip
ENTERPRISE_BEFORE_CAC = File(
    "enterprise", tuple(c for c in ENTERPRISE.columns if c != "JuridicalFormCAC")
)
ESTABLISHMENT = File("establishment", ("EstablishmentNumber", "StartDate", "EnterpriseNumber"))
DENOMINATION = File(
    "denomination", ("EntityNumber", "Language", "TypeOfDenomination", "Denomination")
)
ADDRESS = File(
    "address",
    (
        "EntityNumber", "TypeOfAddress", "CountryNL", "CountryFR", "Zipcode", "MunicipalityNL",
        "MunicipalityFR", "StreetNL", "StreetFR", "HouseNumber", "Box", "ExtraAddressInfo",
        "DateStrikingOff",
    ),
)  # fmt: skip
CONTACT = File("contact", ("EntityNumber", "EntityContact", "ContactType", "Value"))
ACTIVITY = File(
    "activity", ("EntityNumber", "ActivityGroup", "NaceVersion", "NaceCode", "Classification")
)
BRANCH = File("branch", ("Id", "StartDate", "EnterpriseNumber"))
# The files that hold entities, which updates change.
ENTITIES = (ENTERPRISE, ESTABLISHMENT, DENOMINATION, ADDRESS, CONTACT, ACTIVITY, BRANCH)


def file_name(number: int, snapshot: date, kind: str) -> str:
    """Return the name of an extract's zip, without ending.

    >>> file_name(140, date(2025, 10, 5), "Full")
    'KboOpenData_0140_2025_10_05_Full'
    """
    return f"KboOpenData_{number:04}_{snapshot:%Y_%m_%d}_{kind}"


def header(file: File) -> str:
    """Return the first line of a file."""
    return ",".join(f'"{column}"' for column in file.columns) + "\n"
