"""What the server and Django can do at best: one view that answers as many bytes as a page, and nothing around it.

python -m granian --interface wsgi benchmarks.bare:application
"""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__

_BODY = b"x" * 12_500


def view(request: HttpRequest) -> HttpResponse:
    """12.5 kB, from memory."""
    return HttpResponse(_BODY, headers={"Content-Length": str(len(_BODY))})


urlpatterns = [path("bare/", view)]
application = get_wsgi_application()
