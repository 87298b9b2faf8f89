"""The shared pages and parts, rendered for real."""

import pytest
from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.core.context import request_context
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails
from pytest_django import Settings

from helpdesk.accounts.models import Agent
from helpdesk.lib.errors import DomainError
from helpdesk.web import agent_required, fragment_or_redirect, refusal

PLAIN_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(autouse=True)
def plain_static_files(settings: Settings) -> None:
    settings.STORAGES = {**settings.STORAGES, "staticfiles": PLAIN_FILES}


@pytest.fixture
def priya() -> Agent:
    return Agent(pk=7, name="Priya Shah", email="priya@example.com", theme=Agent.Theme.DARK)


def ask(user: object, *, htmx: bool = False) -> HttpRequest:
    request = RequestFactory().get("/desk/t/1", headers={"HX-Request": "true"} if htmx else {})
    request.user = user  # type: ignore[assignment]
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    return request


class ContactForm(forms.Form):
    topic = forms.ChoiceField(choices=[("a", "An order")], widget=forms.RadioSelect)
    what = forms.CharField(label="Tell us what happened", help_text="In your words")
    order = forms.CharField(required=False)


@pytest.mark.parametrize("name", ["403", "403_csrf", "404", "410", "429", "500"])
def test_error_pages_render_for_strangers(name: str) -> None:
    assert "<h1>" in render_to_string(f"{name}.html", {}, ask(AnonymousUser()))


def test_the_theme_an_agent_chose_is_set_by_the_server(priya: Agent) -> None:
    html = render_to_string("refused.html", {"user": priya}, ask(priya))

    assert 'data-theme="dark"' in html


def test_errors_of_a_form_are_listed_on_top_and_beside_the_field() -> None:
    html = render_to_string("components/form.html", {"form": ContactForm({}), "submit": "Send"})

    assert html.index("There is a problem") < html.index("<form")
    assert '<a href="#id_what">This field is required.</a>' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_what_helptext id_what_error"' in html


def test_optional_fields_say_so_and_required_ones_have_no_star() -> None:
    html = render_to_string("components/form.html", {"form": ContactForm(), "submit": "Send"})

    assert html.count("(optional)") == 1
    assert "There is a problem" not in html


def test_a_message_cannot_bring_markup_into_the_page() -> None:
    html = render_to_string("components/message_text.html", {"text": "<script>x</script>\n> <b>"})

    assert "<script>" not in html
    assert "<b>" not in html


def test_a_desk_view_is_closed_to_strangers_and_leads_back() -> None:
    view = agent_required(lambda request: HttpResponse("in"))

    answer = view(ask(AnonymousUser()))

    assert answer["Location"] == "/accounts/login/?next=/desk/t/1"
    assert "HX-Redirect" in view(ask(AnonymousUser(), htmx=True))


def test_a_desk_view_is_open_to_agents_and_varies_for_htmx(priya: Agent) -> None:
    view = agent_required(lambda request: HttpResponse("in"))

    answer = view(ask(priya))

    assert isinstance(answer, HttpResponse)
    assert answer.content == b"in"
    assert answer["Vary"] == "HX-Request"
    assert vars(view)["requires_agent"]


def test_a_refusal_is_a_fragment_for_htmx_and_a_page_else(priya: Agent) -> None:
    fragment = refusal(ask(priya, htmx=True), DomainError(), kept="My long answer")
    page = refusal(ask(priya), DomainError())

    assert (fragment.status_code, page.status_code) == (409, 409)
    assert b"My long answer" in fragment.content
    assert b"<html" not in fragment.content
    assert b"<html" in page.content


def test_a_change_answers_a_plain_form_with_a_redirect(priya: Agent) -> None:
    part = "components/empty.html"

    plain = fragment_or_redirect(ask(priya), part, {"text": "None"}, to="/desk/")
    fragment = fragment_or_redirect(ask(priya, htmx=True), part, {"text": "None"}, to="/desk/")

    assert plain["Location"] == "/desk/"
    assert b"None" in fragment.content


@pytest.mark.parametrize("form", [LoginForm, ResetPasswordForm])
def test_account_pages_wear_our_look(form: type[forms.Form]) -> None:
    name = {LoginForm: "login", ResetPasswordForm: "password_reset"}[form]

    with request_context(ask(AnonymousUser())):
        html = render_to_string(f"account/{name}.html", {"form": form()}, ask(AnonymousUser()))

    assert "css/public.css" in html
    assert "E-mail" in html or "Email" in html
    assert 'class="button button-primary"' in html
