"""What an operator can set, by environment variable or by the command line."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "MAILLAGE_"
# Read by the command line and the loaders, and so not a typing mistake here.
ELSEWHERE = frozenset({"base"})


class SettingsError(Exception):
    """A setting that cannot be used: which one, why, and what it takes."""


class Settings(BaseSettings):
    """How a release is served."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    home: Path = Field(default=Path("var"), description="directory that holds the releases")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: Annotated[int, Field(ge=0, le=65_535)] = Field(
        default=8000, description="port to listen on; 0 takes a free one"
    )
    workers: Annotated[int, Field(ge=1, le=64)] = Field(
        default=2, description="queries answered at the same time"
    )
    deadline: Annotated[float, Field(gt=0, le=3_600)] = Field(
        default=10.0, description="seconds a query may take"
    )
    result_cap: Annotated[int, Field(ge=1_000, le=1_000_000_000)] = Field(
        default=10_000_000, description="bytes an answer may have"
    )
    queue: Annotated[int, Field(ge=0, le=10_000)] = Field(
        default=32, description="queries that may wait for a worker"
    )
    memory: Annotated[int, Field(ge=32, le=1_000_000)] = Field(
        default=160, description="megabytes one query may take beside the opened store"
    )


def read_settings(**given: object) -> Settings:
    """Return the settings from the environment, with what is given on top of them."""
    known = {PREFIX + name.upper() for name in (*Settings.model_fields, *ELSEWHERE)}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise SettingsError(f"{name}: unknown setting; known ones: {', '.join(sorted(known))}")
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        fault = error.errors()[0]
        key = "_".join(str(part) for part in fault["loc"])
        shown = f"{PREFIX}{key.upper()} (or --{key.replace('_', '-')})"
        raise SettingsError(f"{shown}: {fault['msg']}, not {fault['input']!r}") from error
