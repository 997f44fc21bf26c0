"""Where the three tables of the Co-operatives UK open data go; organisations are read first."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.coops_uk.economy import describe_year
from loaders.coops_uk.organisations import describe_organisation
from loaders.coops_uk.outlets import describe_outlet
from loaders.records.source import Describe

# The order matters: outlets and accounts are only kept for organisations read before.
TABLES: Mapping[str, Describe] = {
    "organisations": describe_organisation,
    "outlets": describe_outlet,
    "economy": describe_year,
}
