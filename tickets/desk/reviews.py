"""Public reviews at the desk: what others read about us, and whether we answered."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from customers.queries import Place
from helpdesk.accounts.roles import Permission
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required, refusal
from tickets.feedback.models import PublicReview
from tickets.feedback.reviews import NewReview, answer_review, import_reviews, record_review

PAGE = 50
MOST_BYTES = 5 * 1024 * 1024
View = Callable[..., HttpResponse]


def may_handle_feedback(view: View) -> Callable[..., HttpResponseBase]:
    """Admit supervisors: what stands in public is answered for everybody."""

    def permitted(request: AgentRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.may(Permission.HANDLE_FEEDBACK):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return agent_required(permitted)


class ReviewForm(forms.ModelForm):
    """A review as it is copied from where it stands."""

    url = forms.URLField(label=_("Address"), max_length=500, required=False, assume_scheme="https")

    class Meta:
        model = PublicReview
        fields = ("source", "at", "author", "score", "text")
        widgets = {
            "at": forms.DateInput(attrs={"type": "date"}),
            "score": forms.NumberInput(attrs={"min": 1, "max": 5}),
            "text": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["score"] = forms.IntegerField(
            label=_("Stars of 5"), min_value=1, max_value=5, required=False
        )
        fields["text"].required = True


class TableForm(forms.Form):
    """A CSV table of one place."""

    source = forms.SlugField(label=_("Where they stand"), max_length=40)
    table = forms.FileField(
        label=_("CSV table"), help_text=_("Columns: at, author, score, text, url, id")
    )

    def clean_table(self) -> bytes:
        table = self.cleaned_data["table"]
        if table.size > MOST_BYTES:
            raise forms.ValidationError(_("The table is larger than 5 MB. Send it in parts."))
        data: bytes = table.read()
        return data


class ReplyForm(forms.Form):
    state = forms.ChoiceField(choices=PublicReview.Reply.choices)
    reply = forms.CharField(required=False, max_length=5_000)


@require_safe
@may_handle_feedback
def reviews(request: AgentRequest) -> HttpResponse:
    """All reviews, newest first, or those not answered yet; and the two ways to add some."""
    return _page(request)


def _page(
    request: AgentRequest, *, status: int = 200, **forms_given: forms.BaseForm
) -> HttpResponse:
    before = Place.read(request.GET.get("before", ""))
    is_open = request.GET.get("which") == "open"
    found = PublicReview.objects.select_related("replied_by")
    if is_open:
        found = found.filter(reply_state=PublicReview.Reply.OPEN)
    if before is not None:
        found = found.filter(at__lte=before.at).exclude(at=before.at, pk__gte=before.pk)
    rows = list(found.order_by("-at", "-pk")[: PAGE + 1])
    shown = rows[:PAGE]
    context = {
        "section": "feedback",
        "reviews": shown,
        "older": Place(shown[-1].at, shown[-1].pk) if len(rows) > PAGE else None,
        "is_open": is_open,
        "states": PublicReview.Reply.choices,
        "review_form": forms_given.get("review") or ReviewForm(prefix="review"),
        "table_form": forms_given.get("table") or TableForm(prefix="table"),
    }
    return render(request, "tickets/desk/reviews.html", context, status=status)


@require_POST
@may_handle_feedback
def paste(request: AgentRequest) -> HttpResponse:
    """Keep one review that somebody copied here."""
    form = ReviewForm(request.POST, prefix="review")
    if not form.is_valid():
        return _page(request, status=422, review=form)
    record_review(NewReview(**form.cleaned_data), by=Actor.agent(request.user.pk))
    return redirect("desk:reviews")


@require_POST
@may_handle_feedback
def upload(request: AgentRequest) -> HttpResponse:
    """Keep the reviews of a table; one that cannot be read is refused whole."""
    form = TableForm(request.POST, request.FILES, prefix="table")
    if not form.is_valid():
        return _page(request, status=422, table=form)
    by, source = Actor.agent(request.user.pk), form.cleaned_data["source"]
    try:
        new = import_reviews(form.cleaned_data["table"], source=source, by=by)
    except DomainError as error:
        form.add_error("table", str(error))
        return _page(request, status=422, table=form)
    if new:
        said = ngettext("%(n)s review is new.", "%(n)s reviews are new.", new) % {"n": new}
    else:
        said = gettext("All of them were known already.")
    messages.success(request, said)
    return redirect("desk:reviews")


@require_POST
@may_handle_feedback
def reply(request: AgentRequest, pk: int) -> HttpResponse:
    """Note what we answered there, or that nothing needs to be."""
    review = get_object_or_404(PublicReview, pk=pk)
    form = ReplyForm(request.POST)
    if form.is_valid():
        by = Actor.agent(request.user.pk)
        try:
            answer_review(review, **form.cleaned_data, by=by, at=timezone.now())
        except DomainError as error:
            return refusal(request, error)
    return redirect("desk:reviews")
