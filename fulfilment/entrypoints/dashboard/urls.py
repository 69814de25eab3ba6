"""The addresses of what Saleor's Dashboard shows of us."""

from fulfilment.entrypoints.dashboard.pages import addresses

urlpatterns = addresses()
