"""Where fulfilment tells that something of the collection changed in Saleor."""

import hmac

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from shop import generation, settings


@csrf_exempt
@never_cache
@require_POST
def changed(request: HttpRequest) -> JsonResponse:
    """What was kept before is renewed. 401 for anybody but fulfilment; 503 where Valkey keeps it from being told: time
    makes it good."""
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {settings.STOREFRONT_API_TOKEN}".encode()):
        return JsonResponse({"error": {"code": "NOT_FULFILMENT", "message": "Alleen voor fulfilment."}}, status=401)
    try:
        generation.rise()
    except RedisError:
        return JsonResponse({"error": {"code": "COME_AGAIN", "message": "Valkey antwoordt niet."}}, status=503)
    return JsonResponse({"taken": True})
