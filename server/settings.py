"""What an operator can set, by environment variable or by the command line."""

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from queries.service import Service, read_service
from server.address import ancestors, public_address, trusted

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
    rate_seconds: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        default=60, description="seconds of work a minute for one client; 0 is any number"
    )
    rate_errors: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        default=30, description="errors a minute of one client; 0 is any number"
    )
    key_deadline: Annotated[float, Field(gt=0, le=3_600)] = Field(
        default=60.0, description="seconds a query with a key may take"
    )
    key_result_cap: Annotated[int, Field(ge=1_000, le=1_000_000_000)] = Field(
        default=100_000_000, description="bytes an answer to a query with a key may have"
    )
    key_rate_seconds: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        default=300, description="seconds of work a minute for one key; 0 is any number"
    )
    key_rate_errors: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        default=120, description="errors a minute of one key; 0 is any number"
    )
    internal_deadline: Annotated[float, Field(gt=0, le=86_400)] = Field(
        default=600.0, description="seconds a query for internal use may take"
    )
    internal_result_cap: Annotated[int, Field(ge=1_000, le=1_000_000_000)] = Field(
        default=100_000_000, description="bytes an answer for internal use may have"
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
    engine: str | None = Field(
        default=None, description="sparql+https://…, the engine that answers instead of our own"
    )
    engine_kind: Literal["generic", "oxigraph", "qlever", "virtuoso"] = Field(
        default="generic", description="what kind of engine that is"
    )
    engine_store: str | None = Field(
        default=None, description="address of its graph store, where it cannot be guessed"
    )
    engine_token: SecretStr | None = Field(
        default=None, description="token that it is asked with, instead of user and password"
    )
    sdmx_observations: Annotated[int, Field(ge=1, le=100_000_000)] = Field(
        default=1_000_000, description="observations one SDMX message may have"
    )
    access_log: bool = Field(default=False, description="whether each request is logged")
    public: Annotated[str, AfterValidator(public_address)] | None = Field(
        default=None, description="address under which clients reach this server"
    )
    embed_in: Annotated[str, AfterValidator(ancestors)] = Field(
        default="*", description="sites whose pages may show maps in a frame; * is any"
    )
    proxies: Annotated[str, AfterValidator(trusted)] | None = Field(
        default=None, description="addresses of the reverse proxies that are believed"
    )

    @model_validator(mode="after")
    def engine_is_complete(self) -> Self:
        """Refuse an engine that cannot be addressed."""
        self.service()
        return self

    def service(self) -> Service | None:
        """Return the service that answers; None where the own engine does."""
        if not self.engine:
            return None
        token = self.engine_token.get_secret_value() if self.engine_token else None
        return read_service(self.engine, self.engine_store, self.engine_kind, token)


def read_settings(**given: object) -> Settings:
    """Return the settings from the environment, with what is given on top of them."""
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and (meant := misspelt(name)):
            raise SettingsError(f"{name}: unknown setting; did you mean {meant}?")
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        fault = error.errors()[0]
        # What was given for an engine may hold a password.
        key = "_".join(str(part) for part in fault["loc"]) or "engine"
        said = fault["msg"].removeprefix("Value error, ")
        if key.startswith("engine"):
            raise SettingsError(f"{PREFIX}{key.upper()}: {said}") from None
        shown = f"{PREFIX}{key.upper()} (or --{key.replace('_', '-')})"
        raise SettingsError(f"{shown}: {said}, not {fault['input']!r}") from error


def misspelt(name: str) -> str | None:
    """Return the setting that a variable nearly names; others of our prefix are not ours to judge.

    >>> misspelt("MAILLAGE_WORKER")
    'MAILLAGE_WORKERS'
    """
    known = [PREFIX + field.upper() for field in Settings.model_fields]
    close = get_close_matches(name.upper(), known, n=1, cutoff=0.88)
    return close[0] if close and name not in known else None
