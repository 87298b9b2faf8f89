"""The words of the briefing: short, factual, and never more than its items say.

Each key has a function from params and the moment of reading to a sentence. Numbers, dates and
names come from params alone.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.local_time import is_night
from helpdesk.lib.languages import language_name

LONGEST_LABEL = 8
Params = dict[str, Any]


def say(key: str, params: Params, *, at: datetime) -> str:
    """Return an item in the reader's language. Raises KeyError for a wording there is not."""
    return _WORDS[key](params, at)


def ordinal(number: int) -> str:
    # Translators: English ordinal endings; other languages translate "%(n)sth" alone.
    teens = range(11, 14)
    last = number % 10 if number % 100 not in teens else 0
    endings = {1: _("%(n)sst"), 2: _("%(n)snd"), 3: _("%(n)srd")}
    return endings.get(last, _("%(n)sth")) % {"n": number}


def days(number: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", number) % {"n": number}


def day(moment: str | datetime) -> str:
    return date_format(localtime(_moment(moment)), "j M")


def clock_time(moment: str) -> str:
    return date_format(localtime(_moment(moment)), "H:i")


def days_between(earlier: str | datetime, later: datetime) -> int:
    return (localtime(later).date() - localtime(_moment(earlier)).date()).days


def _moment(moment: str | datetime) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)


def shortened(label: str, words: int = LONGEST_LABEL) -> str:
    """A subject of at most so many words."""
    parts = label.split()
    return label if len(parts) <= words else " ".join(parts[:words]) + "…"


def _attempts(params: Params, _at: datetime) -> str:
    words = {"nth": ordinal(params["n"]), "label": shortened(params["label"]), "days": ""}
    span = params["days"]
    if params["sure"]:
        said = _("%(nth)s contact about “%(label)s”") % words
    else:
        said = _("Looks like the %(nth)s contact about “%(label)s”") % words
    if params.get("no_span"):
        return f"{said}."
    if span == 0:
        return _("%(said)s today.") % {"said": said}
    return _("%(said)s in %(days)s.") % {"said": said, "days": days(span)}


def _first_about_this(params: Params, _at: datetime) -> str:
    return ngettext(
        "First contact about this; %(n)s earlier about something else.",
        "First contact about this; %(n)s earlier about other things.",
        params["others"],
    ) % {"n": params["others"]}


def _promise_overdue(params: Params, at: datetime) -> str:
    return _("%(text)s promised for %(day)s — %(late)s overdue.") % {
        "text": capfirst(params["text"].rstrip(".")),
        "day": day(params["due"]),
        "late": _late(params["due"], at),
    }


