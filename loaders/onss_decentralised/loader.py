"""Where the table of decentralised employment figures goes."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.onss.figures import describer
from loaders.records.source import Describe

TABLES: Mapping[str, Describe] = {"figures": describer("decentralised")}
