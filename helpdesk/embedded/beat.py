"""The worker's scheduler ends with the worker, also when that is killed.

Celery runs it as a child of the worker that closes every inherited descriptor, and with them the
lock by which a later start knows that something of an earlier one still lives.
"""

import ctypes
import os
import signal
import sys
from typing import Any

from celery.signals import beat_embedded_init

from helpdesk.embedded.launch import PR_SET_PDEATHSIG


def end_with_the_worker(**_: Any) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() == 1:  # the worker died before the kernel was asked
            sys.exit(1)


beat_embedded_init.connect(end_with_the_worker)
