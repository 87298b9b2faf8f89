import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from tickets.channels.email.scores.corpus import Adapter, Corpus, Item
from tickets.channels.email.scores.kinds import tell_kinds
from tickets.channels.email.scores.reading import parsed
from tickets.channels.email.scores.report import (
    Report,
    missed_fields,
    read_peers,
    share,
    summarise,
)
from tickets.channels.email.scores.returned import read_returned
from tickets.channels.email.scores.written import read_written

DEFAULT_FOLDER = Path(settings.BASE_DIR).parent / "shared/data/mail"
# What is scored apart, one adapter a subject: each is given every item and skips what is not its.
ADAPTERS: dict[str, Adapter] = {
    "reading": parsed,
    "written": read_written,
    "returned": read_returned,
}
PARSER_FIELDS = (
    "from_addr", "subject", "text", "attachment_names", "attachment_bytes", "body",
)  # fmt: skip


class Command(BaseCommand):
    help = "Score the mail reader on a corpus of mails with known contents, beside other parsers."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
        parser.add_argument("--split", default="", help="only this part of the corpus")
        parser.add_argument("--misses", action="store_true", help="list what is wrong, by id")
        parser.add_argument("--only", choices=sorted(ADAPTERS), help="one subject")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"].resolve()
        if not Corpus.lies_in(folder):
            self.stdout.write(f"No mail corpus in {folder}; name its folder with --folder.")
            return
        corpus = Corpus(folder)
        items = list(corpus.items(options["split"]))
        for subject, adapter in ADAPTERS.items():
            if options["only"] in {None, subject}:
                begin = time.perf_counter()
                report = self._score(corpus, adapter, items)
                seconds = time.perf_counter() - begin
                self._show(subject, report, seconds=seconds, misses=options["misses"])
        if options["only"] in {None, "returned"}:
            self._show_kinds(items, misses=options["misses"])

    def _score(self, corpus: Corpus, adapter: Adapter, items: list[Item]) -> Report:
        return summarise(corpus.score(adapter, items), {item.id: item.category for item in items})

    def _show(self, subject: str, report: Report, *, seconds: float, misses: bool) -> None:
        self.stdout.write(f"\n{subject}: {seconds:.0f} s")
        if subject == "reading":
            self._table(report)
        self._list("fields", report.fields)
        self._list("categories", report.categories)
        wrong = ", ".join(f"{name} {n}" for name, n in missed_fields(report).most_common())
        self.stdout.write(f"misses: {len(report.misses)} items ({wrong or 'none'})")
        self.stdout.write(self._apart(report))
        if misses:
            for item_id, failed in sorted(report.misses.items()):
                said = failed if isinstance(failed, str) else ", ".join(failed)
                self.stdout.write(f"  {item_id}: {said}")
            for item_id, reason in sorted(report.overridden.items()):
                self.stdout.write(f"  {item_id}: counted apart, {reason}")

    def _show_kinds(self, items: list[Item], *, misses: bool) -> None:
        kinds = tell_kinds(items)
        self.stdout.write(
            f"automatic answers to mail of machines: {len(kinds.answered)} of {kinds.machine_made};"
            f" mail of people taken for a bounce: {len(kinds.false_bounces)} of {kinds.from_people}"
        )
        if misses:
            for item_id in kinds.answered:
                self.stdout.write(f"  {item_id}: would be answered")
            for item_id in kinds.false_bounces:
                self.stdout.write(f"  {item_id}: taken for a bounce")

    def _apart(self, report: Report) -> str:
        apart, judged = len(report.overridden), report.whole[1]
        return (
            f"counted apart, where the source follows another convention: {apart} of"
            f" {judged + apart} items scored here"
        )

    def _table(self, report: Report) -> None:
        peers = read_peers()
        ours = {"Beforehand": self._row(report.with_all())}
        ours[f"Beforehand, {len(report.overridden)} items counted apart"] = self._row(report)
        self.stdout.write("| parser | " + " | ".join(peers["columns"]) + " |")
        self.stdout.write("|---" * (len(peers["columns"]) + 1) + "|")
        for name, figures in {**peers["parsers"], **ours}.items():
            self.stdout.write(f"| {name} | " + " | ".join(figures) + " |")
        self.stdout.write(f"(others: {peers['source']})")

    def _row(self, report: Report) -> list[str]:
        right, stated = report.whole
        whole = f"{share(report.whole)} ({right}/{stated})"
        return [str(report.raises), whole, *(report.percent(name) for name in PARSER_FIELDS)]

    def _list(self, title: str, counts: dict[str, list[int]]) -> None:
        cells = (f"{name} {right}/{stated}" for name, (right, stated) in counts.items())
        self.stdout.write(f"{title}: " + "; ".join(cells))
