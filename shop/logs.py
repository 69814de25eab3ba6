"""What stands in a log is read by many, and for long: keys in addresses, the names of Stripe and Saleor, and addresses
of people are left out of it.

Each line says what it is about, where that is known: the ``trace`` of the request, which goes along to fulfilment, and
the public id of the ``order``.
"""

import logging
import re

import structlog
from structlog.contextvars import get_contextvars, merge_contextvars
from structlog.stdlib import ProcessorFormatter

LEFT_OUT = re.compile(
    r"""
    (?<=[/=])(?=[^/\s?&]*[A-Z0-9])[\w.:~%-]{16,}=*  # a part of an address: links of tracking and of refunds
    | \b(?:cs|pi)_(?:test_|live_)?[A-Za-z0-9]{8,}\w*
    | [^\s@<>"'/=(\[]+@[^\s@<>"'/,;)\]]+\.[^\s@<>"'/,;)\]]+  # addresses of people
    | (?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*[0-9])[\w-]{28,}=*  # names of checkouts, which are keys
    """,
    re.VERBOSE,
)


class Discreet(logging.Formatter):
    """A line for people, and what follows of an error, with … in the place of what opens something."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name is logging's
        about = " ".join(f"{name} {value}" for name, value in sorted(get_contextvars().items()))
        told = super().formatMessage(record)
        return f"{told} [{about}]" if about else told

    def format(self, record: logging.LogRecord) -> str:
        return LEFT_OUT.sub("…", super().format(record))


class DiscreetJson(ProcessorFormatter):
    """The same for machines: one JSON object a line."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[
                merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )

    def format(self, record: logging.LogRecord) -> str:
        return LEFT_OUT.sub("…", super().format(record))
