"""The rules that say which cells tell too much of one unit; their figures are confidential.

They stand in ``confidential/disclosure.toml`` of the home, which no release holds. Without the
file the defaults hold; figures that protect less than the floor are refused.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from loaders.errors import LoadError

FILE = Path("confidential") / "disclosure.toml"


class Rules(BaseModel):
    """When a cell is unsafe, and how far off an outsider's best guess must stay.

    ``minimum`` holdings at least; without the two largest holdings, at least ``percent`` of the
    largest; the ``dominant`` largest at most ``share`` percent. ``interval`` is the part of its
    value by which a withheld cell stays uncertain on either side, at least; ``prior`` the part
    of its value within which anybody is taken to know any cell beforehand.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum: int = Field(default=4, ge=3)
    percent: float = Field(default=12.0, ge=5, le=100)
    dominant: int = Field(default=2, ge=1, le=5)
    share: float = Field(default=85.0, ge=50, le=90)
    interval: float = Field(default=0.12, ge=0.05, le=1)
    prior: float = Field(default=1.0, ge=0.5, le=1)

    @property
    def uncertain(self) -> float:
        """The part of what others add to a cell that one of its holdings must not know better."""
        return min(self.prior, max(self.interval, self.percent / 100))


def read(home: Path) -> Rules:
    """Return the rules of a home; LoadError when they cannot be read, or are below the floor."""
    file = home / FILE
    try:
        return Rules.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Rules()
    except (OSError, ValueError) as error:
        # Nothing of what the file says is repeated: messages are logged, the figures are secret.
        wrong = ", ".join(named(error)) if isinstance(error, ValidationError) else "not TOML"
        raise LoadError(f"{FILE}: cannot be used ({wrong}); see docs/disclosure.md") from None


def named(error: ValidationError) -> list[str]:
    """Return the settings that are wrong, with what is asked of them."""
    return [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
