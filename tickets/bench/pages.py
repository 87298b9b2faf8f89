"""The pages the benchmark asks for, each with its targets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from helpdesk.accounts.models import Agent
from tickets.bench import shape as world
from tickets.bench.measuring import Page
from tickets.bench.shape import Shape
from tickets.bench.words import COMMON, RARE, USUAL
from tickets.channels.webform.keeping import Stamp
from tickets.models import Ticket

SESSION = 2  # queries by which a page finds out who asks, where they are not in the cache


def pages_of(shape: Shape) -> list[Page]:
    """Return what to ask of a loaded workspace, as an ordinary agent and as a supervisor."""
    agent, supervisor = _browser(world.ORDINARY), _browser(world.SUPERVISOR)
    return [
        *_queues(agent, supervisor),
        *_people(agent, shape),
        *_searches(agent, shape),
        *_insights(supervisor),
        *_api(agent),
        _form(),
    ]


def _queues(agent: Client, supervisor: Client) -> list[Page]:
    team = f"team/{world.TEAMS_OF_ORDINARY[0]}"
    views = {
        "mine": "mine",
        "unassigned": "unassigned",
        "waiting": "waiting",
        "all": "all",
        "team": team,
    }
    pages = [
        Page(f"queue, {name}", _get(agent, "desk:queue", view), queries=8, p95=40)
        for name, view in views.items()
    ]
    everything = _get(supervisor, "desk:queue", "all")
    now = _get(supervisor, "desk:now")
    return [
        *pages,
        Page("queue, all, supervisor", everything, queries=8, p95=40),
        Page("now, supervisor", now, queries=12, p95=80),
    ]


def _people(agent: Client, shape: Shape) -> list[Page]:
    busy = Ticket.objects.filter(customer=shape.BUSY).order_by("-opened_at", "-id")[:1].get()
    workspace = _get(agent, "desk:ticket", busy.number, v="all")
    return [
        Page("ticket, customer with 200 tickets", workspace, queries=12, p95=50),
        Page(
            "profile, 5,000 touchpoints",
            _get(agent, "desk:customer", shape.LIFELONG),
            queries=12,
            p95=40,
        ),
        Page("customers", _get(agent, "desk:customers"), queries=10, p95=40),
    ]


def _searches(agent: Client, shape: Shape) -> list[Page]:
    middle = Ticket.objects.filter(pk=shape.tickets // 2).values_list("number", flat=True)[0]
    sought = {
        "common word": COMMON,
        "usual word": USUAL,
        "rare word": RARE,
        "common and rare": f"{COMMON} {RARE}",
        "no hit": "unwordlike",
        "number": str(middle),
        "name": "Maya Berg",
    }
    return [
        Page(f"search, {name}", _get(agent, "desk:search", q=words), queries=4 + SESSION, p95=40)
        for name, words in sought.items()
    ]


def _insights(supervisor: Client) -> list[Page]:
    """What a supervisor looks at over thirteen weeks."""
    sought = {
        "CX, 13 weeks": _get(supervisor, "desk:cx"),
        "CX, one channel": _get(supervisor, "desk:cx", channel="email"),
        "CX, one number": _get(supervisor, "desk:cx-metric", "first_reply"),
        "rows behind a number": _get(supervisor, "desk:cx-rows-of", "first_reply"),
        "drivers": _get(supervisor, "desk:drivers"),
        "a report": _get(supervisor, "desk:reports"),
    }
    return [Page(f"supervisor, {name}", get, queries=12, p95=80) for name, get in sought.items()]


def _api(agent: Client) -> list[Page]:
    visible = Ticket.objects.filter(team=world.TEAMS_OF_ORDINARY[0]).order_by("-id")
    detail = _get(agent, "ticket-detail", visible[:1].get().number)
    return [
        Page("API list of 50", _get(agent, "ticket-list"), queries=5, p95=25),
        Page("API detail", detail, queries=5, p95=20),
    ]


def _form() -> Page:
    """Each post comes from another client and address, as limits would stop one of them."""
    browser, posts = Client(), count(1)

    def post() -> HttpResponse:
        n = next(posts)
        handed_out = timezone.now() - timedelta(minutes=1)
        given = {
            "stamp": Stamp.new(at=handed_out).signed(),
            "message": f"The lid of my kettle is loose. {n}",
            "name": "Maya Berg",
            "email": f"maya.{n}@example.com",
        }
        client = f"127.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
        return cast(HttpResponse, browser.post(reverse("contact"), given, REMOTE_ADDR=client))

    return Page("contact form post", post, queries=12, p95=30, status=302)


def _browser(agent: int) -> Client:
    browser = Client()
    browser.force_login(Agent.objects.get(pk=agent))
    return browser


def _get(browser: Client, name: str, *args: Any, **query: str) -> Callable[[], HttpResponse]:
    address = reverse(name, args=args) + (f"?{urlencode(query)}" if query else "")

    def ask() -> HttpResponse:
        return cast(HttpResponse, browser.get(address))

    return ask
