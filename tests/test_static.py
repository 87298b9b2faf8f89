"""Assets: what was vendored is what is listed, budgets hold, contrast holds, nothing is remote."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

STATIC = Path(__file__).parent.parent / "helpdesk" / "static"
TEMPLATES = STATIC.parent / "templates"
CSS = sorted((STATIC / "css").glob("*.css"))
OWN_JS = sorted((STATIC / "js").glob("*.js"))
TOKEN = re.compile(r"--([a-z0-9-]+): light-dark\((#\w{6}), (#\w{6})\)")
TOKENS = {name: pair for name, *pair in TOKEN.findall((STATIC / "css/base.css").read_text())}


def compressed(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str, theme: int) -> float:
    lights = [luminance(TOKENS[name][theme]) for name in (first, second)]
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_is_readable_on_every_surface(theme: int) -> None:
    words = ("text", "text-2", "text-3", "link", "accent", "danger", "warning", "success", "info")
    pairs = [(word, on) for word in words for on in ("bg", "surface", "surface-2")]
    soft = ("accent", "success", "warning", "danger", "info", "note", "promise")
    pairs += [(tone, f"{tone}-soft") for tone in soft]
    pairs += [("on-accent", "accent"), ("on-accent", "accent-hover")]

    assert [pair for pair in pairs if contrast(*pair, theme) < 4.5] == []


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_borders_of_controls_and_focus_can_be_seen(theme: int) -> None:
    pairs = [(line, on) for line in ("border", "focus") for on in ("bg", "surface", "surface-2")]
    pairs += [("note-border", "note-soft")]

    assert [pair for pair in pairs if contrast(*pair, theme) < 3] == []


def test_styles_and_scripts_stay_small() -> None:
    desk_js = [path for path in OWN_JS if path.name != "public.js"]

    assert compressed(*CSS) < 20_000
    assert compressed(*desk_js, STATIC / "vendor/htmx.js", STATIC / "vendor/editor.js") < 90_000
    assert compressed(STATIC / "js/public.js") < 8_000


def test_vendored_files_are_the_listed_ones() -> None:
    listed = {
        item["file"]: item for item in json.loads((STATIC / "vendor/vendor.json").read_text())
    }
    present = {p.name for p in (STATIC / "vendor").iterdir()} - {"vendor.json", "LICENSES.txt"}

    assert set(listed) == present
    for name, item in listed.items():
        content = (STATIC / "vendor" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == item["sha256"]
        assert all(part["version"] and part["licence"] for part in item["made_from"])


def test_every_icon_in_a_template_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'symbol id="([^"]+)"', (STATIC / "vendor/icons.svg").read_text()))
    root = STATIC.parent.parent
    used = {
        name
        for top in ("helpdesk", "tickets", "customers")
        for path in (root / top).rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)"', path.read_text())
    }

    assert used - sprite == set()


@pytest.mark.parametrize("path", [*CSS, *OWN_JS], ids=lambda path: path.name)
def test_our_assets_name_no_other_host(path: Path) -> None:
    assert (
        re.findall(r"(?:url\(|import\(|from |fetch\()\s*['\"]?(?:https?:)?//", path.read_text())
        == []
    )


def test_pages_have_no_inline_style_or_script() -> None:
    inline = re.compile(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:")
    root = STATIC.parent.parent
    pages = [
        path
        for top in ("helpdesk", "tickets", "customers")
        for path in (root / top).rglob("*.html")
    ]

    assert [path.name for path in pages if inline.search(path.read_text())] == []


def test_static_files_are_collected_with_hashed_names(tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path
    manifest = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": manifest}}

    call_command("collectstatic", interactive=False, verbosity=0)

    assert list(tmp_path.glob("css/desk.*.css"))
    assert list(tmp_path.glob("vendor/icons.*.svg"))
