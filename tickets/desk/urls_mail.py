"""Mailboxes, what did not arrive and what did not leave. Part of the namespace `desk`."""

from django.urls import path

from tickets.desk import (
    arrivals,
    deliveries,
    mail_templates,
    mailbox_sign_in,
    mailboxes,
    parked_ticket,
)

urlpatterns = [
    path("arrivals/", arrivals.arrivals, name="arrivals"),
    path("arrivals/<int:pk>", arrivals.arrival, name="arrival"),
    path("arrivals/<int:pk>/raw", arrivals.raw, name="arrival-raw"),
    path("arrivals/<int:pk>/retry", arrivals.retry, name="arrival-retry"),
    path("arrivals/<int:pk>/drop", arrivals.drop, name="arrival-drop"),
    path("arrivals/<int:pk>/restore", arrivals.restore, name="arrival-restore"),
    path("arrivals/<int:pk>/ticket", parked_ticket.make_ticket, name="arrival-ticket"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("mail-words/", mail_templates.mail_templates, name="mail-templates"),
    path(
        "mail-words/<slug:kind>/<slug:language>", mail_templates.mail_template, name="mail-template"
    ),
    path(
        "mail-words/<slug:kind>/<slug:language>/reset",
        mail_templates.reset,
        name="mail-template-reset",
    ),
    path(
        "mail-words/<slug:kind>/<slug:language>/<slug:theme>",
        mail_templates.preview_page,
        name="mail-template-preview",
    ),
    path("mailboxes/", mailboxes.mailboxes, name="mailboxes"),
    path("mailboxes/new", mailboxes.new, name="mailbox-new"),
    path("mailboxes/signed-in", mailbox_sign_in.signed_in, name="mailbox-signed-in"),
    path("mailboxes/<int:pk>", mailboxes.mailbox, name="mailbox"),
    path("mailboxes/<int:pk>/settings/<slug:part>", mailboxes.settings, name="mailbox-settings"),
    path("mailboxes/<int:pk>/hook", mailboxes.hook, name="mailbox-hook"),
    path("mailboxes/<int:pk>/sign-in", mailbox_sign_in.sign_in, name="mailbox-sign-in"),
    path("mailboxes/<int:pk>/test", mailboxes.begin_test, name="mailbox-test"),
    path("mailboxes/tests/<int:pk>", mailboxes.test_run, name="mailbox-test-run"),
]
