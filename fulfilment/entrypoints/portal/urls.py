"""The portal's addresses; every one is walked by the wrong partner in tests/flows/portal/test_wrong_partner.py."""

from django.urls import path

from fulfilment.entrypoints.portal import earnings, shipping, work

app_name = "portal"

urlpatterns = [
    path("", work.today, name="today"),
    path("werkplaats/<str:workshop>/", work.switch, name="switch"),
    path("taken/<str:task>/", work.task, name="task"),
    path("taken/<str:task>/aanvaarden/", work.accept, name="accept"),
    path("taken/<str:task>/starten/", work.start, name="start"),
    path("taken/<str:task>/klaar/", work.finish, name="finish"),
    path("taken/<str:task>/terugzetten/", work.undo, name="undo"),
    path("taken/<str:task>/verzenden/", shipping.ship, name="ship"),
    path("taken/<str:task>/pakbon.pdf", shipping.task_slip, name="task_slip"),
    path("pakketten/", shipping.parcels, name="parcels"),
    path("pakketten/<str:parcel>/geleverd/", shipping.deliver, name="deliver"),
    path("pakketten/<str:parcel>/toch-niet-geleverd/", shipping.undo_delivery, name="undo_delivery"),
    path("pakketten/<str:parcel>/trackingcode/", shipping.tracking, name="tracking"),
    path("pakketten/<str:parcel>/pakbon.pdf", shipping.parcel_slip, name="parcel_slip"),
    path("verdiend/", earnings.earnings, name="earnings"),
]
