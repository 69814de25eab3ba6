"""Signs of life, each one statement: what was seen last, well or ill."""

from datetime import datetime

from django.db import connection

from fulfilment.vitals.models import Sign


def seen_well(name: Sign.Name, at: datetime) -> None:
    """It did what it is for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO vitals_sign (name, well_at, reason) VALUES (%s, %s, '') ON CONFLICT (name) DO UPDATE SET "
            "well_at = GREATEST(vitals_sign.well_at, excluded.well_at), reason = ''",
            [str(name), at],
        )


def seen_ill(name: Sign.Name, why: str, at: datetime) -> None:
    """It did not, and why."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO vitals_sign (name, ill_at, reason) VALUES (%s, %s, %s) ON CONFLICT (name) DO UPDATE SET "
            "ill_at = excluded.ill_at, reason = excluded.reason",
            [str(name), at, " ".join(why.split())],
        )
