from django.contrib import admin
from django.urls import include, path

from tickets.channels.email.views import raw_mail

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("live/", include("helpdesk.live.urls")),
    path("mail/raw", raw_mail, name="raw-mail"),
]
