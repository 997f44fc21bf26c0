"""The lists are written like the platform's own, and described like them."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.records.concepts import describe_concept, describe_scheme
from loaders.records.source import Describe

TABLES: Mapping[str, Describe] = {
    "schemes": describe_scheme,
    "coops-uk-sector": describe_concept,
    "coops-uk-ownership": describe_concept,
    "uk-legal-form": describe_concept,
}
