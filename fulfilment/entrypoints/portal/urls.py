"""The portal's addresses; every one is walked by the wrong partner in tests/flows/portal/test_wrong_partner.py."""

from django.urls import path

from fulfilment.entrypoints.portal import earnings, hours, returns, shipping, trouble, work

app_name = "portal"

urlpatterns = [
    path("", work.today, name="today"),
    path("werkplaats/<slug:workshop>/", work.switch, name="switch"),
    path("taken/<slug:task>/", work.task, name="task"),
    path("taken/<slug:task>/aanvaarden/", work.accept, name="accept"),
    path("taken/<slug:task>/starten/", work.start, name="start"),
    path("taken/<slug:task>/klaar/", work.finish, name="finish"),
    path("taken/<slug:task>/terugzetten/", work.undo, name="undo"),
    path("taken/<slug:task>/verzenden/", shipping.ship, name="ship"),
    path("taken/<slug:task>/pakbon.pdf", shipping.task_slip, name="task_slip"),
    path("taken/<slug:task>/probleem/", trouble.trouble, name="trouble"),
    path("taken/<slug:task>/verder/", trouble.go_on, name="go_on"),
    path("hinder/<slug:impediment>/terugnemen/", trouble.take_back, name="take_back"),
    path("pakketten/", shipping.parcels, name="parcels"),
    path("pakketten/<slug:parcel>/geleverd/", shipping.deliver, name="deliver"),
    path("pakketten/<slug:parcel>/ligt-klaar/", shipping.lay_ready, name="lay_ready"),
    path("pakketten/<slug:parcel>/ligt-nog-niet-klaar/", shipping.undo_lay_ready, name="undo_lay_ready"),
    path("pakketten/<slug:parcel>/toch-niet-geleverd/", shipping.undo_delivery, name="undo_delivery"),
    path("pakketten/<slug:parcel>/trackingcode/", shipping.tracking, name="tracking"),
    path("pakketten/<slug:parcel>/pakbon.pdf", shipping.parcel_slip, name="parcel_slip"),
    path("terug/", returns.coming, name="returns"),
    path("terug/<slug:back>/ontvangen/", returns.receive, name="receive"),
    path("terug/<slug:back>/nakijken/", returns.judge, name="judge"),
    path("terug/<slug:back>/terugzetten/", returns.undo, name="undo_return"),
    path("uren/", hours.hours, name="hours"),
    path("verdiend/", earnings.earnings, name="earnings"),
]
