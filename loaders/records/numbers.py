"""Numbers that registers give, as people write them: normalised and verified, or refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from stdnum import luhn
from stdnum.be import vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siret as siret_rules

from loaders.wording import UnreadableError, Wording

# Written numbers hold these without meaning anything by them.
SEPARATORS = re.compile(r"[\s.\-/]")
SCIENTIFIC = re.compile(r"(\d+(?:[.,]\d+)?)E\+?(\d{1,2})", re.ASCII)
DECIMALS_OF_ZERO = re.compile(r"(\d+)[.,]0+", re.ASCII)
BRACKETED_ZERO = re.compile(r"^\(0\)")
# A Belgian number may follow the name of its register and the letters of its country.
BELGIAN = re.compile(r"^(?:TVA|BTW|VAT|BCE|KBO|CBE|ZUD)?[\s:.]*(?:BE)?\s*(?=[\d(])")
NONE = re.compile(r"^")


@dataclass(frozen=True)
class Kind:
    """How the numbers of one register are built.

    ``first`` holds the digits with which a number may begin, ``restorable`` tells whether
    spreadsheets make numbers of this kind shorter by one leading zero.
    """

    name: Wording
    example: str
    length: int
    first: str
    verifies: Callable[[str], bool]
    prefix: re.Pattern[str] = NONE
    restorable: bool = True
    letter: str = ""


@dataclass(frozen=True)
class Number:
    """A verified number, and what had to be mended in how it was written."""

    value: str
    remarks: tuple[Wording, ...] = ()


def by_97(digits: str) -> bool:
    """Tell whether the last two of ten digits check the first eight, as in the Belgian register."""
    # Of the two numbers that fit, 01 to 97 is the one that is given; 98, 99 and 00 never are.
    return digits[:8] != "00000000" and 0 < int(digits[8:]) <= MODULUS and not vat.checksum(digits)


def by_luhn(digits: str) -> bool:
    """Tell whether the last digit checks the others (Luhn), and they are not all zero."""
    return digits.strip("0") != "" and luhn.is_valid(digits)


def by_siret(digits: str) -> bool:
    """Tell whether 14 digits are a SIRET; those of La Poste are checked by their sum."""
    try:
        return bool(siret_rules.validate(digits)) and digits[:9].strip("0") != ""
    except ValidationError:
        return False


DIGITS = "0123456789"
MODULUS = 97
KINDS: Mapping[str, Kind] = {
    "kbo": Kind(
        Wording("numéro d'entreprise", "enterprise number"),
        "0123.456.749", 10, "01", by_97, BELGIAN,
    ),
    "kbo-establishment": Kind(
        Wording("numéro d'unité d'établissement", "establishment unit number"),
        "2.100.000.015", 10, "2345678", by_97, BELGIAN, restorable=False,
    ),
    "siren": Kind(Wording("numéro SIREN", "SIREN number"), "732 829 320", 9, DIGITS, by_luhn),
    "siret": Kind(
        Wording("numéro SIRET", "SIRET number"), "732 829 320 00074", 14, DIGITS, by_siret
    ),
    "rna": Kind(
        Wording("numéro RNA", "RNA number"), "W751000001", 9, DIGITS, lambda _: True,
        re.compile(r"^(?=W)"), restorable=False, letter="W",
    ),
}  # fmt: skip


NORMAL = re.compile(r"\d{9,10}|\d{14}|W\d{9}", re.ASCII)


def is_number(text: str) -> bool:
    """Tell whether a cell that was read holds a number of one of the registers."""
    return NORMAL.fullmatch(text) is not None


def number_in(cells: Mapping[str, str], names: Iterable[str]) -> str:
    """Return the first number in the named cells of a row that was read, else nothing."""
    return next((cell for name in names if is_number(cell := cells.get(name, ""))), "")


def kbo(text: str) -> str:
    """Return the ten digits of a Belgian enterprise number; ValueError says what is wrong.

    >>> kbo("BE 0200.065.765")
    '0200065765'
    """
    return read("kbo", text).value


def kbo_establishment(text: str) -> str:
    """Return the ten digits of a Belgian establishment unit number.

    >>> kbo_establishment("2.001.123.442")
    '2001123442'
    """
    return read("kbo-establishment", text).value


def siren(text: str) -> str:
    """Return the nine digits of a French SIREN number.

    >>> siren("732 829 320")
    '732829320'
    """
    return read("siren", text).value


def siret(text: str) -> str:
    """Return the fourteen digits of a French SIRET number.

    >>> siret("732 829 320 00074")
    '73282932000074'
    """
    return read("siret", text).value


def rna(text: str) -> str:
    """Return W and the nine digits of a number in the French register of associations.

    >>> rna("w751000001")
    'W751000001'
    """
    return read("rna", text).value


def read(kind: str, text: str) -> Number:
    """Return the number of a kind of KINDS that a text writes, with remarks on how it does.

    Raises UnreadableError for foreign digits, digits lost to a spreadsheet, a wrong length or
    beginning, wrong check digits.
    """
    rules = KINDS[kind]
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    remarks = [] if visible == text else [INVISIBLE]
    refuse_foreign_digits(visible)
    plain = visible.strip().upper()
    body = rules.prefix.sub("", plain)
    if rules.letter:
        body = body.removeprefix(rules.letter) if plain.startswith(rules.letter) else "?" + body
    digits = written_out(body, rules)
    if not (digits.isascii() and digits.isdigit()):
        raise unreadable(rules, text)
    if rules.restorable and len(digits) == rules.length - 1:
        digits = restored(digits, rules)
        remarks.append(ZERO_RESTORED)
    check(digits, rules)
    return Number(rules.letter + digits, tuple(remarks))


INVISIBLE = Wording(
    "des caractères invisibles ont été retirés du numéro",
    "invisible characters were removed from the number",
)
ZERO_RESTORED = Wording(
    "le zéro de tête manquait (ancienne écriture, ou perdu par un tableur) ; il a été remis, "
    "le chiffre de contrôle étant juste",
    "the leading zero was missing (old notation, or lost by a spreadsheet); it was put back, "
    "as the check digits fit",
)
AS_TEXT = Wording(
    "mettez la colonne au format Texte et retapez le numéro",
    "format the column as text and type the number again",
)


def refuse_foreign_digits(text: str) -> None:
    """Refuse digits other than 0-9: what they stand for is not for us to guess."""
    for character in text:
        if not character.isascii() and unicodedata.category(character) in {"Nd", "Nl", "No"}:
            name = unicodedata.name(character, f"U+{ord(character):04X}")
            raise UnreadableError(
                Wording(
                    f"le caractère « {character} » ({name}) n'est pas un chiffre de 0 à 9",
                    f"the character “{character}” ({name}) is not a digit from 0 to 9",
                ),
                Wording("retapez le numéro en chiffres simples", "type the number in plain digits"),
            )


def written_out(body: str, rules: Kind) -> str:
    """Return the digits of a number without separators, written out where it is scientific."""
    if match := SCIENTIFIC.fullmatch(body):
        figures, exponent = match[1].replace(",", "."), int(match[2])
        if len(figures.partition(".")[2]) < exponent and len(figures) <= exponent:
            raise UnreadableError(
                Wording(
                    f"{body} est en notation scientifique : des chiffres du numéro sont perdus",
                    f"{body} is in scientific notation: digits of the number are lost",
                ),
                AS_TEXT,
            )
        return str(int(Decimal(f"{figures}E{exponent}")))
    if (match := DECIMALS_OF_ZERO.fullmatch(body)) and len(match[1]) in (
        rules.length, rules.length - 1,
    ):  # fmt: skip
        return match[1]
    return SEPARATORS.sub("", BRACKETED_ZERO.sub("0", body))


def unreadable(rules: Kind, text: str) -> UnreadableError:
    """Return the error for a text that is no number at all."""
    return UnreadableError(
        Wording(
            f"« {text.strip()} » n'est pas un {rules.name.fr}",
            f"“{text.strip()}” is no {rules.name.en}",
        ),
        like(rules),
    )


def like(rules: Kind) -> Wording:
    """Return the advice to write a number like the example."""
    return Wording(f"écrivez-le comme {rules.example}", f"write it like {rules.example}")


def restored(digits: str, rules: Kind) -> str:
    """Return a number that lost its leading zero, where the check digits prove that it did."""
    if not rules.verifies("0" + digits):
        raise UnreadableError(
            Wording(
                f"{digits} a {len(digits)} chiffres au lieu de {rules.length} et, précédé d'un "
                "zéro, un chiffre de contrôle faux",
                f"{digits} has {len(digits)} digits instead of {rules.length} and, with a zero "
                "before it, wrong check digits",
            ),
            AS_TEXT,
        )
    return "0" + digits


def check(digits: str, rules: Kind) -> None:
    """Refuse a number of the wrong length or beginning, or with wrong check digits."""
    if len(digits) != rules.length:
        raise UnreadableError(
            Wording(
                f"{digits} a {len(digits)} chiffres au lieu de {rules.length}",
                f"{digits} has {len(digits)} digits instead of {rules.length}",
            ),
            like(rules),
        )
    if digits[0] not in rules.first:
        raise UnreadableError(
            Wording(
                f"aucun {rules.name.fr} ne commence par {digits[0]}",
                f"no {rules.name.en} begins with {digits[0]}",
            ),
            like(rules),
        )
    if not rules.verifies(digits):
        raise UnreadableError(
            Wording(
                f"le chiffre de contrôle de {digits} est faux : le numéro est mal recopié",
                f"the check digits of {digits} are wrong: the number is mistyped",
            ),
            Wording(
                "vérifiez le numéro dans le registre, ou laissez la case vide",
                "look the number up in the register, or leave the cell empty",
            ),
        )
