"""Activities: one assertion per version, code and rank, whoever told the register of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loaders.kbo import lines
from loaders.kbo.known import Codes
from loaders.records import identify
from ontology import terms as se
from ontology.outside import RDF

HAS_ACTIVITY = lines.predicate(se.activity)
ACTIVITY_CODE = lines.predicate(se.activityCode)
NOTE = lines.predicate(se.note)
IS_ASSERTION = lines.statement(RDF.type, se.ActivityAssertion)
ACTIVITY = lines.stem("activity")
RANKS = {"MAIN": "main", "SECO": "secondary", "ANCI": "auxiliary"}
RANKED = {
    code: lines.statement(se.activityRank, identify.code("activity-rank", rank))
    for code, rank in RANKS.items()
}


def describe_activities(
    subject: str, number: str, rows: Sequence[tuple[str | None, ...]], codes: Codes
) -> Iterator[str]:
    """Yield the activities of an entity; what the platform's lists lack is kept as a note."""
    stem = f"{ACTIVITY}{number}"
    for version, code, rank in rows:
        iri = codes.find(f"nace-bel-{version}", code or "")
        if iri is None:
            note = f"activity in the register: {code}, NACE-BEL {version}, {rank}"
            yield f"{subject}{NOTE}{lines.text(note, 'en')} ."
            continue
        node = f"{stem}-{version}-{code}-{RANKS.get(rank or '', 'unranked')}>"
        yield f"{subject}{HAS_ACTIVITY}{node} ."
        yield f"{node}{IS_ASSERTION}"
        yield f"{node}{ACTIVITY_CODE}{iri} ."
        if ranked := RANKED.get(rank or ""):
            yield f"{node}{ranked}"
