from tickets.feedback.models.answer import Answer
from tickets.feedback.models.invitation import Invitation
from tickets.feedback.models.recovery import Recovery
from tickets.feedback.models.review import PublicReview, ReviewPlace
from tickets.feedback.models.survey import Reason, Survey, SurveyChange, SurveyWords

__all__ = [
    "Answer",
    "Invitation",
    "PublicReview",
    "Reason",
    "Recovery",
    "ReviewPlace",
    "Survey",
    "SurveyChange",
    "SurveyWords",
]
