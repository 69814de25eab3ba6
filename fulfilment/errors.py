"""The kinds of failure. A third kind, our own bug, is an `assert`."""


class Refusal(Exception):
    """A rule said no. The message is meant for the person who asked, in their language."""

    def __init__(self, message: str, code: str = "REFUSED") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class GatewayError(Exception):
    """The outside failed. `retry` tells whether trying the same again can help, `at` whom we asked.

    `status` is what its answer was called in HTTP (or by a mail server), 0 where there was none; `about` says, in words
    for people, what it was asked for where that is not plain. Its message is for the log and for whoever maintains the
    program; others read `outside.in_words`.
    """

    def __init__(
        self, message: str, *, retry: bool, code: str = "", at: str = "", status: int = 0, about: str = ""
    ) -> None:
        super().__init__(message)
        self.retry = retry
        self.code = code
        self.at = at
        self.status = status
        self.about = about


class Conflict(Exception):
    """The same key was used for two different things: somebody's bug, never to be smoothed over."""
