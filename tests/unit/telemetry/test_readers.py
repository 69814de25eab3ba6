"""Numbers and reasons are for whoever shows the token, or asks from the machine itself."""

import pytest
from django.test import RequestFactory, override_settings

from telemetry.readers import is_ours

HERE, ELSEWHERE = "127.0.0.1", "203.0.113.9"


@pytest.mark.parametrize(
    ("address", "headers", "ours"),
    [
        (HERE, {}, True),
        ("::1", {}, True),
        (ELSEWHERE, {}, False),
        ("", {}, False),
        (HERE, {"X-Forwarded-For": ELSEWHERE}, False),
        (HERE, {"Forwarded": f"for={ELSEWHERE}"}, False),
        (ELSEWHERE, {"Authorization": "Bearer the-token"}, True),
        (ELSEWHERE, {"Authorization": "Bearer wrong"}, False),
    ],
)
def test_who_is_one_of_ours(address: str, headers: dict[str, str], *, ours: bool) -> None:
    with override_settings(METRICS_TOKEN="the-token"):
        assert is_ours(RequestFactory().get("/metrics", headers=headers, REMOTE_ADDR=address)) is ours


def test_no_token_opens_nothing_to_whoever_shows_none() -> None:
    with override_settings(METRICS_TOKEN=""):
        asked = RequestFactory().get("/metrics", headers={"Authorization": "Bearer "}, REMOTE_ADDR=ELSEWHERE)
        assert not is_ours(asked)
