from django.urls import path

from tickets.channels.webform import views

urlpatterns = [
    path("contact", views.contact, name="contact"),
    path("contact/sent/<str:token>", views.sent, name="contact-sent"),
]
