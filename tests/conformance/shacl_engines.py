"""The W3C tests of SHACL asked of the two engines of the gate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyshacl
import rdflib
import shacl

from shapes.engines import as_rdflib, quiet
from tests.conformance.shacl_causes import DEVIATIONS
from tests.conformance.shacl_suite import Found, Said, ShaclCase, Suite, report

Ask = Callable[[ShaclCase, Suite], Said]


@dataclass(frozen=True)
class ShaclVerdict:
    """How one engine did on one test: ``difference`` is empty when it found what it must."""

    case: ShaclCase
    engine: str
    difference: str

    @property
    def cause(self) -> str:
        """Why the engine deviates, as far as that is known and written down."""
        return DEVIATIONS.get((self.engine, self.case.id), "")

    @property
    def worse(self) -> bool:
        """Tell whether the engine fails a test that it is not known to fail."""
        return bool(self.difference) and not self.cause


def compiled(case: ShaclCase, suite: Suite) -> Said:
    """Ask the compiled engine, which reads the files as they stand."""
    try:
        rules = shacl.Shapes.from_text(
            case.shapes.read_text(encoding="utf-8"), base=suite.address(case.shapes)
        )
        found = rules.validate_text(
            case.data.read_text(encoding="utf-8"), base=suite.address(case.data)
        )
    except (ValueError, RuntimeError):
        return None
    return report(found.turtle)


def reference(case: ShaclCase, suite: Suite) -> Said:
    """Ask pySHACL, with graphs as the gate makes them for it."""
    with quiet():
        data, rules = as_rdflib(suite.read(case.data)), as_rdflib(suite.read(case.shapes))
        try:
            _, found, _ = pyshacl.validate(data, shacl_graph=rules)
        except Exception:  # Whatever it raises, it cannot judge by these shapes.
            return None
    return report(found.serialize(format="nt")) if isinstance(found, rdflib.Graph) else None


ENGINES: Mapping[str, Ask] = {"compiled": compiled, "reference": reference}


def run(
    suite: Suite, done: Callable[[ShaclVerdict], object] = lambda _verdict: None
) -> list[ShaclVerdict]:
    """Return the verdict of each engine on each test; says when each is done."""
    verdicts = []
    for case in suite.cases():
        for engine, ask in ENGINES.items():
            verdict = ShaclVerdict(case, engine, difference(case.expected, ask(case, suite)))
            done(verdict)
            verdicts.append(verdict)
    return verdicts


def difference(expected: Said, found: Said) -> str:
    """Return in what a validation differs from what is expected; empty when in nothing."""
    if expected is None or found is None:
        if expected is found:
            return ""
        return "refused" if found is None else "not refused, as it must be"
    missing, added = expected - found, found - expected
    parts = [f"{sum(missing.values())} missing, as {named(missing)}"] if missing else []
    parts += [f"{sum(added.values())} too many, as {named(added)}"] if added else []
    return "; ".join(parts)


def named(results: Mapping[Found, int]) -> str:
    """Return one of several results in words."""
    first = min(results)
    return " ".join(part.rpartition("#")[2].strip(">") for part in first if part)
