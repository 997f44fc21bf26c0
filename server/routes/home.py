"""`/`: what is here, how much of it, and from which release."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from server.answers.caching import headers, tag, unchanged
from server.dependencies import SnapshotDep
from server.language import mark as _
from server.pages.page import page
from server.speech import language_of, prefix_of

router = APIRouter(tags=["things"])
COUNTED = {
    "Organisation": (_("organisation"), _("organisations")),
    "Federation": (_("federation"), _("federations")),
    "FederationMembership": (_("membership"), _("memberships")),
    "Mandate": (_("mandate"), _("mandates")),
    "FundingScheme": (_("funding scheme"), _("funding schemes")),
    "Project": (_("project"), _("projects")),
    "ImpactEvaluation": (_("impact evaluation"), _("impact evaluations")),
    "Work": (_("publication"), _("publications")),
}
FIRST_QUESTIONS = (
    "federations", "members_of_federation", "mandates_of_organisation", "funding_schemes",
    "project_partners", "largest_by_turnover", "accreditation_schemes", "contradicting_claims",
)  # fmt: skip


@router.get("/", summary="What is here")
async def home(request: Request, snapshot: SnapshotDep) -> Response:
    """Return the first page."""
    entity = tag(snapshot, "home", language_of(request).code, prefix_of(request))
    if short := unchanged(request, snapshot, entity):
        return short
    counts = [(name, snapshot.counted(name), *texts) for name, texts in COUNTED.items()]
    questions = [snapshot.queries[name] for name in FIRST_QUESTIONS if name in snapshot.queries]
    sources = {graph.source for graph in snapshot.graphs.values() if graph}
    return page(
        request, "home.html", 200, headers(snapshot, entity), sources=len(sources),
        counts=[one for one in counts if one[1]],
        questions=questions or list(snapshot.queries.values())[:8],
    )  # fmt: skip
