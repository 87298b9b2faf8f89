from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from tickets.issues.scores.baselines import full_text, tf_idf
from tickets.issues.scores.counting import ListScore, score_list, score_tiers
from tickets.issues.scores.replaying import Answer, play, read_queries, read_tickets

Wanted = Callable[[Answer], frozenset[str]]
DEFAULT = settings.BASE_DIR.parent / "shared" / "data" / "eval" / "same_issue" / "shared"


class Command(BaseCommand):
    help = (
        "Play labelled tickets through matching as they came, and print how often it was right: by"
        " tier for the customer's own earlier tickets, and as a list against TF-IDF and the"
        " database's full text. Changes nothing in the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=DEFAULT,
            help="with tickets.jsonl.gz and queries.jsonl.gz",
        )
        parser.add_argument("--run", type=Path, help="write the lists here: query, ticket, score")
        parser.add_argument("--misses", action="store_true", help="list what was missed, by id")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not (folder / "tickets.jsonl.gz").exists():
            if folder == DEFAULT:
                self.stdout.write(f"Nothing to score: there are no labelled tickets in {folder}.")
                return
            raise CommandError(f"There is no tickets.jsonl.gz in {folder}.")
        with transaction.atomic():
            self._score(folder, run=options["run"], misses=options["misses"])
            transaction.set_rollback(True)

    def _score(self, folder: Path, *, run: Path | None, misses: bool) -> None:
        tickets, queries = read_tickets(folder), read_queries(folder)
        answers = list(play(tickets, queries))
        self._print_tiers(answers)
        positions = {ticket["id"]: position for position, ticket in enumerate(tickets)}
        rankers = {"TF-IDF": tf_idf(tickets), "PostgreSQL full text": full_text(tickets)}
        self.stdout.write("\nlist                            queries  hit@1  hit@5    MRR")
        self._print("ours, any customer", answers, {a.query.id: a.ranked for a in answers}, _all)
        strangers = {a.query.id: a.strangers for a in answers}
        self._print("ours, other customers", answers, strangers, _others)
        for name, rank in rankers.items():
            found = {a.query.id: rank(positions[a.query.id]) for a in answers}
            self._print(f"{name}, any customer", answers, found, _all)
            self._print(f"{name}, other customers", answers, found, _others)
        if run:
            run.write_text("".join(_lines(answers)))
        if misses:
            self._print_misses(answers)

    def _print_tiers(self, answers: list[Answer]) -> None:
        self.stdout.write("tier                  named  labelled of them  precision  recall")
        for score in score_tiers(answers):
            self.stdout.write(
                f"{score.tier:20s} {score.named:6d} {score.right:17d}"
                f" {score.precision:10.3f} {score.recall:7.3f}"
            )

    def _print(
        self, name: str, answers: list[Answer], lists: dict[str, list[str]], wanted: Wanted
    ) -> None:
        score: ListScore = score_list(name, answers, lists=lists, wanted=wanted)
        self.stdout.write(
            f"{score.name:38s} {score.queries:4d} {score.hit_1:6.3f} {score.hit_5:6.3f}"
            f" {score.mrr:6.3f}"
        )

    def _print_misses(self, answers: list[Answer]) -> None:
        for answer in answers:
            missed = sorted(id_ for id_ in answer.query.own if not answer.own.get(id_))
            wrong = sorted(
                i
                for i, tier in answer.own.items()
                if tier == "strong" and i not in answer.query.own
            )
            if answer.query.own and (missed or wrong):
                self.stdout.write(
                    f"{answer.query.id}: missed {missed or '-'}, unlabelled strong {wrong or '-'}"
                )


def _all(answer: Answer) -> frozenset[str]:
    return answer.query.own | answer.query.others


def _others(answer: Answer) -> frozenset[str]:
    return answer.query.others


def _lines(answers: list[Answer]) -> list[str]:
    return [
        f"{answer.query.id}\t{id_}\t{len(answer.ranked) - place}\n"
        for answer in answers
        for place, id_ in enumerate(answer.ranked)
    ]
