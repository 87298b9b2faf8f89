"""The command that scores the reader, on a corpus of two mails and a scorer of the same shape."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tickets.channels.email.scores.report import read_overrides, summarise

SCORER = """
import json
from pathlib import Path

class Item:
    def __init__(self, row, root):
        self.__dict__.update(row, root=root)
    @property
    def raw(self):
        return (self.root / self.file).read_bytes()

def load(split=None, root=None):
    for line in (Path(root) / "manifest.jsonl").read_text().splitlines():
        yield Item(json.loads(line), Path(root))

def score(adapter, items, keep):
    fails, right = [], 0
    for item in items:
        got = adapter(item)
        if got is None:
            continue
        ok = got["subject"] == item.expected["subject"]
        right += ok
        if not ok:
            fails.append((item.id, {"subject": False}))
    whole = [right, len(items)]
    return {"crashes": 0, "timeouts": 0, "whole": whole, "fields": {"subject": list(whole)},
            "categories": {"plain": list(whole)}, "fails": fails}
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder with one mail that is read right and one that is not."""
    (tmp_path / "corpus.py").write_text(SCORER)
    rows = []
    for name, stated in (("right", "Hello"), ("wrong", "Something else")):
        (tmp_path / f"{name}.eml").write_bytes(b"From: a@example.org\nSubject: Hello\n\nhi")
        row: dict[str, object] = {"id": name, "file": f"{name}.eml", "format": "rfc822"}
        row["category"] = "plain"
        row |= {"categories": ["list-bulk"], "expected": {"subject": stated}}
        rows.append(json.dumps(row))
    (tmp_path / "manifest.jsonl").write_text("\n".join(rows))
    return tmp_path


def run(folder: Path) -> str:
    out = StringIO()
    call_command("mail_scores", "--folder", str(folder), "--misses", stdout=out)
    return out.getvalue()


def test_the_table_has_a_row_for_us_beside_the_others(corpus: Path) -> None:
    table = run(corpus)

    assert "| Beforehand | 0 | 50.0 (1/2) | - | 50.0 |" in table
    assert "| mail-parser 4.8 |" in table


def test_misses_are_listed_by_id(corpus: Path) -> None:
    assert "  wrong: subject\n" in run(corpus)


def test_mail_of_machines_that_would_be_answered_is_counted_and_listed(corpus: Path) -> None:
    said = run(corpus)

    assert "automatic answers to mail of machines: 2 of 2;" in said
    assert "  right: would be answered\n" in said


def test_without_a_corpus_it_says_so(tmp_path: Path) -> None:
    assert run(tmp_path).startswith("No mail corpus in ")


def test_an_item_of_another_convention_is_counted_apart_and_never_as_right() -> None:
    item_id, row = next(iter(read_overrides().items()))
    failed = dict.fromkeys(row["fields"], False)
    counts = {name: [0, 1] for name in failed}
    scored = {"crashes": 0, "timeouts": 0, "whole": [0, 1], "fields": counts}
    scored |= {"categories": {"plain": [0, 1]}, "fails": [(item_id, failed)]}

    report = summarise(scored, {item_id: "plain"})

    assert (report.whole, report.overridden) == ([0, 0], {item_id: row["reason"]})
    assert report.with_all().whole == [0, 1]


def test_overrides_stay_few() -> None:
    assert len(read_overrides()) <= 836 * 0.03
