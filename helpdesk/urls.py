from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from helpdesk import health
from tickets.channels.email.providers.views import hook
from tickets.channels.email.views import raw_mail
from tickets.desk.urls import urlpatterns as ticket_pages
from tickets.desk.urls_customers import urlpatterns as customer_pages
from tickets.desk.urls_feedback import urlpatterns as feedback_pages
from tickets.desk.urls_incidents import urlpatterns as incident_pages
from tickets.desk.urls_insights import urlpatterns as insight_pages
from tickets.desk.urls_mail import urlpatterns as mail_pages
from tickets.desk.urls_policies import urlpatterns as policy_pages
from tickets.desk.urls_speech import urlpatterns as speech_pages

desk = [
    *ticket_pages,
    *customer_pages,
    *feedback_pages,
    *incident_pages,
    *insight_pages,
    *mail_pages,
    *policy_pages,
    *speech_pages,
]
api: list[URLPattern | URLResolver] = [
    path("", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api"),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("", include("tickets.api.urls")),
    path("", include("customers.api.urls")),
]
urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("tickets.channels.webform.urls")),
    path("", include("tickets.portal.urls")),
    path("desk/", include((desk, "desk"))),
    path("api/v1/", include(api)),
    path("healthz", health.healthz),
    path("live/", include("helpdesk.live.urls")),
    path("mail/raw", raw_mail, name="raw-mail"),
    path("mail/hooks/<slug:key>/mail", hook, {"what": "mail"}, name="mail-hook"),
    # Mailgun sends raw mail only to addresses that end in "mime".
    path("mail/hooks/<slug:key>/mime", hook, {"what": "mail"}, name="mail-hook-mime"),
    path("mail/hooks/<slug:key>/events", hook, {"what": "events"}, name="mail-hook-events"),
    path("readyz", health.readyz),
]
