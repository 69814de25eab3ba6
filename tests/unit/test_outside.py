"""A neighbour that fails, in words for people: who, and how. What the machine said stands in the log."""

import logging

import pytest

from fulfilment.errors import GatewayError
from fulfilment.outside import MAIL_AWAY, NO_ANSWER, NOT_ASKED, THIS_MAIL, in_words, stuck


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (GatewayError("x", retry=True, at="Saleor", status=503), "Saleor antwoordt niet (storing 503)."),
        (GatewayError("x", retry=True, at="Saleor", code=NO_ANSWER), "Saleor antwoordt niet."),
        (GatewayError("x", retry=True, at="Stripe", code=NOT_ASKED), "Stripe antwoordt nu niet."),
        (GatewayError("x", retry=True, at="Saleor", status=429), "Saleor gaf geen goed antwoord."),
        (GatewayError("x", retry=False, at="Stripe"), "Stripe weigerde wat we vroegen."),
        (
            GatewayError("x", retry=False, at="Saleor", code="INVALID"),
            "Saleor weigerde wat we vroegen (foutcode INVALID).",
        ),
        (GatewayError("x", retry=False, at="Saleor", code="NOT_FOUND"), "Saleor kent dit niet (meer)."),
        (
            GatewayError("x", retry=True, at="mail", code=THIS_MAIL, status=550),
            "De mailserver weigert deze mail (foutcode 550).",
        ),
        (
            GatewayError("x", retry=True, at="mail", code=MAIL_AWAY),
            "De mailserver is niet te bereiken, of laat ons niet binnen.",
        ),
        (GatewayError("x", retry=True), "Een ander systeem gaf geen goed antwoord."),
    ],
)
def test_people_read_who_failed_and_how_in_their_language(error: GatewayError, said: str) -> None:
    assert in_words(error) == said


def test_what_the_machine_said_is_kept_for_whoever_looks_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        said = in_words(GatewayError("Saleor answered person with 503", retry=True, at="Saleor", status=503))
    assert "answered" not in said
    assert "Saleor answered person with 503" in caplog.text


def test_what_it_was_asked_for_goes_before_it() -> None:
    error = GatewayError("x", retry=False, at="Saleor", code="NOT_FOUND", about="Bestelling 42: de verzending.")
    assert in_words(error) == "Bestelling 42: de verzending. Saleor kent dit niet (meer)."


def test_a_fault_of_ours_shows_none_of_its_own_words() -> None:
    assert "invalid literal" not in stuck(ValueError("invalid literal"))
    assert stuck(GatewayError("x", retry=False, at="Stripe")) == "Stripe weigerde wat we vroegen."
