from django.urls import path

from helpdesk.live import views

app_name = "live"
urlpatterns = [
    path("events", views.events, name="events"),
    path("presence", views.presence, name="presence"),
]
