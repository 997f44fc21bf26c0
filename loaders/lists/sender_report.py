"""The quality report of a list for its sender: a page to read and print, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from loaders.lists.verdicts import Finding, Judgement, Verdict
from loaders.wording import Wording

PAGE = Path(__file__).with_name("sender_report.html.jinja")
# More than these, and the page sends its reader to the CSV file.
MOST_SHOWN, LONGEST = 500, 120
MARK = "\ufeff"
# A text that begins so is run as a formula by spreadsheets.
STARTS = ("=", "+", "-", "@", "\t", "\r")
HEADER = (
    "line", "name", "verdict", "column", "heading", "value", "refused",
    "probleme_fr", "que_faire_fr", "problem_en", "what_to_do_en",
)  # fmt: skip
VERDICTS: Mapping[Verdict, Wording] = {
    Verdict.ACCEPTED: Wording("acceptées", "accepted"),
    Verdict.REMARKED: Wording("acceptées avec remarques", "accepted with remarks"),
    Verdict.UNNUMBERED: Wording("sans numéro, à rapprocher", "without number, to be linked"),
    Verdict.REFUSED: Wording("refusées", "refused"),
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "title": "Rapport de qualité", "other": "English", "other_lang": "en",
        "sender": "Expéditeur", "list": "Liste", "file": "Fichier", "period": "Période",
        "rows": "lignes",
        "refused": "La livraison est refusée : rien n'est publié. Corrigez les lignes refusées "
        "et livrez de nouveau la liste complète.",
        "aside": "La livraison est acceptée sans ses lignes refusées, qui restent à corriger.",
        "good": "La livraison est acceptée.",
        "findings": "Ligne par ligne", "none": "Rien à corriger.",
        "line": "Ligne", "column": "Colonne", "value": "Valeur", "problem": "Ce qui ne va pas",
        "remedy": "Que faire", "whole": "fichier", "row": "toute la ligne", "is_refused": "refus",
        "is_remark": "remarque",
        "more": "autres lignes du rapport se trouvent dans report.csv.",
        "unnumbered": "Les lignes sans numéro sont gardées : elles sont rapprochées du registre "
        "par nom, adresse et forme juridique. Un numéro d'entreprise évite toute erreur.",
    },
    "en": {
        "title": "Quality report", "other": "Français", "other_lang": "fr",
        "sender": "Sender", "list": "List", "file": "File", "period": "Period",
        "rows": "rows",
        "refused": "The delivery is refused: nothing is published. Correct the refused rows and "
        "deliver the whole list again.",
        "aside": "The delivery is accepted without its refused rows, which remain to be corrected.",
        "good": "The delivery is accepted.",
        "findings": "Row by row", "none": "Nothing to correct.",
        "line": "Line", "column": "Column", "value": "Value", "problem": "What is wrong",
        "remedy": "What to do", "whole": "file", "row": "the whole row", "is_refused": "refused",
        "is_remark": "remark",
        "more": "more lines of the report are in report.csv.",
        "unnumbered": "Rows without number are kept: they are linked to the register by name, "
        "address and legal form. An enterprise number avoids every error.",
    },
}  # fmt: skip


def write(judgement: Judgement, folder: Path, *, set_aside: bool = False) -> Path:
    """Write report.html, report.csv and report.json into a folder; return the page.

    ``set_aside`` says that the delivery was accepted without its refused rows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "report.html": as_html(judgement, set_aside=set_aside),
        "report.csv": as_csv(judgement),
        "report.json": as_json(judgement, set_aside=set_aside),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder / "report.html"


def as_html(judgement: Judgement, *, set_aside: bool = False) -> str:
    """Return the report as one page, in French and, at a link, in English."""
    return template().render(
        report=judgement,
        words=WORDS,
        verdicts=VERDICTS,
        state=state(judgement, set_aside=set_aside),
        shown=list(shown(judgement)),
        left=max(0, sum(1 for _ in judgement.all_findings()) - MOST_SHOWN),
        longest=LONGEST,
        unnumbered=judgement.counts()[Verdict.UNNUMBERED],
    )


@cache
def template() -> Template:
    """Return the template of the page."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(PAGE.read_text(encoding="utf-8"))


def state(judgement: Judgement, *, set_aside: bool) -> str:
    """Return what became of the delivery: refused, aside or good."""
    if not judgement.refused:
        return "good"
    return "aside" if set_aside and judgement.kept else "refused"


def shown(judgement: Judgement) -> Iterator[tuple[Finding, Wording]]:
    """Yield the findings that fit on the page with the headings of their columns.

    What refuses rows comes first, then what is to be checked, each in the order of the file.
    """
    findings = sorted(judgement.all_findings(), key=lambda one: (not one.refused, one.line or 0))
    for finding in findings[:MOST_SHOWN]:
        yield finding, heading(judgement, finding.column)


def heading(judgement: Judgement, name: str) -> Wording:
    """Return the headings of a column, empty where a whole row or file is meant."""
    for column in judgement.layout.columns:
        if column.name == name:
            return Wording(column.label_fr, column.label_en)
    return Wording("", "")


def as_csv(judgement: Judgement) -> str:
    """Return the report as CSV for spreadsheets: one line per finding, and per row without any."""
    output = io.StringIO(newline="")
    output.write(MARK)
    writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    for finding in judgement.findings:
        writer.writerow(map(harmless, cells(judgement, "", "", finding)))
    for row in judgement.rows:
        findings: tuple[Finding | None, ...] = row.findings or (None,)
        for each in findings:
            told = cells(judgement, row.name, row.verdict.value, each)
            writer.writerow([row.line, *map(harmless, told[1:])])
    return output.getvalue()


def cells(judgement: Judgement, name: str, verdict: str, finding: Finding | None) -> list[str]:
    """Return the cells of one line of the CSV report."""
    if finding is None:
        return ["", name, verdict, *[""] * (len(HEADER) - 3)]
    head = heading(judgement, finding.column).fr
    return [
        str(finding.line or ""), name, verdict, finding.column, head, finding.value,
        "yes" if finding.refused else "", finding.reason.fr, finding.remedy.fr,
        finding.reason.en, finding.remedy.en,
    ]  # fmt: skip


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula.

    >>> harmless("=cmd|' /C calc'!A0"), harmless("Les Ateliers")
    ("'=cmd|' /C calc'!A0", 'Les Ateliers')
    """
    return f"'{text}" if text.startswith(STARTS) else text


def as_json(judgement: Judgement, *, set_aside: bool = False) -> str:
    """Return the report as JSON, with every row and its verdict."""
    content = {
        "list": {"fr": judgement.list_fr, "en": judgement.list_en},
        "sender": judgement.sender,
        "file": judgement.file,
        "period": judgement.period,
        "outcome": state(judgement, set_aside=set_aside),
        "counts": {verdict.value: count for verdict, count in judgement.counts().items()},
        "findings": [as_object(finding) for finding in judgement.findings],
        "rows": [
            {
                "line": row.line,
                "name": row.name,
                "verdict": row.verdict.value,
                "findings": [as_object(finding) for finding in row.findings],
            }
            for row in judgement.rows
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def as_object(finding: Finding) -> dict[str, object]:
    """Return a finding as it stands in JSON."""
    return {
        "line": finding.line,
        "column": finding.column,
        "value": finding.value,
        "refused": finding.refused,
        "problem": {"fr": finding.reason.fr, "en": finding.reason.en},
        "remedy": {"fr": finding.remedy.fr, "en": finding.remedy.en},
    }
