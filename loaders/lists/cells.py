"""The cells of lists, brought to one way of writing: ISO dates, decimal points, codes, numbers."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from loaders.lists.workbook import Plain
from loaders.records import numbers
from loaders.records.codes import CodeBook
from loaders.records.layout import Column, Layout, fold
from loaders.wording import PersonalError, UnreadableError, Wording

WORDS = Path(__file__).with_name("legal_form_words.csv")
EARLIEST, LATEST = 1750, 2150
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T00:00:00)?", re.ASCII)
MONTH, YEAR = re.compile(r"(\d{4})-(\d{2})", re.ASCII), re.compile(r"(\d{4})", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})", re.ASCII)
SHORT_YEAR = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}", re.ASCII)
POINT = re.compile(r"([+-]?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?", re.ASCII)
COMMA = re.compile(r"([+-]?)(\d{1,3}(?:[.' \u00a0\u202f]\d{3})*|\d+)(?:,(\d+))?", re.ASCII)
GROUPED_POINT = re.compile(r"([+-]?)(\d{1,3}(?:[,' \u00a0\u202f]\d{3})*|\d+)(?:\.(\d+))?", re.ASCII)
EURO = re.compile(r"^(?:€|EUR)\s*|\s*(?:€|EUR)$")
MOJIBAKE = re.compile(r"Ã[\u0080-\u00bf©¨ªª«¯´¢§¹»®¼]|â€|Â[\u00a0-\u00bf]|\ufffd")
# The form of a number of the national register of persons, as the shape of public texts has it.
NATIONAL = re.compile(
    r"(?:^|[^0-9])[0-9]{2}[. -][0-5][0-9][. -][0-3][0-9][. -][0-9]{3}[. -][0-9]{2}(?:[^0-9]|$)"
)
NATIONAL_NUMBER = Wording(
    "la cellule contient ce qui ressemble à un numéro de registre national",
    "the cell holds what looks like a number of the national register of persons",
)
DELETE = Wording("effacez-le : il ne peut pas être publié", "delete it: it may not be published")
UNSEEN = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e]")
SEVERAL = "|"
# The lists of org-id.guide whose numbers we verify, by the prefix of their identifiers.
ORG_ID_LISTS = {
    "BE-BCE_KBO-": "kbo",
    "FR-INSEE-": "siren|siret",
    "FR-SIRENE-": "siren",
    "FR-RNA-": "rna",
}


@dataclass
class Reader:
    """What the cells of one list are read with."""

    layout: Layout
    codes: CodeBook
    remarks: list[Wording] = field(default_factory=list)

    def read(self, column: Column, text: str) -> str:
        """Return a filled cell in the one way of writing it; UnreadableError where it is wrong.

        What had to be mended, or looks odd, is in ``remarks``.
        """
        self.remarks = []
        if NATIONAL.search(text):
            raise PersonalError(NATIONAL_NUMBER, DELETE)
        reader: Callable[[Reader, Column, str], str] = READERS[column.kind]
        return reader(self, column, text)


def text(reader: Reader, _: Column, cell: str) -> str:
    """Return a text as it is, without invisible characters, and remark on damaged accents."""
    plain = UNSEEN.sub("", cell)
    if plain != cell:
        reader.remarks.append(
            Wording("des caractères invisibles ont été retirés", "invisible characters removed")
        )
    if MOJIBAKE.search(plain):
        reader.remarks.append(
            Wording(
                "les accents semblent abîmés (texte UTF-8 ouvert dans un autre encodage)",
                "the accents seem damaged (UTF-8 text opened in another encoding)",
            )
        )
    controls = (c for c in plain if unicodedata.category(c) == "Cc" and c not in "\t\r\n")
    if control := next(controls, ""):
        raise UnreadableError(
            Wording(
                f"caractère de contrôle U+{ord(control):04X}",
                f"control character U+{ord(control):04X}",
            ),
            Wording("retapez la cellule", "type the cell again"),
        )
    return " ".join(unicodedata.normalize("NFC", plain).split())


def number(reader: Reader, column: Column, cell: str) -> str:
    """Return a verified number of one of the registers of the column."""
    kinds = column.codes.split(SEVERAL)
    errors: list[UnreadableError] = []
    for kind in kinds:
        try:
            found = numbers.read(kind, cell)
        except UnreadableError as error:
            errors.append(error)
        else:
            reader.remarks.extend(found.remarks)
            return found.value
    raise errors[0]


def day(reader: Reader, _: Column, cell: str) -> str:
    """Return a day as ISO 8601; a day first only where the layout says so."""
    if match := ISO.fullmatch(cell):
        year, month, number = match.groups()
    elif match := DAY_FIRST.fullmatch(cell):
        number, _sign, month, year = match.groups()
        if not reader.layout.day_first:
            raise UnreadableError(
                Wording(
                    f"{cell} peut se lire de deux façons (jour ou mois d'abord)",
                    f"{cell} can be read in two ways (day or month first)",
                ),
                DATE_LIKE,
            )
    elif SHORT_YEAR.fullmatch(cell):
        reason = Wording(f"{cell} : l'année a deux chiffres", f"{cell}: the year has two digits")
        raise UnreadableError(reason, DATE_LIKE)
    else:
        raise UnreadableError(
            Wording(f"{cell} n'est pas une date", f"{cell} is no date"), DATE_LIKE
        )
    return calendar_day(cell, int(year), int(month), int(number))


def moment(reader: Reader, column: Column, cell: str) -> str:
    """Return a day, or a month or year where no more is known."""
    if match := MONTH.fullmatch(cell) or YEAR.fullmatch(cell):
        parts = [int(part) for part in match.groups()]
        calendar_day(cell, parts[0], parts[1] if len(parts) > 1 else 1, 1)
        return cell
    return day(reader, column, cell)


DATE_LIKE = Wording("écrivez-la comme 2024-02-01", "write it like 2024-02-01")


def calendar_day(cell: str, year: int, month: int, number: int) -> str:
    """Return a day that exists and lies within the years that the data can speak of."""
    try:
        found = date(year, month, number)
    except ValueError:
        reason = Wording(f"{cell} n'existe pas au calendrier", f"{cell} is not in the calendar")
        raise UnreadableError(reason, DATE_LIKE) from None
    if not EARLIEST <= year <= LATEST:
        raise UnreadableError(
            Wording(
                f"l'année {year} est hors de {EARLIEST}-{LATEST}",
                f"the year {year} is outside {EARLIEST}-{LATEST}",
            ),
            Wording(
                "une fin inconnue se laisse vide", "leave the cell empty where no end is known"
            ),
        )
    return found.isoformat()


def amount(reader: Reader, _: Column, cell: str) -> str:
    """Return an amount with a decimal point, read with the decimal mark of the layout."""
    bare = EURO.sub("", cell)
    decimal = "." if isinstance(cell, Plain) else reader.layout.decimal
    pattern = {",": COMMA, ".": GROUPED_POINT}[decimal]
    match = (POINT if isinstance(cell, Plain) else pattern).fullmatch(bare)
    if match is None:
        mark = (
            Wording("une virgule", "a comma") if decimal == "," else Wording("un point", "a point")
        )
        raise UnreadableError(
            Wording(
                f"{cell} n'est pas un nombre avec {mark.fr} pour décimales",
                f"{cell} is no number with {mark.en} for decimals",
            ),
            Wording(
                f"écrivez-le comme 12345{decimal}67, sans monnaie",
                f"write it like 12345{decimal}67, without a currency",
            ),
        )
    if isinstance(cell, Plain):
        return f"{Decimal(bare):f}"
    sign, whole, fraction = match.groups()
    digits = "".join(filter(str.isdigit, whole))
    return f"{sign}{digits}.{fraction}" if fraction else f"{sign}{digits}"


def code(reader: Reader, column: Column, cell: str) -> str:
    """Return the code that a cell gives, or gives the label of in any language."""
    if column.codes == LEGAL_FORMS and (form := legal_form_words().get(fold(cell))):
        return form
    try:
        return reader.codes.recognise(column.codes, cell)
    except KeyError as error:
        near = str(error.args[1]) if len(error.args) > 1 and error.args[1] else ""
        raise UnreadableError(
            Wording(
                f"« {cell} » n'est pas dans la liste {column.codes}",
                f"“{cell}” is not in the list {column.codes}",
            ),
            Wording(f"est-ce {near} ?", f"is it {near}?")
            if near
            else Wording(
                "prenez un code de la liste du modèle", "take a code of the list in the template"
            ),
        ) from None


LEGAL_FORMS = "kbo-legal-form"


@cache
def legal_form_words() -> Mapping[str, str]:
    """Return the codes of legal forms by the folded words in which people write them."""
    with WORDS.open(encoding="utf-8", newline="") as stream:
        return {fold(row["words"]): row["code"] for row in csv.DictReader(stream)}


def codes(reader: Reader, column: Column, cell: str) -> str:
    """Return several codes separated by ``|``."""
    parts = (part.strip() for part in cell.split(SEVERAL))
    return SEVERAL.join(code(reader, column, part) for part in parts if part)


def page(_: Reader, __: Column, cell: str) -> str:
    """Return the address of a web page, completed with its scheme."""
    full = cell if "://" in cell else f"https://{cell}"
    try:
        parts = urlsplit(full)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    if (
        parts.scheme not in ("http", "https")
        or "." not in host
        or re.search(r"[\s<>\"{}|\\^`]", full)
    ):
        raise UnreadableError(
            Wording(f"« {cell} » n'est pas une adresse web", f"“{cell}” is no web address"),
            Wording(
                "écrivez-la comme https://www.exemple.be", "write it like https://www.example.be"
            ),
        )
    return full


def organisation_id(reader: Reader, _: Column, cell: str) -> str:
    """Return the number in an identifier of org-id.guide; one of another list as it is."""
    for prefix, kinds in ORG_ID_LISTS.items():
        if cell.upper().startswith(prefix):
            column = replace(_, codes=kinds)
            return number(reader, column, cell[len(prefix) :])
    if "-" not in cell:
        raise UnreadableError(
            Wording(
                f"« {cell} » n'a pas le préfixe de son registre",
                f"“{cell}” lacks the prefix of its register",
            ),
            Wording(
                "écrivez-le comme BE-BCE_KBO-1900000168", "write it like BE-BCE_KBO-1900000168"
            ),
        )
    return text(reader, _, cell)


READERS: Mapping[str, Callable[[Reader, Column, str], str]] = {
    "text": text,
    "number": number,
    "date": day,
    "moment": moment,
    "amount": amount,
    "code": code,
    "codes": codes,
    "page": page,
    "eli": page,
    "org-id": organisation_id,
    "unused": text,
}
