from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from tickets.sentences.scores import SUBJECTS, scores_of

DEFAULT_FOLDER = Path(settings.BASE_DIR) / "tests/data/sentences"


class Command(BaseCommand):
    help = "Score how moods and promises are read from sentences labelled by hand."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(
            f"{'':32}{'hits':>6}{'alarms':>8}{'misses':>8}{'precision':>11}{'recall':>8}"
        )
        for subject in SUBJECTS:
            for score in scores_of(options["folder"], subject):
                name = f"{subject} {score.language} {score.half} {score.name}"
                precision, recall = _share(score.precision), _share(score.recall)
                self.stdout.write(
                    f"{name:32}{score.hits:6}{score.alarms:8}{score.misses:8}"
                    f"{precision:>11}{recall:>8}"
                )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
