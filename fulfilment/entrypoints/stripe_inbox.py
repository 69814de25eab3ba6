"""Stripe's events: verified over their raw bytes, kept once by id, answered. Workers act on what they are about."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from fulfilment.entrypoints.receiving import receives
from fulfilment.flows.reconcile import take_event
from fulfilment.gateways.stripe.signature import verify


@receives
def webhook(request: HttpRequest) -> HttpResponse:
    event = verify(request.body, request.headers.get("Stripe-Signature", ""))
    take_event(event, now=timezone.now())
    return JsonResponse({"taken": True})
