from pathlib import Path

import pytest
from django.core.management import call_command

from tickets.sentences.scores import ASIDE, LATER, SUBJECTS, scores_of

FOLDER = Path(__file__).parent.parent / "data/sentences"


@pytest.mark.parametrize("subject", SUBJECTS)
def test_sentences_kept_aside_are_read_well(subject: str) -> None:
    for half in (ASIDE, LATER):
        for language in ("en", "de"):
            rows = [
                s for s in scores_of(FOLDER, subject) if (s.language, s.half) == (language, half)
            ]
            hits = sum(row.hits for row in rows)

            assert hits / (hits + sum(row.alarms for row in rows)) > 0.9
            assert hits / (hits + sum(row.misses for row in rows)) > 0.85


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_there_are_two_hundred_sentences_a_language(subject: str, language: str) -> None:
    assert len((FOLDER / f"{subject}_{language}.tsv").read_text().splitlines()) >= 200


def test_the_scores_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sentence_scores")

    assert "promises de aside dated" in capsys.readouterr().out
