"""The way to the network of Peppol: an access point takes documents, and says later what became of them.

A folder is the one adapter there is: whoever carries documents to an access point takes them out of `outbox`, and moves
them to `delivered` or, with a line that says why in `NAME.txt`, to `refused`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fulfilment.errors import GatewayError

OUTBOX, DELIVERED, REFUSED = "outbox", "delivered", "refused"

LONGEST = 300
"""So much is read of why a document was refused."""


@dataclass(frozen=True)
class Answer:
    """What became of a document: `delivered`, `refused` with a reason, or neither yet."""

    delivered: bool = False
    refused: bool = False
    why: str = ""


class PeppolTransport(Protocol):
    """Who brings a document to the buyer's access point. Each may raise a `GatewayError`."""

    def hand_over(self, name: str, document: bytes) -> None:
        """Have it sent; once, however often the same name is handed over while nobody refused it."""

    def became_of(self, name: str) -> Answer:
        """What is known of it now."""


@dataclass(frozen=True)
class Folder:
    """Documents lie in folders, one for each state."""

    root: Path

    def hand_over(self, name: str, document: bytes) -> None:
        try:
            for state in (OUTBOX, DELIVERED, REFUSED):
                (self.root / state).mkdir(parents=True, exist_ok=True)
            if self._at(DELIVERED, name).exists():
                return
            for left in (self._at(REFUSED, name), self._why(name)):
                left.unlink(missing_ok=True)
            half = self._at(OUTBOX, name).with_suffix(".half")
            half.write_bytes(document)
            half.replace(self._at(OUTBOX, name))
        except OSError as error:
            raise _away(error) from error

    def became_of(self, name: str) -> Answer:
        try:
            if self._at(DELIVERED, name).exists():
                return Answer(delivered=True)
            if not self._at(REFUSED, name).exists():
                return Answer()
            why = self._why(name)
            said = why.read_text(errors="replace").strip()[:LONGEST] if why.exists() else ""
            return Answer(refused=True, why=said)
        except OSError as error:
            raise _away(error) from error

    def _at(self, state: str, name: str) -> Path:
        return self.root / state / f"{name}.xml"

    def _why(self, name: str) -> Path:
        return self._at(REFUSED, name).with_suffix(".txt")


def _away(error: OSError) -> GatewayError:
    return GatewayError(f"The folder of Peppol cannot be used: {error}", retry=True, at="Peppol")
