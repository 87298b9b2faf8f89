from django.contrib import admin
from django.urls import include, path

from helpdesk import health
from tickets.channels.email.views import raw_mail

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("live/", include("helpdesk.live.urls")),
    path("mail/raw", raw_mail, name="raw-mail"),
    path("readyz", health.readyz),
]
