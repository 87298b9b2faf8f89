"""What customers said of us. Part of the namespace `desk`."""

from django.urls import path

from tickets.desk import feedback

urlpatterns = [
    path("insights/feedback", feedback.feedback, name="feedback"),
    path("insights/feedback/<int:pk>/release", feedback.release, name="answer-release"),
    path("insights/recoveries/<int:pk>/close", feedback.close, name="recovery-close"),
]
