"""Pages about customers, finding and writing first."""

from django.urls import path

from tickets.desk import customers, me, new, organisations, peeks, people, person, search, uploads

urlpatterns = [
    path("c/", customers.customer_list, name="customers"),
    path("c/<int:pk>", customers.customer, name="customer"),
    path("c/<int:pk>/peek", peeks.customer_peek, name="customer-peek"),
    path("c/<int:pk>/cx/<slug:block>", customers.cx_rows, name="cx-rows"),
    path("c/<int:pk>/details", customers.edit_details, name="customer-details"),
    path("c/<int:pk>/identities", customers.new_identity, name="customer-identity"),
    path(
        "c/<int:pk>/identities/<int:identity_pk>/trust",
        people.trust_of_customer,
        name="customer-trust",
    ),
    path("c/<int:pk>/notes", customers.new_note, name="customer-note"),
    path("c/<int:pk>/notes/<int:note_pk>/pin", customers.pin_note, name="customer-note-pin"),
    path("c/<int:pk>/relations", person.relate, name="customer-relate"),
    path("c/<int:pk>/relations/<int:relation_pk>/end", person.unrelate, name="customer-unrelate"),
    path("c/<int:pk>/consent", person.consent, name="customer-consent"),
    path("promises/<int:pk>/keep", customers.keep, name="promise-keep"),
    path("o/<int:pk>", organisations.organisation, name="organisation"),
    path("o/<int:pk>/peek", peeks.organisation_peek, name="organisation-peek"),
    path("o/<int:pk>/cx/<slug:block>", organisations.cx_rows, name="organisation-cx-rows"),
    path("o/<int:pk>/details", organisations.edit_details, name="organisation-details"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/<int:pk>", uploads.upload, name="upload"),
    path("uploads/<int:pk>/start", uploads.start, name="upload-start"),
    path("uploads/<int:pk>/stop", uploads.stop, name="upload-stop"),
    path("uploads/<int:pk>/go-on", uploads.go_on, name="upload-go-on"),
    path("uploads/<int:pk>/faults.csv", uploads.faults, name="upload-faults"),
    path("search/", search.search, name="search"),
    path("new/", new.write, name="new"),
    path("new/log", new.log, name="new-log"),
    path("me/", me.me, name="me"),
]
