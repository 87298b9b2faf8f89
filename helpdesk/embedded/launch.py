"""Exec shim in front of every child, run with `python -I -S` so that it costs ten milliseconds.

    launch.py [--userns | --setuid UID GID] --death-signal N -- command …

It asks the kernel to signal the child when the supervisor dies. For PostgreSQL, which refuses
uid 0, it first enters a user namespace of one entry (uid 1000 inside is 0 outside: files keep their
owner) or, where namespaces are refused, becomes another account.
"""

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1

# Before privileges are dropped: the standard library itself may lie under /root.
LIBC = ctypes.CDLL(None, use_errno=True)


def enter_user_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    if LIBC.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare(CLONE_NEWUSER)")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"1000 {uid} 1\n")
    Path("/proc/self/gid_map").write_text(f"1000 {gid} 1\n")


def launch(arguments: list[str]) -> None:
    split = arguments.index("--")
    options, command = arguments[:split], arguments[split + 1 :]
    parent = os.getppid()
    if "--setuid" in options:
        at = options.index("--setuid")
        os.setgroups([])
        os.setgid(int(options[at + 2]))
        os.setuid(int(options[at + 1]))
    if "--userns" in options:
        enter_user_namespace()
    # After the change of credentials, which would clear it.
    if sys.platform == "linux" and "--death-signal" in options:
        signal_number = int(options[options.index("--death-signal") + 1])
        LIBC.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:  # the supervisor died before the kernel was asked
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    launch(sys.argv[1:])
