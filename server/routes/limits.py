"""`/limits`: what each class of use may take, as a page and as data."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from server.access.caller import allowances, current_caller
from server.access.limits import CLASSES, MEGABYTE, about_text, as_json, of_class
from server.answers.caching import VARY
from server.answers.negotiate import HTML, JSON, choose
from server.pages.page import page
from server.settings import Settings
from server.speech import language_of

router = APIRouter(tags=["operations"])
FRESH = {"Cache-Control": "no-cache", "Vary": VARY}


@router.get("/limits", summary="What each class of use may take")
async def limits(request: Request) -> Response:
    """Return the limits of the three classes, and those of the text of a query."""
    settings: Settings = request.app.state.settings
    media = choose(request.headers.get("accept"), (JSON, HTML))
    if media == JSON:
        own = {"yours": current_caller().use}
        return JSONResponse(as_json(settings) | own, headers=FRESH)
    return page(
        request, "limits.html", 200, FRESH,
        classes=[of_class(one) for one in allowances(settings)],
        names=CLASSES,
        yours=current_caller().use,
        megabyte=MEGABYTE,
        settings=settings,
        text=list(about_text(language_of(request))),
    )  # fmt: skip
