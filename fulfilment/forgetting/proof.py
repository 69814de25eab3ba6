"""That somebody was forgotten, outside of the database: a backup that is restored must not bring them back.

A line of JSON for each: `{"at": …, "who": keyed hash of the address}`. The file is written to only at its end.
"""

import json
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

_SALT = "forgetting.address"


def address_hash(email: str, *, secret: str | None = None) -> str:
    """An address as it is remembered: who has not the key of this shop cannot find out whose it is."""
    return salted_hmac(_SALT, email.strip().lower(), secret=secret, algorithm="sha256").hexdigest()


def every_hash(email: str) -> set[str]:
    """The same, also by the former keys: as a line may have been written before the key changed."""
    return {address_hash(email, secret=key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)}


def note(who: str, *, at: datetime) -> None:
    """Write that this address (hashed) is to be forgotten, so that it is on the disk. `OSError` where it cannot be."""
    path = Path(settings.FORGOTTEN_LOG)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        # A line of its own, also behind one that was cut off.
        file.write("\n" + json.dumps({"at": at.isoformat(), "who": who}) + "\n")
        file.flush()
        os.fsync(file.fileno())


def noted(path: Path) -> tuple[list[str], int]:
    """The hashes of a file, each once, and how many lines cannot be read: who wrote one was told that it failed."""
    found: dict[str, None] = {}
    unreadable = 0
    for line in filter(None, path.read_text("utf-8", errors="replace").splitlines()):
        try:
            found[str(json.loads(line)["who"])] = None
        except (ValueError, KeyError, TypeError):
            unreadable += 1
    return list(found), unreadable
