"""What the environment tells the stand-ins; the names are those of docs/architecture/wire.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class MissingSetting(SystemExit):
    """A variable that the program cannot do without is absent; ends the program with one clear sentence."""


def required(environ: Mapping[str, str], name: str) -> str:
    """The value of a variable; raises MissingSetting."""
    value = environ.get(name, "")
    if not value:
        raise MissingSetting(f"{name} is not set; see docs/architecture/wire.md")
    return value


@dataclass(frozen=True)
class SandboxSettings:
    """What both programs read: the folder of the state, and where each shows itself (no slash at the end)."""

    state: Path
    saleor_url: str
    stripe_url: str

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "SandboxSettings":
        return cls(
            state=Path(required(environ, "SANDBOX_STATE")),
            saleor_url=required(environ, "SANDBOX_SALEOR_URL").rstrip("/"),
            stripe_url=required(environ, "SANDBOX_STRIPE_URL").rstrip("/"),
        )
