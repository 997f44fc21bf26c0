"""Turns a template and its values into a page, in the language of the request."""

import hashlib
from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from server.charts.lines import sparkline
from server.engine.pool import Pool
from server.language import LANGUAGES, Language, language
from server.language import mark as _
from server.pages.display import Shower
from server.speech import language_of, prefix_of

TOPICS = {
    "accreditations": _("Accreditations"),
    "classification": _("Perimeters and classification"),
    "codes": _("Code lists"),
    "events": _("Events"),
    "federations": _("Federations"),
    "funding": _("Funding"),
    "impact": _("Impact"),
    "mandates": _("Mandates"),
    "organisations": _("Organisations"),
    "plans": _("Plans and objectives"),
    "policy": _("Policy and law"),
    "projects": _("Projects"),
    "provenance": _("Provenance"),
    "statistics": _("Statistics"),
    "systems": _("Websites and tools"),
}


@cache
def environment(code: str) -> Environment:
    """Return the templates, speaking one language."""
    speech = language(code)
    found = Environment(
        loader=PackageLoader("server", "templates"),
        autoescape=select_autoescape(),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    install = found.install_gettext_callables  # type: ignore[attr-defined]
    install(speech.gettext, speech.ngettext, newstyle=True)
    found.filters["number"] = speech.number
    found.filters["heading"] = speech.heading
    found.filters["day"] = speech.day
    found.filters["moment"] = speech.moment
    found.filters["percent"] = speech.percent
    found.filters["share"] = speech.share
    found.filters["spark"] = sparkline
    found.globals["asset"] = asset
    found.globals["topic_name"] = partial(topic_name, speech)
    return found


def topic_name(speech: Language, topic: str) -> str:
    """Return what a topic of questions is called."""
    return speech.gettext(TOPICS.get(topic, topic))


def page(
    request: Request,
    template: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    """Return a page; its language is part of what it depends on."""
    speech = language_of(request)
    context = {**surroundings(request, speech), **values}
    html = environment(speech.code).get_template(template).render(context)
    all_headers = {"Vary": "Accept, Accept-Language", "Content-Language": speech.code}
    return HTMLResponse(html, status, all_headers | dict(headers or {}))


def surroundings(request: Request, speech: Language) -> dict[str, object]:
    """Return what every page shows around its content."""
    pool: Pool = request.app.state.pool
    state = request.scope.get("state", {})
    # An older release, where the request names one, is what the page is about.
    snapshot = state.get("snapshot") or (pool.snapshot if pool.ready else None)
    prefix = prefix_of(request)
    query = f"?{request.url.query}" if request.url.query else ""
    path = request.scope["path"]
    return {
        "speech": speech,
        "prefix": prefix,
        "path": path,
        "snapshot": snapshot,
        "shower": Shower(snapshot, speech, prefix) if snapshot else None,
        "neutral": path + query,
        "alternates": {code: f"/{code}{path}{query}" for code in LANGUAGES},
        "query_text": "",
        "release": state.get("release"),
    }


@cache
def asset(name: str) -> str:
    """Return the address of a file of ours, which changes with its content."""
    content = (files("server") / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"
