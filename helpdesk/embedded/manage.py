"""`python -m helpdesk manage …`: any Django command, with the databases of this data directory."""

import subprocess
import sys
from contextlib import ExitStack

from helpdesk.embedded.child import Interrupted
from helpdesk.embedded.journal import Journal
from helpdesk.embedded.locks import children_lock, is_running, only_instance
from helpdesk.embedded.places import BASE_DIR, Places, make_writable
from helpdesk.embedded.servers import Servers
from helpdesk.embedded.supervisor import Supervisor


def manage(arguments: list[str]) -> int:
    """Run `manage.py` with `arguments` and return its exit code. Raises Refusal.

    A running instance lends its databases; otherwise they are started for this one command.
    """
    places = Places.from_environment()
    make_writable(places.var)
    servers = Servers.of(places)
    if is_running(places.var):
        return run_command(servers, arguments)
    with ExitStack() as stack:
        stack.enter_context(only_instance(places.var))
        held = stack.enter_context(children_lock(places.var))
        journal = Journal(places.var / "beforehand.log", quiet=True)
        stack.callback(journal.close)
        supervisor = Supervisor(journal)
        try:
            servers.start(supervisor, journal, (held,))
            return run_command(servers, arguments)
        except Interrupted:
            return 130
        finally:
            supervisor.stop()


def run_command(servers: Servers, arguments: list[str]) -> int:
    command = [sys.executable, str(BASE_DIR / "manage.py"), *arguments]
    with subprocess.Popen(command, env=servers.django_environment(), cwd=BASE_DIR) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                # The terminal has told the command as well: let it end its own way.
                continue
