"""What customers said of us. Part of the namespace `desk`."""

from django.urls import path

from tickets.desk import feedback, reviews

urlpatterns = [
    path("insights/feedback", feedback.feedback, name="feedback"),
    path("insights/feedback/<int:pk>/release", feedback.release, name="answer-release"),
    path("insights/recoveries/<int:pk>/close", feedback.close, name="recovery-close"),
    path("insights/reviews", reviews.reviews, name="reviews"),
    path("insights/reviews/paste", reviews.paste, name="review-paste"),
    path("insights/reviews/upload", reviews.upload, name="review-upload"),
    path("insights/reviews/<int:pk>/reply", reviews.reply, name="review-reply"),
]
