from django.conf import settings
from django.db import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tickets.channels.email.intake import keep_mail
from tickets.channels.models import Arrival


@csrf_exempt  # a program posts here, with a token instead of a session
@require_POST
def raw_mail(request: HttpRequest) -> HttpResponse:
    """Keep one raw mail posted by a program.

    The body is the mail (message/rfc822); the envelope comes as `?sender=` and `?recipient=`.
    200 once it is stored, a known one too; 401 without the token of MAIL_INTAKE_TOKEN; 503 while
    it cannot be stored, so that the sender tries again.
    """
    token = settings.MAIL_INTAKE_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not constant_time_compare(given, token):
        return HttpResponse("token needed\n", status=401, content_type="text/plain")
    if not request.body:
        return HttpResponse("an empty mail\n", status=400, content_type="text/plain")
    if len(request.body) > settings.MAIL_SIZE_LIMIT:
        return HttpResponse("the mail is too large\n", status=413, content_type="text/plain")
    try:
        is_new = keep_mail(
            request.body,
            source=Arrival.Source.HTTP,
            envelope_from=request.GET.get("sender", ""),
            envelope_to=request.GET.getlist("recipient"),
        )
    except (DatabaseFault, OSError):
        return HttpResponse("not stored, try again\n", status=503, content_type="text/plain")
    answer = "stored\n" if is_new else "known already\n"
    return HttpResponse(answer, content_type="text/plain")
