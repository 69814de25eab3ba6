"""A line of a log, for people or for machines: what it is about, and nothing that opens something."""

import json
import logging
import sys

import pytest
from structlog.contextvars import bind_contextvars

from telemetry.logs import Discreet, DiscreetJson

LINE, JSON = Discreet("%(message)s"), DiscreetJson()


def written(formatter: logging.Formatter, message: str) -> str:
    return formatter.format(logging.LogRecord("a", logging.INFO, "a.py", 1, message, None, None))


def broken(name: str, message: str, *args: str) -> logging.LogRecord:
    """What is logged of an error whose text names a payment."""
    try:
        raise ValueError("no session cs_test_a1B2c3D4e5F6g7H8")
    except ValueError:
        return logging.LogRecord(name, logging.ERROR, "a.py", 1, message, args, sys.exc_info())


@pytest.mark.parametrize("formatter", [LINE, JSON], ids=["line", "json"])
def test_what_opens_something_is_left_out(formatter: logging.Formatter) -> None:
    told = written(formatter, "Not Found: /volgen/ord_nom8.L1Oh9g3h8b39-Knt07F8O70ubnt4/ of an@example.com")
    assert "Not Found: /volgen/…/ of …" in told


def test_it_is_left_out_of_what_follows_an_error_too() -> None:
    told = LINE.format(broken("a", "it broke"))
    assert "cs_test" not in told
    assert "ValueError" in told
    assert 'raise ValueError("no session' in told


def test_a_line_for_people_ends_with_what_it_is_about() -> None:
    bind_contextvars(trace="0a1b2c3d4e5f6071", order="ord_nom8mnSTA5kziqh0")
    assert written(LINE, "it is done") == "it is done [order ord_nom8mnSTA5kziqh0 trace 0a1b2c3d4e5f6071]"


def test_a_line_for_machines_says_what_it_is_about_and_leaves_out_the_same() -> None:
    bind_contextvars(trace="0a1b2c3d4e5f6071", order="ord_nom8mnSTA5kziqh0")
    [line] = JSON.format(broken("shop.x", "it %s", "broke")).splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"], told["logger"]) == ("it broke", "error", "shop.x")
    assert (told["order"], told["trace"]) == ("ord_nom8mnSTA5kziqh0", "0a1b2c3d4e5f6071")
    assert told["timestamp"].endswith("Z")
    assert "ValueError: no session …" in told["exception"]
