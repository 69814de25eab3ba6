"""Lines of a log, for people and for machines.

Each says what it is about, where that is known: the `trace` of the request that began it, which goes along from program
to program, and the public id of the `order`.
"""

import logging

import structlog
from structlog.contextvars import get_contextvars, merge_contextvars
from structlog.stdlib import ProcessorFormatter

from telemetry.discretion import discreet


class Discreet(logging.Formatter):
    """A line for people, and what follows of an error, with … in the place of what opens something."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name is logging's
        about = " ".join(f"{name} {value}" for name, value in sorted(get_contextvars().items()))
        told = super().formatMessage(record)
        return f"{told} [{about}]" if about else told

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))


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
        return discreet(super().format(record))
