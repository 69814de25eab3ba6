"""What the shop asks of fulfilment, asked by a test; and how those answers are promised to look."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

GOLDEN = Path(__file__).parents[1] / "contract" / "golden"


def golden(name: str) -> dict[str, Any]:
    """The promised shape of an answer, by the name of its page."""
    read: dict[str, Any] = json.loads((GOLDEN / f"storefront_{name}.v1.json").read_text())
    return read


def called(path: str, given: dict[str, Any] | None = None, *, status: int = 200) -> dict[str, Any]:
    """The answer to a question, or to what is `given`; it must have this status."""
    headers = {"Authorization": f"Bearer {settings.STOREFRONT_API_TOKEN}"}
    address, client = f"/api/storefront/{path}", Client()
    if given is None:
        answer = client.get(address, headers=headers)
    else:
        answer = client.post(address, data=json.dumps(given), content_type="application/json", headers=headers)
    assert answer.status_code == status, answer.content
    told: dict[str, Any] = json.loads(answer.content)
    return told
