"""Who does what is done in a request: told to the database, whose triggers keep the log of changes.

`pghistory.context` would say it before each statement, in one with it, which a prepared statement cannot be
(`server_side_binding`). So it is said once, to the connection, and taken back at the end.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

View = Callable[[HttpRequest], HttpResponse]
LOOKS = ("GET", "HEAD", "OPTIONS")
SAY = "SELECT set_config('pghistory.context_id', %s, false), set_config('pghistory.context_metadata', %s, false)"


class Doer:
    """Middleware: what is changed while something that a person sent is worked on, was changed by that person."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in LOOKS or not request.user.is_authenticated:
            return self.get_response(request)
        _say(str(uuid4()), {"user": request.user.pk, "url": request.path})
        try:
            return self.get_response(request)
        finally:
            with suppress(DatabaseError):  # a connection that broke says nothing to anybody any more
                _say("", {})


def _say(name: str, what: dict[str, object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SAY, [name, json.dumps(what)])
