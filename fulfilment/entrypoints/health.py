"""Whether the program and what it stands on answer."""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.exceptions import RedisError


def healthz(request: HttpRequest) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        cache.get("health")
    except (DatabaseError, RedisError) as error:
        return JsonResponse({"ok": False, "error": type(error).__name__}, status=503)
    return JsonResponse({"ok": True})
