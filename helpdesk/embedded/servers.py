"""The databases an instance needs: embedded ones, or the real ones its environment names."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.embedded.child import Child
from helpdesk.embedded.journal import Journal
from helpdesk.embedded.places import Places, Refusal, secret
from helpdesk.embedded.postgres import Postgres
from helpdesk.embedded.supervisor import Supervisor
from helpdesk.embedded.valkey import Valkey

# Until assets were collected there is no list of their hashed names to look in.
PLAIN_STATIC_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"


@dataclass(frozen=True)
class Servers:
    """What is embedded; None where a real server is used instead."""

    places: Places
    postgres: Postgres | None
    valkey: Valkey | None

    @classmethod
    def of(cls, places: Places) -> "Servers":
        return cls(
            places,
            None if places.database_url else Postgres(places.var),
            None if places.valkey_url else Valkey(places.var),
        )

    def django_environment(self) -> dict[str, str]:
        """The environment in which Django's processes find everything."""
        settings = {
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
            "PYTHONUNBUFFERED": "1",
            "VAR_DIR": str(self.places.var),
            "SMTP_INTAKE_HOST": self.places.smtp_host,
            "SMTP_INTAKE_PORT": str(self.places.smtp_port),
        }
        if self.postgres:
            settings["DATABASE_URL"] = self.postgres.url
        if self.valkey:
            settings["VALKEY_URL"] = self.valkey.url()
            settings["BROKER_URL"] = self.places.broker_url or self.valkey.broker_url()
        defaults = {"BASE_URL": self.places.address}
        if not (self.places.var / "static" / "staticfiles.json").exists():
            defaults["STATIC_STORAGE"] = PLAIN_STATIC_STORAGE
        if not os.environ.get("SECRET_KEY"):
            settings["SECRET_KEY"] = secret(self.places.var / "secret.key")
        return defaults | os.environ | settings

    def start(self, supervisor: Supervisor, journal: Journal, held: Sequence[int]) -> None:
        """Start the embedded servers and wait for the real ones. Raises Refusal or Interrupted."""
        if self.postgres:
            if place := self.postgres.data_elsewhere:
                journal.say(f"PostgreSQL does not run as root here; its data is in {place}.")
            if not self.postgres.exists():
                with journal.step("Setting up PostgreSQL"):
                    self.postgres.make()
            with journal.step("Starting PostgreSQL"):
                supervisor.start([self.postgres.child(journal, held)])
        if self.valkey:
            with journal.step("Starting Valkey"):
                supervisor.start([self.valkey.child(journal, held)])
        if self.places.database_url or self.places.valkey_url or self.places.broker_url:
            with journal.step("Waiting for the servers named in the environment"):
                self._await_real_servers(supervisor, journal, held)

    def _await_real_servers(
        self, supervisor: Supervisor, journal: Journal, held: Sequence[int]
    ) -> None:
        reach = Child(
            "reach", [sys.executable, "-m", "helpdesk.embedded.reach"], journal,
            held_descriptors=held,
        )  # fmt: skip
        if supervisor.run(reach):
            raise Refusal(
                "A server named in the environment cannot be used; the line above says why."
            )
