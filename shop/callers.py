"""Who is calling."""

from django.http import HttpRequest

from shop import settings


def customer_address(request: HttpRequest) -> str:
    """The customer's network address, as seen by the outermost proxy that we trust."""
    peer: str = request.META.get("REMOTE_ADDR", "")
    if not settings.TRUSTED_PROXIES:
        return peer
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    return hops[-settings.TRUSTED_PROXIES] if len(hops) >= settings.TRUSTED_PROXIES else peer
