"""A suspect arrival is read in a process of its own first, which it may take down alone."""

import logging
import subprocess
import sys

from django.conf import settings

from tickets.channels.models import Arrival

log = logging.getLogger(__name__)

TRIAL_SECONDS = 60


def survives_trial(arrival: Arrival) -> bool:
    """Whether reading an arrival comes to an end, with a result or a refusal.

    Killed workers leave many mails begun and not ended; only one that kills or stalls its reader
    when it is read alone is to blame itself.
    """
    command = [sys.executable, "-m", "django", "try_reading", arrival.channel]
    command += ["--settings", "helpdesk.settings", f"--sender={arrival.envelope_from}"]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the address is one argument
            command,
            input=bytes(arrival.raw),
            cwd=settings.BASE_DIR,
            capture_output=True,
            timeout=TRIAL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("arrival %s is not read in %s s", arrival.pk, TRIAL_SECONDS)
        return False
    if done.returncode:
        log.warning("reading arrival %s alone ended with %s", arrival.pk, done.returncode)
    return done.returncode == 0
