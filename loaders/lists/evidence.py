"""The encoding and the delimiter of a text file, told from evidence or refused."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from pathlib import Path

from loaders.records.layout import fold
from loaders.wording import FileError, Wording

BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
DELIMITERS = ",;\t|"
# What French, Dutch, German and English texts in Windows-1252 hold beside ASCII.
LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœŠšŸŽž"
SIGNS = "€’‘“”„‚«»–—…•\u00a0°§·²³ªº½¼¾®©™£"
WINDOWS = re.compile(f"[\0-\x7f{LETTERS}{SIGNS}]*")
# The same bytes in older encodings: é of DOS is ‚ here, é of the Macintosh is Ž.
CONTRADICTION = re.compile(f"[a-z{LETTERS[30:]}](?:[ŠŽŸÀ-ÖØ-Ý]|[‚„…“”•–—£¼½¾¹²³ª®©™][a-z])")
SAVE_UTF8 = Wording(
    "enregistrez le fichier en « CSV UTF-8 » ou en XLSX",
    "save the file as “CSV UTF-8” or as XLSX",
)


def decode(content: bytes, path: Path) -> tuple[str, str]:
    """Return the text of a file and its encoding, where the bytes leave no doubt.

    Byte order marks decide; else UTF-8 where every byte fits it; else Windows-1252 where the
    text then reads as one of our languages. FileError otherwise.
    """
    for mark, encoding in BOMS:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise damaged(content, error.start, encoding, path) from None
    if b"\0" in content:
        raise nul_byte(content, path)
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        return windows(content, error.start, path), "cp1252"


def windows(content: bytes, first: int, path: Path) -> str:
    """Return a text in Windows-1252; FileError where something speaks against that encoding."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise untold(content, error.start, path) from None
    mixed = re.search(rb"[\xc3\xc5][\x80-\xbf]", content)
    if mixed:
        reason = Wording(
            "une partie du fichier est en UTF-8 et une autre ne l'est pas",
            "one part of the file is UTF-8 and another is not",
        )
        raise FileError(reason, SAVE_UTF8, path, line_of(content, first))
    reads = WINDOWS.match(text)
    end = reads.end() if reads else 0
    if end < len(text):
        raise untold(content, end, path)
    if found := CONTRADICTION.search(text):
        raise untold(content, found.start() + 1, path)
    return text


def line_of(content: bytes, position: int) -> int:
    """Return the line of a byte."""
    return content.count(b"\n", 0, position) + 1


def untold(content: bytes, position: int, path: Path) -> FileError:
    """Return the error for a file whose encoding nothing tells."""
    byte = f"0x{content[position]:02X}"
    reason = Wording(
        f"l'encodage du fichier ne peut pas être établi (octet {byte})",
        f"the encoding of the file cannot be told (byte {byte})",
    )
    return FileError(reason, SAVE_UTF8, path, line_of(content, position))


def damaged(content: bytes, position: int, encoding: str, path: Path) -> FileError:
    """Return the error for a file that is not in the encoding that it announces."""
    reason = Wording(
        f"le fichier s'annonce en {encoding} mais ne l'est pas jusqu'au bout",
        f"the file announces {encoding} but is not in it to the end",
    )
    return FileError(reason, SAVE_UTF8, path, line_of(content, position))


def nul_byte(content: bytes, path: Path) -> FileError:
    """Return the error for a file with a NUL byte: UTF-16 without its mark, or damaged."""
    position = content.index(b"\0")
    if max(content[::2].count(0), content[1::2].count(0)) > len(content) // 4:
        reason = Wording(
            "le fichier semble en UTF-16 sans marque d'ordre des octets",
            "the file seems to be UTF-16 without a byte order mark",
        )
        return FileError(reason, SAVE_UTF8, path, 1)
    reason = Wording(
        "un octet NUL : le fichier est abîmé ou n'est pas du texte",
        "a NUL byte: the file is damaged or not text",
    )
    remedy = Wording("exportez-le de nouveau", "export it again")
    return FileError(reason, remedy, path, line_of(content, position))


def delimiter(text: str, known: Collection[str], folded: Collection[str], path: Path) -> str:
    """Return the delimiter under which the header holds most of the known headings.

    ``known`` names the columns for the error message, ``folded`` holds every heading, folded.
    """
    found: dict[str, int] = {}
    for candidate in DELIMITERS:
        try:
            header = next(csv.reader(io.StringIO(text, newline=""), delimiter=candidate), [])
        except csv.Error:
            continue
        found[candidate] = sum(fold(cell) in folded for cell in header)
    best = max(found, key=lambda each: found[each], default=",")
    if not found.get(best):
        reason = Wording(
            "la première ligne ne contient aucun des intitulés attendus",
            "the first line holds none of the expected headings",
        )
        remedy = Wording(
            f"partez du modèle ; colonnes : {', '.join(known)}",
            f"start from the template; columns: {', '.join(known)}",
        )
        raise FileError(reason, remedy, path, 1)
    return best
