"""The kinds of failure. A third kind, our own bug, is an `assert`."""


class Refusal(Exception):
    """A rule said no. The message is meant for the person who asked, in their language."""

    def __init__(self, message: str, code: str = "REFUSED") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class GatewayError(Exception):
    """The outside failed. `retry` tells whether trying the same again can help."""

    def __init__(self, message: str, *, retry: bool, code: str = "") -> None:
        super().__init__(message)
        self.retry = retry
        self.code = code


class Conflict(Exception):
    """The same key was used for two different things: somebody's bug, never to be smoothed over."""
