"""What opens something, or names a payment, is in no line of a log, whichever program writes it."""

import json
import logging
import sys
from collections.abc import Iterator

import pytest
from structlog.contextvars import bind_contextvars, clear_contextvars

from fulfilment.config.logs import Discreet as Fulfilments
from fulfilment.config.logs import DiscreetJson as FulfilmentsJson
from shop.logs import Discreet as Shops
from shop.logs import DiscreetJson as ShopsJson

PROGRAMS = [pytest.param(Fulfilments("%(message)s"), id="fulfilment"), pytest.param(Shops("%(message)s"), id="shop")]
JSON = [pytest.param(FulfilmentsJson(), id="fulfilment"), pytest.param(ShopsJson(), id="shop")]
SECRETS = [
    "/volg/eyJvIjoiNDIifQ:1tXyZ9:Q0x5bW5vcHFyc3R1dnd4eXo/",
    "/terugbetaling/b3JkZXJfNDI.aGVsbG8td29ybGQx/",
    "cs_test_a1B2c3D4e5F6g7H8",
    "pi_3PabcDEF12345678",
    "Q2hlY2tvdXQ6ZjQ3YWMxMGItNThjYy00MzcyLWE1NjctMGUwMmIyYzNkNDc5",
]
PEOPLE = ["an.peeters+shop@example.com", "an@1مثال.com", "é@bücher.example"]
KEPT = [
    "celery@worker-1 ready.",
    "Not Found: /portal/taken/",
    "Forbidden: /backoffice/payouts/batch/12/goedkeuren/",
    "Task fulfilment.process[0f1c2d3e-1111-4222-8333-944455556666] succeeded in 0.12s",
    "Saleor has no product with external reference SG-001",
    "/accounts/tweede-stap/reservecodes/",
]


@pytest.fixture(autouse=True)
def _about_nothing() -> Iterator[None]:
    clear_contextvars()
    yield
    clear_contextvars()


def line(formatter: logging.Formatter, message: str) -> str:
    return formatter.format(logging.LogRecord("a", logging.INFO, "a.py", 1, message, None, None))


@pytest.mark.parametrize("formatter", PROGRAMS)
@pytest.mark.parametrize("secret", SECRETS)
def test_what_opens_something_is_left_out(formatter: logging.Formatter, secret: str) -> None:
    told = line(formatter, f"Internal Server Error: {secret} (twice {secret})")

    word = max(secret.strip("/").split("/"), key=len)
    assert word not in told
    assert told.startswith("Internal Server Error: ")


@pytest.mark.parametrize(
    "secret", ["/accounts/password/reset/key/3-cz1x9k-0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d/", "po_1PabcDEF12345678"]
)
def test_fulfilment_leaves_out_what_it_alone_knows(secret: str) -> None:
    assert secret.strip("/").rpartition("/")[2] not in line(Fulfilments("%(message)s"), f"Not Found: {secret}")


@pytest.mark.parametrize("formatter", PROGRAMS)
@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_s_address_is_kept_in_a_log(formatter: logging.Formatter, who: str) -> None:
    told = line(formatter, f"refused: 550 <{who}> unknown, key (email)=({who}) exists, to={who}; again")
    assert who not in told
    assert told == "refused: 550 <…> unknown, key (email)=(…) exists, to=…; again"


@pytest.mark.parametrize("formatter", PROGRAMS)
@pytest.mark.parametrize("message", KEPT)
def test_what_one_needs_to_read_stays(formatter: logging.Formatter, message: str) -> None:
    assert line(formatter, message) == message


@pytest.mark.parametrize("formatter", PROGRAMS)
def test_it_is_left_out_of_what_follows_an_error_too(formatter: logging.Formatter) -> None:
    try:
        raise ValueError("no session cs_test_a1B2c3D4e5F6g7H8")
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, "a.py", 1, "it broke", None, sys.exc_info())
    told = formatter.format(record)

    assert "cs_test" not in told
    assert "ValueError" in told
    assert 'raise ValueError("no session' in told


@pytest.mark.parametrize("formatter", PROGRAMS)
def test_a_line_for_people_ends_with_what_it_is_about(formatter: logging.Formatter) -> None:
    bind_contextvars(trace="0a1b2c3d4e5f6071", order="ord_nom8mnSTA5kziqh0")
    assert line(formatter, "it is done") == "it is done [order ord_nom8mnSTA5kziqh0 trace 0a1b2c3d4e5f6071]"


@pytest.mark.parametrize("formatter", JSON)
def test_a_line_for_machines_says_what_it_is_about_and_leaves_out_the_same(formatter: logging.Formatter) -> None:
    bind_contextvars(trace="0a1b2c3d4e5f6071", order="ord_nom8mnSTA5kziqh0")
    try:
        raise ValueError("no session cs_test_a1B2c3D4e5F6g7H8")
    except ValueError:
        record = logging.LogRecord("shop.x", logging.ERROR, "a.py", 1, "it %s", ("broke",), sys.exc_info())
    [written] = formatter.format(record).splitlines()
    told = json.loads(written)
    assert (told["event"], told["level"], told["logger"]) == ("it broke", "error", "shop.x")
    assert (told["order"], told["trace"]) == ("ord_nom8mnSTA5kziqh0", "0a1b2c3d4e5f6071")
    assert told["timestamp"].endswith("Z")
    assert "ValueError: no session …" in told["exception"]


@pytest.mark.parametrize("formatter", JSON)
@pytest.mark.parametrize("secret", SECRETS)
def test_what_opens_something_is_left_out_for_machines_too(formatter: logging.Formatter, secret: str) -> None:
    assert max(secret.strip("/").split("/"), key=len) not in line(formatter, f"Not Found: {secret}")
