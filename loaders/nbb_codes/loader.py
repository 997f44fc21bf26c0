"""The lists are written like the platform's own, and described like them."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.records.concepts import describe_concept, describe_scheme
from loaders.records.source import Describe

TABLES: Mapping[str, Describe] = {
    "schemes": describe_scheme,
    "nbb-rubric": describe_concept,
    "nbb-model": describe_concept,
}
