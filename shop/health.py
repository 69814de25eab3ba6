"""Whether the shop is alive, whether it can work, and what it counts."""

import redis
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError

from shop import calls, settings
from telemetry.readers import is_ours

_SECONDS = 1


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Alive. What it stands on is ``readyz``'s business."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """What cannot work: 503 where anything cannot. Valkey is asked, within a second or two; of Saleor and fulfilment it
    is told what this process heard last. Reasons are for whoever is one of ours."""
    found = {
        **({} if _valkey_answers() else {"valkey": "Valkey antwoordt niet."}),
        **{name: f"Gaf het laatst geen antwoord ({why})." for name, why in calls.failing().items()},
    }
    told: dict[str, object] = {"ok": not found}
    if is_ours(request):
        told["fails"] = found
    return JsonResponse(told, status=503 if found else 200)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What Prometheus reads; nobody else is told that there is anything."""
    if not is_ours(request):
        raise Http404
    return HttpResponse(generate_latest(calls.counted()), content_type=CONTENT_TYPE_LATEST)


def _valkey_answers() -> bool:
    asked = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, retry=None
    )
    try:
        with asked:
            return bool(asked.ping())
    except RedisError:
        return False
