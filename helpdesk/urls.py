from django.contrib import admin
from django.urls import include, path

from helpdesk import health
from tickets.channels.email.views import raw_mail
from tickets.desk.urls import urlpatterns as ticket_pages
from tickets.desk.urls_customers import urlpatterns as customer_pages

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("tickets.channels.webform.urls")),
    path("desk/", include(([*ticket_pages, *customer_pages], "desk"))),
    path("healthz", health.healthz),
    path("live/", include("helpdesk.live.urls")),
    path("mail/raw", raw_mail, name="raw-mail"),
    path("readyz", health.readyz),
]
