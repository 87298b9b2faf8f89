from django.urls import path

from tickets.portal import surveys

urlpatterns = [
    path("s/<str:token>", surveys.answer, name="survey"),
    path("s/<str:token>/thanks", surveys.thanks, name="survey-thanks"),
    path("s/<str:token>/review", surveys.review, name="survey-review"),
    path("s/<str:token>/stop", surveys.stop, name="survey-stop"),
]
