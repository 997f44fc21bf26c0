"""What an operator can set, by environment variable or by the command line."""

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "MAILLAGE_"


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
    cache: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=64, description="megabytes of answers kept; 0 keeps none"
    )
    access_log: bool = Field(default=False, description="whether each request is logged")


def read_settings(**given: object) -> Settings:
    """Return the settings from the environment, with what is given on top of them."""
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and (meant := misspelt(name)):
            raise SettingsError(f"{name}: unknown setting; did you mean {meant}?")
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        fault = error.errors()[0]
        key = "_".join(str(part) for part in fault["loc"])
        shown = f"{PREFIX}{key.upper()} (or --{key.replace('_', '-')})"
        raise SettingsError(f"{shown}: {fault['msg']}, not {fault['input']!r}") from error


def misspelt(name: str) -> str | None:
    """Return the setting that a variable nearly names; others of our prefix are not ours to judge.

    >>> misspelt("MAILLAGE_WORKER")
    'MAILLAGE_WORKERS'
    """
    known = [PREFIX + field.upper() for field in Settings.model_fields]
    close = get_close_matches(name.upper(), known, n=1, cutoff=0.88)
    return close[0] if close and name not in known else None
