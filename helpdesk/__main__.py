"""Run an instance, or one command against its databases.

Never loads Django's settings, so that the process that watches over the others stays small.
"""

import argparse
import os
import sys

if os.name != "posix":
    sys.exit("Beforehand runs on Linux and macOS; on Windows use WSL 2 or compose.yaml.")

from helpdesk.embedded.manage import manage
from helpdesk.embedded.places import Refusal
from helpdesk.embedded.up import up


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m helpdesk", description="Beforehand")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start everything and keep it running until Ctrl-C")
    run = commands.add_parser("manage", help="run a Django command with the databases at hand")
    run.add_argument("arguments", nargs=argparse.REMAINDER)
    chosen = parser.parse_args(arguments)
    try:
        return up() if chosen.command == "up" else manage(chosen.arguments)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
