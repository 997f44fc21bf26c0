"""The quality report as a page that a data provider can read: what is wrong, where, what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined, Template

from ontology.outside import RDFS, SH
from shapes.naming import constraint_name, path_name, short, value_name
from shapes.terms import REASON

if TYPE_CHECKING:
    from shapes.reading import ShapesGraph
    from shapes.report import Report

WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "title": "Rapport de qualité",
        "lead": "Ce qui a été vérifié avant la publication, et ce qu'il reste à corriger.",
        "conforms": "Tout peut être publié.",
        "stops": "Des graphes sont arrêtés : leur livraison précédente reste publiée.",
        "incomplete": "Trop de résultats pour les tenir tous : corrigez ceux-ci et recommencez.",
        "unproved": "Certaines formes n'ont rien examiné : rien n'est prouvé pour elles.",
        "graphs": "graphes", "triples": "triplets", "shapes": "formes",
        "violations": "erreurs", "warnings": "avertissements", "stopped": "arrêté",
        "published": "publié", "times": "fois",
        "more": "autres", "value": "valeur", "path": "propriété",
        "conflict": "Les sources se contredisent : chacune est valable seule, les deux restent.",
        "hidden": "valeur tue", "shape": "Forme", "examined": "Nœuds examinés",
        "minimum": "Minimum", "reason": "Motif", "examined_title": "Ce qui a été examiné",
        "not_proved": "Rien n'est prouvé",
        "findings": "À corriger",
    },
    "en": {
        "title": "Quality report",
        "lead": "What was checked before publication, and what remains to be corrected.",
        "conforms": "Everything may be published.",
        "stops": "Some graphs are stopped: their previous delivery stays published.",
        "incomplete": "Too many results to hold them all: correct these and start again.",
        "unproved": "Some shapes examined nothing: nothing is proved for them.",
        "graphs": "graphs", "triples": "triples", "shapes": "shapes",
        "violations": "errors", "warnings": "warnings", "stopped": "stopped",
        "published": "published", "times": "times",
        "more": "more", "value": "value", "path": "property",
        "conflict": "Sources contradict each other: each is valid by itself, both stay.",
        "hidden": "value withheld", "shape": "Shape", "examined": "Nodes examined",
        "minimum": "Minimum", "reason": "Reason", "examined_title": "What was examined",
        "not_proved": "Nothing is proved",
        "findings": "To correct",
    },
}  # fmt: skip


def render(report: Report, lang: str) -> str:
    """Return the report as one HTML page, in fr or en."""
    if lang not in WORDS:
        raise ValueError(f"the report exists in {' and '.join(WORDS)}, not in {lang!r}")
    return template().render(
        report=report, lang=lang, words=WORDS[lang], number=grouped(lang),
        titled=lambda shape: titled(report.shapes, shape, lang),
        reason=lambda shape: report.shapes.text(shape, REASON, lang),
        kind=lambda constraint: constraint_name(constraint, lang),
        short=short, path_name=path_name, value_name=value_name,
    )  # fmt: skip


def grouped(lang: str) -> Callable[[int], str]:
    """Return how a language writes large numbers."""
    # A narrow no-break space in French, as the typographic rules want it.
    separator = "\u202f" if lang == "fr" else ","
    return lambda number: f"{number:,}".replace(",", separator)


def titled(shapes: ShapesGraph, shape: str, lang: str) -> str:
    """Return what a shape is about: the class, then the property."""
    owner = shapes.text(shapes.owner(shape), RDFS.label, lang) or short(shapes.owner(shape))
    name = shapes.text(shape, SH.name, lang)
    return f"{owner} › {name}" if name else owner


@cache
def template() -> Template:
    """Return the page's template."""
    source = (files("shapes") / "report.html.jinja").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)
