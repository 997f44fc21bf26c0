"""The process in which a delivered file is read: what explodes in it hurts nobody else.

Standard input holds the task and standard output takes the statements as N-Triples; the last line
of standard error is the outcome, the one before it the stage that was reached.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import Quad, RdfFormat, Triple

from loaders.partner_graphs import blank_nodes, content, json_ld, markup, terms
from loaders.partner_graphs.ownership import Owner
from loaders.partner_graphs.refusal import Refusal

NO_CORE = (0, 0)


def main() -> int:
    """Do the task; return 0 when the statements are whole."""
    task = json.load(sys.stdin)
    limit(task)
    try:
        outcome = work(task)
    except Refusal as refusal:
        outcome = {"slug": refusal.slug, "reason": refusal.reason, "line": refusal.line}
    except MemoryError:
        reason = "the file needs more memory than it may have; deliver it in several files"
        outcome = {"slug": "too-large", "reason": reason, "line": None}
    sys.stderr.write(f"{json.dumps(outcome)}\n")
    return 1 if "slug" in outcome else 0


def limit(task: dict[str, Any]) -> None:
    """Bound the memory of this process, and have it leave no dump."""
    resource.setrlimit(resource.RLIMIT_CORE, NO_CORE)
    resource.setrlimit(resource.RLIMIT_AS, (task["memory"], task["memory"]))


def stage(name: str, seconds: float) -> None:
    """Begin a stage that may use so much processor time; then the system ends this process."""
    sys.stderr.write(f"{name}\n")
    sys.stderr.flush()
    # No handler: none would run while a parser does not come back.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)


def work(task: dict[str, Any]) -> dict[str, Any]:
    """Read the file of the task and write its statements; return the remarks."""
    owner = Owner(task["authority"], task["graph"], tuple(task["sites"]))
    stage("reading", task["seconds"])
    text, syntax, remarks = content.read(Path(task["file"]))
    triples = list(statements(text, syntax, owner))
    stage("naming", task["naming_seconds"])
    triples, alike = blank_nodes.named(triples, owner.authority)
    if alike:
        remarks.append(
            f"{Path(task['file']).name}: {alike} blank nodes say the same as another one; if they "
            "are different things, give them IRIs"
        )
    stage("writing", task["seconds"])
    for triple in triples:
        sys.stdout.write(f"{terms.as_stored(triple)} .\n")
    sys.stdout.flush()
    return {"remarks": remarks}


def statements(text: bytes, syntax: RdfFormat, owner: Owner) -> Iterator[Triple]:
    """Yield the statements of a file, each looked at; all stand in one graph."""
    graphs = set()
    number = 0
    for quad in parsed(text, syntax):
        number += 1
        terms.check(quad)
        owner.check(quad)
        graphs.add(quad.graph_name)
        if len(graphs) > 1:
            reason = "statements stand in several graphs; leave graphs out, or use one"
            raise Refusal("several-graphs", reason)
        yield quad.triple
    if not number:
        raise Refusal("empty", "no statement stands in the file; deliver the data")


def parsed(text: bytes, syntax: RdfFormat) -> Iterator[Quad]:
    """Yield what a parser finds, its errors as refusals."""
    base = None
    if syntax == RdfFormat.RDF_XML:
        markup.check(text)
    elif syntax == RdfFormat.JSON_LD:
        text, base = json_ld.prepare(text), json_ld.RELATIVE
    try:
        found = pyoxigraph.parse(text, format=syntax, base_iri=base, rename_blank_nodes=True)
        yield from json_ld.refuse_lost(found) if base else found
    except SyntaxError as error:
        raise syntax_refusal(error, text) from None
    except (ValueError, RecursionError) as error:
        raise Refusal("syntax", str(error)) from None


def syntax_refusal(error: SyntaxError, text: bytes) -> Refusal:
    """Return what a parser says against a file."""
    said = str(error.msg).partition(": ")
    reason = said[2] if said[0].startswith("Parser error") else error.msg
    place = f" (column {error.offset})" if error.offset else ""
    slug = "relative-iri" if "No scheme found" in reason else "syntax"
    remedy = "; write whole IRIs, or declare a base" if slug == "relative-iri" else ""
    if error.lineno and error.lineno >= text.rstrip().count(b"\n") + 1 and "nd of" in reason:
        remedy = "; the file is cut short: send it again"
    return Refusal(slug, f"{reason}{place}{remedy}", error.lineno)


if __name__ == "__main__":
    sys.exit(main())
