"""Every named question has an address that answers, and parameters that cannot be abused."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from inspect import getsource
from urllib.parse import urlencode

import httpx
import openapi_spec_validator
import pytest

from queries import binding
from queries.catalogue import catalogue
from server.answers.negotiate import XLSX
from server.questions.answer import REASONS
from server.questions.reserved import RESERVED
from tests.server.releases import BASE

HTML = {"Accept": "text/html"}
MEMBERS = "/queries/members_of_federation"
UMBRELLA = f"{BASE}id/organisation/umbrella"
GOOD = {"federation": UMBRELLA, "on": "2020-01-01"}


def test_the_catalogue_lists_every_question_with_examples(client: httpx.Client) -> None:
    listed = client.get("/queries").json()["queries"]
    assert [one["name"] for one in listed] == list(catalogue())
    assert all(p["example"] for one in listed for p in one["parameters"])


@pytest.mark.parametrize("name", catalogue())
def test_a_visit_shows_the_form_and_the_answer_to_the_example(
    client: httpx.Client, name: str
) -> None:
    answer = client.get(f"/en/queries/{name}", headers=HTML)
    assert answer.status_code == 200
    for parameter in catalogue()[name].parameters:
        assert f'name="{parameter.name}"' in answer.text


@pytest.mark.parametrize("name", catalogue())
def test_the_example_is_answered_as_csv_with_the_columns_promised(
    client: httpx.Client, name: str
) -> None:
    query = catalogue()[name]
    answer = client.get(f"/queries/{name}.csv", params=query.example_values())
    assert answer.status_code == 200
    assert tuple(next(csv.reader(io.StringIO(answer.text)))) == query.columns


def test_the_format_follows_the_accept_header(client: httpx.Client) -> None:
    for media in ("text/csv", "application/json", "application/sparql-results+json"):
        answer = client.get(MEMBERS, params=GOOD, headers={"Accept": media})
        assert answer.headers["content-type"].partition(";")[0] == media
    rows = client.get(MEMBERS, params=GOOD).json()["results"]["bindings"]
    assert {row["member"]["value"] for row in rows} == {
        f"{BASE}id/organisation/bakery",
        f"{BASE}id/organisation/dutch",
    }
    assert client.get(MEMBERS, params=GOOD, headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    ("parameters", "named", "slug"),
    [
        ([("on", "2020-01-01")], "federation", "missing-parameter"),
        ([*GOOD.items(), ("limt", "10")], "limt", "unknown-parameter"),
        ([*GOOD.items(), ("on", "2020-01-01")], "on", "duplicate-parameter"),
        ([("federation", UMBRELLA), ("on", "yesterday")], "on", "bad-parameter"),
        ([("federation", UMBRELLA), ("on", "2024-02-30")], "on", "bad-parameter"),
        ([("federation", "x> } UNION { ?s ?p ?o"), ("on", "2020-01-01")], "federation",
         "bad-parameter"),
        ([("federation", "http://x/> } UNION {"), ("on", "2020-01-01")], "federation",
         "bad-parameter"),
        ([("federation", "javascript:alert(1)"), ("on", "2020-01-01")], "federation",
         "bad-parameter"),
        ([("federation", UMBRELLA + "\n"), ("on", "2020-01-01\0")], "on", "bad-parameter"),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_named_with_an_example(
    client: httpx.Client, parameters: list[tuple[str, str]], named: str, slug: str
) -> None:
    address = f"{MEMBERS}?{urlencode(parameters)}"
    answer = client.get(address)
    found = answer.json()
    assert (answer.status_code, found["type"]) == (400, f"/problems/{slug}")
    assert found["parameter"] == named
    assert found.get("example") or slug == "unknown-parameter"
    page = client.get(address, headers=HTML)
    assert page.status_code == 400
    assert 'name="federation"' in page.text


@pytest.mark.parametrize(
    "text", ['"} UNION {?s ?p ?o}#', "\\u0022 } UNION { ?s ?p ?o } #", "'''", "<script>x</script>"]
)
def test_a_text_stays_a_text(client: httpx.Client, text: str) -> None:
    answer = client.get("/queries/organisations_by_label", params={"label": text})
    assert answer.json()["results"]["bindings"] == []
    page = client.get("/queries/organisations_by_label", params={"label": text}, headers=HTML)
    assert "<script>x" not in page.text


def test_the_openapi_description_has_every_question(client: httpx.Client) -> None:
    found = client.get("/openapi.json").json()
    for name, query in catalogue().items():
        described = found["paths"][f"/queries/{name}"]["get"]["parameters"]
        own = [one["name"] for one in described if "$ref" not in one]
        assert own == [p.name for p in query.parameters]
        assert len(described) == len(own) + len(RESERVED)
    assert "/sparql" in found["paths"]
    assert set(found["components"]["parameters"]) == set(RESERVED)


def test_the_openapi_description_is_valid(client: httpx.Client) -> None:
    openapi_spec_validator.validate(client.get("/openapi.json").json())


def test_the_openapi_description_gives_types_and_bounds(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    def parameter(question: str, name: str) -> dict[str, object]:
        found = paths[f"/queries/{question}"]["get"]["parameters"]
        return next({**one["schema"], "example": one["example"]} for one in found
                    if one.get("name") == name)  # fmt: skip

    year = parameter("events_of_year", "year")
    assert (year["type"], year["minimum"], year["maximum"]) == ("integer", 1800, 2200)
    assert isinstance(year["example"], int)
    assert parameter("federations", "on")["format"] == "date"
    assert parameter("members_of_federation", "federation")["format"] == "uri"
    role = parameter("organisations_by_ecosystem_role", "role")
    assert role["enum"] == ["enterprise", "federation", "umbrella"]


def test_the_openapi_description_gives_formats_and_problems(client: httpx.Client) -> None:
    found = client.get("/openapi.json").json()
    for name, query in catalogue().items():
        responses = found["paths"][f"/queries/{name}"]["get"]["responses"]
        assert {"200", "400", "406", "503"} <= set(responses)
        formats = responses["200"]["content"]
        assert {"text/csv", "application/json", "text/html", XLSX} <= set(formats)
        assert formats["application/json"]["example"]["head"]["vars"] == list(query.columns)
    for response in found["components"]["responses"].values():
        assert response["content"]["application/problem+json"]["example"]["type"]


def test_a_text_search_finds_without_accents_or_case(client: httpx.Client) -> None:
    for wanted in ("federation demonstration", "FÉDÉ", "boulangerie coop", "0400.123.456"):
        page = client.get("/en/search", params={"q": wanted}, headers=HTML)
        assert "/en/id/organisation/" in page.text, wanted
    hostile = client.get("/en/search", params={"q": "') || true # .* ["}, headers=HTML)
    assert hostile.status_code == 200
    assert "/id/organisation/" not in hostile.text


def test_a_code_and_its_iri_choose_the_same_entry_of_the_form(client: httpx.Client) -> None:
    address = "/en/queries/organisations_by_ecosystem_role"
    (parameter,) = (p.name for p in catalogue()["organisations_by_ecosystem_role"].parameters)
    for value in ("enterprise", f"{BASE}code/ecosystem-role/enterprise"):
        page = client.get(address, params={parameter: value}, headers=HTML).text
        assert '<option value="enterprise" selected>enterprise</option>' in page


def test_what_is_wrong_with_a_value_is_said_in_the_language_of_the_page(
    client: httpx.Client,
) -> None:
    for value, french in (("nosuch", "pas un code de ecosystem-role"), ("*", "ni un code")):
        address = "/fr/queries/organisations_by_ecosystem_role"
        assert french in unescape(client.get(address, params={"role": value}, headers=HTML).text)
        program = client.get(address, params={"role": value}).json()
        assert "code of ecosystem-role" in program["reason"]


def test_every_reason_of_the_binding_can_be_translated() -> None:
    said = re.findall(r'(?:reason = |_error\(parameter, |Error\(name, )"(.*?)"', getsource(binding))
    assert set(said) == set(REASONS)
