"""Pages about customers, finding, writing first, and what did not arrive or leave."""

from django.urls import path

from tickets.desk import arrivals, customers, deliveries, me, new, search

urlpatterns = [
    path("c/", customers.customer_list, name="customers"),
    path("c/<int:pk>", customers.customer, name="customer"),
    path("c/<int:pk>/cx/<slug:block>", customers.cx_rows, name="cx-rows"),
    path("c/<int:pk>/details", customers.edit_details, name="customer-details"),
    path("c/<int:pk>/identities", customers.new_identity, name="customer-identity"),
    path("c/<int:pk>/notes", customers.new_note, name="customer-note"),
    path("c/<int:pk>/notes/<int:note_pk>/pin", customers.pin_note, name="customer-note-pin"),
    path("promises/<int:pk>/keep", customers.keep, name="promise-keep"),
    path("o/<int:pk>", customers.organisation, name="organisation"),
    path("o/<int:pk>/cx/<slug:block>", customers.organisation_cx_rows, name="organisation-cx-rows"),
    path("search/", search.search, name="search"),
    path("new/", new.write, name="new"),
    path("new/log", new.log, name="new-log"),
    path("arrivals/", arrivals.arrivals, name="arrivals"),
    path("arrivals/<int:pk>", arrivals.arrival, name="arrival"),
    path("arrivals/<int:pk>/raw", arrivals.raw, name="arrival-raw"),
    path("arrivals/<int:pk>/retry", arrivals.retry, name="arrival-retry"),
    path("arrivals/<int:pk>/drop", arrivals.drop, name="arrival-drop"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/<int:pk>/retry", deliveries.retry, name="delivery-retry"),
    path("me/", me.me, name="me"),
]
