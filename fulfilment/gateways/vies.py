"""VIES, where the tax offices of the Union say whether a VAT number is one: asked over its REST API.

It passes each question on to the country whose number it is, so one country may be away while others answer.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx2 as httpx
from django.conf import settings
from stdnum.be import vat as be_vat

from fulfilment import metrics
from fulfilment.errors import GatewayError
from fulfilment.gateways.neighbours import VIES, asked
from fulfilment.outside import NO_ANSWER
from neighbours.budget import shared

ANSWERED = ("VALID", "INVALID")
"""What `userError` says where the country answered; anything else is why it did not."""
WRONG = ("INVALID_INPUT", "INVALID_REQUESTER_INFO", "VAT_BLOCKED", "IP_BLOCKED")
"""What asking again does not change."""
UNTOLD = "---"
"""What stands for a name or an address that a country does not tell."""


@dataclass(frozen=True)
class VatAnswer:
    """What VIES said of a VAT number; `consultation` is its number for this answer, where it knows who asked."""

    is_valid: bool
    name: str
    address: str
    consultation: str


@cache
def http_client() -> httpx.Client:
    """One connection pool per process."""
    return httpx.Client()


def look_up(vat_number: str) -> VatAnswer:
    """What VIES says of a number (country first). `GatewayError` where nobody answers for its country now."""
    country, number = vat_number[:2], vat_number[2:]
    body = _answer(f"{settings.VIES_API_BASE}/ms/{country}/vat/{number}", _requester())
    said = str(body.get("userError") or (body.get("errorWrappers") or [{}])[0].get("error") or "")
    if said not in ANSWERED or not isinstance(body.get("isValid"), bool):
        told = f"VIES has no answer for {country}: {said or 'nothing'}"
        raise GatewayError(told, retry=said not in WRONG, code=said or NO_ANSWER, at="VIES")
    return VatAnswer(
        is_valid=body["isValid"],
        name=_told(body.get("name"), 300),
        address=_told(body.get("address"), 500),
        consultation=_told(body.get("requestIdentifier"), 64),
    )


def _requester() -> dict[str, str]:
    """Our own number, for which VIES gives each answer a number of its own."""
    ours = str(settings.SELLER["number"])
    if not be_vat.is_valid(ours):
        return {}
    return {"requesterMemberStateCode": "BE", "requesterNumber": be_vat.compact(ours)}


def _answer(address: str, parameters: dict[str, str]) -> dict[str, Any]:
    with metrics.calling("VIES", "look_up"):
        try:
            with asked(VIES) as seconds:
                connect, answer = shared(seconds)
                limits = httpx.Timeout(answer, connect=connect)
                response = http_client().get(address, params=parameters, timeout=limits)
        except httpx.HTTPError as error:
            told = f"VIES did not answer: {error}"
            raise GatewayError(told, retry=True, code=NO_ANSWER, at="VIES") from error
        try:
            body = response.json()
        except ValueError as error:
            told = f"VIES answered with no JSON ({response.status_code})"
            raise GatewayError(told, retry=True, at="VIES", status=response.status_code) from error
        if not isinstance(body, dict):
            raise GatewayError("VIES answered with no object", retry=True, at="VIES", status=response.status_code)
        return body


def _told(value: object, longest: int) -> str:
    """A text in one line, as far as it is kept; "" where the country tells none."""
    text = " ".join(str(value or "").split())
    return "" if text == UNTOLD else text[:longest]
