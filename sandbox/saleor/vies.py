"""A stand-in for VIES, where tax offices say whether a VAT number is one; it lies beside the stand-in for Saleor.

Whatever has the right check digits is a number here. `/vies/ms/<country>/vat/<number>` answers as VIES' REST API does.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any

from stdnum.eu import vat
from werkzeug.wrappers import Request, Response

from sandbox.common.web import json_response

UNTOLD = "---"


def looked_up(request: Request, country: str, number: str) -> Response:
    """What VIES says of a number; with a number of its own for the answer where it is told who asks."""
    is_valid = vat.is_valid(f"{country}{number}")
    asks = request.args.get("requesterNumber", "")
    told: dict[str, Any] = {
        "isValid": is_valid,
        "requestDate": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "userError": "VALID" if is_valid else "INVALID",
        "name": f"VOORBEELD {number}" if is_valid else UNTOLD,
        "address": "Voorbeeldkaai 1\n9000 Gent" if is_valid else UNTOLD,
        "requestIdentifier": _consultation(asks, country, number) if is_valid and asks else "",
        "originalVatNumber": number,
        "vatNumber": number,
    }
    return json_response(told)


def _consultation(*of: str) -> str:
    return "WAPI" + hashlib.sha256(" ".join(of).encode()).hexdigest()[:12].upper()
