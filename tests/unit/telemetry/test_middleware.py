"""Each request is in a trace, which its answer names; what is told of it is named by its route."""

import re
from typing import Any

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch

from telemetry import trace
from telemetry.middleware import Trace
from tests.support.otlp import Receiver

GIVEN = "00-0123456789abcdef0123456789abcdef-00f067aa0ba902b7-00"
PATH = "/nl/volgen/ord_nom8mnSTA5kziqh0.L1Oh9g3h8b39-Knt07F8O70ubnt4SqV8nQqVDkpxoHY/"
ROUTE = "/nl/volgen/<str:token>/"


class OfMachines(Trace):
    goes_on_at = ("/hooks/",)


def view(status: int = 200) -> Any:
    """A view at a route."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.resolver_match = ResolverMatch(answer, (), {}, route=ROUTE[1:])
        return HttpResponse(status=status)

    return answer


def test_what_a_browser_brings_along_is_not_taken() -> None:
    answer = Trace(view())(RequestFactory().get(PATH, headers={"traceparent": GIVEN}))
    assert re.fullmatch("[0-9a-f]{32}", answer["X-Trace-Id"])
    assert answer["X-Trace-Id"] not in GIVEN


@pytest.mark.parametrize(("path", "goes_on"), [("/hooks/saleor/", True), ("/portal/", False)])
def test_a_machine_s_goes_on_where_machines_call(path: str, *, goes_on: bool) -> None:
    answer = OfMachines(view())(RequestFactory().post(path, headers={"traceparent": GIVEN}))
    assert (answer["X-Trace-Id"] in GIVEN) is goes_on


def test_it_is_told_by_its_route_and_never_by_its_address(receiver: Receiver) -> None:
    answer = Trace(view())(RequestFactory().get(PATH, {"ref": "pay_b3JkZXJfNDI-aGVsbG8td29"}))
    told = receiver.one(f"GET {ROUTE}")
    assert (told.trace, told.kind) == (answer["X-Trace-Id"], "server")
    assert told.about == {"http.request.method": "GET", "http.route": ROUTE, "http.response.status_code": 200}
    assert "L1Oh9g3h8b39" not in told.said
    assert "pay_" not in told.said


def test_what_leads_nowhere_is_told_by_its_method_alone(receiver: Receiver) -> None:
    Trace(lambda request: HttpResponse(status=404))(RequestFactory().generic("AN@EXAMPLE.COM", PATH))
    assert receiver.one("HTTP").about == {"http.request.method": "HTTP", "http.response.status_code": 404}


@pytest.mark.parametrize(("status", "failed"), [(404, False), (503, True)])
def test_what_we_could_not_answer_failed(receiver: Receiver, status: int, *, failed: bool) -> None:
    Trace(view(status))(RequestFactory().get(PATH))
    assert receiver.one(f"GET {ROUTE}").failed is failed


@pytest.mark.parametrize(("error", "is_told"), [(ValueError("broken"), True), (Http404("none"), False)])
def test_the_error_behind_an_answer_is_told_with_it(receiver: Receiver, error: Exception, *, is_told: bool) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        asked.process_exception(request, error)
        return view(500)(request)  # type: ignore[no-any-return]

    asked = Trace(answer)
    asked(RequestFactory().get(PATH))
    assert (type(error).__name__ in receiver.one(f"GET {ROUTE}").said) is is_told


def test_who_looks_after_us_all_day_is_answered_and_not_told_of(receiver: Receiver) -> None:
    middleware = Trace(view())
    assert middleware(RequestFactory().get("/readyz"))["X-Trace-Id"] == trace.current()
    middleware(RequestFactory().get(PATH))
    receiver.one(f"GET {ROUTE}")
    assert len(receiver.spans) == 1
