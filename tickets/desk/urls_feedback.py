"""What customers said of us. Part of the namespace `desk`."""

from django.urls import path

from tickets.desk import feedback, reviews, surveys

urlpatterns = [
    path("insights/feedback", feedback.feedback, name="feedback"),
    path("insights/feedback/<int:pk>/release", feedback.release, name="answer-release"),
    path("insights/recoveries/<int:pk>/close", feedback.close, name="recovery-close"),
    path("settings/surveys", surveys.surveys, name="surveys"),
    path("settings/surveys/new", surveys.new, name="survey-new"),
    path("settings/surveys/<int:pk>", surveys.edit, name="survey"),
    path("settings/surveys/<int:pk>/switch", surveys.switch, name="survey-switch"),
    path("settings/surveys/<int:pk>/in/<str:language>", surveys.words, name="survey-words"),
    path("insights/reviews", reviews.reviews, name="reviews"),
    path("insights/reviews/paste", reviews.paste, name="review-paste"),
    path("insights/reviews/upload", reviews.upload, name="review-upload"),
    path("insights/reviews/<int:pk>/reply", reviews.reply, name="review-reply"),
]