def _late(due: str, at: datetime) -> str:
    late = days_between(due, at)
    if late > 0:
        return days(late)
    hours = int((at - _moment(due)).total_seconds() // 3600)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours} if hours else _("just")


def _promised(params: Params, at: datetime) -> str:
    due = _moment(params["due"])
    words = {"day": day(due), "text": params["text"], "state": params.get("state", "")}
    if words["state"]:
        said = _("%(day)s %(text)s — %(state)s") % (words | {"state": _STATES[words["state"]]()})
    elif due < at:
        late = {"late": _late(params["due"], at)}
        said = _("%(day)s %(text)s — overdue %(late)s") % (words | late)
    elif localtime(due).date() == localtime(at).date():
        said = _("today %(time)s %(text)s") % (words | {"time": clock_time(params["due"])})
    else:
        said = _("%(day)s %(text)s — due") % words
    moved = params.get("moved", 0)
    if moved == 1:
        return _("%(said)s, moved once") % {"said": said}
    return _("%(said)s, moved %(n)s times") % {"said": said, "n": moved} if moved else said


_STATES: dict[str, Callable[[], str]] = {
    "kept": lambda: _("kept"),
    "kept_late": lambda: _("kept late"),
    "broken": lambda: _("broken"),
    "cancelled": lambda: _("cancelled by the customer"),
}
_OUTCOMES: dict[str, Callable[[], str]] = {
    "worked": lambda: _("worked"),
    "came_back": lambda: _("came back"),
    "failed": lambda: _("didn't work"),
    "silence": lambda: _("no answer"),
    "unknown": lambda: "?",
}


def _tried(params: Params, _at: datetime) -> str:
    words = {"step": params["step"], "day": day(params["at"]), "how": _OUTCOMES[params["how"]]()}
    return _("%(step)s %(day)s — %(how)s") % words


def _read(params: Params, at: datetime) -> str:
    is_today = days_between(params["at"], at) == 0
    when = clock_time(params["at"]) if is_today else day(params["at"])
    return _("read “%(title)s” %(when)s") % {"title": params["title"], "when": when}


def _sent_article(params: Params, _at: datetime) -> str:
    words = {"title": params["title"], "day": day(params["at"]), "how": _OUTCOMES[params["how"]]()}
    return _("we sent “%(title)s” %(day)s — %(how)s") % words


def _mood(params: Params, at: datetime) -> str:
    level = {"upset": _("upset"), "strained": _("strained"), "content": _("content")}[
        params["level"]
    ]
    quotes = "".join(f" · “{quote}”" for quote in params["quotes"])
    signs = "".join(f" · {say(key, given, at=at)}" for key, given in params["signs"])
    return f"{level}{quotes}{signs}"


def _local_time(params: Params, at: datetime) -> str:
    there = at.astimezone(ZoneInfo(params["zone"]))
    guessed = "≈" if params["guessed"] else ""
    words = f"{params['place']} {guessed}{there:%H:%M}".strip()
    return f"{words} 🌙 ({_('night')})" if is_night(there) else words


def _unresolved(params: Params, _at: datetime) -> str:
    if params["days"] == "":
        return _("#%(number)s was not resolved") % params
    ago = {"number": params["number"], "days": days(int(params["days"]))}
    return _("unresolved, #%(number)s ended %(days)s before") % ago


def _plain(text: str) -> Callable[[Params, datetime], str]:
    """A sentence that needs nothing but its params. `text` is translated when it is said."""
    return lambda params, _at: _(text) % params


def _counted(one: str, many: str) -> Callable[[Params, datetime], str]:
    return lambda params, _at: ngettext(one, many, params["n"]) % params


def _known(params: Params, _at: datetime) -> str:
    """A value with its name before it, unless it says its name itself; with its date if asked."""
    label, value = params["label"], params["value"]
    said = value if value.lower().startswith(label.lower()) else f"{label} {value}"
    return f"{said} ({day(params['at'])})" if params.get("dated") else said


def _noop(text: str) -> str:
    """Marks a text for translation where it stands, to be translated when it is said."""
    return text


_WORDS: dict[str, Callable[[Params, datetime], str]] = {
    "name": lambda p, _at: f"{p['name']} ({p['say']})" if p["say"] else p["name"],
    "plain": lambda p, _at: p["text"],
    "local_time": _local_time,
    "language": lambda p, _at: language_name(p["code"]),
    "prefers": _plain(_noop("prefers %(channel)s")),
    "prefers_seen": _plain(_noop("prefers %(channel)s (%(k)s of %(n)s)")),
    "knows": _plain(_noop("knows %(agent)s")),
    "first_contact": _plain(_noop("First contact we know of.")),
    "first_seen": _counted(
        _noop("First contact that you can see; %(n)s more is in a team you can't see."),
        _noop("First contact that you can see; %(n)s more are in a team you can't see."),
    ),
    "first_about_this": _first_about_this,
    "attempts": _attempts,
    "promise_overdue": _promise_overdue,
    "promise_today": lambda p, _at: (
        _("%(text)s promised for today %(time)s.")
        % {"text": capfirst(p["text"]), "time": clock_time(p["due"])}
    ),
    "likely_incident": _counted(
        _noop("Likely part of %(title)s (%(n)s ticket so far)."),
        _noop("Likely part of %(title)s (%(n)s tickets so far)."),
    ),
    "chaser": _counted(
        _noop("Wrote %(n)s time since our last reply."),
        _noop("Wrote %(n)s times since our last reply."),
    ),
    "reopened": lambda p, _at: (
        _("Came back %(days)s after it was solved.") % {"days": days(p["days"])}
    ),
    "answers_us": _plain(_noop("Answers our question “%(question)s”")),
    "outside": lambda p, _at: f"{p['title']} ({day(p['at'])}).",
    "read_before": lambda p, _at: (
        _("Read “%(title)s” at %(time)s.") % {"title": p["title"], "time": clock_time(p["at"])}
    ),
    "tried": _tried,
    "read": _read,
    "sent_article": _sent_article,
    "solved_by": lambda p, _at: f"{p['code']} {day(p['at'])} — {_OUTCOMES[p['how']]()}",
    "promised": _promised,
    "mood": _mood,
    "rated": _plain(_noop("rated %(score)s of 5")),
    "not_solved_sign": _plain(_noop("answered that it is not solved")),
    "had_to_repeat_sign": _plain(_noop("answered that they had to repeat themselves")),
    "hard_sign": _plain(_noop("found it hard, %(score)s of 7")),
    "corrected": _plain(_noop("said %(agent)s")),
    "attempts_sign": _plain(_noop("%(n)s contacts about this")),
    "chaser_sign": _plain(_noop("wrote %(n)s times unanswered")),
    "reopened_sign": _plain(_noop("came back")),
    "channels_sign": _plain(_noop("changed channel")),
    "transfers_sign": _plain(_noop("passed on %(n)s times")),
    "known": _known,
    "we_asked": lambda p, _at: _("We asked for: %(things)s") % {"things": ", ".join(p["things"])},
    "they_asked": _plain(_noop("They asked: “%(question)s”")),
    "colleague": _plain(_noop("%(name)s wrote about the same: %(subject)s")),
    "similar": lambda p, _at: f"{p['subject']} — {p['how']}" if p["how"] else p["subject"],
    "note": lambda p, _at: f"“{p['text']}” {p['author']}".strip(),
    "possibly": lambda p, _at: (
        _("possibly related: “%(subject)s”") % {"subject": shortened(p["subject"])}
    ),
    "possibly_words": _plain(_noop("possibly related: %(words)s")),
    "different": _plain(_noop("%(agent)s: different issue than #%(number)s")),
    "same": _plain(_noop("%(agent)s: same issue as #%(number)s")),
    # why a ticket is among the contacts
    "why_follows": _plain(_noop("#%(one)s answers a mail of #%(other)s")),
    "why_merged": _plain(_noop("#%(one)s was merged with #%(other)s")),
    "why_quoted": _plain(_noop("#%(one)s names #%(other)s")),
    "why_entity": _plain(_noop("#%(one)s and #%(other)s: same %(name)s")),
    "why_topic": _plain(_noop("same topic")),
    "why_same_words": _plain(_noop("#%(one)s and #%(other)s: the same words")),
    "why_words": _plain(_noop("same words: %(name)s")),
    "why_confirmed": _plain(_noop("an agent said that #%(one)s and #%(other)s are the same issue")),
    "why_unresolved": _unresolved,
    # next step
    "next_guard": _plain(_noop("%(text)s")),
    "next_incident": _plain(_noop("Link it to %(title)s and tell what is known.")),
    "next_promise": lambda p, _at: (
        _("Do what was promised for %(day)s (%(text)s), or give a new date.")
        % {"day": day(p["due"]), "text": p["text"]}
    ),
    "next_other_step": _plain(_noop("“%(step)s” did not work before; try something else.")),
    "next_own": lambda p, _at: (
        _("%(nth)s contact: take it over yourself and offer a call in their daytime.")
        % {"nth": ordinal(p["n"])}
    ),
    "next_ask": _plain(_noop("Ask only for what is missing: %(missing)s.")),
    "next_code": _plain(_noop("Try %(code)s: it worked %(k)s of %(n)s times in such tickets.")),
    "next_answer": _plain(_noop("Answer their question: “%(question)s”")),
    "next_none": _plain(_noop("No suggestion — not enough to go on.")),
}
