"""Files and bodies that came from outside, served so that nothing in them can act on our pages."""

import base64
import mimetypes
from pathlib import PurePath

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from helpdesk.lib.blobs import open_blob
from helpdesk.lib.html import clean_html
from helpdesk.web import AgentRequest, agent_required
from tickets.channels.models import Arrival
from tickets.models import Attachment, Message, Ticket

# Raster images are the only things shown in place; everything else is downloaded.
SHOWN_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
BODY_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
# A frame without an origin sends no cookie, so pictures travel inside the page it shows.
MAX_EMBEDDED = 8 * 1000 * 1000
_BODY = (
    '<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light">'
    "<style>body{{margin:0;padding:8px;background:#fff;color:#16202b;"
    "font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}}img{{max-width:100%;height:auto}}"
    "table{{max-width:100%}}</style></head><body>{body}</body></html>"
)


def type_of(name: str) -> str:
    """The media type a file's name stands for; what a browser claims is not asked."""
    return mimetypes.guess_type(PurePath(name).name, strict=True)[0] or "application/octet-stream"


@agent_required
@require_safe
@cache_control(private=True, max_age=3600)
def attachment(request: AgentRequest, pk: int) -> HttpResponseBase:
    """Stream a file of a ticket the agent may see; harmless pictures in place, the rest to save."""
    visible = Ticket.objects.visible_to(request.user)
    file = get_object_or_404(Attachment.objects.filter(message__ticket__in=visible), pk=pk)
    try:
        stored = open_blob(file.sha256)
    except FileNotFoundError as error:
        raise Http404 from error
    is_shown = file.content_type in SHOWN_TYPES
    response = FileResponse(
        stored,
        as_attachment=not is_shown,
        filename=file.name,
        content_type=file.content_type if is_shown else "application/octet-stream",
    )
    response["Content-Security-Policy"] = FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


@agent_required
@require_safe
def message_body(request: AgentRequest, pk: int) -> HttpResponse:
    """Show the rich form of a message, for a sandboxed frame: it loads and runs nothing."""
    message = find_message(request, pk)
    if not message.html:
        raise Http404
    html = clean_html(message.html, image_url=_Embedded(message).url).html
    response = HttpResponse(_BODY.format(body=html))
    response["Content-Security-Policy"] = BODY_POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Referrer-Policy"] = "no-referrer"
    return response


@agent_required
@require_safe
def message_source(request: AgentRequest, pk: int) -> HttpResponse:
    """Hand out the raw mail a message was read from, as plain text to save."""
    message = find_message(request, pk)
    arrival = Arrival.objects.filter(message=message, channel="email").order_by("pk").first()
    if arrival is None:
        raise Http404
    response = HttpResponse(bytes(arrival.raw), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="message-{message.pk}.eml.txt"'
    response["Content-Security-Policy"] = FILE_POLICY
    return response


def find_message(request: AgentRequest, pk: int) -> Message:
    """Return a message on a ticket the agent may see. Raises Http404."""
    visible = Ticket.objects.visible_to(request.user)
    messages = Message.objects.filter(ticket__in=visible).select_related("ticket")
    return get_object_or_404(messages, pk=pk)


class _Embedded:
    """The pictures of a mail by content id, as data addresses, until they are too much."""

    def __init__(self, message: Message) -> None:
        files = message.attachments.exclude(content_id="")
        self._files = {file.content_id.strip("<>"): file for file in files}
        self._left = MAX_EMBEDDED

    def url(self, content_id: str) -> str:
        file = self._files.get(content_id.strip("<>"))
        if file is None or file.content_type not in SHOWN_TYPES or file.size > self._left:
            return ""
        self._left -= file.size
        try:
            with open_blob(file.sha256) as stored:
                data = base64.b64encode(stored.read()).decode("ascii")
        except FileNotFoundError:
            return ""
        return f"data:{file.content_type};base64,{data}"
