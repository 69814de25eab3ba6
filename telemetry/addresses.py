"""Addresses that lead nowhere, whatever stands behind them."""

from typing import NoReturn

from django.http import Http404, HttpRequest


def nowhere(request: HttpRequest) -> NoReturn:
    """No name, number or key of ours is as long as a part of this address: nobody is asked about it."""
    raise Http404
